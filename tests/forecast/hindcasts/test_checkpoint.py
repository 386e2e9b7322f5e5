"""Night after night from what was kept, and each night the same numbers as from nothing."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecast import backtests
from forecast.hindcasts import checkpoint
from forecast.panel import Nowcast, Panel
from forecast.pipeline import Configuration, issue
from forecast.places import Place
from tests.forecast.panels import weekly

FAST = Configuration(members=("weekly_naive", "root", "log", "slow", "analog", "count"), paths=50)
FIRST = date(2022, 1, 3)
DAYS = 330  # ends on 28 November 2022
COUNTRIES = (("KZ", "RU"), ("KZ", "RU"), ("HK", "CN"), (None, None), ("KZ", "RU"))
LEVELS = (300.0, 2_000.0, 900.0, 12.0, 150.0)


def counts_of(days=DAYS + 60):
    """Crossings of two borders: one with a long gap, one that begins late, one with many days missing."""
    counts = np.stack([weekly(days, level=level, seed=row) for row, level in enumerate(LEVELS)])
    counts[1, 120:160] = np.nan
    counts[2, :70] = np.nan
    counts[4, np.random.default_rng(5).random(days) < 0.1] = np.nan
    return counts


COUNTS = counts_of()


def panel_of(counts, days=DAYS):
    """The first days of these counts."""
    known = counts[:, :days]
    nothing = np.zeros(known.shape, dtype=bool)
    places = tuple(
        Place(f"c{row}", f"c{row}", country=country, neighbour=neighbour)
        for row, (country, neighbour) in enumerate(COUNTRIES[: len(counts)])
    )
    return Panel("arrivals", places, FIRST, known, nothing, nothing.copy())


def kept_from(panel, configuration=FAST):
    """What an issue leaves for later ones."""
    kept = {}
    issue(panel, configuration, kept=kept)
    return kept


KEPT = kept_from(panel_of(COUNTS))


def assert_same(one, other):
    np.testing.assert_array_equal(one.quantiles.values, other.quantiles.values)
    np.testing.assert_array_equal(one.paths.values, other.paths.values)
    assert one.status == other.status
    assert one.outlooks == other.outlooks
    assert one.explanations == other.explanations


class Noted(dict):
    """What is kept, and what was written to it."""

    def __init__(self, kept):
        super().__init__(kept)
        self.written = []

    def __setitem__(self, key, value):
        self.written.append(key)
        super().__setitem__(key, value)

    def states(self):
        return sum(key.startswith("states-") for key in self.written)


def assert_night(panel, kept=KEPT, anew=None):
    """A night gives the same from what is kept as from nothing, with so many series passed anew."""
    noted = Noted(kept)
    assert_same(issue(panel, FAST, kept=noted), issue(panel, FAST))
    if anew is not None:
        assert noted.states() == anew
    return noted


def test_night_after_night_over_the_ends_of_weeks_publishes_what_a_refit_does():
    kept = dict(KEPT)
    for days in range(DAYS + 1, DAYS + 17, 3):
        kept = dict(assert_night(panel_of(COUNTS, days), kept))


def test_a_night_passes_no_series_anew():
    assert_night(panel_of(COUNTS, DAYS + 1), anew=0)


@pytest.mark.parametrize(("back", "anew"), [(3, 0), (20, 0), (27, 0), (40, 1), (200, 1)])
def test_a_revision_is_taken_in_and_only_an_old_one_passes_its_series_anew(back, anew):
    revised = COUNTS.copy()
    revised[0, DAYS - back] += 77
    assert_night(panel_of(revised, DAYS + 1), anew=anew)


def test_a_month_revised_in_all_series_passes_none_anew():
    revised = COUNTS.copy()
    revised[:, DAYS - 27 :] = np.rint(1.1 * revised[:, DAYS - 27 :])
    assert_night(panel_of(revised, DAYS + 1), anew=0)


def test_days_that_stay_missing_and_days_that_come_late():
    missing = COUNTS.copy()
    missing[:2, DAYS - 5 : DAYS + 1] = np.nan
    assert_night(panel_of(missing, DAYS + 1), anew=0)


def test_a_new_crossing_is_passed_anew_and_the_others_are_not():
    four = kept_from(panel_of(COUNTS[:4]))
    assert_night(panel_of(COUNTS, DAYS + 1), four, anew=1)


def test_a_closure_that_begins_and_is_known_as_one_days_later():
    shut = COUNTS.copy()
    shut[0, DAYS - 3 :] = 0.0
    kept = dict(KEPT)
    for days in (DAYS + 1, DAYS + 4, DAYS + 9):
        kept = dict(assert_night(panel_of(shut, days), kept, anew=None))


def test_a_nowcast_of_yesterday_and_its_whole_count_today():
    panel = panel_of(COUNTS, DAYS + 1)
    partial = np.zeros(panel.counts.shape, dtype=bool)
    partial[:, -2:] = True
    estimates, reliance = np.full(panel.counts.shape, np.nan), np.ones(panel.counts.shape)
    estimates[:, -2:], reliance[:, -2:] = panel.counts[:, -2:] * 1.3, 0.6
    kept = dict(assert_night(replace(panel, partial=partial, nowcast=Nowcast(estimates, reliance)), anew=0))
    assert_night(panel_of(COUNTS, DAYS + 2), kept, anew=0)


def test_another_year_has_another_calendar():
    """Days ahead reach into January on 4 December: columns are added, and all series are passed anew."""
    december = (date(2022, 12, 4) - FIRST).days + 1
    noted = assert_night(panel_of(COUNTS, december))
    assert noted.states() >= 4  # all but the crossing without holidays


def test_what_is_not_ours_is_left_alone():
    foreign = {"states-of another": np.zeros(7), "x": np.ones(3)}
    noted = assert_night(panel_of(COUNTS), foreign, anew=5)
    np.testing.assert_array_equal(noted["x"], 1)


def test_what_another_version_kept_is_not_read(monkeypatch):
    monkeypatch.setattr(checkpoint, "VERSIONS", ("another",))
    wrong = {key: np.full_like(numbers, np.nan) for key, numbers in kept_from(panel_of(COUNTS)).items()}
    monkeypatch.undo()
    assert_night(panel_of(COUNTS, DAYS + 1), wrong, anew=5)


@pytest.mark.parametrize(
    "other", [replace(FAST, members=("weekly_naive", "root")), replace(FAST, horizon=14)]
)
def test_other_settings_share_nothing(other):
    kept = Noted(KEPT)
    assert_same(issue(panel_of(COUNTS, DAYS + 1), other, kept=kept), issue(panel_of(COUNTS, DAYS + 1), other))
    assert kept.states() == 5


def test_one_state_and_one_set_of_losses_are_kept_of_each_series():
    kept = dict(KEPT)
    for days in range(DAYS + 7, DAYS + 36, 7):
        issue(panel_of(COUNTS, days), FAST, kept=kept)
    numbers = [sum(key.startswith(kind) for key in kept) for kind in ("states-", "losses-")]
    assert numbers == [9, 9]  # twice for the four whose calendar changed on the way


def test_a_series_keeps_little():
    states = [numbers for key, numbers in KEPT.items() if key.startswith("states-")]
    assert max(numbers.nbytes for numbers in states) < 3 * 50_000  # three smoothing members


def test_a_young_panel_keeps_nothing():
    assert kept_from(panel_of(COUNTS, 60)) == {}


def test_an_earlier_cutoff_does_not_miss_the_losses_that_a_later_one_had_no_need_of():
    later = kept_from(panel_of(COUNTS, DAYS + 14))
    assert_night(panel_of(COUNTS, DAYS + 1), later)


def test_the_last_weeks_are_those_that_no_late_count_can_change():
    weeks = checkpoint.Weeks.of(panel_of(COUNTS), 28)
    assert all((FIRST + timedelta(days=day)).weekday() == 6 for day in weeks.settled + weeks.scored)
    last = DAYS - 1
    assert last - 28 - 7 < weeks.scored[0] <= last - 28
    assert last - 56 - 7 < weeks.settled[0] <= last - 56
    assert len(weeks.settled) == checkpoint.LOOK_BACK


def test_a_backtest_that_shares_what_is_kept_gives_what_its_cutoffs_give_alone():
    panel = panel_of(COUNTS)
    frame = panel_frame(panel)
    cutoffs = [panel.dates[day].date() for day in (300, 307, 321)]
    for made in backtests.issues(frame, cutoffs, FAST):
        alone = next(backtests.issues(frame, [made.cutoff], FAST))
        assert_same(made, alone)


def panel_frame(panel):
    row, day = np.nonzero(np.isfinite(panel.counts))
    return pd.DataFrame(
        {
            "crossing": np.array(panel.ids)[row],
            "date": panel.dates[day],
            "arrivals": panel.counts[row, day],
        }
    )
