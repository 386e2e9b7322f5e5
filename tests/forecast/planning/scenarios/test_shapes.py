"""Shapes of an assumed change against numbers made by hand and against what was measured."""

import numpy as np
import pandas as pd
import pytest

from forecast.planning.scenarios.shapes import ANALOGUES, Step, Surge

# People a day in thousands at ten crossings, 21 September to 3 October 2022, over 9 on the day before.
KAZAKHSTAN = np.array([12, 21, 25, 27, 27, 26, 26, 30, 28, 18, 14, 11, 8]) / 9


def test_a_step_is_whole_from_its_first_day_for_its_days():
    assert Step().strength(3).tolist() == [1, 1, 1]
    assert Step(2).strength(4).tolist() == [1, 1, 0, 0]


def test_a_surge_rises_in_equal_steps_stays_and_halves():
    surge = Surge(rise_days=1, plateau_days=2, half_life_days=1)
    assert surge.strength(6).tolist() == [0.5, 1, 1, 0.5, 0.25, 0.125]
    assert (1 + 2 * surge.strength(6)).tolist() == [2, 3, 3, 2, 1.5, 1.25]


@pytest.mark.parametrize(
    ("surge", "strength"),
    [
        (Surge(0, 1, 2), [1, 0.5**0.5, 0.5, 0.5**1.5]),
        (Surge(3, 0, 1), [0.25, 0.5, 0.75, 0.5]),
        (Surge(1, None), [0.5, 1, 1, 1]),
    ],
)
def test_without_rise_plateau_or_decay_the_rest_is_as_it_is(surge, strength):
    assert surge.strength(4) == pytest.approx(strength)


def test_the_surge_of_2022_is_what_was_said_of_its_days():
    analogue = ANALOGUES["kazakhstan-2022"]
    ours = 1 + (analogue.multiple - 1) * analogue.shape.strength(len(KAZAKHSTAN))
    assert np.abs(ours - KAZAKHSTAN).max() < 0.4
    assert ours.sum() == pytest.approx(KAZAKHSTAN.sum(), rel=0.05)


def test_the_surge_at_verkhny_lars_is_what_was_said_of_its_days():
    analogue = ANALOGUES["verkhny-lars-2022"]
    ours = 5.5 * (1 + (analogue.multiple - 1) * analogue.shape.strength(8))
    assert ours[[3, 4, 7]] == pytest.approx([11.2, 10.4, 6.109], rel=0.08)


def test_the_reopening_of_hong_kong_is_what_was_counted(bench_data):
    counts = pd.read_csv(bench_data / "hong_kong_arrivals.csv", parse_dates=["date"])
    daily = counts.groupby("date")["arrivals"].sum()
    weeks = [daily.loc["2023-02-06":].iloc[7 * week : 7 * week + 7].mean() for week in range(4)]
    analogue = ANALOGUES["hong-kong-2023-reopening"]
    ours = 1 + (analogue.multiple - 1) * analogue.shape.strength(28).reshape(4, 7).mean(axis=1)
    assert np.array(weeks) / daily.loc["2023-01-30":"2023-02-05"].mean() == pytest.approx(ours, rel=0.12)
