"""Every route and every role, from the API's own document: nobody gets what is not theirs."""

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import numpy as np
import pypdf
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.plans.files import XLSX_MEDIA
from service.reports.preview import MEDIA
from service.store import Store
from service.store.asked import Asked
from service.store.model_records import Override, OverrideScore
from service.store.records import EVERYTHING, PLAN_KINDS, PublishedForecast
from service.web import create_app
from tests.service.web.workbooks import Cell, sheets
from tests.service.web.world import (
    COUNTRY,
    CROSSINGS,
    CUTOFF,
    EAST,
    GRANTS,
    NOW,
    WEST,
    FixedSettings,
    World,
    build_world,
)

Operation = tuple[str, str, dict[str, Any]]
ROLES_BY_ROUTE = {
    "GET /v1/places": {"reporter", "planner", "analyst", "operator"},
    "GET /v1/observations": {"planner", "analyst", "operator"},
    "POST /v1/observations": {"reporter", "operator"},
    "GET /v1/forecasts": {"planner", "analyst", "operator"},
    "GET /v1/forecasts/evolution": {"planner", "analyst", "operator"},
    "GET /v1/forecasts/explanation": {"planner", "analyst", "operator"},
    "GET /v1/exceedance": {"planner", "analyst", "operator"},
    "GET /v1/scores": {"planner", "analyst", "operator"},
    "GET /v1/issues": {"planner", "analyst", "operator"},
    "GET /v1/issues/{issue_id}": {"planner", "analyst", "operator"},
    "GET /v1/overrides": {"planner", "analyst", "operator"},
    "POST /v1/overrides": {"analyst", "operator"},
    "DELETE /v1/overrides/{override_id}": {"analyst", "operator"},
    "GET /v1/quality": {"planner", "analyst", "operator"},
    "GET /v1/events": {"reporter", "planner", "analyst", "operator"},
    "POST /v1/events": {"operator"},
    "GET /v1/capacities": {"planner", "analyst", "operator"},
    "PUT /v1/capacities": {"operator"},
    "GET /v1/plan/waits": {"planner", "analyst", "operator"},
    "GET /v1/plan/staff": {"planner", "analyst", "operator"},
    "GET /v1/plan/beds": {"planner", "analyst", "operator"},
    "GET /v1/plan/changes": {"planner", "analyst", "operator"},
    "GET /v1/plan/day": {"planner", "analyst", "operator"},
    "POST /v1/scenarios": {"planner", "analyst", "operator"},
    "GET /v1/scenarios": {"planner", "analyst", "operator"},
    "GET /v1/scenarios/{scenario_id}": {"planner", "analyst", "operator"},
    "GET /v1/alerts": {"planner", "analyst", "operator"},
    "POST /v1/alerts/{number}/acknowledge": {"planner", "operator"},
    "GET /v1/alerts/mutes": {"planner", "analyst", "operator"},
    "POST /v1/alerts/mutes": {"planner", "operator"},
    "DELETE /v1/alerts/mutes/{number}": {"planner", "operator"},
    "GET /v1/reports/preview": {"planner", "analyst", "operator"},
    "GET /metrics": {"operator"},
    "GET /healthz": set(),
    "GET /readyz": set(),
}
OWN = {WEST.id, "amberford", "birchgate"}
OTHERS = [COUNTRY.id, EAST.id, "cindermoor", "dovebridge"]
UNKNOWN = "nowhere-at-all"
TELLING = {"demand": 500, "throughput": 500, "beds_needed": 5_000}  # no smaller number tells a place
CROSSING_IDS = {one.id for one in CROSSINGS}
OF_REGIONS = {"/v1/plan/beds", "/v1/reports/preview"}
SAMPLES = {
    "target_date": CUTOFF.replace(day=28).isoformat(),
    "threshold": "100",
    "issue_id": "issue-1",
    "scenario_id": "scenario-1",
    "override_id": "override-amberford",
    "number": "1",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that is only read, in which analysts have held a figure against each forecast."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('overridden') / 'arrivals.db'}") as store:
        built = build_world(store)
        override_all(built)
        yield built


@pytest.fixture(scope="module")
def app(world: World) -> APIFlask:
    return create_app(world.store, FixedSettings(rate_limit="100000 per minute"))


def override_all(world: World) -> None:
    """Hold a figure against the forecast of the first day at every place, and score it; no two are alike."""
    day = CUTOFF + timedelta(days=1)
    for row, place in enumerate(world.store.places.all()):
        name, median = f"override-{place.id}", 41_017.0 + 10 * row
        reason = f"Two more trains for {place.name}."
        made = (median, reason, "key", NOW, median - 3, median + 3)
        world.store.overrides.put(Override(name, world.issue.id, place.id, "arrivals", day, day, *made))
        scored = (NOW, median + 1, 31.0017 + row, 57.0023 + row)
        world.store.overrides.append_scores([OverrideScore(name, place.id, "arrivals", day, 1, *scored)])


def operations(app: APIFlask) -> list[Operation]:
    document = app.test_client().get("/openapi.json").get_json()
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def parameters(operation: dict[str, Any], place: str) -> Iterator[dict[str, str]]:
    """Queries that answer: the required parameters, with and without a place, in every form and switch."""
    named = {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}
    fixed = {name: SAMPLES[name] for name, one in named.items() if one["required"] and name != "place"}
    choices: dict[str, list[str | None]] = {}
    if "place" in named:
        choices["place"] = [place] if named["place"]["required"] else [place, None]
    for name, one in named.items():
        if "enum" in one["schema"]:
            choices[name] = [None, *one["schema"]["enum"]]
        elif one["schema"]["type"] == "boolean":
            choices[name] = [None, "true"]
    if "observed" in named:
        fixed["observed"] = "30"
    for values in itertools.product(*choices.values()):
        chosen = {name: value for name, value in zip(choices, values, strict=True) if value is not None}
        yield fixed | chosen


def ask(
    client: FlaskClient, world: World, who: str | None, operation: Operation, query: dict[str, str]
) -> TestResponse:
    method, path, _ = operation
    address = re.sub(r"{(\w+)}", lambda name: SAMPLES[name[1]], path)
    headers = world.headers(who) if who else {}
    if method == "POST":
        rows = [{"crossing": query.get("place", "amberford"), "date": CUTOFF.isoformat(), "arrivals": 1}]
        return client.post(address, json=rows, headers=headers)
    if method == "PUT":
        document = {"place": query.get("place", "amberford"), "valid_from": CUTOFF.isoformat()}
        return client.put(address, json=document, headers=headers)
    if method == "DELETE":
        return client.delete(address, headers=headers)
    return client.get(address, query_string=query, headers=headers)


def numbers(response: TestResponse) -> set[float]:
    """Every number in an answer, whatever its form."""
    if response.is_json:
        return set(_numbers_in(json.loads(response.get_data())))
    if response.mimetype == XLSX_MEDIA:
        return {float(cell) for cell in _workbook(response) if isinstance(cell, float)}
    if response.mimetype in MEDIA.values():
        told = re.findall(r"\d[\d,]*(?:\.\d+)?", text_of(response))
        return {float(one.replace(",", "")) for one in told}
    found = set()
    for cell in itertools.chain.from_iterable(csv.reader(io.StringIO(response.get_data(as_text=True)))):
        if re.fullmatch(r"-?\d+(\.\d+)?", cell):
            found.add(float(cell))
    return found


def text_of(response: TestResponse) -> str:
    """All words of an answer, whatever its form."""
    if response.mimetype == XLSX_MEDIA:
        return "\n".join(cell for cell in _workbook(response) if isinstance(cell, str))
    if response.mimetype == MEDIA["pdf"]:
        return "\n".join(
            sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(response.get_data())).pages
        )
    if response.mimetype == MEDIA["eml"]:
        mail = message_from_bytes(response.get_data(), policy=SMTP)
        return "\n".join(one.get_content() for one in mail.walk() if one.get_content_maintype() == "text")
    if response.mimetype == MEDIA["html"]:
        return re.sub(r"data:[^\"]+|<[^>]+>", " ", response.get_data(as_text=True))
    return response.get_data(as_text=True)


def _workbook(response: TestResponse) -> Iterator[Cell]:
    rows = itertools.chain.from_iterable(sheets(response.get_data()).values())
    return itertools.chain.from_iterable(rows)


def _numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _numbers_in(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def told_of(world: World, place_ids: list[str]) -> set[float]:
    """Every number the store holds of some places that a reader could tell them by."""
    held = world.store.issues.forecasts(world.issue.id, place_ids=place_ids)
    counts = world.store.observations.read(
        EVERYTHING, measure="arrivals", first=CUTOFF.replace(day=1), last=CUTOFF, limit=1_000
    )
    scores = world.store.scores.read(EVERYTHING)
    found = {float(value) for one in held for value in one.values.ravel()}
    found |= set(counts.loc[counts["place"].isin(place_ids), "value"])
    mine = scores[scores["place_id"].isin(place_ids)]
    outlooks = world.store.outlook_scores.read(EVERYTHING)
    found |= set(outlooks.loc[outlooks["place_id"].isin(place_ids), "score"])
    found |= _overridden(world, place_ids)
    for place_id in place_ids:
        one = world.store.issues.explained(world.issue.id, "arrivals", place_id)
        if one is not None:
            found |= _beside(one)
    found |= _planned(world, place_ids)
    return found | {float(v) for name in ("observed", "wis", "baseline_wis") for v in mine[name]}


def _overridden(world: World, place_ids: list[str]) -> set[float]:
    """The figures of analysts and how they did."""
    held = world.store.overrides.reaching(CUTOFF)
    scored = world.store.overrides.scores(Asked())
    figures = {n for one in held if one.place_id in place_ids for n in (one.median, one.lower, one.upper)}
    told = ((one.observed, one.wis, one.model_wis) for one in scored if one.place_id in place_ids)
    return {n for n in figures.union(*told) if n is not None}


def _planned(world: World, place_ids: list[str]) -> set[float]:
    """The numbers of people in a plan that are large enough to tell a place by."""
    return {
        value
        for part in _parts(world, place_ids)
        for measure, days in part["quantiles"].items()
        for day in days
        for value in day
        if value > TELLING.get(measure, np.inf)
    }


def all_planned(world: World, place_ids: list[str]) -> set[float]:
    """Every number in the plans of some places, such as staff hours that happen to be another's people."""
    return set(_numbers_in(_parts(world, place_ids)))


def _parts(world: World, place_ids: list[str]) -> list[dict[str, Any]]:
    return [
        part.content
        for kind in PLAN_KINDS
        for part in world.store.plans.blocks(world.issue.id, kind, place_ids=place_ids)
    ]


def _beside(held: PublishedForecast) -> set[float]:
    """The numbers that stand beside a forecast's quantiles."""
    assert held.outlook is not None
    assert held.outlook.chances.surge is not None
    assert held.outlook.yardstick.reference is not None
    told = {held.outlook.chances.surge, held.outlook.chances.changes[0][4]}
    told |= {round(held.outlook.yardstick.reference, 1)} | {band.relative for band in held.trust[:1]}
    why = held.explanation
    return told | ({round(why.level, 1), why.weekday[6]} if why else set())


def test_the_document_names_the_roles_of_every_route(app: APIFlask) -> None:
    found = {f"{method} {path}": set(one.get("x-roles", ())) for method, path, one in operations(app)}
    assert found == ROLES_BY_ROUTE


def test_every_route_of_the_app_is_in_the_document_or_open_by_decision(app: APIFlask) -> None:
    documented = {path.replace("{", "<").replace("}", ">") for _, path, _ in operations(app)}
    beside = {rule.rule for rule in app.url_map.iter_rules()} - documented
    assert beside == {"/", "/docs", "/docs/assets/<name>", "/openapi.json", "/static/<path:filename>"}


def test_a_route_that_nobody_marked_is_closed_to_everyone(own_world: World) -> None:
    app = create_app(own_world.store, FixedSettings())
    app.add_url_rule("/v1/extra", "extra", lambda: "told")
    client = app.test_client()
    assert client.get("/v1/extra").status_code == 401
    assert client.get("/v1/extra", headers=own_world.headers("operator")).status_code == 403


@pytest.mark.parametrize("who", [None, *GRANTS])
def test_each_role_gets_the_routes_it_has_and_no_other(
    app: APIFlask, client: FlaskClient, world: World, who: str | None
) -> None:
    role = GRANTS[who][0] if who else None
    for operation in operations(app):
        method, path, described = operation
        if method in {"POST", "PUT", "DELETE"}:
            continue  # writes are tested on a world of their own
        open_to_all = not ROLES_BY_ROUTE[f"{method} {path}"]
        for query in parameters(described, "cindermoor" if who == "east planner" else "amberford"):
            status = ask(client, world, who, operation, query).status_code
            if path in OF_REGIONS and (query.get("place") in CROSSING_IDS or who == "amberford planner"):
                assert status == (404 if role in described["x-roles"] else 403 if who else 401)
            elif who is None and not open_to_all:
                assert status == 401, (path, query)
            elif open_to_all or role in described["x-roles"]:
                assert status == 200, (path, query)
            else:
                assert status == 403, (path, query)


def test_a_planner_of_one_region_gets_nothing_of_another(
    app: APIFlask, client: FlaskClient, world: World
) -> None:
    words = {one.id for one in (COUNTRY, EAST, *CROSSINGS)} | {
        one.name for one in (COUNTRY, EAST, *CROSSINGS)
    }
    words -= {"amberford", "birchgate", "Amberford", "Birchgate"}
    theirs = told_of(world, OTHERS) - told_of(world, sorted(OWN)) - all_planned(world, sorted(OWN))
    assert len(theirs) > 500
    asked = 0
    for operation in operations(app):
        for place in [*OWN, *OTHERS, UNKNOWN]:
            for query in parameters(operation[2], place):
                response = ask(client, world, "west planner", operation, query)
                text = text_of(response)
                assert not [word for word in words if word in text], (operation[:2], query)
                assert not numbers(response) & theirs, (operation[:2], query, numbers(response) & theirs)
                asked += 1
    assert asked > 100


@pytest.mark.parametrize("who", ["west planner", "amberford planner"])
def test_a_place_out_of_scope_is_answered_like_one_that_does_not_exist(
    app: APIFlask, client: FlaskClient, world: World, who: str
) -> None:
    for operation in operations(app):
        for place in OTHERS:
            for query in parameters(operation[2], place):
                if operation[0] in {"POST", "PUT"} or query.get("place") != place:
                    continue
                outside = ask(client, world, who, operation, query)
                nowhere = ask(client, world, who, operation, query | {"place": UNKNOWN})
                assert outside.status_code == nowhere.status_code == 404, (operation[:2], query)
                assert outside.get_data() == nowhere.get_data()
                told = ("X-Request-Id", "X-RateLimit-Remaining", "X-RateLimit-Reset")
                assert [pair for pair in outside.headers if pair[0] not in told] == [
                    pair for pair in nowhere.headers if pair[0] not in told
                ]


def test_the_numbers_of_the_own_places_are_told(app: APIFlask, client: FlaskClient, world: World) -> None:
    own = told_of(world, ["amberford"])
    for path in ("/v1/forecasts", "/v1/observations", "/v1/scores"):
        operation = next(one for one in operations(app) if one[:2] == ("GET", path))
        for query in parameters(operation[2], "amberford"):
            assert numbers(ask(client, world, "west planner", operation, query)) & own, (path, query)


@pytest.mark.parametrize("who", ["planner of all", "planner of both", "analyst", "operator"])
def test_whoever_covers_all_regions_gets_the_countrys_total(
    client: FlaskClient, world: World, who: str
) -> None:
    answer = client.get("/v1/forecasts?place=veldania", headers=world.headers(who))
    assert answer.status_code == 200
    assert answer.get_json()["place"]["level"] == "country"


def test_a_reporter_writes_the_counts_of_its_own_crossings_only(
    own_world: World, own_client: FlaskClient
) -> None:
    headers = own_world.headers("amberford reporter")
    known = own_world.store.observations.vintage()
    bodies = []
    for crossing in ("birchgate", "cindermoor", UNKNOWN):
        rows = [{"crossing": crossing, "date": "2022-09-26", "arrivals": 17}]
        refused = own_client.post("/v1/observations", json=rows, headers=headers)
        assert refused.status_code == 422
        bodies.append(refused.get_data(as_text=True).replace(crossing, "it"))
    assert bodies[0] == bodies[1]
    assert "Cindermoor" not in bodies[2]
    assert own_world.store.observations.vintage() == known
    rows = [{"crossing": "amberford", "date": "2022-09-26", "arrivals": 17}]
    assert own_client.post("/v1/observations", json=rows, headers=headers).status_code == 201


@pytest.mark.parametrize("who", ["west planner", "analyst"])
def test_those_who_only_read_write_nothing(own_world: World, own_client: FlaskClient, who: str) -> None:
    rows = [{"crossing": "amberford", "date": "2022-09-26", "arrivals": 17}]
    known = own_world.store.observations.vintage()
    assert own_client.post("/v1/observations", json=rows, headers=own_world.headers(who)).status_code == 403
    assert own_world.store.observations.vintage() == known


def test_a_key_that_is_over_gets_401_at_once(own_world: World, own_client: FlaskClient) -> None:
    headers = own_world.headers("west planner")
    assert own_client.get("/v1/places", headers=headers).status_code == 200
    key = next(key for key in own_world.store.keys.all() if key.places == {WEST.id})
    own_world.store.keys.revoke(key.id, NOW)
    assert own_client.get("/v1/places", headers=headers).status_code == 401
