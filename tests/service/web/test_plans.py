"""Plans over HTTP: waits, staff and beds, as they were published and in the units that readers get."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.web import create_app, plans
from tests.service.web import world as module
from tests.service.web.world import (
    COUNTRY,
    CUTOFF,
    EAST,
    NOW,
    WEST,
    FixedSettings,
    World,
    issue_of,
    publish,
    trust_of,
)

ROUTES = ["waits", "staff", "beds"]
PLACE = {"waits": "amberford", "staff": "amberford", "beds": WEST.id}


def get(client: FlaskClient, world: World, query: str, who: str = "west planner") -> Any:
    answer = client.get(f"/v1/plan/{query}", headers=world.headers(who))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json() if answer.mimetype.endswith("json") else answer.get_data(as_text=True)


def content(world: World, kind: Any, place: str) -> dict[str, Any]:
    (block,) = world.store.plans.blocks(world.issue.id, kind, place_ids=[place])
    return block.content


def ids(answer: Any) -> list[str]:
    return [one["place"]["id"] for one in answer["places"]]


def quantile(world: World, kind: Any, place: str, measure: str, level: float, day: int = 0) -> float:
    at = world.issue.levels.index(level)
    found: float = content(world, kind, place)["quantiles"][measure][day][at]
    return found


def test_waits_are_told_in_hours_with_the_chance_of_each_length(client: FlaskClient, world: World) -> None:
    answer = get(client, world, "waits?place=amberford&days=2&levels=0.8&quantiles=0.95")
    (told,) = answer["places"]
    day = told["days"][1]
    assert (day["target_date"], day["horizon"]) == ("2022-09-28", 2)
    assert day["longest_wait"] == {
        "median": round(quantile(world, "waits", "amberford", "longest_wait", 0.5, 1) / 60, 2),
        "intervals": {
            "0.8": [
                round(quantile(world, "waits", "amberford", "longest_wait", level, 1) / 60, 2)
                for level in (0.1, 0.9)
            ]
        },
        "quantiles": {"0.95": round(quantile(world, "waits", "amberford", "longest_wait", 0.95, 1) / 60, 2)},
    }
    assert list(day["late_chance"]) == ["0.5", "1", "2", "4", "8", "12", "24"]
    assert day["late_chance"]["4"] == content(world, "waits", "amberford")["late_chance"]["4"][1]
    assert told["standing"] == 50
    assert told["flags"][0] == "ran at capacity on 2022-09-26"


@pytest.mark.parametrize("route", ROUTES)
def test_every_number_has_its_unit(client: FlaskClient, world: World, route: str) -> None:
    answer = get(client, world, f"{route}?days=1", "analyst")
    for one in answer["places"]:
        beside = {"place", "suppressed", "flags", "days", "target_date", "horizon", "held"}
        told = (set(one) | set(one["days"][0])) - beside
        assert told <= set(answer["units"])
    assert {"longest_wait": "hours", "demand": "people/day", "queue": "people"}.items() <= (
        get(client, world, "waits?days=1")["units"].items()
    )


def test_a_region_stands_for_its_crossings_and_a_country_for_its_regions(
    client: FlaskClient, world: World
) -> None:
    assert ids(get(client, world, f"waits?place={WEST.id}&days=1")) == ["amberford", "birchgate"]
    assert ids(get(client, world, f"staff?place=birchgate,{WEST.id}&days=1")) == ["birchgate", "amberford"]
    assert ids(get(client, world, f"beds?place={COUNTRY.id}&days=1", "analyst")) == [
        COUNTRY.id,
        WEST.id,
        EAST.id,
    ]
    assert ids(get(client, world, "beds?days=1")) == [WEST.id]


def test_staff_tells_the_roster_what_is_registered_and_what_it_buys(
    client: FlaskClient, world: World
) -> None:
    (told,) = get(client, world, "staff?place=amberford&days=1")["places"]
    held, day = content(world, "staff", "amberford"), told["days"][0]
    assert (day["roster"], day["registered"]) == (held["booths"][0], held["registered"][0])
    assert day["staff_hours"] == {"registered": sum(day["registered"]), "roster": sum(day["roster"])}
    assert day["mean_wait"]["roster"] == round(held["wait"]["roster"][0] / 60, 2)
    assert [one["safety"] for one in day["plan_to"]["levels"]] == [0.99, 0.95, 0.8, 0.5]
    levels = [one["level"] for one in day["plan_to"]["levels"]]
    assert levels == sorted(levels, reverse=True)
    assert day["plan_to"]["by_cost"]["safety"] == 0.75
    assert [one["safety"] for one in day["safeties"]] == [0.99, 0.95, 0.8, 0.5]
    assert day["safeties"][2]["roster"] == day["roster"]


def test_beds_free_are_what_is_left_of_those_occupied(client: FlaskClient, world: World) -> None:
    (told,) = get(client, world, f"beds?place={WEST.id}&days=3&levels=0.8")["places"]
    for day in told["days"]:
        low, high = day["beds_occupied"]["intervals"]["0.8"]
        assert day["beds_free"]["intervals"]["0.8"] == [day["beds"] - high, day["beds"] - low]
        assert day["beds_free"]["median"] == day["beds"] - day["beds_occupied"]["median"]
    chances = [day["full_chance_by_then"] for day in told["days"]]
    assert chances == sorted(chances)
    assert all(day["full_chance"] <= day["full_chance_by_then"] for day in told["days"])
    assert told["transit"]["onward_land"]["share"] == 0.75


def test_a_country_has_beds_and_no_costs(client: FlaskClient, world: World) -> None:
    told = get(client, world, f"beds?place={COUNTRY.id}&days=1", "analyst")["places"][0]
    assert told["days"][0]["beds"] == sum(
        content(world, "beds", one)["beds"][0] for one in (WEST.id, EAST.id)
    )
    assert (told["days"][0]["plan_to_beds"], told["transit"]) == (None, None)


def test_as_csv_every_column_of_a_number_names_its_unit(client: FlaskClient, world: World) -> None:
    rows = list(csv.DictReader(io.StringIO(get(client, world, "waits?days=2&levels=0.8&format=csv"))))
    assert [(row["place"], row["horizon"]) for row in rows] == [
        (place, ahead) for place in ("amberford", "birchgate") for ahead in ("1", "2")
    ]
    longest = quantile(world, "waits", "amberford", "longest_wait", 0.9) / 60
    assert float(rows[0]["longest_wait_upper_0.8 [hours]"]) == round(longest, 2)
    staff = next(csv.DictReader(io.StringIO(get(client, world, "staff?days=1&format=csv"))))
    assert staff["roster_00 [booths]"] == str(content(world, "staff", "amberford")["booths"][0][0])
    assert "plan_to_0.95_level [booths]" in staff
    assert "safeties_0.99_staff_hours" in " ".join(staff)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("beds?place=amberford", "plans no beds for amberford"),
        ("waits?place=cindermoor", "plans no waits for cindermoor"),
    ],
)
def test_a_place_without_a_plan_is_told_why_and_what_to_do(
    own_client: FlaskClient, own_world: World, query: str, why: str
) -> None:
    if "beds" not in query:
        after = NOW + timedelta(hours=1)
        publish(own_world.store, issue_of(at=after, name="issue-2"), scores=(), planned=False)
    answer = own_client.get(f"/v1/plan/{query}", headers=own_world.headers("analyst"))
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert why in answer.get_json()["detail"]
    assert "arrivals capacities import" in answer.get_json()["detail"]


@pytest.mark.parametrize("route", ["waits", "staff", "beds", "changes", "day"])
def test_a_place_out_of_scope_is_answered_like_an_unknown_one(
    client: FlaskClient, world: World, route: str
) -> None:
    headers = world.headers("west planner")
    answers = [
        client.get(f"/v1/plan/{route}?place=amberford,{place}", headers=headers)
        for place in (EAST.id, "cindermoor", COUNTRY.id, "nowhere")
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({one.get_data() for one in answers}) == 1


@pytest.mark.parametrize("route", ["waits", "staff", "beds"])
def test_what_is_withheld_is_null_and_says_so(own_client: FlaskClient, own_world: World, route: str) -> None:
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    (told,) = get(own_client, own_world, f"{route}?place={PLACE[route]}&days=1")["places"]
    assert (told["suppressed"], told["flags"]) == (True, [])
    day = told["days"][0]
    assert (day.pop("target_date"), day.pop("horizon"), day.pop("flags")) == ("2022-09-27", 1, [])
    assert day.pop("suppressed") is True
    assert set(day.values()) == {None}
    assert {told[name] for name in told if name not in {"place", "suppressed", "flags", "days"}} == {None}
    text = get(own_client, own_world, f"{route}?place={PLACE[route]}&days=1&format=csv")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["suppressed"] == "true"
    assert not [name for name in row if "[" in name]
    shown = get(own_client, own_world, f"{route}?place={PLACE[route]}&days=1", "operator")["places"][0]
    assert shown["suppressed"] is False


def test_guests_of_a_region_that_is_withheld_are_not_told_by_its_neighbour(
    own_client: FlaskClient, own_world: World
) -> None:
    before = get(own_client, own_world, f"beds?place={EAST.id}&days=1", "analyst")["places"][0]["days"][0]
    assert before["received"] is not None
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    after = get(own_client, own_world, f"beds?place={EAST.id}&days=1", "analyst")["places"][0]["days"][0]
    hidden = {"received", "beds_occupied", "beds_free"}
    assert {name for name in after if after[name] is None and before[name] is not None} == hidden
    query = f"/v1/exceedance?place={EAST.id}&measure=beds_occupied&threshold=1&days=1"
    told = own_client.get(query, headers=own_world.headers("analyst")).get_json()["days"][0]
    assert (told["suppressed"], told["probability"]) == (True, None)


def test_days_whose_forecasts_lost_their_skill_are_withheld_where_the_settings_say_so(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "trust_of", lambda row: trust_of(row, "lost"))
    publish(own_world.store, issue_of(at=NOW + timedelta(hours=1), name="issue-2"), scores=())
    client = create_app(own_world.store, FixedSettings(withhold_untrusted=True)).test_client()
    days = get(client, own_world, f"beds?place={WEST.id}")["places"][0]["days"]
    assert [day["beds_needed"] is None for day in days] == [True] * 7 + [False] * 3
    assert days[0]["suppressed"]
    assert "relative score" in days[0]["flags"][0]
    assert days[0]["beds_needed"] is None
    assert (days[8]["beds_needed"] is None, days[8]["full_chance_by_then"]) == (False, None)
    rows = get(client, own_world, "day?place=amberford&day=2022-09-28")["tables"][0]["rows"]
    assert (rows[0]["suppressed"], rows[0]["longest_wait_0.95"]) == (True, None)


@pytest.mark.parametrize(
    ("place", "measure", "threshold", "unit"),
    [
        ("amberford", "longest_wait", 2.0, "hours"),
        ("amberford", "queue", 100.0, "people"),
        (WEST.id, "beds_needed", 1_700.0, "beds"),
        (COUNTRY.id, "buses_needed", 300.0, "buses"),
    ],
)
def test_the_chance_of_a_plans_measure_is_read_off_its_paths(
    client: FlaskClient, world: World, place: str, measure: str, threshold: float, unit: str
) -> None:
    query = f"/v1/exceedance?place={place}&measure={measure}&threshold={threshold}"
    told = client.get(query, headers=world.headers("analyst")).get_json()
    paths = world.store.plans.paths(world.issue.id, measure, place_ids=[place])
    assert paths is not None
    above = paths.values[:, 0] > (60 * threshold if unit == "hours" else threshold)
    assert told["unit"] == unit
    assert [day["probability"] for day in told["days"]] == above.mean(axis=0).round(4).tolist()
    assert told["days"][-1]["probability_by_then"] == round(float(above.any(axis=1).mean()), 4)


def test_a_measure_that_is_not_planned_for_a_place_has_no_chance(client: FlaskClient, world: World) -> None:
    query = f"/v1/exceedance?place={WEST.id}&measure=longest_wait&threshold=1"
    answer = client.get(query, headers=world.headers("analyst"))
    assert (answer.status_code, answer.get_json()["title"]) == (404, "No such plan")
    unknown = client.get(query.replace("longest_wait", "luck"), headers=world.headers("analyst"))
    assert unknown.status_code == 422
    assert "longest_wait" in unknown.get_json()["detail"]


@pytest.mark.parametrize("route", ["waits", "staff", "changes", "day"])
def test_reading_crossings_plans_is_written_down(
    own_client: FlaskClient, own_world: World, route: str
) -> None:
    get(own_client, own_world, f"{route}?place={WEST.id}")
    entry = own_world.store.audit.read(1)[0]
    assert (entry.action, entry.subject) == ("forecasts.read", "amberford,birchgate")
    number = entry.number
    get(own_client, own_world, f"beds?place={WEST.id}")
    assert own_world.store.audit.read(1)[0].number == number


@pytest.mark.parametrize("route", ["waits", "staff", "beds", "changes", "day", "day?format=xlsx"])
def test_a_plan_is_not_sent_again_until_something_is_withheld(
    own_client: FlaskClient, own_world: World, route: str
) -> None:
    headers = own_world.headers("west planner")
    tag = own_client.get(f"/v1/plan/{route}", headers=headers).headers["ETag"]
    again = own_client.get(f"/v1/plan/{route}", headers=headers | {"If-None-Match": tag})
    assert again.status_code == 304
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    after = own_client.get(f"/v1/plan/{route}", headers=headers | {"If-None-Match": tag})
    assert after.status_code == 200


def test_an_older_issues_plan_is_read_by_its_id(own_client: FlaskClient, own_world: World) -> None:
    day = timedelta(days=1)
    publish(own_world.store, issue_of(CUTOFF + day, at=NOW + day, name="issue-2"), scores=())
    first = {
        query: get(own_client, own_world, f"waits?days=1{query}")["places"][0]["days"][0]["target_date"]
        for query in ("", "&issue=issue-1", f"&as_of={NOW:%Y-%m-%dT%H:%M:%SZ}")
    }
    assert list(first.values()) == ["2022-09-28", "2022-09-27", "2022-09-27"]


def test_more_places_than_one_answer_holds_are_refused(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "PLACES_AT_ONCE", 3)
    headers = world.headers("analyst")
    assert client.get(f"/v1/plan/waits?place={WEST.id}", headers=headers).status_code == 200
    answer = client.get("/v1/plan/waits", headers=headers)
    assert (answer.status_code, answer.get_json()["errors"][0]["found"]) == (422, "4")
