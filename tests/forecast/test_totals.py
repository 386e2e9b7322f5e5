"""A total's counts are sums where complete; closed adds nothing, missing spoils the day."""

import numpy as np
import pytest

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
