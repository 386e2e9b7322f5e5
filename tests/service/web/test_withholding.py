"""A publication stop is obeyed at once by every route and every form, for everyone but operators."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from service.web import create_app
from tests.service.web.test_roles import (
    all_planned,
    ask,
    numbers,
    operations,
    override_all,
    parameters,
    told_of,
)
from tests.service.web.world import NOW, FixedSettings, World

STOPPED = ["amberford", "west-quarrel", "veldania"]
ON_AXES = set(range(0, 100_000, 500))  # the axes of neighbours' charts name round numbers
TOLD = ["birchgate", "cindermoor", "dovebridge", "east-murmur"]


@pytest.fixture
def stopped_app(own_world: World) -> APIFlask:
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    return create_app(own_world.store, FixedSettings(rate_limit="100000 per minute"))


@pytest.mark.parametrize("who", ["west planner", "analyst"])
def test_no_route_tells_a_number_of_a_stopped_crossing_or_of_its_totals(
    stopped_app: APIFlask, own_world: World, who: str
) -> None:
    override_all(own_world)
    client = stopped_app.test_client()
    hidden = told_of(own_world, STOPPED) - told_of(own_world, TOLD) - all_planned(own_world, TOLD) - ON_AXES
    for operation in operations(stopped_app):
        for place in ["amberford", "birchgate", "west-quarrel", "veldania"]:
            for query in parameters(operation[2], place):
                response = ask(client, own_world, who, operation, query)
                assert response.status_code < 500, (operation[:2], query)
                assert not numbers(response) & hidden, (operation[:2], query, numbers(response) & hidden)


def test_withheld_numbers_are_null_and_say_so(stopped_app: APIFlask, own_world: World) -> None:
    client, headers = stopped_app.test_client(), own_world.headers("west planner")
    day = client.get("/v1/forecasts?place=amberford&observed=2", headers=headers).get_json()
    assert day["forecasts"][0] == {
        "target_date": "2022-09-27",
        "horizon": 1,
        "mode": None,
        "trust": None,
        "flags": [],
        "suppressed": True,
        "median": None,
        "intervals": None,
        "quantiles": None,
    }
    assert {one["value"] for one in day["observed"]} == {None}
    chance = client.get("/v1/exceedance?place=west-quarrel&threshold=1", headers=headers).get_json()["days"][
        0
    ]
    assert (chance["suppressed"], chance["probability"], chance["probability_by_then"]) == (True, None, None)
    rows = client.get("/v1/observations?place=amberford", headers=headers).get_json()["observations"]
    assert {(row["suppressed"], row["value"]) for row in rows} == {(True, None)}
    scores = client.get("/v1/scores?place=amberford", headers=headers).get_json()["scores"]
    assert [(one["suppressed"], one["wis"], one["skill"], one["coverage"]) for one in scores] == [
        (True, None, None, None)
    ]
    assert client.get("/v1/quality?place=amberford", headers=headers).get_json()["flags"] == []


def test_the_neighbours_are_told_as_before(stopped_app: APIFlask, own_world: World) -> None:
    answer = stopped_app.test_client().get(
        "/v1/forecasts?place=birchgate", headers=own_world.headers("west planner")
    )
    assert answer.get_json()["forecasts"][0]["suppressed"] is False


def test_operators_see_what_is_withheld(stopped_app: APIFlask, own_world: World) -> None:
    answer = stopped_app.test_client().get(
        "/v1/forecasts?place=amberford", headers=own_world.headers("operator")
    )
    assert answer.get_json()["forecasts"][0]["median"] is not None


def test_a_stop_and_its_end_are_obeyed_by_the_next_request(own_client: FlaskClient, own_world: World) -> None:
    headers = own_world.headers("west planner")

    def suppressed() -> bool:
        answer = own_client.get("/v1/forecasts?place=amberford", headers=headers).get_json()
        return bool(answer["forecasts"][0]["suppressed"])

    assert not suppressed()
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    assert suppressed()
    own_world.store.places.resume("amberford", at=NOW, by="test")
    assert not suppressed()
