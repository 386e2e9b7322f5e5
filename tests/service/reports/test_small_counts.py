"""Numbers too small to tell are in no report: not as counts, misses, changes, forecasts or corrections."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from service.languages import language
from service.reports.contents import Day, Report, as_json, from_json
from service.reports.differences import differences
from service.reports.html import data_addresses, html_of
from service.reports.text import text_of
from service.reports.worded import page_of
from service.store import Store
from tests.service.alerts.matters import morning
from tests.service.reports.stories import NEXT_SUNDAY, SUNDAY, begun, count, issue, report, says, score

FEW = (3.0, 7.0, 1.0, 8.0, 2.0, 6.0, 9.0)
MANY = (611.0, 623.0, 637.0, 641.0, 653.0, 661.0, 673.0)
WEEK = [SUNDAY + timedelta(days=ahead) for ahead in range(1, 8)]


@pytest.fixture
def border(sqlite_store: Store) -> Store:
    """A crossing at which a few people come beside one at which many do; both were forecast otherwise."""
    store = begun(sqlite_store, says("west", 320.0), says("bridge", 20.0), says("ferry", 300.0))
    said = store.issues.latest()
    assert said is not None
    count(store, "bridge", FEW, last=NEXT_SUNDAY)
    count(store, "ferry", MANY, last=NEXT_SUNDAY)
    scores = [score(said, place, 1, wis=60.5, baseline=123.25) for place in ("west", "bridge", "ferry")]
    issue(store, NEXT_SUNDAY, says("west", 640.0), says("bridge", 4.0), says("ferry", 636.0), scores=scores)
    return store


def test_a_count_too_small_to_tell_is_neither_hit_nor_miss(border: Store) -> None:
    record = report(border).record
    assert record is not None
    assert {miss.place.id for miss in record.misses} <= {"west", "ferry"}
    for one in (*record.days, *record.misses):
        assert not isinstance(one.came, int | float) or one.came >= 10


def test_no_day_tells_of_both_the_total_and_all_of_it_but_the_small_one(border: Store) -> None:
    told = report(border)
    assert told.record is not None
    said = (*told.record.days, *told.record.misses)
    known = {(one.place.id, one.date) for one in said if isinstance(one.came, int | float)}
    for forecast in told.forecasts:
        known |= {
            (forecast.place.id, day.date) for day in forecast.observed if isinstance(day.value, int | float)
        }
    for day in WEEK:
        assert ("bridge", day) not in known
        assert not {("west", day), ("ferry", day)} <= known


def test_totals_of_the_week_do_not_give_a_small_count_away(border: Store) -> None:
    told = report(border)
    hidden = any(day.value is None for day in told.own.observed[-7:])
    assert (told.since.last_week is None) == hidden


def test_skill_is_not_told_where_a_score_would_give_a_count_away(border: Store) -> None:
    told = report(border)
    assert told.record is not None
    assert told.record.skill is None


def test_a_forecast_of_few_is_told_as_few(border: Store) -> None:
    told = report(border)
    assert any(one.place.id == "bridge" for one in told.forecasts)
    for forecast in told.forecasts:
        for day in forecast.days:
            assert all(value is None or value == "small" or value >= 10 for value in numbers(day))
    (bridge,) = [one for one in told.forecasts if one.place.id == "bridge"]
    assert {day.median for day in bridge.days} == {"small"}


def numbers(day: Day) -> list:  # type: ignore[type-arg]
    return [day.median, *(end for ends in day.ends.values() for end in ends)]


def test_what_moved_tells_no_small_figure(border: Store) -> None:
    for one in report(border).since.moved:
        for value in (one.median_before, one.median_now, one.upper_before, one.upper_now):
            assert value is None or value == "small" or value >= 10


def test_a_correction_from_many_to_few_tells_no_small_figure(border: Store) -> None:
    right = report(border)
    (bridge,) = [one for one in right.forecasts if one.place.id == "bridge"]
    wrong = replace(right, forecasts=(replace(right.own, days=many(right)), *right.forecasts[1:]))
    few = replace(right, forecasts=(replace(right.own, days=bridge.days), *right.forecasts[1:]))
    found = differences(wrong, few)
    assert found
    assert {one.now for one in found if one.what == "median"} == {"small"}


def many(told: Report) -> tuple[Day, ...]:
    return tuple(replace(day, median=999) for day in told.own.days)


def test_no_form_writes_a_small_number_of_people(border: Store) -> None:
    told = report(border)
    page = page_of(told, language("en"))
    for form in (text_of(told, language("en")), html_of(page, data_addresses(()))):
        assert "<10" in form.replace("&lt;", "<")
    stored = json.dumps(as_json(told))
    for value in ("123.25", "60.5"):
        assert value not in stored


def test_whoever_is_cleared_or_not_a_report_speaks_to_those_who_are_not(border: Store) -> None:
    assert report(border) == report(border, small_counts_cleared=("planner", "analyst", "operator"))


def test_with_no_threshold_all_is_told(border: Store) -> None:
    told = report(border, small_counts=0)
    assert told.record is not None
    (bridge,) = [one for one in told.forecasts if one.place.id == "bridge"]
    assert [day.value for day in bridge.observed[-7:]] == list(FEW)
    assert any(miss.place.id == "bridge" for miss in told.record.misses)
    assert told.record.skill == round(1 - 60.5 / 123.25, 4)


def test_what_is_small_stays_small_when_the_report_is_read_again(border: Store) -> None:
    told = report(border)
    assert from_json(json.loads(json.dumps(as_json(told)))) == told
    assert all(a.date < b.date for a, b in pairwise(told.own.days))
    assert told.made_at == morning(NEXT_SUNDAY)
