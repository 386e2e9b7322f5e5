"""Figures of forecasts show the numbers of the forecasts, on the axes they are handed."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from forecast import plots
from forecast.pipeline import issue
from forecast.plots.fans import grouped
from forecast.totals import totals_of
from tests.forecast.panels import two_regions
from tests.forecast.plots.made import CONFIGURATION, CUTOFFS, made

AHEAD = [CUTOFFS[-1] + timedelta(days=day) for day in range(1, 10)]


def line(axes: Axes, label: str) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the days and the heights of a line by its name."""
    (found,) = [one for one in axes.get_lines() if one.get_label() == label]
    return np.asarray(date2num(found.get_xdata(orig=True))), np.asarray(found.get_ydata(orig=True))


def band(axes: Axes, label: str) -> tuple[float, float]:
    """The lowest and the highest height of a band by its name."""
    (found,) = [one for one in axes.collections if one.get_label() == label]
    heights = found.get_paths()[0].vertices[:, 1]
    return heights.min(), heights.max()


def names(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_a_fan_shows_median_intervals_and_eight_weeks_of_counts():
    panel, forecasts, *_ = made()
    axes = plots.fan(forecasts, panel.until(CUTOFFS[-1]), place="s001")
    days, median = line(axes, "median")
    np.testing.assert_array_equal(days, date2num(AHEAD))
    np.testing.assert_array_equal(median, forecasts.quantiles.at(0.5)[1])
    low, high = forecasts.quantiles.interval(0.8)[1].T
    assert band(axes, "80% interval") == (low.min(), high.max())
    counted, heights = line(axes, "counted")
    assert len(counted) == 56
    assert counted[-1] == date2num(CUTOFFS[-1])
    np.testing.assert_array_equal(heights, panel.until(CUTOFFS[-1]).complete[1, -56:])
    assert names(axes) == ["95% interval", "80% interval", "50% interval", "median", "counted"]


def test_a_fan_over_a_longer_panel_shows_the_counts_that_came():
    panel, forecasts, *_ = made()
    days, _ = line(plots.fan(forecasts, panel), "counted")
    assert days[-1] == date2num(AHEAD[-1])


def test_earlier_forecasts_show_what_was_said_of_each_day_the_last_time_before_it():
    panel, forecasts, past, _ = made()
    axes = plots.fan(forecasts, panel, place="s001", past=past)
    days, median = line(axes, "earlier median")
    first = CUTOFFS[0] + timedelta(days=1)
    np.testing.assert_array_equal(days, date2num([first + timedelta(days=day) for day in range(14)]))
    told = past[(past["crossing"] == "s001") & np.isclose(past["quantile_level"], 0.5)]
    said = past["target_date"].isin(pd.date_range(first, CUTOFFS[-1]))
    wanted = [
        told[(told["target_date"] == day) & (told["cutoff"] < day)]["arrivals"].iloc[-1]
        for day in sorted(past[said]["target_date"].unique())
    ]
    np.testing.assert_array_equal(median, wanted)


def test_a_gap_between_earlier_forecasts_is_not_bridged():
    panel, forecasts, past, _ = made()
    some = past[(past["cutoff"] != pd.Timestamp(CUTOFFS[1])) & (past["horizon"] <= 3)]
    axes = plots.fan(forecasts, panel, past=some)
    pieces = [one for one in axes.get_lines() if one.get_linestyle() == "--" and one.get_marker() == "x"]
    assert [len(one.get_xdata()) for one in pieces] == [3]
    whole = plots.fan(forecasts, panel, past=past[past["horizon"] <= 3])
    pieces = [one for one in whole.get_lines() if one.get_linestyle() == "--" and one.get_marker() == "x"]
    assert [len(one.get_xdata()) for one in pieces] == [3, 3]
    assert names(whole).count("earlier median") == 1


def test_components_add_up_to_the_ordinary_expectation():
    _, forecasts, *_ = made()
    axes = plots.components(forecasts, place="s000")
    why = forecasts.explanations[0]
    assert why is not None
    added = np.array([[bar.get_height() for bar in group] for group in axes.containers])
    weekday = np.array([why.weekday[day.weekday()] for day in AHEAD])
    np.testing.assert_allclose(
        why.level + added.sum(axis=0), why.level * weekday * np.array(why.season) * np.array(why.holidays)
    )
    np.testing.assert_array_equal(line(axes, "published median")[1], forecasts.quantiles.at(0.5)[0])
    assert {"season", "weekday", "holidays"} <= set(names(axes))


def test_bars_of_components_lie_upon_one_another_and_never_across_the_level():
    _, forecasts, *_ = made()
    axes = plots.components(forecasts, place="s000")
    level = forecasts.explanations[0].level
    for bars in zip(*axes.containers, strict=True):
        above = sorted((bar.get_y(), bar.get_y() + bar.get_height()) for bar in bars if bar.get_height() > 0)
        below = sorted((bar.get_y() + bar.get_height(), bar.get_y()) for bar in bars if bar.get_height() < 0)
        for spans, edge in ((above, 0), (below[::-1], 1)):
            assert not spans or spans[0][edge] == pytest.approx(level)
        assert all(one[1] == pytest.approx(two[0]) for one, two in pairwise(above))


def test_what_cannot_be_explained_is_refused_by_name():
    _, forecasts, *_ = made()
    with pytest.raises(ValueError, match="place 'north' is none of s000, s001"):
        plots.components(forecasts, place="north")
    with pytest.raises(ValueError, match="place None is none of no places"):
        plots.components(replace(forecasts, explanations=(None, None)))


def test_weights_are_the_members_shares_the_largest_on_top():
    _, forecasts, *_ = made()
    axes = plots.weights(forecasts, place="s001")
    shares = forecasts.status[1].weights
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == sorted(shares.values())
    assert [text.get_text() for text in axes.get_yticklabels()] == sorted(shares, key=shares.__getitem__)


def test_evolution_shows_a_day_as_each_cutoff_saw_it_and_the_count_that_came():
    panel, _, past, _ = made()
    day = date(2021, 5, 10)
    axes = plots.evolution(past, day, place="s001", panel=panel)
    cutoffs, median = line(axes, "median")
    np.testing.assert_array_equal(cutoffs, date2num(CUTOFFS[:2]))
    told = past[(past["crossing"] == "s001") & (past["target_date"] == pd.Timestamp(day))]
    np.testing.assert_array_equal(median, told[np.isclose(told["quantile_level"], 0.5)]["arrivals"])
    assert band(axes, "95% interval") == (
        told[np.isclose(told["quantile_level"], 0.025)]["arrivals"].min(),
        told[np.isclose(told["quantile_level"], 0.975)]["arrivals"].max(),
    )
    count = panel.counts[1, (day - panel.start).days]
    assert f"counted: {grouped(count)}" in names(axes)
    assert line(axes, f"counted: {grouped(count)}")[1].tolist() == [count, count]


def test_a_day_that_was_never_forecast_is_refused_with_those_that_were():
    with pytest.raises(ValueError, match="no forecast of 2020-01-01; there are those of 2021-05-02 to"):
        plots.evolution(made().past, date(2020, 1, 1))


def test_a_frame_that_is_no_backtest_is_refused():
    _, forecasts, past, _ = made()
    with pytest.raises(ValueError, match="column 'cutoff' is missing; hand in a frame as backtest"):
        plots.evolution(past.drop(columns="cutoff"), AHEAD[0])
    with pytest.raises(ValueError, match="each of the 23 levels once"):
        plots.evolution(past.drop(index=[7]), AHEAD[0])
    with pytest.raises(ValueError, match=r"the panel has no counts of 's001'; those of regions are in"):
        plots.fan(forecasts, made().panel.select([0]), place="s001")


def test_figures_are_drawn_on_the_axes_handed_in_and_on_their_own_otherwise():
    panel, forecasts, *_ = made()
    first, second = Figure().subplots(1, 2)
    assert plots.fan(forecasts, panel, ax=first) is first
    assert not second.has_data()
    assert plots.weights(forecasts).figure is not first.figure


def test_no_figure_is_left_with_pyplot():
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    panel, forecasts, past, _ = made()
    plots.fan(forecasts, panel)
    plots.evolution(past, AHEAD[0])
    assert pyplot.get_fignums() == before


def test_a_region_is_drawn_beside_its_own_counts():
    panel, *_ = made()
    places = two_regions(panel.ids)
    past = panel.until(CUTOFFS[-1])
    summed = totals_of(past, places)[0]
    axes = plots.fan(issue(past, CONFIGURATION, places=places), summed, place="land")
    _, heights = line(axes, "counted")
    np.testing.assert_array_equal(heights, past.complete.sum(axis=0)[-56:])
    assert axes.get_title(loc="left").startswith("Land: arrivals")


def test_a_stamp_stands_across_the_axes_that_it_is_given():
    panel, forecasts, *_ = made()
    axes = plots.fan(forecasts, panel)
    assert plots.stamp(axes, "SYNTHETIC") is axes
    (stamped,) = [text for text in axes.texts if text.get_text() == "SYNTHETIC"]
    assert stamped.get_transform() == axes.transAxes
    assert stamped.get_position() == (0.5, 0.5)


def test_two_fans_that_share_an_axis_both_stand_on_it_whole():
    panel, forecasts, *_ = made()
    low, high = Figure().subplots(1, 2, sharey=True)
    plots.fan(forecasts, panel, place="s000", ax=low)
    before = low.get_ylim()[1]
    wide = replace(forecasts, quantiles=replace(forecasts.quantiles, values=3 * forecasts.quantiles.values))
    plots.fan(wide, panel, place="s000", ax=high)
    assert high.get_ylim() == low.get_ylim()
    assert high.get_ylim()[1] >= band(high, "95% interval")[1] > before
    assert high.get_ylim()[0] == 0
