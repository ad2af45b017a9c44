import pytest

from flowkit.testing.comparing import agrees, folded, shown


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("You\u2019re booked!", "youre booked"),
        ("Half-past  seven.", "half past seven"),
        ("B 1 0 4 2", "b 1 0 4 2"),
        ("\uff21nna", "anna"),
    ],
)
def test_words_are_compared_without_case_and_punctuation(said, wanted):
    assert folded(said) == folded(wanted)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (7, "7"),
        ("7", 7),
        (None, None),
        (True, True),
        ({"a": 1, "b": 2}, {"a": 1}),
        ([1, {"a": "x", "b": 2}], [1, {"a": "x"}]),
    ],
)
def test_data_agree_with_a_part_of_them(value, wanted):
    assert agrees(value, wanted)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1, True),
        (None, "None"),
        ({"a": 1}, {"b": 1}),
        ("a", {"a": 1}),
        ([1, 2], [1]),
        ("ab", ["a", "b"]),
    ],
)
def test_other_data_do_not_agree(value, wanted):
    assert not agrees(value, wanted)


def test_data_are_shown_as_testers_write_them():
    data = {"a": None, "b": True, "c": [1, 2.5], "d": "x"}
    assert shown(data) == "{a: empty, b: true, c: [1, 2.5], d: x}"
