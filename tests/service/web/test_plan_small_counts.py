"""No number of few people can be read in plans and scenarios, or computed from what is told in them."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from service.plans.people import PEOPLE
from service.store import Store
from service.store.records import Upload
from service.store.scenario_records import ScenarioScore, ScenarioVerdict
from service.web import create_app
from tests.service.web.test_scenarios import publish_fates
from tests.service.web.workbooks import sheets
from tests.service.web.world import (
    COUNTRY,
    CUTOFF,
    EAST,
    LEVELS_OF,
    NOW,
    WEST,
    FixedSettings,
    World,
    build_world,
    issue_of,
    publish,
)

DAY = timedelta(days=1)
EXPECTED = ("beyond", "without_bed_expected", "sent", "received", "onward_land", "onward_air")
QUERY = "levels=0.5,0.8,0.95&quantiles=0.025,0.1,0.25,0.5,0.75,0.9,0.975"
READER = "planner of all"


class AnyThreshold(FixedSettings):
    """Settings that call as many people few as a test likes."""

    small_counts: int = 10


def client_of(world: World, threshold: int) -> FlaskClient:
    return create_app(
        world.store, AnyThreshold(rate_limit="100000 per minute", small_counts=threshold)
    ).test_client()


def ask(client: FlaskClient, world: World, path: str, who: str = READER) -> Any:
    answer = client.get(f"/v1/{path}", headers=world.headers(who))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer


def get(client: FlaskClient, world: World, path: str, who: str = READER) -> Any:
    return ask(client, world, path, who).get_json()


def days_of(client: FlaskClient, world: World, kind: str, who: str = READER) -> dict[tuple[str, int], Any]:
    """The planned days by place and horizon."""
    places = get(client, world, f"plan/{kind}?{QUERY}", who)["places"]
    return {(one["place"]["id"], day["horizon"]): day for one in places for day in one["days"]}


def report(store: Store, measure: str, values: dict[str, float], *, at: pd.Timestamp | None = None) -> None:
    """Take in what was counted on the cutoff."""
    recorded = at or pd.Timestamp(NOW - timedelta(hours=1))
    rows = [
        {
            "place": place,
            "measure": measure,
            "date": pd.Timestamp(CUTOFF if at is None else CUTOFF + DAY),
            "value": value,
            "status": "reported",
            "source": "test",
            "unit": "people",
            "recorded_at": recorded,
        }
        for place, value in values.items()
    ]
    upload = Upload(
        f"{measure}-{recorded}", recorded.to_pydatetime(), "t", "t", measure, "accepted", len(rows)
    )
    store.observations.accept(upload, pd.DataFrame(rows))


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two issues, small queues and houses reported between them."""
    path: Path = tmp_path_factory.mktemp("small") / "arrivals.db"
    with Store.open(f"sqlite:///{path}") as store:
        world = build_world(store)
        report(store, "waiting", {crossing: level / 20 for crossing, level in LEVELS_OF.items()})
        report(store, "occupied_beds", {WEST.id: 7.0, EAST.id: 900.0})
        after = pd.Timestamp(NOW + timedelta(hours=20))
        report(store, "arrivals", {**LEVELS_OF, "amberford": 4.0}, at=after)
        report(store, "occupied_beds", {WEST.id: 6.0}, at=after)
        publish(store, issue_of(CUTOFF + DAY, at=NOW + DAY, name="issue-2"), scores=())
        yield world


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every number under a value with the names that lead to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def people_told(day: dict[str, Any]) -> list[float]:
    """The numbers of people of a planned day."""
    names = (*PEOPLE, *EXPECTED, "plan_to_beds")
    found = [
        number for name in names for path, number in leaves(day.get(name), (name,)) if path[-1] != "safety"
    ]
    return found


@settings(max_examples=6, deadline=None, derandomize=True)
@given(threshold=st.sampled_from([10, 60, 700, 1_200, 3_500, 20_000]))
def test_no_plan_tells_a_number_of_people_below_the_threshold(small_world: World, threshold: int) -> None:
    client = client_of(small_world, threshold)
    for kind in ("waits", "beds"):
        for day in days_of(client, small_world, kind).values():
            assert all(number >= threshold for number in people_told(day))
    for place in get(client, small_world, f"plan/waits?{QUERY}")["places"]:
        assert place["standing"] is None or place["standing"] >= threshold
    for change in (
        one for place in get(client, small_world, "plan/changes")["places"] for one in place["changes"]
    ):
        if change["measure"] in (*PEOPLE, "arrivals"):
            told = [change[f"{of}_{when}"] for of in ("median", "upper") for when in ("before", "now")]
            assert all(one is None or one >= threshold for one in told)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(threshold=st.sampled_from([10, 60, 700, 1_200, 3_500, 20_000]))
def test_an_outsider_who_adds_and_subtracts_finds_no_number_that_is_withheld(
    small_world: World, threshold: int
) -> None:
    client = client_of(small_world, threshold)
    waits, beds = (days_of(client, small_world, kind) for kind in ("waits", "beds"))
    truth = days_of(client, small_world, "beds", "analyst")
    for (place, horizon), day in beds.items():
        levels = day["beds_free"]["quantiles"]
        for level, free in levels.items():
            occupied = day["beds_occupied"]["quantiles"][f"{1 - float(level):g}"]
            assert (free is None) == (occupied is None)
        own = [day[name] for name in ("beyond", "sent", "without_bed_expected")]
        assert own.count(None) != 1 or day["beyond"] is None or day["sent"] is None
        assert not (day["beyond"] and day["sent"] and day["without_bed_expected"] is None)
        for row in (day["plan_to_beds"] or {"levels": []})["levels"]:
            if None not in (row["level"], row["empty"], row["unmet"]):
                assert row["level"] - row["empty"] + row["unmet"] >= threshold
        if place == COUNTRY.id:
            regions = [beds[one, horizon] for one in (WEST.id, EAST.id)]
            for name in EXPECTED:
                rests = [one[name] for one in regions].count(None)
                assert day[name] is None or rests == 0
            for name in ("sent", "received"):  # all who are sent are received
                assert [one[name] for one in regions].count(None) in (0, 2)
        assert set(day) == set(truth[place, horizon])
    for day in waits.values():
        hours, demanded = day["person_hours"]["quantiles"], day["demand"]["quantiles"]
        assert not any(hours[level] is not None and demanded[level] is None for level in hours)


def test_the_queue_of_the_first_day_tells_no_small_queue_at_the_cutoff(small_world: World) -> None:
    """It is what stands, with who comes and without who gets through."""
    client = client_of(small_world, 60)
    place = get(client, small_world, f"plan/waits?place=amberford&issue=issue-1&{QUERY}")["places"][0]
    assert place["standing"] is None
    assert {value for _, value in leaves(place["days"][0]["queue"])} == set()
    assert place["days"][0]["throughput"]["median"] is not None
    cleared = get(client, small_world, "plan/waits?place=amberford&issue=issue-1", "analyst")["places"][0]
    assert cleared["standing"] == 50
    assert cleared["days"][0]["queue"]["median"] is not None
    asked = "place=amberford&measure=queue&threshold=100&days=1&issue=issue-2"
    assert get(client, small_world, f"exceedance?{asked}")["days"][0]["probability"] is None
    assert get(client, small_world, f"exceedance?{asked}", "analyst")["days"][0]["probability"] is not None
    other = get(client, small_world, f"plan/waits?place=dovebridge&issue=issue-1&{QUERY}")["places"][0]
    assert other["standing"] == LEVELS_OF["dovebridge"] / 20


def test_reasons_tell_no_small_count_and_no_total_that_gives_it_away(small_world: World) -> None:
    client = client_of(small_world, 10)
    places = {one["place"]["id"]: one for one in get(client, small_world, "plan/changes")["places"]}
    day = CUTOFF + DAY
    assert f"the count of {day} is not told" in places["amberford"]["reasons"]
    numbers = {
        place: {
            float(one.replace(",", "")) for one in re.findall(r"([\d,]+) arrived", " ".join(told["reasons"]))
        }
        for place, told in places.items()
    }
    inside = [one for one in LEVELS_OF if one in ("amberford", "birchgate")]
    sums = {float(sum({**LEVELS_OF, "amberford": 4.0}[one] for one in inside))}
    hidden = {place for place in (WEST.id, "birchgate") if not numbers[place]}
    assert hidden, "the total, or what is subtracted from it, is not told"
    assert numbers[WEST.id] <= sums
    west = " ".join(places[WEST.id]["reasons"])
    assert "6 beds" not in west
    assert "a report of occupied beds" in west
    cleared = get(client, small_world, "plan/changes?place=amberford", "analyst")["places"][0]["reasons"]
    assert any(reason.startswith(f"4 arrived on {day}") for reason in cleared)


@pytest.mark.parametrize("threshold", [10, 1_200])
def test_files_and_tables_tell_what_the_answers_tell(small_world: World, threshold: int) -> None:
    client = client_of(small_world, threshold)
    tables = {one["name"]: one for one in get(client, small_world, "plan/day")["tables"]}
    book = sheets(ask(client, small_world, "plan/day?format=xlsx").get_data())
    text = ask(client, small_world, "plan/day?format=csv").get_data(as_text=True)
    units = ("people", "people/day", "beds")
    for name, table in tables.items():
        for row, cells in zip(table["rows"], book[name][1:], strict=True):
            for column, cell in zip(table["columns"], cells, strict=True):
                unit = column["unit"] or row.get("unit")
                value = row[column["name"]]
                if unit in units and _is_number(value) and column["name"] not in REGISTERED:
                    assert value >= threshold, (name, column["name"], row["place"])
                    assert cell == value
                if value is None:
                    assert not isinstance(cell, float)
    for row in csv.DictReader(io.StringIO(text)):
        if row["unit"] in units and row["column"] not in REGISTERED:
            assert float(row["value"]) >= threshold
    beds, day = tables["Beds"]["rows"], days_of(client, small_world, "beds")
    for row in beds:
        told = day[row["place"], 1]
        assert row["beds_needed_0.5"] == told["beds_needed"]["median"]
        assert [row[name] for name in ("beyond", "sent", "received", "onward_land")] == [
            told[name] for name in ("beyond", "sent", "received", "onward_land")
        ]
    assert any(row["suppressed"] for row in beds)


REGISTERED = ("beds", "capacity", "safety")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_the_start_page_says_few_where_the_api_says_nothing(small_world: World) -> None:
    client = client_of(small_world, 20_000)
    page = client.post("/", data={"key": small_world.keys[READER]}).get_data(as_text=True)
    block = page[page.index('id="plan"') :]
    assert "few" in block
    needed = [
        number
        for day in days_of(client, small_world, "beds", "analyst").values()
        for path, number in leaves(day["beds_needed"])
        if day["horizon"] == 1 and 100 < number < 20_000
    ]
    assert needed
    assert not {f"{number:,.0f}" for number in needed} & set(re.findall(r"[\d,]+", block))


def scenario_days(answer: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for one in answer["results"]:
        for day in one["days"]:
            yield one["place"]["id"], one["measure"], day


@pytest.mark.parametrize("threshold", [10, 1_200, 3_400])
def test_no_scenario_tells_few_people_by_a_multiple_or_a_difference(
    small_world: World, threshold: int
) -> None:
    client = client_of(small_world, threshold)
    answer = get(client, small_world, "scenarios/scenario-1?quantiles=0.025,0.5,0.975")
    few = set()
    for place, measure, day in scenario_days(answer):
        for level, value in day["forecast"].items():
            opposite = f"{1 - float(level):g}"
            assert value is None or value >= threshold
            if value is None:
                few.add(place)
                assert day["scenario"][level] is None  # it is twice that
                assert day["difference"][level] is None
                assert day["difference"][opposite] is None
                assert day["suppressed"]
        assert measure == "demand"
    assert few == {one for one, level in LEVELS_OF.items() if level < threshold}
    cleared = get(client, small_world, "scenarios/scenario-1", "analyst")
    assert not any(day["suppressed"] for _, _, day in scenario_days(cleared))


def test_a_crossing_closed_sends_no_few_people_that_its_neighbour_or_region_tells(
    tmp_path: Path,
) -> None:
    """The neighbour's difference is the closed one's people."""
    with Store.open(f"sqlite:///{tmp_path / 'arrivals.db'}") as store:
        world = build_world(store)
        client = client_of(world, 1_600)  # amberford is small, birchgate is not
        body = {"assumptions": [{"kind": "close", "place": "amberford", "to": {"birchgate": 1}}]}
        headers = world.headers(READER)
        told = client.post("/v1/scenarios", json=body, headers=headers)
        assert told.status_code == 201, told.get_data(as_text=True)
        seen = {place for place, _, _ in scenario_days(told.get_json())}
        assert {"amberford", "birchgate"} <= seen
        for place, measure, day in scenario_days(told.get_json()):
            if measure in ("demand", "throughput") and place in ("amberford", "birchgate", WEST.id):
                assert {value for value in day["difference"].values() if value != 0} == {None}
                assert place == "amberford" or set(day["scenario"].values()) == {None}
        cleared = get(client, world, f"scenarios/{told.get_json()['id']}", "analyst")
        moved = [
            day["difference"]["0.5"]
            for place, measure, day in scenario_days(cleared)
            if (place, measure) == ("birchgate", "demand")
        ]
        assert np.mean(moved) == pytest.approx(LEVELS_OF["amberford"], rel=0.05)


def test_what_became_of_a_scenario_tells_no_small_count(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'arrivals.db'}") as store:
        world = build_world(store)
        later = CUTOFF + DAY
        report(store, "arrivals", {**LEVELS_OF, "amberford": 4.0}, at=pd.Timestamp(NOW + DAY))
        verdict = ScenarioVerdict("scenario-1", NOW, "met", 1, 8_765.0, 8_700.0, "8765 people were counted")
        scored = [
            ScenarioScore("scenario-1", place, later, NOW, 4.0, 777.0, 888.0)
            for place in ("amberford", "cindermoor")
        ]
        publish_fates(world, verdict, *scored)
        client = client_of(world, 10)
        told = get(client, world, "scenarios/scenario-1")
        assert (told["premise"]["observed"], told["premise"]["reason"]) == (None, None)
        assert "amberford" not in {one["place"]["id"] for one in told["scores"]}
        cleared = get(client, world, "scenarios/scenario-1", "analyst")
        assert cleared["premise"]["observed"] == 8_765
        assert "amberford" in {one["place"]["id"] for one in cleared["scores"]}


def test_a_threshold_of_nobody_tells_everything(small_world: World) -> None:
    client = client_of(small_world, 0)
    for kind in ("waits", "staff", "beds"):
        assert get(client, small_world, f"plan/{kind}?{QUERY}") == get(
            client, small_world, f"plan/{kind}?{QUERY}", "analyst"
        )
