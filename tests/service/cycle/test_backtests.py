from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest

from forecast import scores
from forecast.backtests import Vintages, backtest
from forecast.backtests import issues as issues_of_frame
from forecast.frames import long_frame
from forecast.pipeline import Configuration, in_order
from service.cycle.backtests import replay
from service.cycle.computation import configuration_from
from tests.service.borders import REGISTER, fast_settings
from tests.service.cycle.nights import FIRST, LONG, deliver, morning, night, open_border

CONFIGURATION = Configuration(paths=100, members=("weekly_naive", "root"), slow_series=0)
LAST = morning().date() - timedelta(days=1)


@pytest.fixture
def border(sqlite_store):
    open_border(sqlite_store)
    return sqlite_store


def past(store, cutoffs, known="cycle", **settings):
    return replay(store, fast_settings(**settings), cutoffs, known=known, run=in_order)


def same(first, second):
    assert np.array_equal(first.quantiles.values, second.quantiles.values)
    assert np.array_equal(first.paths.values, second.paths.values)


def test_a_backtest_is_what_the_job_published_for_the_same_vintage_to_the_last_digit(border):
    issue = night(border).issue
    deliver(border, FIRST, FIRST + 5)
    (made,) = past(border, [issue.cutoff], "issues").issues(configuration_from(issue.configuration))
    paths = border.issues.paths(issue.id, "arrivals")
    assert np.array_equal(made.paths.values, paths.values)
    (again,) = past(border, [issue.cutoff], cycle_at=time(6)).issues(CONFIGURATION)
    same(made, again)


def test_a_backtest_of_evenings_is_the_library_s_on_the_same_counts_to_the_last_digit(border):
    frame = LONG.frame().rename(columns={"place": "crossing", "value": "arrivals"})
    frame = frame[frame["date"] <= pd.Timestamp(LAST)]
    counts = frame[["crossing", "date", "arrivals", "status", "recorded_at"]]
    cutoffs = [LAST - timedelta(days=14), LAST - timedelta(days=7)]
    places = border.places.all()
    theirs = issues_of_frame(Vintages.of(counts, places), cutoffs, CONFIGURATION, places=places)
    ours = past(border, cutoffs, "evening").issues(CONFIGURATION)
    for one, other in zip(ours, theirs, strict=True):
        same(one, other)
    long = pd.concat(
        [
            long_frame(one.quantiles, one.measure)
            for one in past(border, cutoffs, "evening").issues(CONFIGURATION)
        ],
        ignore_index=True,
    )
    pd.testing.assert_frame_equal(long, backtest(counts, cutoffs, CONFIGURATION, places=places))


def test_a_cutoff_knows_what_its_next_cycle_knew(border):
    (vintage,) = past(border, [date(2024, 3, 1)], cycle_at=time(7, 30), time_zone="Asia/Tokyo").vintages
    assert vintage.as_of == datetime(2024, 3, 1, 22, 30, tzinfo=UTC)
    (evening,) = past(border, [date(2024, 3, 1)], "evening").vintages
    assert evening.as_of == datetime.combine(date(2024, 3, 1), time.max, UTC)


def test_of_two_issues_of_a_cutoff_the_newest_is_replayed_and_cutoffs_without_one_are_left_out(border):
    night(border)
    newest = night(border).issue
    vintages = past(border, [LAST - timedelta(days=1), LAST], "issues").vintages
    assert [one.as_of for one in vintages] == [newest.as_of]


def test_a_cutoff_before_the_first_count_is_left_out(border):
    assert list(past(border, [date(2023, 1, 1)]).issues(CONFIGURATION)) == []


def test_scores_are_the_library_s_on_the_counts_that_came(border):
    deliver(border, FIRST, FIRST + 3)
    replayed = past(border, [LAST])
    (made,) = replayed.issues(CONFIGURATION)
    found = replayed.scored([made], now=morning(FIRST + 3))
    assert len(found) == 3 * 3
    counts = LONG.frame().set_index(["place", "date"])["value"]
    ids = list(made.quantiles.ids)
    for row in found.to_dict("records"):
        day = pd.Timestamp(LAST) + pd.Timedelta(row["horizon"], "D")
        observed = np.array(counts[(row["crossing"], day)])
        at = (ids.index(row["crossing"]), row["horizon"] - 1)
        assert row["observed"] == observed
        assert row["wis"] == pytest.approx(float(scores.wis(made.quantiles.values[at], observed)))
        assert row["baseline_wis"] == pytest.approx(float(scores.wis(made.baseline.values[at], observed)))
        assert row["mode"] == made.status[at[0]].modes[at[1]]


def test_nothing_is_scored_before_its_count_is_known(border):
    replayed = past(border, [LAST])
    assert replayed.scored(replayed.issues(CONFIGURATION), now=morning()).empty
    assert {place.id for place in REGISTER} >= set(next(replayed.issues(CONFIGURATION)).quantiles.ids)
