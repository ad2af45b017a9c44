from __future__ import annotations

import pytest
from understood_restaurant import Restaurant


@pytest.fixture(scope="session")
def restaurant() -> Restaurant:
    return Restaurant()
