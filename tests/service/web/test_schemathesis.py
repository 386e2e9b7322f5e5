"""The API under requests made up from its own document, right and wrong: it never fails or half-writes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.store import Store
from service.web import create_app
from tests.service.web.test_roles import ROLES_BY_ROUTE
from tests.service.web.world import FixedSettings, World, build_world

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
UNHURRIED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that made-up requests may write to."""
    path: Path = tmp_path_factory.mktemp("fuzzed") / "arrivals.db"
    with Store.open(f"sqlite:///{path}") as store:
        yield build_world(store)


@pytest.fixture(scope="module")
def document(fuzzed: World) -> Any:
    """The app's own document, loaded from the app."""
    app = create_app(fuzzed.store, FixedSettings(rate_limit="1000000 per minute"))
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def ask_around(operation: Any, world: World, *, roles: Sequence[str], examples: int, fixed: bool) -> None:
    """Make up requests for one operation, half of them right by the document and half wrong."""
    right_or_wrong = st.sampled_from(list(GenerationMode)).flatmap(
        lambda mode: operation.as_strategy(generation_mode=mode)
    )

    @given(right_or_wrong, st.booleans())
    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=UNHURRIED,
        derandomize=fixed,
        database=None,
    )
    def ask(case: schemathesis.Case, in_this_world: bool) -> None:
        if in_this_world and "place" in case.query:
            case.query["place"] = ["amberford"] if operation.path == "/v1/forecasts" else "amberford"
        for who in roles:
            check(case, world, who)

    ask()


def check(case: schemathesis.Case, world: World, who: str) -> None:
    """Ask once, hold the answer against the document, and the store against the answer."""
    before = world.store.observations.vintage()
    response = case.call(headers=world.headers(who))
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert world.store.observations.vintage() == before


@pytest.mark.parametrize("route", ROLES_BY_ROUTE)
def test_no_made_up_request_breaks_the_service(document: Any, fuzzed: World, route: str) -> None:
    method, path = route.split()
    ask_around(document[path][method], fuzzed, roles=["operator"], examples=15, fixed=True)


@pytest.mark.soak
@pytest.mark.parametrize("route", ROLES_BY_ROUTE)
def test_no_made_up_request_of_any_role_breaks_the_service(document: Any, fuzzed: World, route: str) -> None:
    method, path = route.split()
    roles = ["operator", "west planner", "amberford reporter"]
    ask_around(document[path][method], fuzzed, roles=roles, examples=400, fixed=False)
