"""Stores with a register in them."""

import pytest

from service.store import Store
from tests.service.store.builders import NOW, REGISTER


@pytest.fixture
def border(store: Store) -> Store:
    """A country of two regions and three crossings without counts, on each database."""
    store.places.put(REGISTER, at=NOW)
    return store
