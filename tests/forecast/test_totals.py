"""A total's counts are sums where complete; closed adds nothing, missing spoils the day."""

from dataclasses import replace

import numpy as np
import pytest

from forecast.panel import Nowcast
from forecast.totals import totals_of
from tests.forecast.panels import panel_of, two_regions


def test_sums_are_made_where_every_crossing_counted_or_was_closed():
    counts = np.array([[np.nan, 1, 2, np.nan], [5, 5, 5, 5], [10, 20, np.nan, 40]])
    closed = np.zeros(counts.shape, dtype=bool)
    closed[2, 2] = True
    totals, summing = totals_of(panel_of(counts, closed=closed), two_regions("abc"))
    assert totals.ids == ("north", "south", "land")
    assert summing.tolist() == [[True, False, True], [False, True, False], [True, True, True]]
    np.testing.assert_array_equal(totals.counts[0], [10, 21, 2, np.nan])  # a begins on the second day
    np.testing.assert_array_equal(totals.counts[2], [15, 26, 7, np.nan])


def test_a_partial_count_makes_the_total_partial():
    partial = np.zeros((2, 3), dtype=bool)
    partial[0, 2] = True
    totals, _ = totals_of(panel_of([[1, 2, 3], [4, 5, 6]], partial=partial), two_regions("ab"))
    assert totals.partial[:, 2].tolist() == [True, False, True]


def test_a_day_that_a_crossing_did_not_report_is_missing_and_not_partial():
    partial = np.array([[False, True], [False, False], [False, False]])
    totals, _ = totals_of(panel_of([[1, 2], [4, 5], [7, np.nan]], partial=partial), two_regions("abc"))
    assert np.isnan(totals.counts[0, 1])
    assert not totals.partial[0, 1]


def test_a_total_is_closed_when_all_its_crossings_are():
    closed = np.array([[True, True], [False, True]])
    totals, _ = totals_of(panel_of([[np.nan, 0], [4, 0]], closed=closed), two_regions("ab"))
    assert totals.closed[2].tolist() == [False, True]


def test_regions_without_a_crossing_here_are_left_out():
    totals, _ = totals_of(panel_of([[1, 2]]), two_regions("ab"))
    assert totals.ids == ("north", "land")


def test_a_crossing_that_the_register_lacks_is_refused_by_name():
    with pytest.raises(ValueError, match="'b'"):
        totals_of(panel_of([[1], [2]]), two_regions("a"))


def test_a_total_has_the_nowcast_of_its_crossings_trusted_by_the_people_in_it():
    counts, reliance = np.full((3, 2), np.nan), np.ones((3, 2))
    counts[0, 1], reliance[0, 1] = 40, 0.5
    panel = replace(panel_of([[40, 20], [7, np.nan], [60, 60]]), nowcast=Nowcast(counts, reliance))
    totals, _ = totals_of(panel, two_regions("abc"))
    np.testing.assert_array_equal(totals.learnable, [[100, 100], [7, np.nan], [107, np.nan]])
    np.testing.assert_allclose(totals.reliance[0], [1, 0.8])  # 40 people half trusted, 60 wholly
    np.testing.assert_array_equal(totals.complete[0], [100, 80])  # what was reported is scored, not this


def test_a_total_is_not_learnt_from_where_a_crossing_is_not():
    reliance = np.array([[1.0, 0.0], [1.0, 1.0]])
    panel = replace(panel_of([[5, 1], [5, 5]]), nowcast=Nowcast(np.full((2, 2), np.nan), reliance))
    totals, _ = totals_of(panel, two_regions("ab"))
    np.testing.assert_array_equal(totals.learnable[2], [10, np.nan])
