"""Events over HTTP: told to those whose places they concern, registered by operators, whole or not at all."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from forecast.events import Event
from tests.service.web.world import COUNTRY, EAST, NOW, WEST, World

EARLIER = NOW - timedelta(days=1)
REGISTERED = (
    Event("repairs", "closure", date(2022, 10, 1), date(2022, 10, 9), "amberford", recorded_at=EARLIER),
    Event("strike", "disruption", date(2022, 10, 3), place=WEST.id, multiple=2.5, recorded_at=EARLIER),
    Event("feast", "surge-expected", date(2022, 10, 5), place=COUNTRY.id, recorded_at=EARLIER),
    Event("far", "opening", date(2022, 10, 7), place="dovebridge", recorded_at=EARLIER),
    Event("storm", "disruption", date(2022, 10, 8), date(2022, 10, 8), recorded_at=NOW),
)
NEW = {"id": "works", "kind": "closure", "first": "2022-11-01", "last": "2022-11-05", "place": "birchgate"}


@pytest.fixture
def eventful(own_world: World) -> World:
    own_world.store.events.put(REGISTERED, at=NOW)
    return own_world


def told(client: FlaskClient, world: World, who: str, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/v1/events{query}", headers=world.headers(who))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    rows: list[dict[str, Any]] = answer.get_json()["events"]
    return rows


def ids(*arguments: Any) -> list[str]:
    return [row["id"] for row in told(*arguments)]


def test_an_operator_reads_all_events_by_their_first_day(eventful: World, own_client: FlaskClient) -> None:
    rows = told(own_client, eventful, "operator")
    assert [row["id"] for row in rows] == ["repairs", "strike", "feast", "far", "storm"]
    assert rows[0] == {
        "id": "repairs", "kind": "closure", "first": "2022-10-01", "last": "2022-10-09", "place": "amberford",
        "crossings": ["amberford"], "multiple": None, "note": "",
        "recorded_at": EARLIER.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    assert (rows[1]["last"], rows[1]["multiple"]) == (None, 2.5)
    assert rows[3]["last"] == "2022-10-07"


def test_a_planner_reads_what_concerns_the_own_places_and_no_place_beyond(
    eventful: World, own_client: FlaskClient
) -> None:
    rows = told(own_client, eventful, "amberford planner")
    assert [(row["id"], row["place"], row["crossings"]) for row in rows] == [
        ("repairs", "amberford", ["amberford"]),
        ("strike", None, ["amberford"]),
        ("feast", None, ["amberford"]),
        ("storm", None, ["amberford"]),
    ]
    assert ids(own_client, eventful, "east planner") == ["feast", "far", "storm"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?place=birchgate", ["strike", "feast", "storm"]),
        (f"?place={EAST.id}", ["feast", "far", "storm"]),
        ("?first=2022-10-08", ["repairs", "strike", "feast", "storm"]),
        ("?last=2022-10-03", ["repairs", "strike"]),
        (f"?as_of={(NOW - timedelta(hours=1)).strftime('%Y-%m-%dT%H:%M:%SZ')}",
         ["repairs", "strike", "feast", "far"]),
    ],
)  # fmt: skip
def test_events_are_chosen_by_place_day_and_instant(
    eventful: World, own_client: FlaskClient, query: str, found: list[str]
) -> None:
    assert ids(own_client, eventful, "operator", query) == found


def test_events_of_a_place_whose_publication_is_stopped_are_left_out(
    eventful: World, own_client: FlaskClient
) -> None:
    eventful.store.places.stop("amberford", at=NOW, by="operator", reason="")
    assert "repairs" not in ids(own_client, eventful, "west planner")
    assert "repairs" in ids(own_client, eventful, "operator")


def test_an_operator_registers_events_and_it_is_written_down(
    own_world: World, own_client: FlaskClient
) -> None:
    headers = own_world.headers("operator")
    first = own_client.post("/v1/events", json={"events": [NEW]}, headers=headers)
    again = own_client.post("/v1/events", json={"events": [NEW]}, headers=headers)
    assert (first.status_code, first.get_json()) == (201, {"events": 1, "changed": 1})
    assert (again.status_code, again.get_json()) == (200, {"events": 1, "changed": 0})
    assert ids(own_client, own_world, "operator") == ["works"]
    entry = own_world.store.audit.read(9)[0]
    assert (entry.action, entry.detail) == ("events.write", {"events": ["works"], "changed": 0})


def test_events_come_as_csv_too(own_world: World, own_client: FlaskClient) -> None:
    text = "id,kind,first,place\nworks,opening,2022-11-01,birchgate\n"
    headers = {**own_world.headers("operator"), "Content-Type": "text/csv"}
    assert own_client.post("/v1/events", data=text, headers=headers).status_code == 201


def test_one_wrong_event_refuses_all_and_says_which_field_of_which_row(
    own_world: World, own_client: FlaskClient
) -> None:
    wrong = {**NEW, "id": "wrong", "place": "nowhere"}
    answer = own_client.post("/v1/events", json=[NEW, wrong], headers=own_world.headers("operator"))
    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert (fault["row"], fault["field"], fault["found"]) == (2, "place", "nowhere")
    assert own_world.store.events.vintage() == 0


@pytest.mark.parametrize("who", ["west planner", "analyst", "amberford reporter"])
def test_nobody_but_an_operator_registers_events(own_world: World, own_client: FlaskClient, who: str) -> None:
    headers = own_world.headers(who)
    assert own_client.post("/v1/events", json=[NEW], headers=headers).status_code == 403
    assert own_world.store.events.vintage() == 0
