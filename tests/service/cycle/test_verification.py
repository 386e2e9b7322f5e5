from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast import scores
from forecast.pipeline import in_order
from forecast.quantiles import INTERVAL_LEVELS
from service.cycle import Means, complete_cycle
from service.store.records import EVERYTHING
from tests.service.borders import CROSSINGS, REGISTER, Border, accept, fast_settings, rows

LONG = Border(days=96)
FIRST = replace(LONG, days=90)
"""The first 90 days of the longer border's counts; what it counts after is known later."""


def days(first, last):
    frame = LONG.frame()
    number = (frame["date"] - frame["date"].min()).dt.days
    return frame[(number >= first) & (number < last)]


def count(place, day):
    frame = LONG.frame()
    return float(frame[(frame["place"] == place) & (frame["date"] == np.datetime64(day))]["value"].iloc[0])


def cycle(store, now):
    return complete_cycle(store, fast_settings(), Means(in_order), now=now)


@pytest.fixture
def issue(store):
    """An issue from the first 90 days."""
    store.places.put(REGISTER, at=FIRST.morning_after - timedelta(days=120))
    accept(store, days(0, 90))
    return cycle(store, FIRST.morning_after).issue


def scored(store, issue):
    frame = store.scores.read(EVERYTHING)
    return frame[frame["issue_id"] == issue.id]


def test_nothing_is_scored_before_a_count_of_a_forecast_day_is_known(store, issue):
    assert len(store.scores.read(EVERYTHING)) == 0
    assert cycle(store, FIRST.morning_after + timedelta(hours=1)).scores == 0


def test_scores_are_those_of_the_library_on_the_published_numbers(store, issue):
    accept(store, days(90, 93))
    now = replace(LONG, days=93).morning_after
    outcome = cycle(store, now)
    assert outcome.scores == 6 * 3
    made = {forecast.place_id: forecast for forecast in store.issues.forecasts(issue.id, EVERYTHING)}
    for row in scored(store, issue).to_dict("records"):
        forecast, step = made[row["place_id"]], row["horizon"] - 1
        values, baseline = forecast.values[step], forecast.baseline[step]
        observed = np.array(_observed(row["place_id"], issue.cutoff + timedelta(days=row["horizon"])))
        parts = scores.wis_parts(values, observed)
        assert row["observed"] == observed
        assert row["mode"] == forecast.modes[step]
        assert row["wis"] == pytest.approx(float(scores.wis(values, observed)))
        assert row["wis_log"] == pytest.approx(float(scores.wis_log(values, observed)))
        assert row["baseline_wis"] == pytest.approx(float(scores.wis(baseline, observed)))
        assert row["baseline_wis_log"] == pytest.approx(float(scores.wis_log(baseline, observed)))
        assert row["bias"] == pytest.approx(float(scores.bias(values, observed)))
        assert row["dispersion"] == pytest.approx(float(parts.dispersion))
        assert row["overprediction"] == pytest.approx(float(parts.overprediction))
        assert row["underprediction"] == pytest.approx(float(parts.underprediction))
        for level in INTERVAL_LEVELS:
            assert row[f"covered_{level:g}"] == bool(scores.covered(values, observed, level))


def _observed(place, day):
    parts = {"west": ("bridge", "ferry"), "east": ("pass",), "land": CROSSINGS}
    return sum(count(part, day) for part in parts.get(place, (place,)))


def test_a_day_is_scored_once_until_its_count_is_revised(store, issue):
    accept(store, days(90, 92))
    assert cycle(store, replace(LONG, days=92).morning_after).scores == 6 * 2
    accept(store, days(92, 93))
    outcome = cycle(store, replace(LONG, days=93).morning_after)
    assert outcome.scores == 6 * (1 + 1)  # the new day, by both issues
    day = issue.cutoff + timedelta(days=1)
    now = replace(LONG, days=93).morning_after + timedelta(hours=3)
    accept(store, rows("ferry", "arrivals", {day: 777.0}), at=now)
    outcome = cycle(store, now)
    assert outcome.scores == 3  # the crossing, its region and the country, by the one issue before that day
    newest = scored(store, issue)
    newest = newest[(newest["place_id"] == "ferry") & (newest["horizon"] == 1)]
    assert newest["observed"].to_list() == [777.0]


def test_partial_and_closed_days_are_not_scored_and_a_closed_crossing_adds_nobody_to_its_region(store, issue):
    now = replace(LONG, days=91).morning_after
    day = issue.cutoff + timedelta(days=1)
    accept(store, rows("bridge", "arrivals", {day: np.nan}, "closed"), at=now)
    accept(store, rows("ferry", "arrivals", {day: 310.0}), at=now)
    accept(store, rows("pass", "arrivals", {day: 800.0}, "partial"), at=now)
    cycle(store, now)
    seen = {row["place_id"]: row["observed"] for row in scored(store, issue).to_dict("records")}
    assert seen == {"ferry": 310.0, "west": 310.0}


def test_a_region_is_scored_when_its_last_crossing_has_reported(store, issue):
    now = replace(LONG, days=91).morning_after
    day = issue.cutoff + timedelta(days=1)
    accept(store, rows("bridge", "arrivals", {day: 41.0}), at=now)
    cycle(store, now)
    assert set(scored(store, issue)["place_id"]) == {"bridge"}
    accept(store, rows("ferry", "arrivals", {day: 310.0}), at=now + timedelta(hours=1))
    cycle(store, now + timedelta(hours=1))
    assert set(scored(store, issue)["place_id"]) == {"bridge", "ferry", "west"}


def test_every_issue_that_forecast_a_day_is_scored_when_its_count_comes_late(store, issue):
    second = cycle(store, FIRST.morning_after + timedelta(days=1)).issue
    accept(store, days(90, 92))
    cycle(store, replace(LONG, days=92).morning_after)
    assert len(scored(store, issue)) == 6 * 2
    assert len(scored(store, second)) == 6 * 1


def test_a_crossing_that_begins_to_report_does_not_undo_its_region_s_scores(store):
    store.places.put(REGISTER, at=FIRST.morning_after - timedelta(days=120))
    frame = days(0, 90)
    accept(store, frame[frame["place"] != "bridge"])
    issue = cycle(store, FIRST.morning_after).issue
    accept(store, days(90, 91))
    cycle(store, replace(LONG, days=91).morning_after)
    day = issue.cutoff + timedelta(days=1)
    seen = {row["place_id"]: row["observed"] for row in scored(store, issue).to_dict("records")}
    assert seen["west"] == count("ferry", day)  # what that issue's region was the sum of
