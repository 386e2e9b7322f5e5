"""The API over a small world: one shared by tests that only read, a fresh one for those that write."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from service.store import Store
from service.web import create_app
from tests.service.web.world import FixedSettings, World, build_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world nobody writes to, but for the audit log."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('world') / 'arrivals.db'}") as store:
        yield build_world(store)


@pytest.fixture(scope="session")
def app(world: World) -> APIFlask:
    return create_app(world.store, FixedSettings(rate_limit="100000 per minute"))


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def own_world(tmp_path: Path) -> Iterator[World]:
    """A world of the test's own, to write to."""
    with Store.open(f"sqlite:///{tmp_path / 'arrivals.db'}") as store:
        yield build_world(store)


@pytest.fixture
def own_client(own_world: World) -> FlaskClient:
    return create_app(own_world.store, FixedSettings(rate_limit="100000 per minute")).test_client()
