"""Scenarios over HTTP: told whole to those who see all of it, and nothing of what lies elsewhere."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forecast.planning.queues import LONGEST_HOURS
from forecast.planning.scenarios import KINDS
from forecast.quantiles import QUANTILE_LEVELS
from service.ingest import CapacityDesk, read_capacities
from service.ingest.capacities import register
from service.store.scenario_records import ScenarioScore, ScenarioVerdict
from service.web.scenario_answers import NO_DIFFERENCE
from service.web.scenario_schema import BODY
from tests.service.web.world import COUNTRY, CUTOFF, EAST, NOW, WEST, World, issue_of, publish

FROM = (CUTOFF + timedelta(days=2)).isoformat()
UNTIL = (CUTOFF + timedelta(days=4)).isoformat()
GUESTS = {"bed_share": 0.4, "stays": [{"kind": "stay", "weight": 25, "mean_nights": 3}]}
CAPACITIES: list[dict[str, Any]] = [
    {"place": "amberford", "booths": 2, "service_rate": 30},
    {"place": "birchgate", "booths": 5, "service_rate": 30},
    {"place": "cindermoor", "booths": 90, "service_rate": 30},
    {"place": "dovebridge", "booths": 120, "service_rate": 30},
    {"place": WEST.id, "beds": 3_000, "overflow": [EAST.id], **GUESTS},
    {"place": EAST.id, "beds": 900_000, **GUESTS},
]
CLOSING = {"kind": "close", "place": "birchgate", "from": FROM, "until": UNTIL, "to": {"amberford": 0.4}}
DOUBLE = {"kind": "multiply", "places": ["amberford"], "from": FROM, "multiple": 2}


@pytest.fixture
def planned(own_world: World) -> World:
    """The world with capacities and an issue that saw them."""
    earlier = NOW - timedelta(hours=1)
    desk = CapacityDesk.of(own_world.store, now=earlier, actor="test")
    documents = [{**one, "valid_from": "2022-09-01"} for one in CAPACITIES]
    read = read_capacities(json.dumps(documents).encode(), desk)
    assert isinstance(read, tuple), read
    register(own_world.store, read, desk)
    vintage = own_world.store.capacities.vintage()
    issue = replace(issue_of(name="issue-2"), last_capacity=vintage)
    return replace(own_world, issue=publish(own_world.store, issue, scores=(), planned=False))


def post(client: FlaskClient, world: World, who: str, *assumptions: Any, **more: Any) -> TestResponse:
    body = {"assumptions": list(assumptions), **more}
    return client.post("/v1/scenarios", json=body, headers=world.headers(who))


def get(client: FlaskClient, world: World, who: str, path: str) -> TestResponse:
    return client.get(f"/v1/scenarios{path}", headers=world.headers(who))


def series(answer: dict[str, Any], place: str, measure: str) -> list[dict[str, Any]]:
    (found,) = [one for one in answer["results"] if (one["place"]["id"], one["measure"]) == (place, measure)]
    days: list[dict[str, Any]] = found["days"]
    return days


def test_an_answer_tells_assumptions_whole_and_results_beside_the_forecast(
    planned: World, own_client: FlaskClient
) -> None:
    answer = post(own_client, planned, "west planner", CLOSING, title="Birchgate shut")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    told = answer.get_json()
    assert answer.headers["Location"] == f"/v1/scenarios/{told['id']}"
    assert (told["kind"], told["title"], told["issue"]["id"]) == ("conditional", "Birchgate shut", "issue-2")
    assert told["assumptions"][0] == CLOSING | {
        "stay_away": 0.6,
        "words": "From 2022-09-28 to 2022-09-30, birchgate is closed; of its people 40% to amberford and 60% "
        "stay away.",
    }
    day = series(told, "amberford", "demand")[1]
    assert day["target_date"] == FROM
    assert day["scenario"]["0.5"] > day["forecast"]["0.5"] + 1_000
    assert day["difference"]["0.5"] == pytest.approx(0.4 * 3_200, abs=60)
    units = {one["measure"]: one["unit"] for one in told["results"]}
    assert (units["mean_wait"], units["beds_needed"], units["demand"]) == ("hours", "beds", "people/day")
    assert units["longest_wait"] == "hours"
    assert told["remarks"] == []
    assert (told["premise"], told["scores"]) == (None, [])


def test_waits_are_told_in_hours_and_kept_in_minutes(planned: World, own_client: FlaskClient) -> None:
    told = post(own_client, planned, "west planner", DOUBLE | {"multiple": 50}).get_json()
    kept = {(one.place_id, one.measure): one for one in planned.store.scenarios.results(told["id"])}
    middle = QUANTILE_LEVELS.index(0.5)
    for measure in ("mean_wait", "longest_wait"):
        block = kept["amberford", measure]
        for which in ("forecast", "scenario", "difference"):
            hours = [day[which]["0.5"] for day in series(told, "amberford", measure)]
            assert hours == pytest.approx(getattr(block, which)[:, middle] / 60, abs=0.0051)
    assert series(told, "amberford", "longest_wait")[-1]["scenario"]["0.95"] == LONGEST_HOURS == 168


def test_that_nothing_differs_is_said_in_words(planned: World, own_client: FlaskClient) -> None:
    same = post(own_client, planned, "west planner", DOUBLE | {"multiple": 1}).get_json()
    assert {day["difference"]["0.95"] for one in same["results"] for day in one["days"]} == {0}
    assert same["remarks"] == [NO_DIFFERENCE]
    other = post(own_client, planned, "west planner", DOUBLE).get_json()
    empty = get(own_client, planned, "west planner", f"/{other['id']}?place=birchgate").get_json()
    assert (empty["results"], empty["remarks"], other["remarks"]) == ([], [NO_DIFFERENCE], [])
    planned.store.places.stop("amberford", at=NOW, by="operator", reason="")
    assert get(own_client, planned, "west planner", f"/{same['id']}").get_json()["remarks"] == []


def test_a_scenario_is_read_again_as_it_was_answered(planned: World, own_client: FlaskClient) -> None:
    told = post(own_client, planned, "west planner", CLOSING).get_json()
    assert get(own_client, planned, "west planner", f"/{told['id']}").get_json() == told
    some = get(
        own_client, planned, "west planner", f"/{told['id']}?place=amberford&measure=queue&quantiles=0.9"
    )
    (only,) = some.get_json()["results"]
    assert (only["place"]["id"], only["measure"], set(only["days"][0]["scenario"])) == (
        "amberford",
        "queue",
        {"0.9"},
    )


def test_scenarios_are_listed_newest_first_page_by_page(planned: World, own_client: FlaskClient) -> None:
    ids = [post(own_client, planned, "west planner", DOUBLE).get_json()["id"] for _ in range(2)]
    first = get(own_client, planned, "west planner", "?limit=2").get_json()
    assert [one["id"] for one in first["scenarios"]] == ids[::-1]
    assert first["scenarios"][0]["words"][0].startswith("From 2022-09-28, 2 times as many people")
    rest = get(own_client, planned, "west planner", f"?before={first['next']}").get_json()
    assert ([one["id"] for one in rest["scenarios"]], rest["next"]) == (["scenario-1"], None)


def test_forecasts_and_scores_do_not_know_of_it(planned: World, own_client: FlaskClient) -> None:
    paths = ("/v1/forecasts?place=amberford&issue=issue-2", "/v1/scores")
    before = [own_client.get(path, headers=planned.headers("analyst")).get_data() for path in paths]
    told = post(own_client, planned, "analyst", DOUBLE).get_json()
    score = ScenarioScore(told["id"], "amberford", CUTOFF + timedelta(days=2), NOW, 2_000.0, 77.7, 88.8)
    publish_fates(planned, ScenarioVerdict(told["id"], NOW, "met", 5, 10.0, 11.0, "so it came"), score)
    after = [own_client.get(path, headers=planned.headers("analyst")).get_data() for path in paths]
    assert after == before
    assert get(own_client, planned, "analyst", f"/{told['id']}").get_json()["scores"] == [
        {
            "place": told["results"][0]["place"],
            "days": 1,
            "wis": 77.7,
            "forecast_wis": 88.8,
        }
    ]


def publish_fates(world: World, *fates: Any) -> None:
    publish(
        world.store, replace(issue_of(name="issue-3"), last_capacity=world.issue.last_capacity), scores=fates
    )


def test_a_place_out_of_scope_is_refused_like_one_that_does_not_exist(
    planned: World, own_client: FlaskClient
) -> None:
    def refused(place: str, assumption: dict[str, Any]) -> str:
        answer = post(own_client, planned, "west planner", assumption)
        assert answer.status_code == 422
        return answer.get_data(as_text=True).replace(place, "it")

    for build in (
        lambda place: DOUBLE | {"places": [place]},
        lambda place: CLOSING | {"to": {place: 0.4}},
        lambda place: {"kind": "change", "place": WEST.id, "change": {"overflow": [place]}},
    ):
        outside, nowhere = (refused(one, build(one)) for one in ("cindermoor", "nowhere-at-all"))
        assert outside == nowhere


def test_of_another_s_scenario_a_planner_is_told_the_own_places_only(
    planned: World, own_client: FlaskClient
) -> None:
    sending = CLOSING | {"place": "cindermoor", "to": {"amberford": 0.01, "dovebridge": 0.5}}
    told = post(own_client, planned, "analyst", sending, DOUBLE, title="Cindermoor shut").get_json()
    publish_fates(planned, ScenarioVerdict(told["id"], NOW, "open", 2, 123_456.0, 234_567.0, "123456 people"))
    seen = get(own_client, planned, "west planner", f"/{told['id']}")
    text = seen.get_data(as_text=True)
    answer = seen.get_json()
    assert not [
        word for word in ("indermoor", "dovebridge", EAST.id, COUNTRY.id, "123456", "234567") if word in text
    ]
    assert answer["title"] is None
    assert [one.get("place", one.get("places")) for one in answer["assumptions"]] == [
        "elsewhere",
        ["amberford"],
    ]
    assert (answer["premise"]["state"], answer["premise"]["observed"]) == ("open", None)
    assert {one["place"]["id"] for one in answer["results"]} <= {"amberford", "birchgate", WEST.id}
    assert {one["expected_difference"] for one in answer["elsewhere"]} == {None}
    assert get(own_client, planned, "analyst", f"/{told['id']}").get_json()["elsewhere"] == []


def test_a_scenario_of_other_places_does_not_exist(planned: World, own_client: FlaskClient) -> None:
    told = post(own_client, planned, "east planner", DOUBLE | {"places": ["dovebridge"]}).get_json()
    outside, nowhere = (
        get(own_client, planned, "west planner", f"/{one}") for one in (told["id"], "scenario-x")
    )
    assert (outside.status_code, outside.get_data()) == (404, nowhere.get_data())
    assert get(own_client, planned, "west planner", f"?before={told['id']}").status_code == 404


def test_guests_sent_to_other_regions_are_one_line_elsewhere(planned: World, own_client: FlaskClient) -> None:
    full = {"kind": "change", "place": WEST.id, "from": FROM, "change": {"beds": 10}}
    answer = post(own_client, planned, "west planner", full).get_json()
    sent = [one for one in answer["elsewhere"] if one["measure"] == "beds_occupied"]
    assert [one["target_date"] for one in sent][1] == FROM
    assert sent[1]["expected_difference"] > 100
    own = series(answer, WEST.id, "beds_occupied")[1]
    assert own["difference"]["0.5"] == pytest.approx(-sent[1]["expected_difference"], rel=0.05)


def test_what_happens_at_own_places_is_not_told_again_as_elsewhere(
    planned: World, own_client: FlaskClient
) -> None:
    double = post(own_client, planned, "west planner", DOUBLE | {"places": ["amberford"]}).get_json()
    assert series(double, "amberford", "demand")[1]["difference"]["0.5"] > 500
    assert "demand" not in {one["measure"] for one in double["elsewhere"]}
    assert "beds_needed" not in {one["measure"] for one in double["elsewhere"]}


def test_of_a_stopped_place_s_scenario_no_number_is_told(planned: World, own_client: FlaskClient) -> None:
    told = post(own_client, planned, "west planner", CLOSING).get_json()
    planned.store.places.stop("birchgate", at=NOW, by="operator", reason="")
    hidden = get(own_client, planned, "west planner", f"/{told['id']}").get_json()
    days = [day for one in hidden["results"] for day in one["days"]]
    assert {(day["suppressed"], day["scenario"], day["difference"]) for day in days} == {(True, None, None)}
    assert hidden["title"] is None
    clear = get(own_client, planned, "operator", f"/{told['id']}?place=birchgate").get_json()
    assert series(clear, "birchgate", "demand") == series(told, "birchgate", "demand")


def test_asking_and_reading_are_written_down(planned: World, own_client: FlaskClient) -> None:
    told = post(own_client, planned, "west planner", CLOSING).get_json()
    read, asked = planned.store.audit.read(2)
    assert (asked.action, asked.subject, asked.detail["places"]) == (
        "scenarios.write",
        told["id"],
        ["amberford", "birchgate"],
    )
    assert (read.action, read.detail["scenario"]) == ("forecasts.read", told["id"])


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 422, None),
        (b"\xff", 422, None),
        (b"[" * 100_000, 413, None),
        (b"[" * 50_000, 422, None),
        (b"[]", 422, None),
        (b'{"assumptions": [], "colour": 1}', 422, "colour"),
        (b'{"assumptions": []}', 422, "assumptions"),
        (b'{"assumptions": 3, "title": 7}', 422, "title"),
        (b'{"assumptions": [], "issue": "never"}', 404, "issue"),
        (b'{"assumptions": [], "issue": 3}', 404, "issue"),
        (b'{"assumptions": [{"kind": "multiply", "places": ["amberford"], "multiple": NaN}]}', 422,
         "assumptions[0].multiple"),
        (b'{"assumptions": [{"kind": "change", "place": "amberford", "change": {"booths": -1}}]}', 422,
         "assumptions[0].change.booths"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field_and_stored_nowhere(
    planned: World, own_client: FlaskClient, body: bytes, status: int, field: str | None
) -> None:
    headers = planned.headers("west planner") | {"Content-Type": "application/json"}
    answer = own_client.post("/v1/scenarios", data=body, headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    if status != 413:
        assert answer.get_json()["errors"][0]["field"] == field
    assert [one.id for one in planned.store.scenarios.page(9)] == ["scenario-1"]


def test_anything_but_json_is_refused(planned: World, own_client: FlaskClient) -> None:
    answer = own_client.post(
        "/v1/scenarios", data="a", headers=planned.headers("analyst"), content_type="text/csv"
    )
    assert answer.status_code == 415


def test_the_document_knows_every_kind_of_assumption() -> None:
    items = BODY["content"]["application/json"]["schema"]["properties"]["assumptions"]["items"]["anyOf"]
    assert tuple(one["properties"]["kind"]["const"] for one in items) == KINDS
