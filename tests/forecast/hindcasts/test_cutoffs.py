"""Past cutoffs: the ends of weeks, and today."""

import numpy as np

from forecast.hindcasts.cutoffs import WEEKS, weekly_cutoffs
from tests.forecast.panels import panel_of, weekly

COUNTS = np.stack([weekly(200) + 100, np.r_[np.full(50, np.nan), weekly(150) + 100]])


def test_members_are_scored_at_the_ends_of_26_weeks_and_asked_for_today():
    panel = panel_of(COUNTS)  # ends on a Thursday
    cutoffs = weekly_cutoffs(panel)
    assert len(cutoffs) == WEEKS + 1
    weekdays = [panel.dates[day].weekday() for day in cutoffs]
    assert weekdays == [6] * WEEKS + [3]
    assert set(np.diff(cutoffs[:-1])) == {7}
    assert 0 < cutoffs[-1] - cutoffs[-2] < 7


def test_on_the_end_of_a_week_today_is_asked_for_once():
    panel = panel_of(COUNTS).until(panel_of(COUNTS).dates[195].date())
    assert panel.cutoff.weekday() == 6
    assert weekly_cutoffs(panel)[-2:] == (188, 195)


def test_a_young_panel_has_the_weeks_it_has():
    assert weekly_cutoffs(panel_of([weekly(17)])) == (6, 13, 16)
    assert weekly_cutoffs(panel_of([weekly(1)])) == (0,)
