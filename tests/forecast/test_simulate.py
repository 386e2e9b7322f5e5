"""Simulated worlds keep the promises that the benchmark rests on."""

import dataclasses

import numpy as np
import pytest

from forecast.panel import Panel
from forecast.simulate import World, simulate

SMALL = World(series=12, days=400)


def test_the_same_seed_gives_the_same_world_and_another_one_another():
    first, again, other = (simulate(SMALL, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.panel.counts, again.panel.counts)
    assert first.frame.equals(again.frame)
    assert not np.array_equal(first.panel.counts, other.panel.counts)


def test_every_surge_begins_in_the_last_200_days_and_multiplies_the_counts():
    world = simulate(dataclasses.replace(SMALL, walk=0), seed=1)
    assert (world.onsets >= 200).all()
    assert (world.onsets < 400).all()
    for series, onset in enumerate(world.onsets):
        before = world.expected[series, onset - 7 : onset].mean()
        peak = world.expected[series, onset:].max() / before
        assert peak > 1.2 if onset > 396 else peak > 2.5


def test_about_a_third_of_the_surges_are_held_at_twice_the_ordinary_level_first():
    calm = World(series=150, days=300, walk=0, missing=0, onset_within=60)
    world = simulate(calm, seed=5)
    ratio = [
        world.expected[series, onset + 3] / world.expected[series, onset - 4]
        for series, onset in enumerate(world.onsets)
        if onset < 290
    ]
    held = np.mean([2 / 1.05 < step < 2 * 1.05 for step in ratio])
    assert 0.2 < held < 0.47


def test_a_calm_world_has_no_surge():
    world = simulate(dataclasses.replace(SMALL, surging=0), seed=1)
    assert set(np.unique(world.modes)) == {"calm"}
    assert (world.onsets == 400).all()


def test_closed_days_count_nothing_and_end_in_a_reopening():
    world = simulate(dataclasses.replace(SMALL, closing=1, missing=0), seed=2)
    assert world.panel.closed.any(axis=1).all()
    assert (world.panel.counts[world.panel.closed] == 0).all()
    assert (world.modes == "reopening").any()


def test_the_share_of_missing_days_is_as_asked():
    world = simulate(dataclasses.replace(SMALL, missing=0.2), seed=2)
    assert np.isnan(world.panel.counts).mean() == pytest.approx(0.2, abs=0.03)


def test_the_frame_is_the_panel():
    world = simulate(dataclasses.replace(SMALL, closing=0.5), seed=6)
    panel = Panel.from_frame(world.frame)
    np.testing.assert_array_equal(panel.counts, world.panel.counts)
    np.testing.assert_array_equal(panel.closed & ~np.isnan(panel.counts), panel.closed)


def test_late_reports_are_first_known_in_part_and_end_at_the_truth():
    world = simulate(dataclasses.replace(SMALL, late=0.5), seed=6)
    final = Panel.from_frame(world.frame)
    np.testing.assert_array_equal(final.counts, world.panel.counts)
    assert not final.partial.any()
    as_of = world.frame["recorded_at"].max() - np.timedelta64(4, "D")
    known = Panel.from_frame(world.frame, as_of=as_of.to_pydatetime())
    assert known.partial[:, -2:].any()
    later = final.until(known.cutoff).counts
    assert (known.counts[known.partial] <= later[known.partial]).all()
