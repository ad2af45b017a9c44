import dataclasses
import math
from collections import namedtuple
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from flowkit.plaindata import DEPTH_LIMIT, RESULT_LIMIT, NotDataError, plain


class Colour(Enum):
    RED = "red"


class Model(BaseModel):
    day: date
    seats: int


@dataclasses.dataclass
class Table:
    time: time
    fee: Decimal


Pair = namedtuple("Pair", "a b")  # the old kind, as tools return it


@pytest.mark.parametrize(
    ("result", "data"),
    [
        (None, None),
        (True, True),
        (4, 4),
        (2.5, 2.5),
        ("text", "text"),
        (date(2026, 11, 27), "2026-11-27"),
        (time(19, 30), "19:30"),
        (time(19, 30, 5), "19:30:05"),
        (datetime(2026, 11, 27, 19, 30, tzinfo=UTC), "2026-11-27T19:30+00:00"),
        (timedelta(minutes=90), "PT90M"),
        (timedelta(seconds=61), "PT1M1S"),
        (timedelta(0), "PT0M"),
        (timedelta(minutes=-5), "-PT5M"),
        (Decimal(12), 12),
        (Decimal("12.50"), 12.5),
        (Decimal("NaN"), None),
        (math.nan, None),
        (math.inf, None),
        (Colour.RED, "red"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({1: "a", Colour.RED: "b"}, {"1": "a", "red": "b"}),
        ((1, 2), [1, 2]),
        ({3, 1, 2}, [1, 2, 3]),
        (Pair(1, date(2026, 1, 2)), {"a": 1, "b": "2026-01-02"}),
        (Table(time(19), Decimal(5)), {"time": "19:00", "fee": 5}),
        (Model(day=date(2026, 1, 2), seats=3), {"day": "2026-01-02", "seats": 3}),
    ],
)
def test_a_result_becomes_plain_data(result, data):
    assert plain(result) == data


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        (object(), "the result is a `object`"),
        (b"bytes", "the result is a `bytes`"),
        (
            {"table": [1, print]},
            r"the result\.table\[1\] is a `builtin_function_or_method`",
        ),
        ({(1, 2): "x"}, "a key in the result is a `tuple`"),
        (Model, "is a `ModelMetaclass`"),
        ((one for one in "abc"), "is a `generator`"),
    ],
)
def test_what_is_no_data_is_refused_with_its_place(result, problem):
    with pytest.raises(NotDataError, match=problem):
        plain(result)


def test_fault_40_a_result_that_is_too_long_is_refused():
    with pytest.raises(NotDataError, match="at most 64,000"):
        plain(["x" * RESULT_LIMIT])


def test_a_result_that_is_too_deep_or_holds_itself_is_refused():
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(NotDataError, match=f"more than {DEPTH_LIMIT} levels"):
        plain(endless)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_plain_data_stay_as_they_are(data):
    assert plain(data) == data
