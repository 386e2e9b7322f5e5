"""Outlooks against slow loops over paths and days, hand-made numbers, and worlds whose answer is known."""

from datetime import timedelta

import numpy as np
import pytest

from forecast.outlook import CHANGES, Chances, Outlook, Yardstick, outlooks, verdicts
from forecast.paths import Paths
from forecast.regimes import Regimes
from tests.forecast.panels import panel_of, weekly

DAYS = 200


def outlook_of(counts, paths, *, closed=None, near_holiday=None):
    """The outlook of one series from its counts [day] and futures [path, horizon]."""
    panel = panel_of(np.atleast_2d(counts), closed=closed)
    futures = np.array(paths)[:, None, :]
    (made,) = outlooks(Regimes.of(panel, near_holiday), Paths(panel.ids, panel.cutoff, futures))
    return made


def level(value, days=DAYS):
    return np.full(days, float(value))


def futures(*values, horizon=14):
    """One path for each value, at which it stays."""
    return np.repeat(np.array(values, dtype=np.int64)[:, None], horizon, axis=1)


def test_the_chance_of_a_surge_is_the_share_of_paths_with_two_of_three_days_above_the_limit():
    paths = np.random.default_rng(3).negative_binomial(2, 0.002, (300, 14))
    counts = weekly(DAYS)
    made = outlook_of(counts, paths)
    standing = Regimes.of(panel_of([counts])).lately
    hits = 0
    for path in paths:
        away = [np.log1p(path[h]) - standing.usual[0, h] for h in range(7)]
        hits += any(np.median(away[h : h + 3]) > standing.limit[0] for h in range(5))
    assert 0.05 < made.chances.surge < 0.95
    assert made.chances.surge == pytest.approx(hits / 300, abs=1e-4)


def test_changes_are_shares_of_the_paths_week_means_over_the_last_weeks_mean():
    paths = np.random.default_rng(4).poisson(np.linspace(200, 800, 250)[:, None], (250, 14))
    made = outlook_of(weekly(DAYS), paths)
    reference = weekly(DAYS)[-7:].mean()
    assert made.yardstick.reference == pytest.approx(reference)
    for number, (first, last) in enumerate(((0, 7), (7, 14))):
        edges = made.yardstick.edges[number]
        found = [0] * 5
        for path in paths:
            change = np.log(1 + np.mean(path[first:last])) - np.log(1 + reference)
            found[sum(change > edge for edge in edges)] += 1
        assert made.chances.changes[number] == pytest.approx(np.array(found) / 250, abs=1e-4)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(60, "large decrease"), (85, "decrease"), (95, "stable"), (108, "stable"), (120, "increase"),
     (140, "large increase")],
)  # fmt: skip
def test_a_steady_series_changes_by_a_tenth_and_much_by_a_third(value, kind):
    made = outlook_of(level(100), futures(value))
    assert dict(zip(CHANGES, made.chances.changes[0], strict=True))[kind] == 1.0
    assert not np.signbit(made.chances.changes).any()  # no "-0.0" in an answer


def test_a_series_that_varies_from_week_to_week_needs_more_than_that():
    weeks = np.repeat(np.random.default_rng(5).permutation([50.0, 80, 100, 130, 180] * 8), 7)
    made = outlook_of(weeks, futures(120))
    assert made.yardstick.edges[0][2] > np.log(1.2)
    assert made.yardstick.edges[0][3] == pytest.approx(3 * made.yardstick.edges[0][2])


def test_probabilities_sum_to_one_over_the_kinds_of_change():
    made = outlook_of(weekly(DAYS), np.random.default_rng(6).poisson(500, (80, 28)))
    for chances in (made.chances, made.climatology):
        assert len(chances.changes) == 2
        for week in chances.changes:
            assert sum(week) == pytest.approx(1, abs=3e-4)


def test_climatology_is_how_often_each_kind_of_change_came_before():
    counts = weekly(DAYS, seed=9) * np.exp(np.random.default_rng(9).normal(0, 0.05, DAYS).cumsum())
    made = outlook_of(counts, futures(400))
    for number, ahead in enumerate((7, 14)):
        found, weeks = np.zeros(5), 0
        for day in range(6, DAYS - ahead):
            before, after = counts[day - 6 : day + 1].mean(), counts[day + ahead - 6 : day + ahead + 1].mean()
            found[
                sum(np.log1p(after) - np.log1p(before) > edge for edge in made.yardstick.edges[number])
            ] += 1
            weeks += 1
        shares = (found / 7 + 0.2) / (weeks / 7 + 1)
        assert made.climatology.changes[number] == pytest.approx(shares, abs=1e-4)


def test_climatology_of_surges_is_how_often_a_week_had_one():
    counts = level(100, 300)
    counts[200:205] = 400
    made = outlook_of(counts, futures(100))
    weeks = range(4, 300 - 6)  # first days; an ordinary level is known from the fourth day on
    surging = [any(sum(200 <= d < 205 for d in range(s, s + 3)) >= 2 for s in range(w, w + 5)) for w in weeks]
    assert made.climatology.surge == pytest.approx((sum(surging) / 7 + 0.05) / (len(weeks) / 7 + 1), abs=1e-4)


def test_days_near_a_holiday_say_nothing_of_a_surge():
    near = np.zeros((1, DAYS + 7), dtype=bool)
    near[0, DAYS : DAYS + 2] = True
    paths = futures(100, 100)
    paths[:, :2] = 900
    assert outlook_of(level(100), paths).chances.surge == 1.0
    told = outlook_of(level(100), paths, near_holiday=near)
    assert told.chances.surge == 0.0
    assert told.yardstick.usual[:2] == (None, None)
    surge, *_ = verdicts(told, np.array([900.0] * 2 + [100] * 12))
    assert surge.outcome == 0
    near[0, DAYS : DAYS + 6] = True
    assert outlook_of(level(100), paths, near_holiday=near).chances.surge is None


@pytest.mark.parametrize("ago", [3, 8, 12])
def test_a_series_in_surge_will_most_likely_stay_so_and_a_calm_one_not(ago):
    whole = weekly(DAYS + 14, level=4000)
    counts, ahead = whole[:DAYS].copy(), whole[None, DAYS:].astype(np.int64)
    assert outlook_of(counts, ahead).chances.surge == 0.0
    counts[-ago:] *= 2
    assert Regimes.of(panel_of([counts])).lately.surging.all()
    assert outlook_of(counts, 2 * ahead).chances.surge == 1.0


def test_gaps_in_the_last_week_are_closed_by_the_same_weekday_before():
    counts = weekly(DAYS)
    gapped = counts.copy()
    gapped[[-2, -9, -4]] = np.nan
    week = [counts[-7], counts[-6], counts[-5], counts[-11], counts[-3], counts[-16], counts[-1]]
    assert outlook_of(gapped, futures(400)).yardstick.reference == pytest.approx(np.mean(week))


def test_a_closed_crossing_stays_at_nobody_and_an_opening_is_a_large_increase():
    closed = np.zeros((1, DAYS), dtype=bool)
    closed[:, 60:] = True
    counts = np.where(closed[0], 0.0, 100.0)
    assert outlook_of(counts, futures(0), closed=closed).chances.changes[0][2] == 1.0
    assert outlook_of(counts, futures(50), closed=closed).chances.changes[0][4] == 1.0
    assert outlook_of(counts, futures(50), closed=closed).chances.surge is None


def test_nothing_is_said_of_a_series_without_counts():
    made = outlook_of(level(np.nan), futures(3))
    assert made.chances == Chances(None, ())
    assert made.climatology == Chances(None, ())
    assert list(verdicts(made, level(3, 14))) == []


@pytest.mark.parametrize(("horizon", "weeks"), [(5, 0), (7, 1), (13, 1), (14, 2), (28, 2)])
def test_only_weeks_within_the_horizon_are_told(horizon, weeks):
    made = outlook_of(level(100), futures(100, horizon=horizon))
    assert len(made.chances.changes) == weeks
    assert (made.chances.surge is None) == (weeks == 0)


@pytest.mark.parametrize("days", [1, 2, 6, 8, 20, 57])
def test_a_short_history_is_enough_for_an_outlook(days):
    made = outlook_of(level(100, days), futures(100))
    assert made.chances.changes[0][2] == 1.0
    assert made.chances.surge == 0.0
    assert 0 < made.climatology.surge <= 0.05


def test_series_do_not_look_at_one_another():
    counts = np.stack([weekly(DAYS, seed=seed, level=100.0 * seed) for seed in (1, 2, 3)])
    paths = np.random.default_rng(2).poisson(300, (60, 3, 14))
    panel = panel_of(counts)
    together = outlooks(Regimes.of(panel), Paths(panel.ids, panel.cutoff, paths))
    alone = [outlook_of(counts[row], paths[:, row]) for row in range(3)]
    assert together == tuple(alone)


def test_nothing_after_the_cutoff_is_looked_at():
    counts, paths = weekly(DAYS), np.random.default_rng(2).poisson(500, (60, 14))
    spoilt = np.concatenate([counts, level(1e6, 20)])
    panel = panel_of(spoilt[None]).until(panel_of(counts[None]).start + timedelta(days=DAYS - 1))
    (made,) = outlooks(Regimes.of(panel), Paths(panel.ids, panel.cutoff, paths[:, None]))
    assert made == outlook_of(counts, paths)


HAND = Outlook(
    Yardstick((np.log1p(100),) * 7, float(np.log(1.5)), 100.0, ((-0.3, -0.1, 0.1, 0.3),) * 2),
    Chances(0.4, ((0.0, 0.1, 0.2, 0.3, 0.4), (0.2, 0.2, 0.2, 0.2, 0.2))),
    Chances(0.1, ((0.2, 0.2, 0.2, 0.2, 0.2),) * 2),
)


def test_verdicts_agree_with_numbers_worked_by_hand():
    counts = np.array([100.0] * 5 + [200, 200] + [100] * 7)
    surge, first, second = verdicts(HAND, counts)
    assert (surge.kind, surge.outcome) == ("surge", 1)
    assert (surge.score, surge.reference) == pytest.approx((0.36, 0.81))
    # 900 / 7 = 128.6: an increase; cumulated 0, .1, .3, .6 against 0, 0, 0, 1
    assert (first.kind, first.first, first.last, CHANGES[first.outcome]) == ("change", 1, 7, "increase")
    assert first.score == pytest.approx((0 + 0.01 + 0.09 + 0.16) / 4)
    assert first.reference == pytest.approx((0.04 + 0.16 + 0.36 + 0.04) / 4)
    assert (second.first, second.last, CHANGES[second.outcome]) == (8, 14, "stable")
    assert second.score == pytest.approx((0.04 + 0.16 + 0.16 + 0.04) / 4)


def test_two_days_that_are_not_within_three_make_no_surge():
    counts = np.array([200.0, 100, 100, 200, 100, 100, 200])
    assert next(verdicts(HAND, counts)).outcome == 0


def test_a_part_waits_for_all_its_days():
    counts = level(100, 14)
    counts[9] = np.nan
    assert [one.last for one in verdicts(HAND, counts)] == [7, 7]
    counts[3] = np.nan
    assert list(verdicts(HAND, counts)) == []
