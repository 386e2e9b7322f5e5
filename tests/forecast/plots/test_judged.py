"""Figures of scores show what a slow loop counts."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from forecast import plots
from forecast.scoring import score, summarise
from tests.forecast.plots.made import made


def marks(axes: Axes, label: str) -> tuple[np.ndarray, np.ndarray]:
    (found,) = [one for one in axes.get_lines() if one.get_label() == label]
    return np.asarray(found.get_xdata()), np.asarray(found.get_ydata())


def test_the_histogram_s_bars_are_the_counts_shares_of_a_slow_loop():
    days = made().days
    axes = plots.pit(days, bins=5)
    wanted = np.zeros(5)
    for low, high in zip(days["pit_low"], days["pit_high"], strict=True):
        for number in range(5):
            overlap = min(high, (number + 1) / 5) - max(low, number / 5)
            wanted[number] += max(0.0, overlap) / (high - low) / len(days)
    np.testing.assert_allclose([bar.get_height() for bar in axes.patches], wanted)
    assert wanted.sum() == pytest.approx(1)
    assert marks(axes, "if calibrated")[1].tolist() == [0.2, 0.2]


@pytest.mark.parametrize("by", ["band", "mode", "crossing"])
def test_coverage_is_marked_for_each_group_beside_what_was_promised(by):
    days = made().days
    axes = plots.coverage(days, by=by)
    groups = [text.get_text().split("\n")[0] for text in axes.get_xticklabels()]
    assert groups == list(dict.fromkeys(days.sort_values(by)[by].astype(str)))
    held = [days[days[by].astype(str) == name]["covered_0.8"].mean() for name in groups]
    np.testing.assert_allclose(marks(axes, "80% interval")[1], held)
    promised = [line.get_ydata()[0] for line in axes.get_lines() if line.get_linestyle() == "--"]
    assert promised == [0.5, 0.8, 0.9, 0.95]


def test_the_number_of_days_stands_below_each_group():
    days = made().days
    sizes = days.groupby("band", observed=True).size()
    told = [text.get_text() for text in plots.coverage(days).get_xticklabels()]
    assert told == [f"{name}\n{size} days" for name, size in sizes.items()]


def test_a_scoreboard_marks_both_scales_and_the_baseline():
    days = made().days
    summary = summarise(days, ("band", "mode"))
    axes = plots.scoreboard(summary)
    np.testing.assert_array_equal(marks(axes, "people")[0], summary["relative"])
    np.testing.assert_array_equal(marks(axes, "log1p")[0], summary["relative_log"])
    assert marks(axes, "weekly naive")[0].tolist() == [1.0, 1.0]
    rows = [text.get_text() for text in axes.get_yticklabels()]
    assert rows == [f"{band}, {mode}" for band, mode in zip(summary["band"], summary["mode"], strict=True)]


def test_several_configurations_stand_side_by_side_in_the_rows_they_share():
    days = made().days
    whole, near = summarise(days), summarise(days[days["horizon"] <= 7])
    axes = plots.scoreboard({"one": whole, "two": near})
    one, two = marks(axes, "one, people")[1], marks(axes, "two, people")[1]
    assert (len(one), len(two)) == (2, 1)
    assert one[0] < 0 < two[0] < one[1]
    assert plots.scoreboard(summarise(days, ())).get_yticklabels()[0].get_text() == "all"


def test_residuals_are_counts_less_medians_by_day_and_regime():
    days = made().days
    axes = plots.residuals(days, place="s001", horizon=2)
    own = days[(days["crossing"] == "s001") & (days["horizon"] == 2)]
    drawn = {
        (day, gap)
        for mode in own["mode"].unique()
        for day, gap in zip(*(part.tolist() for part in _dated(axes, mode)), strict=True)
    }
    assert drawn == set(zip(date2num(own["target_date"]), own["observed"] - own["median"], strict=True))


def _dated(axes: Axes, label: str) -> tuple[np.ndarray, np.ndarray]:
    days, gaps = marks(axes, label)
    return np.asarray(date2num(days)), gaps


def test_a_horizon_that_was_not_scored_is_refused():
    with pytest.raises(ValueError, match="no forecast 20 days ahead is scored of 's000'; name another"):
        plots.residuals(made().days, horizon=20)


def test_coverage_is_told_by_any_column_that_is_added():
    days = made().days.assign(side=lambda frame: np.where(frame["crossing"] == "s000", "near", "far"))
    axes = plots.coverage(days, by="side")
    assert [text.get_text().split("\n")[0] for text in axes.get_xticklabels()] == ["far", "near"]


def test_a_summary_of_score_can_be_drawn_as_it_comes():
    panel, _, past, _ = made()
    summary = score(past, panel, by=["mode"])
    assert isinstance(summary, pd.DataFrame)
    assert plots.scoreboard(summary).get_title(loc="left")


def test_many_groups_are_named_without_their_sizes():
    axes = plots.coverage(made().days, by="horizon")
    assert [text.get_text() for text in axes.get_xticklabels()] == [str(ahead) for ahead in range(1, 10)]


@pytest.mark.parametrize("draw", [plots.pit, plots.coverage])
def test_without_a_scored_day_there_is_nothing_to_draw(draw):
    with pytest.raises(ValueError, match="no day is scored; the counts of the days"):
        draw(made().days.head(0))


def test_shares_are_told_in_whole_percent_at_the_ticks():
    days = made().days
    axes = plots.pit(days)
    axes.figure.canvas.draw()
    shown = axes.get_ylim()
    told = [
        (at, label.get_text())
        for at, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
        if shown[0] <= at <= shown[1]
    ]
    assert all(at == pytest.approx(float(text.rstrip("%")) / 100) for at, text in told)
    assert len(told) >= 3
