"""Panels: missing, zero and closed are three things, and only what was known counts."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from forecast.panel import Panel, PanelError
from forecast.places import Place


def frame(*rows, columns=("crossing", "date", "arrivals")):
    return pd.DataFrame(rows, columns=list(columns))


THREE = frame(("b", "2022-09-03", 7), ("a", "2022-09-01", 0), ("a", "2022-09-02", 5))


def test_series_are_sorted_and_days_run_from_the_first_to_the_last():
    panel = Panel.from_frame(THREE)
    assert panel.ids == ("a", "b")
    assert (panel.start, panel.cutoff, panel.days) == (date(2022, 9, 1), date(2022, 9, 3), 3)
    np.testing.assert_array_equal(panel.counts, [[0, 5, np.nan], [np.nan, np.nan, 7]])
    assert list(panel.dates.strftime("%d")) == ["01", "02", "03"]


def test_missing_zero_closed_and_partial_are_four_things():
    rows = [("a", f"2022-09-0{day}", count, status) for day, count, status in
            [(1, 0, "reported"), (2, 0, "closed"), (3, 4, "partial"), (5, 9, "reported")]]  # fmt: skip
    panel = Panel.from_frame(frame(*rows, columns=("crossing", "date", "arrivals", "status")))
    np.testing.assert_array_equal(panel.counts[0], [0, 0, 4, np.nan, 9])
    assert panel.closed[0].tolist() == [False, True, False, False, False]
    assert panel.partial[0].tolist() == [False, False, True, False, False]
    np.testing.assert_array_equal(panel.complete[0], [0, np.nan, np.nan, np.nan, 9])


def test_cutting_drops_later_days_and_extending_adds_missing_ones():
    panel = Panel.from_frame(THREE)
    np.testing.assert_array_equal(panel.until(date(2022, 9, 2)).counts, panel.counts[:, :2])
    longer = panel.until(date(2022, 9, 5))
    assert longer.cutoff == date(2022, 9, 5)
    assert np.isnan(longer.counts[:, 3:]).all()
    assert not longer.closed[:, 3:].any()
    with pytest.raises(PanelError, match="before the panel's first day"):
        panel.until(date(2022, 8, 31))


def test_selecting_keeps_rows_together():
    panel = Panel.from_frame(THREE).select([1])
    assert panel.ids == ("b",)
    np.testing.assert_array_equal(panel.counts, [[np.nan, np.nan, 7]])


VINTAGES = frame(
    ("a", "2022-09-01", 10, "2022-09-01T18:00:00Z"),
    ("a", "2022-09-01", 16, "2022-09-03T08:00:00+02:00"),
    ("a", "2022-09-02", 20, "2022-09-02T18:00:00Z"),
    columns=("crossing", "date", "arrivals", "recorded_at"),
)


def test_of_several_vintages_the_newest_counts():
    assert Panel.from_frame(VINTAGES.iloc[::-1]).counts.tolist() == [[16, 20]]


@pytest.mark.parametrize(
    ("as_of", "counts"),
    [
        (datetime(2022, 9, 1, 18, tzinfo=UTC), [[10]]),
        (datetime(2022, 9, 3, 5, 59, tzinfo=UTC), [[10, 20]]),
        (datetime(2022, 9, 3, 6, 0, tzinfo=UTC), [[16, 20]]),
    ],
)
def test_nothing_recorded_after_the_vintage_is_seen(as_of, counts):
    assert Panel.from_frame(VINTAGES, as_of=as_of).counts.tolist() == counts


def test_a_vintage_before_the_first_row_is_refused():
    with pytest.raises(PanelError, match="no rows"):
        Panel.from_frame(VINTAGES, as_of=datetime(2022, 8, 1, tzinfo=UTC))


def test_own_column_names_can_be_given():
    habit = frame(("a", "2022-09-01", 3), columns=("unique_id", "ds", "y"))
    panel = Panel.from_frame(habit, place="unique_id", date="ds", value="y")
    assert panel.counts.tolist() == [[3]]


def test_places_give_the_order_and_may_lack_counts():
    places = (Place("c", "C"), Place("b", "B"), Place("a", "A"))
    panel = Panel.from_frame(THREE, places=places)
    assert panel.places == places
    assert np.isnan(panel.counts[0]).all()
    assert panel.counts[2, 1] == 5


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            frame(("a", 1), columns=("crossing", "arrivals")),
            "column 'date' is missing; found crossing, arrivals",
        ),
        (frame(("a", "2022-09-01", 3), ("a", "01.09.2022", 3)), "must hold days as YYYY-MM-DD"),
        (frame(("a", "2022-09-01", 3), ("a", "2022-09-31", 3)), "must hold days as YYYY-MM-DD"),
        (
            frame(("a", "2022-09-01", 3), ("a", "2022-09-02", -1)),
            r"column 'arrivals', row 1: -1 must be a number of at least 0",
        ),
        (frame(("a", "2022-09-01", "many")), "row 0: 'many' must be a number"),
        (frame(("a", "2022-09-01", 3), ("a", "2022-09-01", 4)), "a has two counts for 2022-09-01; keep one"),
        (
            frame(("a", "2022-09-01", 3, "shut"), columns=("crossing", "date", "arrivals", "status")),
            "column 'status', row 0: 'shut' is none of",
        ),
    ],
)
def test_a_frame_that_is_no_panel_is_refused_with_what_to_do(rows, message):
    with pytest.raises(PanelError, match=message):
        Panel.from_frame(rows)


def test_a_crossing_that_the_register_lacks_is_named():
    with pytest.raises(PanelError, match="crossing 'b' is not among the places given"):
        Panel.from_frame(THREE, places=(Place("a", "A"),))


@pytest.mark.parametrize(
    ("counts", "message"),
    [(np.array([[1.0, -1.0]]), "negative"), (np.array([1.0]), "must be"), (np.ones((2, 3)), "must be")],
)
def test_arrays_that_do_not_fit_are_refused(counts, message):
    shut = np.zeros(counts.shape, dtype=bool)
    with pytest.raises(PanelError, match=message):
        Panel("arrivals", (Place("a", "A"),), date(2022, 9, 1), counts, shut, shut)


def test_counts_cannot_be_changed_afterwards():
    panel = Panel.from_frame(THREE)
    with pytest.raises(ValueError, match="read-only"):
        panel.counts[0, 0] = 3
