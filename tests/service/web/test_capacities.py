"""Capacities over HTTP: told to those whose places they are of, registered whole or not at all."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.ingest import CapacityDesk, read_capacities
from service.ingest.capacities import register
from tests.service.web.world import COUNTRY, EAST, NOW, WEST, World

CROSSING = {"place": "amberford", "valid_from": "2022-09-01", "booths": 4, "service_rate": [40, 38]}
LATER = CROSSING | {"valid_from": "2022-10-10", "booths": 6}
FAR = CROSSING | {"place": "dovebridge", "booths": 17}
REGION: dict[str, Any] = {
    "place": WEST.id,
    "valid_from": "2022-09-01",
    "beds": 300,
    "bed_share": 0.4,
    "overflow": [EAST.id],
    "stays": [{"kind": "stay", "weight": 25, "mean_nights": 14}],
}


@pytest.fixture
def housed(own_world: World) -> World:
    desk = CapacityDesk.of(own_world.store, now=NOW - timedelta(hours=1), actor="test")
    read = read_capacities(json.dumps([CROSSING, LATER, FAR, REGION]).encode(), desk)
    assert isinstance(read, tuple), read
    register(own_world.store, read, desk)
    return own_world


def told(client: FlaskClient, world: World, who: str, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/v1/capacities{query}", headers=world.headers(who))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    rows: list[dict[str, Any]] = answer.get_json()["capacities"]
    return rows


def keys(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["place"]["id"], row["valid_from"]) for row in rows]


def test_an_operator_reads_all_with_defaults_and_units(housed: World, own_client: FlaskClient) -> None:
    rows = told(own_client, housed, "operator")
    assert keys(rows) == [
        ("amberford", "2022-09-01"),
        ("amberford", "2022-10-10"),
        ("dovebridge", "2022-09-01"),
        (WEST.id, "2022-09-01"),
    ]
    assert (rows[0]["capacity"]["service_rate"], rows[0]["capacity"]["lanes"]) == ([40, 38], 1)
    assert rows[0]["units"]["service_rate"].startswith("people/h")
    assert set(rows[3]["capacity"]) == set(rows[3]["units"])
    assert (rows[3]["capacity"]["overflow"], rows[0]["valid_until"]) == ([EAST.id], None)


def test_a_planner_reads_the_own_places_and_names_no_other(housed: World, own_client: FlaskClient) -> None:
    rows = told(own_client, housed, "west planner")
    assert keys(rows) == [("amberford", "2022-09-01"), ("amberford", "2022-10-10"), (WEST.id, "2022-09-01")]
    assert rows[2]["capacity"]["overflow"] == ["elsewhere"]
    assert keys(told(own_client, housed, "east planner")) == [("dovebridge", "2022-09-01")]
    headers = housed.headers("west planner")
    assert own_client.get(f"/v1/capacities?place={EAST.id}", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?place=amberford", ["2022-09-01", "2022-10-10"]),
        ("?place=amberford&on=2022-10-09", ["2022-09-01"]),
        ("?place=amberford&on=2022-10-10", ["2022-10-10"]),
        ("?place=amberford&on=2022-08-31", []),
        ("?place=amberford&as_of=2022-09-01T00:00:00Z", []),
    ],
)
def test_capacities_are_chosen_by_place_day_and_instant(
    housed: World, own_client: FlaskClient, query: str, found: list[str]
) -> None:
    assert [day for _, day in keys(told(own_client, housed, "analyst", query))] == found


def test_of_a_place_whose_publication_is_stopped_the_fields_are_withheld(
    housed: World, own_client: FlaskClient
) -> None:
    housed.store.places.stop("amberford", at=NOW, by="operator", reason="")
    row = told(own_client, housed, "analyst", "?place=amberford")[0]
    assert (row["capacity"], row["suppressed"]) == (None, True)
    assert told(own_client, housed, "operator", "?place=amberford")[0]["suppressed"] is False


def test_an_unchanged_answer_is_not_sent_again(housed: World, own_client: FlaskClient) -> None:
    headers = housed.headers("operator")
    first = own_client.get("/v1/capacities", headers=headers)
    again = own_client.get("/v1/capacities", headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_operator_registers_once_and_it_is_written_down(own_world: World, own_client: FlaskClient) -> None:
    headers = own_world.headers("operator")
    first = own_client.put("/v1/capacities", json={"capacities": [CROSSING, REGION]}, headers=headers)
    again = own_client.put("/v1/capacities", json=CROSSING, headers=headers)
    assert (first.status_code, first.get_json()) == (201, {"capacities": 2, "changed": 2})
    assert (again.status_code, again.get_json()) == (200, {"capacities": 1, "changed": 0})
    entry = own_world.store.audit.read(9)[0]
    assert (entry.action, entry.detail["versions"]) == ("capacities.write", ["amberford from 2022-09-01"])
    assert entry.actor.startswith("key-")


def test_one_wrong_document_refuses_all_and_says_which_field_of_which_row(
    own_world: World, own_client: FlaskClient
) -> None:
    wrong = [CROSSING, REGION | {"overflow": ["nowhere"]}, {"place": COUNTRY.id}]
    answer = own_client.put("/v1/capacities", json=wrong, headers=own_world.headers("operator"))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    faults = [(one["row"], one["field"], one["found"]) for one in answer.get_json()["errors"]]
    assert faults == [
        (2, "overflow", f"nowhere, at {WEST.id}"),
        (3, "place", f"the country {COUNTRY.id}, at {COUNTRY.id}"),
    ]
    assert own_world.store.capacities.vintage() == 0


def test_anything_but_json_is_refused(own_world: World, own_client: FlaskClient) -> None:
    headers = {**own_world.headers("operator"), "Content-Type": "text/csv"}
    assert own_client.put("/v1/capacities", data="place\n", headers=headers).status_code == 415


@pytest.mark.parametrize("who", ["west planner", "analyst", "amberford reporter"])
def test_nobody_but_an_operator_registers(own_world: World, own_client: FlaskClient, who: str) -> None:
    headers = own_world.headers(who)
    assert own_client.put("/v1/capacities", json=CROSSING, headers=headers).status_code == 403
    assert own_world.store.capacities.vintage() == 0
