"""Backtests see only what was known, and scores are those of a slow loop."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from forecast.backtests import Vintages, backtest, issues, measure_of, parse_cutoffs
from forecast.baseline import baseline
from forecast.events import Event, EventError
from forecast.frames import long_frame
from forecast.panel import Panel, PanelError
from forecast.pipeline import Configuration, issue
from forecast.places import Place, Places
from forecast.quantiles import QUANTILE_LEVELS
from forecast.scores import wis, wis_log
from forecast.scoring import score, scored_days, summarise
from forecast.simulate import World, simulate

FAST = Configuration(horizon=9, paths=100, members=("weekly_naive", "root"))
SMALL = World(series=3, days=150, onset_within=40)
CUTOFFS = (date(2021, 4, 10), date(2021, 4, 20))


@pytest.fixture(scope="module")
def frame():
    return simulate(SMALL, seed=1).frame


@pytest.fixture(scope="module")
def forecasts(frame):
    return backtest(frame, CUTOFFS, FAST)


@pytest.mark.parametrize(
    ("text", "cutoffs"),
    [
        ("2023-04-02", [date(2023, 4, 2)]),
        ("2023-04-02:2023-04-04", [date(2023, 4, 2), date(2023, 4, 3), date(2023, 4, 4)]),
        ("2024-02-28:2024-03-10:7", [date(2024, 2, 28), date(2024, 3, 6)]),
    ],
)
def test_cutoffs_are_read_as_first_last_and_days_between(text, cutoffs):
    assert list(parse_cutoffs(text)) == cutoffs


def test_the_calm_range_of_hong_kong_has_18_cutoffs():
    assert len(parse_cutoffs("2023-04-02:2023-11-26:14")) == 18


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023-02-30",
        "2023-04-02:2023-03-01",
        "2023-04-02:2023-05-01:0",
        "2023-04-02:2023-05-01:x",
        "a:b:c:d",
    ],
)
def test_what_names_no_cutoffs_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write first:last:days"):
        parse_cutoffs(text)


def test_the_measure_is_the_column_that_is_neither_key_nor_status():
    keys = ["crossing", "date", "status", "recorded_at"]
    assert measure_of(pd.DataFrame(columns=[*keys, "departures"])) == "departures"
    assert measure_of(pd.DataFrame(columns=[*keys, "arrivals", "note"])) == "arrivals"
    for names in ([], ["waiting", "beds"]):
        with pytest.raises(PanelError, match="one column of counts is wanted"):
            measure_of(pd.DataFrame(columns=[*keys, *names]))


def test_a_backtest_has_every_level_horizon_and_cutoff_in_order(forecasts):
    assert list(forecasts.columns) == [
        "crossing", "cutoff", "horizon", "target_date", "quantile_level", "arrivals"
    ]  # fmt: skip
    assert len(forecasts) == 2 * 3 * 9 * 23
    values = forecasts["arrivals"].to_numpy().reshape(-1, 23)
    assert (np.diff(values, axis=1) >= 0).all()
    assert (values >= 0).all()
    np.testing.assert_allclose(forecasts["quantile_level"].to_numpy().reshape(-1, 23), [QUANTILE_LEVELS] * 54)
    ahead = (forecasts["target_date"] - forecasts["cutoff"]).dt.days
    assert (ahead == forecasts["horizon"]).all()


def test_each_cutoff_is_the_issue_of_its_panel(frame, forecasts):
    alone = issue(Panel.from_frame(frame).until(CUTOFFS[1]), FAST)
    expected = long_frame(alone.quantiles, "arrivals")
    pd.testing.assert_frame_equal(
        forecasts[forecasts["cutoff"] == "2021-04-20"].reset_index(drop=True), expected
    )


def test_later_counts_change_no_earlier_forecast(frame, forecasts):
    changed = frame.copy()
    changed.loc[changed["date"] > "2021-04-20", "arrivals"] *= 9
    pd.testing.assert_frame_equal(backtest(changed, CUTOFFS, FAST), forecasts)


def test_rows_recorded_after_the_evening_of_the_cutoff_are_not_seen():
    late = simulate(World(series=3, days=150, late=0.4), seed=2).frame
    known = late[late["recorded_at"] <= datetime(2021, 4, 20, 23, 59, 59, tzinfo=UTC)]
    assert known["recorded_at"].max() < late["recorded_at"].max()
    pd.testing.assert_frame_equal(backtest(late, CUTOFFS[1:], FAST), backtest(known, CUTOFFS[1:], FAST))
    panel = Vintages.of(late).panel(CUTOFFS[1])
    assert panel.partial[:, -4:].any()


def test_a_crossing_without_a_count_on_the_cutoff_is_forecast_all_the_same(frame):
    gap = frame[~((frame["crossing"] == "s001") & (frame["date"] == "2021-04-20"))]
    made = backtest(gap, CUTOFFS[1:], FAST)
    assert set(made["crossing"]) == {"s000", "s001", "s002"}


def test_a_cutoff_beyond_the_last_count_is_forecast_over_missing_days(frame):
    made = backtest(frame[frame["date"] <= "2021-04-15"], CUTOFFS[1:], FAST)
    assert len(made) == 3 * 9 * 23


def test_a_crossing_that_starts_after_a_cutoff_is_left_out_of_it(frame):
    later = frame[(frame["crossing"] != "s002") | (frame["date"] > "2021-04-15")]
    made = backtest(later, CUTOFFS, FAST)
    crossings = made.groupby("cutoff")["crossing"].agg(lambda names: sorted(set(names)))
    assert crossings.tolist() == [["s000", "s001"], ["s000", "s001", "s002"]]


def test_a_cutoff_before_the_first_count_is_left_out(frame):
    early = date(2020, 12, 1)
    assert [made.cutoff for made in issues(frame, (early, CUTOFFS[0]), FAST)] == [CUTOFFS[0]]
    with pytest.raises(PanelError, match="name later cutoffs"):
        backtest(frame, (early,), FAST)


def test_scores_are_those_of_a_slow_loop(frame, forecasts):
    panel = Panel.from_frame(frame)
    ratios, logs = [], []
    for row, crossing in enumerate(panel.ids):
        sums = np.zeros(4)
        for cutoff in CUTOFFS:
            theirs = baseline(panel.until(cutoff), 9).values[row]
            for ahead in range(1, 10):
                day = (cutoff - panel.start).days + ahead
                observed = panel.counts[row, day]
                if np.isnan(observed):
                    continue
                ours = forecasts[
                    (forecasts["crossing"] == crossing)
                    & (forecasts["cutoff"] == pd.Timestamp(cutoff))
                    & (forecasts["horizon"] == ahead)
                ]["arrivals"].to_numpy()
                at = np.array(observed)
                sums += [
                    wis(ours, at),
                    wis(theirs[ahead - 1], at),
                    wis_log(ours, at),
                    wis_log(theirs[ahead - 1], at),
                ]
        ratios.append(sums[0] / sums[1])
        logs.append(sums[2] / sums[3])
    summary = score(forecasts, frame, by=()).iloc[0]
    assert summary["relative"] == pytest.approx(np.exp(np.mean(np.log(ratios))))
    assert summary["relative_log"] == pytest.approx(np.exp(np.mean(np.log(logs))))


def test_the_baseline_itself_scores_one(frame):
    vintages = Vintages.of(frame)
    made = pd.concat([long_frame(baseline(vintages.panel(day), 9), "arrivals") for day in CUTOFFS])
    summary = score(made, frame)
    assert list(summary["band"]) == ["1-7", "8-14"]
    np.testing.assert_allclose(summary[["relative", "relative_log"]], 1)


def test_scores_are_told_by_the_groups_asked_for(frame, forecasts):
    summary = score(forecasts, frame, by=["crossing", "band"])
    assert list(summary.columns[:3]) == ["crossing", "band", "days"]
    assert len(summary) == 6
    assert summary["covered_0.95"].between(0, 1).all()
    assert (summary["covered_0.5"] <= summary["covered_0.95"]).all()


def test_days_without_a_whole_count_are_not_scored(frame, forecasts):
    cut = frame[frame["date"] <= "2021-04-22"].copy()
    cut.loc[cut["date"] == "2021-04-22", "status"] = "partial"
    days = scored_days(forecasts, cut)
    assert days["target_date"].max() == pd.Timestamp("2021-04-21")
    assert summarise(days, ()).iloc[0]["days"] == len(days)


def test_forecasts_with_a_level_missing_are_refused(frame, forecasts):
    with pytest.raises(ValueError, match="each of the 23 levels once"):
        score(forecasts.drop(index=[5]), frame)
    with pytest.raises(ValueError, match="column 'horizon' is missing"):
        score(forecasts.drop(columns="horizon"), frame)


def test_a_cutoff_before_anything_was_recorded_is_left_out():
    late = pd.DataFrame(
        {
            "crossing": "a",
            "date": ["2021-01-01", "2021-01-02"],
            "arrivals": [1, 2],
            "recorded_at": "2021-02-01",
        }
    )
    assert Vintages.of(late).panel(date(2021, 1, 20)) is None
    assert Vintages.of(late).panel(date(2021, 2, 1)) is not None


def test_late_days_are_completed_by_the_delays_known_at_the_cutoff():
    days = pd.date_range("2021-01-01", periods=60, freq="D")
    first = pd.DataFrame({"crossing": "a", "date": days, "arrivals": 80.0,
                          "recorded_at": days.tz_localize(UTC) + timedelta(hours=20)})  # fmt: skip
    later = first.assign(arrivals=100.0, recorded_at=first["recorded_at"] + timedelta(days=1))
    vintages = Vintages.of(pd.concat([first, later]))
    panel = vintages.panel(date(2021, 2, 20))
    assert panel.counts[0, -2:].tolist() == [100, 80]
    assert panel.learnable[0, -2:].tolist() == [100, pytest.approx(100)]


def test_an_event_is_seen_from_the_evening_it_was_recorded_on_and_by_each_crossing_of_its_place(frame):
    places = Places([Place("west", "West", "region"),
                     *(Place(name, name, parent="west") for name in ("s000", "s001", "s002"))])  # fmt: skip
    told = datetime(2021, 4, 12, 9, tzinfo=UTC)
    strike = Event("strike", "disruption", date(2021, 4, 25), place="west", recorded_at=told)
    vintages = Vintages.of(frame, places, [strike])
    assert vintages.panel(date(2021, 4, 11)).events == ()
    assert [event.place for event in vintages.panel(date(2021, 4, 12)).events] == ["s000", "s001", "s002"]
    with pytest.raises(EventError, match="'moon' is not registered"):
        Vintages.of(frame, places, [replace(strike, place="moon")])
