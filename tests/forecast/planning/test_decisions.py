"""Decisions: levels to plan to, and what they leave empty and unmet."""

import numpy as np
import pytest

from forecast.planning.decisions import SAFETIES, plan_to, safety_table
from forecast.planning.registers import Cost

COST = Cost(short=3, over=1)


def test_the_level_to_plan_to_costs_least_of_all_levels():
    beds = np.random.default_rng(1).negative_binomial(4, 0.02, 200)

    def expected(level):
        return np.mean(3 * np.maximum(beds - level, 0) + np.maximum(level - beds, 0))

    chosen = plan_to(beds, COST)
    assert expected(chosen) == pytest.approx(min(expected(level) for level in range(beds.max() + 1)))


def test_being_short_at_no_cost_plans_to_little():
    assert plan_to(np.arange(1, 101), Cost(short=1, over=99)) == 1


def test_a_safety_suffices_on_so_many_paths_and_not_with_one_less():
    values = np.arange(1, 101)
    table = safety_table(values, COST)
    assert table.safeties == SAFETIES == (0.5, 0.8, 0.95, 0.99)
    assert table.level.tolist() == [50, 80, 95, 99]


def test_a_share_that_is_a_whole_number_of_paths_is_not_rounded_up():
    assert safety_table(np.arange(1, 21), COST, safeties=(0.95, 0.55)).level.tolist() == [19, 11]


def test_empty_and_unmet_by_hand():
    table = safety_table(np.array([0, 10, 20, 70]), COST)
    assert table.level.tolist() == [10, 70, 70, 70]
    assert table.empty[:2].tolist() == [2.5, 45.0]
    assert table.unmet[:2].tolist() == [17.5, 0.0]
    assert table.cost[0] == 1 * 2.5 + 3 * 17.5


def test_a_table_is_made_for_every_place_and_day_at_once():
    values = np.random.default_rng(2).poisson(50, (300, 3, 5))
    table = safety_table(values, COST)
    assert table.level.shape == table.empty.shape == table.unmet.shape == (4, 3, 5)
    one = safety_table(values[:, 1, 2], COST)
    assert table.level[:, 1, 2].tolist() == one.level.tolist()
    assert table.unmet[:, 1, 2] == pytest.approx(one.unmet)


def test_empty_less_unmet_is_the_level_above_the_mean():
    values = np.random.default_rng(3).poisson(50, 500)
    table = safety_table(values, COST)
    assert table.empty - table.unmet == pytest.approx(table.level - values.mean())


@pytest.mark.parametrize("safeties", [(0.0,), (0.5, 1.0), (95.0,)])
def test_a_safety_is_a_share(safeties):
    with pytest.raises(ValueError, match="between 0 and 1"):
        safety_table(np.arange(10), COST, safeties=safeties)


def test_no_paths_give_no_decision():
    with pytest.raises(ValueError, match="at least one path"):
        plan_to(np.empty(0), COST)
