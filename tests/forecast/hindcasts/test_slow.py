"""Past forecasts: honest, on a grid that stands on the calendar, kept and shared between cutoffs."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from forecast.hindcasts import slow
from forecast.hindcasts.slow import GRID, hindcast_slow
from forecast.members import MEMBERS, OneByOne
from forecast.pipeline import in_order
from tests.forecast.panels import panel_of, weekly


@dataclass(frozen=True)
class LastDay:
    """Forecasts the number of days that it was shown, so that a test sees what was seen."""

    name: str = "last_day"
    stride: int = GRID
    least: int = 1

    def fit(self, series):
        raise AssertionError("hindcasts alone are asked for")

    def hindcast(self, series, cutoffs, horizon):
        if series.counts[-1] == 13:
            raise RuntimeError("thirteen")
        return np.array([[cutoff + 1.0] * horizon for cutoff in cutoffs])


SLOW = OneByOne(LastDay())
COUNTS = np.stack([weekly(200) + 100, np.r_[np.full(50, np.nan), weekly(150) + 100]])


def slow_of(panel, *, kept=None, run=in_order, rows=(0, 1), member=SLOW):
    return hindcast_slow([member], panel, rows, 7, run=run, kept={} if kept is None else kept)


def spoken(hindcasts, row, name="last_day"):
    return np.flatnonzero(np.isfinite(hindcasts.medians[name][:, row, 0])).tolist()


def test_slow_members_speak_on_calendar_days_and_on_the_cutoff():
    panel = panel_of(COUNTS)
    days = spoken(slow_of(panel), 0)
    assert days[-1] == 199
    assert all((panel.start + timedelta(days=day)).toordinal() % GRID == 0 for day in days[:-1])
    assert len(days) >= 7


def test_a_series_that_begins_late_is_hindcast_from_its_own_first_day():
    made = slow_of(panel_of(COUNTS))
    days = spoken(made, 1)
    assert min(days) >= 50
    assert made.medians["last_day"][days, 1, 0].tolist() == [day - 49 for day in days]


def test_a_later_cutoff_finds_the_grid_in_what_is_kept():
    kept, counted = {}, []

    def counting(work, tasks):
        counted.append(sum(len(batch) for batch in tasks))
        return in_order(work, tasks)

    whole = panel_of(COUNTS)
    slow_of(whole.until(whole.dates[185].date()), kept=kept, run=counting)
    slow_of(whole, kept=kept, run=counting)
    assert counted[0] > 8
    assert counted[1] <= 4  # the new cutoff, and a grid day if one was passed


def test_what_is_kept_and_how_it_is_spread_change_nothing():
    panel, kept = panel_of(COUNTS), {}
    fresh = slow_of(panel, kept=kept)

    def backwards(work, tasks):
        return in_order(work, tasks[::-1])[::-1]

    for again in (slow_of(panel, kept=kept), slow_of(panel, run=backwards)):
        np.testing.assert_array_equal(again.medians["last_day"], fresh.medians["last_day"])


def test_the_key_moves_with_the_counts_and_not_with_the_panels_first_day():
    kept = {}
    slow_of(panel_of(COUNTS[1:]), kept=kept, rows=(0,))
    before = set(kept)
    slow_of(panel_of(COUNTS[1:, 20:], start=panel_of(COUNTS).dates[20].date()), kept=kept, rows=(0,))
    assert set(kept) == before
    changed = COUNTS[1:].copy()
    changed[0, 190] += 1
    slow_of(panel_of(changed), kept=kept, rows=(0,))
    assert 1 <= len(set(kept) - before) <= 2


def test_the_key_moves_with_the_version_of_the_code(monkeypatch):
    kept = {}
    slow_of(panel_of(COUNTS), kept=kept)
    before = set(kept)
    for moved in ("VERSIONS", "HOLIDAYS_VERSION"):
        with monkeypatch.context() as patched:
            patched.setattr(slow, moved, ("another",) if moved == "VERSIONS" else "another")
            slow_of(panel_of(COUNTS), kept=kept)
        assert len(kept) == 2 * len(before)
        kept = {key: kept[key] for key in before}


def test_a_failure_today_is_told_and_not_kept():
    counts = COUNTS.copy()
    counts[0, -1] = 13
    kept = {}
    made = slow_of(panel_of(counts), kept=kept)
    assert made.reasons == {"last_day": {0: "RuntimeError: thirteen"}}
    again = slow_of(panel_of(counts), kept=kept)
    assert again.reasons == made.reasons
    assert np.isnan(again.medians["last_day"][-1, 0]).all()


def test_a_closed_series_is_left_alone():
    counts = COUNTS.copy()
    counts[0, 100:] = 0
    assert max(spoken(slow_of(panel_of(counts)), 0)) < 128


def test_the_structural_member_speaks_on_every_recent_day_as_a_fit_on_its_block_would():
    panel, member = panel_of(COUNTS), MEMBERS["ets"]
    made = slow_of(panel, member=member, rows=(0,))
    days = spoken(made, 0, "ets")
    assert set(range(20, 200)) <= set(days)
