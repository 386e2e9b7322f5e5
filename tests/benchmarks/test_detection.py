"""Delays are counted from the day of the change, and wrong alarms from the days before it."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.detection import WATCHED, Delays, Told, _changed, _delays, real_false_days, simulated_delays

NONE = np.zeros(1, dtype=bool)


def telling(onsets, late: int, *, collapse: bool = False):
    """A detector that tells each change so many days late."""

    def detector(panel) -> Told:
        told = panel.days - 1 >= onsets + late
        return Told(~told & False, told) if collapse else Told(told, told & False)

    return detector


@pytest.mark.parametrize("late", [0, 3])
def test_the_delay_is_counted_from_the_first_changed_day(late):
    panel, onsets = _changed(1, 2.0, 4)
    delays, calm, wrong = _delays(panel, onsets, 2.0, telling(onsets, late))
    assert delays.tolist() == [late] * 4
    assert calm > 0
    assert wrong == 0


def test_a_change_told_too_early_is_a_false_day():
    panel, onsets = _changed(1, 0.5, 4)
    delays, _, wrong = _delays(panel, onsets, 0.5, telling(onsets, -2, collapse=True))
    assert delays.tolist() == [0] * 4
    assert wrong == 8


def test_the_wrong_direction_is_not_told():
    panel, onsets = _changed(1, 0.5, 4)
    delays, _, _ = _delays(panel, onsets, 0.5, telling(onsets, 0))
    assert np.isnan(delays).all()


def test_a_doubling_doubles_and_lasts():
    panel, onsets = _changed(2, 2.0, 30)
    ratios = [
        np.nanmean(panel.counts[row, onset:]) / np.nanmean(panel.counts[row, onset - WATCHED : onset])
        for row, onset in enumerate(onsets)
    ]
    assert np.median(ratios) == pytest.approx(2.0, rel=0.15)


def test_what_is_not_told_counts_as_later_than_all():
    told = Delays("doubling", np.array([1.0, 2.0, np.nan, np.nan, np.nan]), 100, 2)
    assert told.median == np.inf
    assert told.missed == pytest.approx(0.6)
    assert told.false_share == pytest.approx(0.02)


def test_the_pipelines_own_detector_tells_most_surges():
    surge, doubling, halving = simulated_delays((1,), series=6)
    assert surge.median <= 3
    assert [one.kind for one in (doubling, halving)] == ["doubling", "halving"]
    assert all(one.calm_days > 0 for one in (surge, doubling, halving))


def test_real_calm_days_are_those_on_which_somebody_crossed(tmp_path):
    days = pd.date_range("2022-11-01", "2023-04-11")
    frame = pd.DataFrame({"crossing": "a", "date": days, "arrivals": 100})
    frame.loc[frame["date"] == "2023-04-05", "arrivals"] = 0
    frame.to_csv(tmp_path / "hong_kong_arrivals.csv", index=False)
    every = telling(np.zeros(1), 0)
    (found,) = real_false_days(tmp_path, every)
    assert found.kind == "Hong Kong, calm"
    assert found.calm_days == found.false_days == 9
