"""Late reports: completed by how complete earlier days were after as long, and trusted accordingly."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from forecast.nowcast import HALF, LATER, LEAST, PAST, SETTLED, THIN, Reports, completed
from forecast.panel import Panel
from forecast.places import Place

FIRST = date(2022, 8, 1)
COLUMNS = ("crossing", "date", "arrivals", "status", "recorded_at")


def evening(day, later=0.0):
    return datetime(2022, 8, 1, 20, tzinfo=UTC) + timedelta(days=day + later)


def late(crossing, finals, shares, *, status="reported", last=None):
    """Each day reported on its evening and the evenings after, as shares of its final count."""
    last = len(finals) - 1 if last is None else last
    return [
        (crossing, str(FIRST + timedelta(days=day)), share * final, status if not later else "reported",
         evening(day, later))
        for day, final in enumerate(finals)
        for later, share in enumerate(shares)
        if day + later <= last
    ]  # fmt: skip


def nowcast(rows, *, places=None, days=None):
    """The completed panel of rows, as known on the last evening."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    last = pd.to_datetime(frame["date"]).max().date() if days is None else FIRST + timedelta(days=days - 1)
    as_of = evening((last - FIRST).days)
    panel = Panel.from_frame(frame, places=places, as_of=as_of).until(last)
    return completed(panel, Reports.of(panel, frame, as_of=as_of))


def test_a_day_that_is_always_eight_tenths_complete_on_its_evening_is_divided_by_that():
    panel = nowcast(late("a", [100.0] * 40, [0.8, 0.9, 1.0]))
    np.testing.assert_allclose(panel.learnable[0, -3:], [100, 100, 100])
    np.testing.assert_allclose(panel.counts[0, -3:], [100, 90, 80])  # what was reported stays readable
    assert 0 < panel.reliance[0, -1] < 1
    assert panel.reliance[0, -3] == 1
    assert panel.reliance[0, :-3].tolist() == [1.0] * 37


def test_completeness_at_each_delay_is_the_median_of_known_over_settled_counts_by_a_slow_loop():
    generator = np.random.default_rng(1)
    finals = generator.integers(50, 200, 60).astype(float)
    rows = []
    for day, final in enumerate(finals):
        for later, low in ((0, 0.6), (1, 0.8), (2, 0.9)):
            share = generator.uniform(low, low + 0.15)
            rows.append(
                ("a", str(FIRST + timedelta(days=day)), share * final, "reported", evening(day, later))
            )
        rows.append(("a", str(FIRST + timedelta(days=day)), final, "reported", evening(day, 4)))
    panel = nowcast(rows)
    for delay in range(3):
        ratios = []
        oldest = min(SETTLED, delay + LATER)
        for past in range(oldest, oldest + PAST):
            of_day = [row for row in rows if row[1] == str(FIRST + timedelta(days=59 - past))]
            known = [row[2] for row in of_day if row[4] <= evening(59 - past, delay)][-1]
            final = [row[2] for row in of_day if row[4] <= evening(59 - past, min(past, SETTLED))][-1]
            ratios.append(known / final)
        expected = panel.counts[0, 59 - delay] / np.median(ratios)
        assert panel.learnable[0, 59 - delay] == pytest.approx(expected, rel=1e-3)


def test_the_more_past_completeness_varied_the_less_a_nowcast_is_trusted():
    def reliance(spread):
        shares = 0.8 + spread * np.sin(np.arange(40))
        rows = [row for day, share in enumerate(shares) for row in late("a", [100.0] * 40, [share, 1.0])
                if row[1] == str(FIRST + timedelta(days=day))]  # fmt: skip
        return nowcast(rows).reliance[0, -1]

    assert 0.85 < reliance(0.0) < 1
    assert reliance(0.0) > reliance(0.05) > reliance(0.15) > 0


def test_days_less_than_half_complete_are_missing_and_not_zero():
    panel = nowcast(late("a", [100.0] * 40, [HALF - 0.05, 1.0]))
    assert panel.reliance[0, -1] == 0
    assert np.isnan(panel.learnable[0, -1])
    assert panel.learnable[0, -2] == 100


def test_placeholder_zeros_on_the_day_itself_are_learnt_to_say_nothing():
    panel = nowcast(late("a", [100.0] * 40, [0.0, 1.0]))
    assert np.isnan(panel.learnable[0, -1])


def test_a_day_that_nobody_reported_is_skipped():
    rows = [row for row in late("a", [100.0] * 40, [0.8, 1.0]) if row[1] != str(FIRST + timedelta(days=39))]
    panel = nowcast(rows, days=40)
    assert np.isnan(panel.learnable[0, -1])
    assert panel.learnable[0, -2] == 100


def test_a_partial_day_is_judged_by_partial_days_and_no_others():
    whole = late("a", [100.0] * 39, [1.0])
    today = ("a", str(FIRST + timedelta(days=39)), 30.0, "partial", evening(39))
    without = nowcast([*whole, today])
    assert without.partial[0, -1]
    assert without.reliance[0, -1] == 0
    assert np.isnan(without.learnable[0, -1])
    usual = late("a", [100.0] * 39, [0.6, 1.0], status="partial")
    learnt = nowcast([*usual, (*today[:2], 60.0, *today[3:])])
    assert learnt.learnable[0, -1] == pytest.approx(100)
    assert learnt.partial[0, -1]
    assert np.isnan(learnt.complete[0, -1])  # never scored


def test_a_doubling_is_not_taken_for_a_late_report():
    finals = [100.0] * 36 + [200.0] * 4
    panel = nowcast(late("a", finals, [1.0, 1.0]))
    np.testing.assert_array_equal(panel.learnable, panel.counts)
    np.testing.assert_array_equal(panel.reliance, 1)


def test_a_history_doubled_overnight_by_a_new_definition_does_not_double_the_new_counts_again():
    rows = late("a", [100.0] * 40, [1.0], last=37)
    rows += [("a", str(FIRST + timedelta(days=day)), 200.0, "reported", evening(38)) for day in range(39)]
    rows.append(("a", str(FIRST + timedelta(days=39)), 200.0, "reported", evening(39)))
    panel = nowcast(rows)
    assert panel.counts[0].tolist() == [200.0] * 40
    np.testing.assert_array_equal(panel.learnable, panel.counts)


def test_a_crossing_with_few_settled_days_borrows_its_region_s_and_none_beyond():
    places = (Place("old", "Old", parent="west"), Place("new", "New", parent="west"),
              Place("far", "Far", parent="east"))  # fmt: skip
    rows = late("old", [100.0] * 40, [0.8, 1.0])
    young = 40 - LATER - (THIN - 1)
    rows += [
        row for row in late("new", [10.0] * 40, [0.5, 1.0]) if row[1] >= str(FIRST + timedelta(days=young))
    ]
    rows += [row for row in late("far", [10.0] * 40, [0.5, 1.0])
             if row[1] >= str(FIRST + timedelta(days=40 - LATER - LEAST + 1))]  # fmt: skip
    panel = nowcast(rows, places=places)
    assert panel.learnable[0, -1] == pytest.approx(100)
    assert panel.learnable[1, -1] == pytest.approx(5 / 0.8)  # the median of 28 old and 9 new days
    assert panel.reliance[2, -1] == 1  # two days are none to learn from
    assert panel.learnable[2, -1] == 5


def test_history_loaded_at_once_says_nothing_of_delays():
    rows = [("a", str(FIRST + timedelta(days=day)), 100.0, "reported", evening(39)) for day in range(40)]
    panel = nowcast(rows)
    np.testing.assert_array_equal(panel.reliance, 1)
    np.testing.assert_array_equal(panel.learnable, panel.counts)


def test_nothing_reported_after_the_vintage_is_used():
    rows = late("a", [100.0] * 40, [0.8, 1.0])
    later = [("a", row[1], 10 * row[2], "reported", evening(39, 0.01)) for row in rows]
    np.testing.assert_array_equal(nowcast(rows).learnable, nowcast([*rows, *later]).learnable)


def test_closed_days_neither_teach_nor_are_completed():
    rows = late("a", [100.0] * 39, [0.8, 1.0], last=39)
    rows.append(("a", str(FIRST + timedelta(days=39)), 0.0, "closed", evening(39)))
    rows.append(("a", str(FIRST + timedelta(days=20)), 0.0, "closed", evening(22)))
    panel = nowcast(rows)
    assert np.isnan(panel.learnable[0, [20, 39]]).all()
    assert panel.learnable[0, 38] == 100


def test_a_nowcast_is_cut_extended_and_selected_with_its_panel():
    panel = nowcast(late("a", [100.0] * 40, [0.8, 1.0]) + late("b", [50.0] * 40, [1.0]))
    longer = panel.until(panel.cutoff + timedelta(days=2))
    assert longer.reliance.shape == longer.counts.shape
    assert longer.learnable[0, 39] == pytest.approx(100)
    assert np.isnan(longer.learnable[0, 40:]).all()
    assert panel.until(panel.cutoff - timedelta(days=1)).learnable[0, -1] == 100
    np.testing.assert_array_equal(panel.select([1]).learnable, [[50.0] * 40])


def test_a_short_panel_has_no_nowcast():
    panel = nowcast(late("a", [100.0] * 3, [0.8, 1.0]))
    np.testing.assert_array_equal(panel.learnable, panel.counts)
