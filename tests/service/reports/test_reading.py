"""A report of one issue: every figure as the API tells it to a planner of the place."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.reports.contents import Named, PlaceForecast, Quantity, Report
from service.reports.reading import report_of
from service.reports.sources import NoReportError
from service.reports.weekly import Press
from service.store import Store
from service.store.alerts import Settlement
from service.store.mail_records import Alert, Matter
from service.web import create_app
from tests.service.alerts.matters import morning, place_all
from tests.service.reports import stories
from tests.service.web.world import COUNTRY, EAST, NOW, WEST, FixedSettings, World, build_world

WEEK = "2022-W39"
PLANNERS = {WEST.id: "west planner", COUNTRY.id: "planner of all"}
INTERVALS = "levels=0.5,0.8,0.95"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The API's small world with two alerts, which nobody else writes to."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('reports') / 'arrivals.db'}") as store:
        world = build_world(store)
        detail = {"begun": True, "upper": 5_000.0, "day": "2022-10-01", "level": 0.95, "lately": 4_100.0}
        at, matters = (
            NOW - timedelta(days=2),
            (Matter("surge", one) for one in ("amberford", WEST.id, EAST.id)),
        )
        raised = tuple(
            Alert(matter, at, chance=0.9, threshold=0.5, detail=detail, number=number)
            for number, matter in enumerate(matters, start=1)
        )
        store.alerts.settle(lambda _: Settlement(raised=raised), issue_id=None, now=NOW)
        yield world


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    return create_app(world.store, FixedSettings(rate_limit="100000 per minute")).test_client()


@pytest.fixture(params=[WEST.id, COUNTRY.id])
def told(request: pytest.FixtureRequest, world: World, client: FlaskClient) -> "Told":
    """The report of a region and of the country, and the API as their planners read it."""
    place: str = request.param
    report = report_of(world.store, FixedSettings(), place, WEEK, now=NOW)
    return Told(report, client, world.headers(PLANNERS[place]))


class Told:
    """A report, and what the API answers to those whom it is for."""

    def __init__(self, report: Report, client: FlaskClient, headers: dict[str, str]) -> None:
        self.report, self.client, self.headers = report, client, headers

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/v1/{path}", headers=self.headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def day(self, kind: str, place: Named, when: date) -> dict[str, Any]:
        """A planned day of a place."""
        answer = self.get(f"plan/{kind}?place={place.id}&days=28&levels=0.5&quantiles=0.5,0.8,0.95")
        (found,) = [one for one in answer["places"] if one["place"]["id"] == place.id]
        (planned,) = [one for one in found["days"] if one["target_date"] == when.isoformat()]
        return planned  # type: ignore[no-any-return]


def same(told: Quantity, answered: float | None) -> bool:
    """Whether a report says what the API answers, or says that it is small and it is."""
    if told == "small":
        return answered is None or answered < FixedSettings().small_counts
    return told == answered


def test_it_is_of_the_newest_issue_as_the_api_names_it(told: Told) -> None:
    answer = told.get(f"forecasts?place={told.report.place.id}")["issue"]
    issue = told.report.issue
    assert (issue.id, issue.cutoff.isoformat()) == (answer["id"], answer["cutoff"])
    assert issue.issued_at == datetime.fromisoformat(answer["issued_at"])
    assert issue.model_version == answer["model_version"]


def test_the_forecasts_of_every_place_in_it_are_the_apis(told: Told) -> None:
    for one in told.report.forecasts:
        answer = told.get(f"forecasts?place={one.place.id}&{INTERVALS}")
        assert [day.date.isoformat() for day in one.days] == [
            day["target_date"] for day in answer["forecasts"]
        ]
        for day, answered in zip(one.days, answer["forecasts"], strict=True):
            assert same(day.median, answered["median"])
            assert set(day.ends) == set(answered["intervals"])
            for level, ends in day.ends.items():
                assert all(map(same, ends, answered["intervals"][level]))
            assert (day.mode, day.trust) == (answered["mode"], answered["trust"])


def test_the_outlooks_are_the_apis(told: Told) -> None:
    for one in told.report.forecasts:
        answer = told.get(f"forecasts?place={one.place.id}")["outlook"]
        assert one.outlook is not None
        assert (one.outlook.surge, one.outlook.lately) == (answer["surge"], answer["reference"])
        changes = {change.pop("days"): change for change in answer["changes"]}
        for days, chances in one.outlook.changes.items():
            assert chances == {kind: changes[days][kind] for kind in chances}


def test_a_forecast_day_is_as_likely_passed_as_the_api_says(told: Told) -> None:
    fullest = told.report.headline.fullest
    assert fullest is not None
    upper = fullest.upper()
    days = told.get(f"exceedance?place={told.report.place.id}&threshold={upper}&days=28")["days"]
    (answered,) = [one for one in days if one["target_date"] == fullest.date.isoformat()]
    assert answered["probability"] <= 0.03  # the end of a central 95 % interval


def test_the_counts_of_the_last_weeks_are_the_apis(told: Told) -> None:
    for one in told.report.forecasts:
        assert counts(one) == answered_counts(told, one.place)


def counts(forecast: PlaceForecast) -> dict[str, Quantity]:
    return {day.date.isoformat(): day.value for day in forecast.observed}


def answered_counts(told: Told, place: Named) -> dict[str, Any]:
    answer = told.get(f"observations?place={place.id}")
    return {one["date"]: one["value"] for one in answer["observations"]}


def test_the_totals_of_two_weeks_are_sums_of_the_apis_counts(told: Told) -> None:
    values = list(answered_counts(told, told.report.place).values())
    since = told.report.since
    assert (since.last_week, since.week_before) == (sum(values[-7:]), sum(values[-14:-7]))


def test_what_to_have_ready_is_the_apis(told: Told) -> None:
    assert {row.what for row in told.report.plan} == {"booths", "beds", "buses"}
    for row in told.report.plan:
        planned = told.day("staff" if row.what == "booths" else "beds", row.place, row.day)
        answered = planned["plan_to" if row.what == "booths" else f"plan_to_{row.what}"]
        assert len(row.levels) == len(answered["levels"]) == 4
        for level, one in zip(row.levels, answered["levels"], strict=True):
            assert level.safety == one["safety"]
            assert all(same(getattr(level, name), one[name]) for name in ("level", "empty", "unmet"))
        assert same(row.by_cost, answered["by_cost"]["level"])
        held = {"booths": planned.get("booths_limit"), "beds": planned.get("beds")}
        assert row.there == held.get(row.what)


def test_the_longest_waits_are_the_apis(told: Told) -> None:
    assert told.report.waits
    for row in told.report.waits:
        planned = told.day("waits", row.place, row.day)
        waits = planned["longest_wait"]["quantiles"]
        assert (row.median, row.upper_80, row.upper_95) == (waits["0.5"], waits["0.8"], waits["0.95"])
        assert row.late == {hours: planned["late_chance"][hours] for hours in row.late}
        assert (row.capacity, row.full_chance) == (planned["capacity"], planned["full_chance"])
        assert row.spill_chance == planned["spill_chance"]


def test_the_full_houses_are_the_apis(told: Told) -> None:
    assert told.report.houses
    for row in told.report.houses:
        planned = told.day("beds", row.place, row.day)
        needed, without = planned["beds_needed"]["quantiles"], planned["without_bed"]["quantiles"]
        assert same(row.needed_median, needed["0.5"])
        assert same(row.needed_upper_80, needed["0.8"])
        assert same(row.needed_upper_95, needed["0.95"])
        assert same(row.without_bed_upper_95, without["0.95"])
        assert same(row.without_bed, planned["without_bed_expected"])
        assert (row.beds, row.full_chance) == (planned["beds"], planned["full_chance"])
        for days, chance in row.full_by.items():
            last = told.report.issue.cutoff + timedelta(days=int(days))
            assert chance == told.day("beds", row.place, last)["full_chance_by_then"]


def test_the_orders_are_those_of_the_table(told: Told) -> None:
    action, rows = told.report.action, told.report.plan
    assert action.planned
    assert action.booths is not None
    assert action.beds is not None
    assert action.buses is not None
    safe = {(row.what, row.place.id, row.day): row.levels[1].level for row in rows}
    assert action.booths.booths == safe["booths", action.booths.place.id, action.booths.fullest]
    assert action.beds.beds == safe["beds", action.beds.place.id, action.beds.day]
    assert action.buses.buses == safe["buses", action.buses.place.id, action.buses.day]
    planned = told.day("staff", action.booths.place, action.booths.fullest)
    (roster,) = [one for one in planned["safeties"] if one["safety"] == 0.95]
    assert action.booths.wait == roster["mean_wait"]


def test_the_alerts_of_the_week_are_the_apis(told: Told) -> None:
    answered = {(one["kind"], one["place"]["id"]) for one in told.get("alerts")["alerts"]}
    assert {(one.alert.matter.kind, one.alert.matter.place_id) for one in told.report.alerts} == answered
    assert ("surge", WEST.id) in answered


def test_a_suspicious_day_is_one_that_the_api_flags(told: Told, client: FlaskClient, world: World) -> None:
    # of single days the API tells operators and analysts; a report names them to those who can ask
    answer = client.get("/v1/quality", headers=world.headers("analyst")).get_json()
    flagged = {(one["place"], one["date"]) for one in answer["flags"]}
    noted = {
        (note.place.id, day.isoformat())
        for note in told.report.quality
        for day in note.days
        if note.kind == "suspicious"
    }
    assert noted
    assert noted <= flagged


def test_a_report_is_of_a_region_or_a_country(world: World) -> None:
    for place in ("amberford", "nowhere"):
        with pytest.raises(NoReportError, match="no region and no country"):
            report_of(world.store, FixedSettings(), place, WEEK, now=NOW)


def test_before_the_first_issue_there_is_no_report(sqlite_store: Store) -> None:
    place_all(sqlite_store)
    with pytest.raises(NoReportError, match="nothing was issued"):
        report_of(sqlite_store, stories.SETTINGS, "west", WEEK, now=NOW)


def test_an_issue_of_yesterday_is_stale_and_one_of_tonight_is_not(sqlite_store: Store) -> None:
    stories.begun(sqlite_store)
    issued = stories.issue(sqlite_store, stories.NEXT_SUNDAY).issued_at
    fresh = stories.report(sqlite_store, now=issued + timedelta(hours=26)).issue
    old = stories.report(sqlite_store, now=issued + timedelta(hours=27)).issue
    assert (fresh.stale, fresh.age_hours) == (False, 26.0)
    assert (old.stale, old.age_hours) == (True, 27.0)


def test_an_issue_of_fallbacks_is_degraded(sqlite_store: Store) -> None:
    stories.begun(sqlite_store)
    stories.issue(sqlite_store, stories.NEXT_SUNDAY, degraded=True)
    assert stories.report(sqlite_store).issue.degraded


def test_without_capacities_nothing_is_planned(sqlite_store: Store) -> None:
    stories.begun(sqlite_store)
    stories.issue(sqlite_store, stories.NEXT_SUNDAY)
    told = stories.report(sqlite_store)
    assert not told.action.planned
    assert (told.plan, told.waits, told.houses) == ((), (), ())
    assert (told.action.booths, told.action.beds, told.action.buses) == (None, None, None)


def test_the_demo_says_that_its_counts_are_synthetic(sqlite_store: Store) -> None:
    stories.begun(sqlite_store)
    assert not stories.report(sqlite_store).synthetic
    assert stories.report(sqlite_store, simulated_clock="clock").synthetic


def test_the_same_issue_gives_the_same_report(sqlite_store: Store) -> None:
    stories.begun(sqlite_store)
    stories.issue(sqlite_store, stories.NEXT_SUNDAY)
    first = stories.report(sqlite_store)
    Press(sqlite_store, stories.SETTINGS, morning(stories.NEXT_SUNDAY), "job").make("west", stories.NEXT_WEEK)
    assert stories.report(sqlite_store) == first


def days_of(told: Told, kind: str, place: Named, days: int) -> list[dict[str, Any]]:
    """The next planned days of a place."""
    answer = told.get(f"plan/{kind}?place={place.id}&days={days}&levels=0.5&quantiles=0.5,0.95")
    (found,) = [one for one in answer["places"] if one["place"]["id"] == place.id]
    return found["days"]  # type: ignore[no-any-return]


def test_each_row_is_of_the_day_that_asks_for_most(told: Told) -> None:
    for row in told.report.plan:
        name = "plan_to" if row.what == "booths" else f"plan_to_{row.what}"
        kind, span = ("staff", 7) if row.what == "booths" else ("beds", 14 if row.what == "beds" else 7)
        safe = [one[name]["levels"][1]["level"] for one in days_of(told, kind, row.place, span)]
        assert row.levels[1].level == max(safe)


def test_each_wait_is_of_the_worst_day_and_the_worst_crossing_comes_first(told: Told) -> None:
    waits = told.report.waits
    for row in waits:
        days = days_of(told, "waits", row.place, 7)
        assert row.upper_95 == max(one["longest_wait"]["quantiles"]["0.95"] for one in days)
    assert [row.upper_95 for row in waits] == sorted((row.upper_95 for row in waits), reverse=True)


def test_each_house_is_of_the_likeliest_night_to_be_full(told: Told) -> None:
    for row in told.report.houses:
        days = days_of(told, "beds", row.place, 14)
        assert row.full_chance == max(one["full_chance"] for one in days)


def test_booths_are_to_be_open_from_the_first_day_that_needs_more_than_is_registered(told: Told) -> None:
    order = told.report.action.booths
    assert order is not None
    short = [
        one["target_date"]
        for one in days_of(told, "staff", order.place, 7)
        if one["plan_to"]["levels"][1]["level"] > max(one["registered"])
    ]
    assert order.first.isoformat() == short[0]
