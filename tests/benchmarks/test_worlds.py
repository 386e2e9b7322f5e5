"""The days of simulated surges are told apart by what the world knows."""

from datetime import date, timedelta

import numpy as np

from benchmarks.tasks import HORIZON
from benchmarks.worlds import _phases, by_seed, simulated_set
from forecast.panel import Panel
from forecast.places import Place
from forecast.simulate import World, simulate

CUTOFF = date(2023, 6, 1)


def phases(onset: int, end: int) -> list[str]:
    """What the days after the cutoff are, for a surge by days from the cutoff."""
    empty = np.zeros((1, 1), dtype=bool)
    panel = Panel("arrivals", (Place("a", "a"),), CUTOFF, np.ones((1, 1)), empty, empty)
    bounds = (CUTOFF + timedelta(days=onset), CUTOFF + timedelta(days=end))
    return _phases({"a": bounds}, panel)[0].tolist()


def test_a_surge_to_come_is_unforeseen():
    assert phases(5, 60) == ["before"] * 4 + ["unforeseen"] * 24


def test_the_first_21_days_from_the_onset_are_apart_from_later_ones():
    assert phases(-9, 90) == ["onset"] * 11 + ["surge"] * 17
    assert phases(0, 90)[:21] == ["onset"] * 20 + ["surge"]


def test_the_fortnight_after_a_surge_is_apart_from_what_comes_later():
    assert phases(-60, 3) == ["surge"] * 2 + ["settling"] * 14 + ["after"] * 12


def test_the_phases_agree_with_the_modes_of_the_world():
    task_set = simulated_set("Simulated", (3,), series=4, step=28)
    world = simulate(World(), seed=3)
    for panel in task_set.panels():
        found = task_set.phases_of(panel)
        first = (panel.cutoff - world.panel.start).days + 1
        modes = world.modes[:4, first : first + HORIZON]
        surging = np.isin(found[:, : modes.shape[1]], ["unforeseen", "onset", "surge"])
        np.testing.assert_array_equal(surging, modes == "surge")


def test_worlds_side_by_side_keep_their_counts():
    both = simulated_set("Simulated", (1, 2), series=2, step=28)
    alone = list(by_seed("Simulated", (1, 2), series=2, step=28))
    assert sorted(both.frame["crossing"].unique()) == ["1-s000", "1-s001", "2-s000", "2-s001"]
    assert sum(len(one.frame) for one in alone) == len(both.frame)
