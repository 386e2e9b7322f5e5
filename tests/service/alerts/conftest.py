"""Stores with the border of the alerts' tests."""

import pytest

from service.store import Store
from tests.service.alerts.matters import place_all


@pytest.fixture
def border(sqlite_store: Store) -> Store:
    """A country of two regions and three crossings without counts."""
    return place_all(sqlite_store)
