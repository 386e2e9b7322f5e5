"""Beds of regions: needed, occupied, overflowing, and buses onward, from joint paths."""

import random
from bisect import bisect_left
from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecast.paths import Paths
from forecast.planning import stays
from forecast.planning.beds import beds_of
from forecast.planning.registers import RegionCapacity, Registers, Stay, Version

CUTOFF = date(2022, 9, 26)
LONG_AGO = date(2022, 1, 1)
KINDS = (
    Stay("stay", 250.0, stays.exponential(9.0)),
    Stay("onward_land", 600.0, stays.exponential(1.5)),
    Stay("onward_air", 150.0, np.array([0.8, 0.5, 0.3])),
)
NORTH = RegionCapacity(beds=120, bed_share=0.4, stays=KINDS, overflow=("south", "east"))
SOUTH = RegionCapacity(beds=160, bed_share=0.3, stays=KINDS, overflow=("east",))
EAST = RegionCapacity(beds=80, bed_share=0.5, stays=KINDS)
REGISTERS = Registers(
    Version(name, LONG_AGO, one) for name, one in {"north": NORTH, "south": SOUTH, "east": EAST}.items()
)
IDS = ("north", "west", "south", "east")  # nobody registered the west


def registers_but(others):
    """The registers with other versions for some regions."""
    kept = [version for version in REGISTERS if version.place_id not in others]
    return Registers([*kept, *(version for versions in others.values() for version in versions)])


def restless(paths=400, days=10, level=100, seed=1):
    generator = np.random.default_rng(seed)
    shared = np.exp(0.2 * generator.standard_normal((paths, 1, 1)))
    return Paths(IDS, CUTOFF, generator.poisson(level * shared, (paths, len(IDS), days)))


def laid(arrivals=None, *, past=None, occupied=None, registers=REGISTERS, seed=7):
    return beds_of(
        arrivals or restless(),
        np.full((4, 60), 100.0) if past is None else past,
        occupied=np.full(4, np.nan) if occupied is None else np.array(occupied, dtype=float),
        registers=registers,
        seed=seed,
    )


def followed(arrivals, past, capacity, *, occupied, seed):
    """Guests there [path, day] and leaving by land [path, day], every person followed in a plain loop."""
    chance = random.Random(seed)
    there, by_land = np.zeros(arrivals.shape), np.zeros(arrivals.shape)
    before = [-age for age, people in enumerate(past[::-1]) for _ in range(int(people))]
    for path, counts in enumerate(arrivals):
        parts = [chance.gammavariate(stay.weight, 1.0) for stay in capacity.stays]  # a Dirichlet's
        came = [day for day, people in enumerate(counts, start=1) for _ in range(people)]
        for day in came + (before if np.isnan(occupied) else []):
            if chance.random() < capacity.bed_share:
                enter(there[path], by_land[path], day, stay_of(capacity, parts, chance))
        found = 0
        while not np.isnan(occupied) and found < occupied:  # anyone of the past who is still there
            day, stay = chance.choice(before), stay_of(capacity, parts, chance)
            if day + stay[1] > 0:
                enter(there[path], by_land[path], day, stay)
                found += 1
    return there, by_land


def stay_of(capacity, parts, chance):
    """A guest's kind and nights."""
    (stay,) = chance.choices(capacity.stays, parts)
    return stay.kind, bisect_left(stay.survival, -chance.random(), key=lambda share: -share)


def enter(there, by_land, day, stay):
    """Enter a guest who comes on a day, 1 the first after the cutoff."""
    kind, nights = stay
    there[max(0, day - 1) : max(0, day - 1 + nights)] += 1
    if kind == "onward_land" and 0 <= day - 1 + nights < len(there):
        by_land[day - 1 + nights] += 1


@pytest.mark.parametrize(
    ("paths", "rtol", "of_spread"),
    [(400, 0.03, 0.15), pytest.param(4_000, 0.01, 0.04, marks=pytest.mark.soak)],
)
@pytest.mark.parametrize("occupied", [np.nan, 70.0], ids=["unreported", "reported"])
def test_occupancy_is_within_3_percent_of_people_followed_one_by_one(occupied, paths, rtol, of_spread):
    arrivals = restless(paths=paths, days=7, level=50)
    past = np.tile(np.linspace(30, 70, 40).round(), (4, 1))
    found = laid(arrivals, past=past, occupied=[occupied] * 4)
    slow, by_land = followed(arrivals.values[:, 0], past[0], NORTH, occupied=occupied, seed=3)
    np.testing.assert_allclose(found.needed[:, 0].mean(axis=0), slow.mean(axis=0), rtol=rtol)
    assert found.needed[:, 0].std(axis=0).mean() == pytest.approx(slow.std(axis=0).mean(), rel=of_spread)
    assert found.onward_land[:, 0].mean() == pytest.approx(by_land.mean(), rel=rtol)


def test_a_region_without_a_register_is_left_out_and_named():
    found = laid()
    assert found.ids == ("north", "south", "east")
    assert found.left_out == ("west",)
    nothing = laid(registers=Registers())
    assert nothing.ids == ()
    assert nothing.needed.shape == (400, 0, 10)
    assert nothing.left_out == IDS


def test_every_measure_is_whole_and_nobody_is_lost_in_any_path():
    found = laid()
    for one in fields(found):
        value = getattr(found, one.name)
        if one.name not in ("ids", "left_out"):
            assert np.issubdtype(value.dtype, np.integer)
            assert value.min() >= 0
    assert found.sent.any()
    assert found.without_bed.any()
    np.testing.assert_array_equal(found.sent.sum(axis=1), found.received.sum(axis=1))
    np.testing.assert_array_equal(
        found.needed.sum(axis=1), found.occupied.sum(axis=1) + found.without_bed.sum(axis=1)
    )
    assert (found.occupied <= found.beds).all()


def test_a_country_is_the_sum_of_its_regions_path_by_path():
    found = laid()
    country = found.totals(["land"], np.ones((1, 3), dtype=bool))
    np.testing.assert_array_equal(country.needed[:, 0], found.needed.sum(axis=1))
    np.testing.assert_array_equal(country.buses_needed[:, 0], found.buses_needed.sum(axis=1))
    assert country.beds.tolist() == [[360] * 10]
    assert country.left_out == ("west",)
    np.testing.assert_array_equal(country.needed, country.occupied + country.without_bed)


def test_the_beds_in_force_on_the_day_count():
    more = Registers([*REGISTERS, Version("north", CUTOFF + timedelta(days=4), replace(NORTH, beds=500))])
    found = laid(registers=more)
    assert found.beds[0].tolist() == [120] * 3 + [500] * 7
    np.testing.assert_array_equal(found.needed, laid().needed)
    assert not found.without_bed[:, 0, 3:].any()


def test_houses_whose_register_ends_have_no_beds_while_guests_keep_coming():
    until = CUTOFF + timedelta(days=5)
    ending = registers_but({"east": [Version("east", LONG_AGO, EAST, until)]})
    found = laid(registers=ending)
    assert found.beds[2].tolist() == [80] * 5 + [0] * 5
    np.testing.assert_array_equal(found.needed, laid().needed)
    assert not found.occupied[:, 2, 5:].any()


def test_a_version_that_says_the_same_of_stays_changes_nothing_but_the_beds():
    said_again = tuple(replace(stay, survival=stay.survival.copy()) for stay in KINDS)
    later = Version("north", CUTOFF + timedelta(days=4), replace(NORTH, beds=500, stays=said_again))
    np.testing.assert_array_equal(laid(registers=Registers([*REGISTERS, later])).needed, laid().needed)


def test_stays_change_for_those_who_come_from_the_day_on():
    longer = replace(NORTH, stays=(Stay("stay", 1.0, np.ones(100)),))
    found = laid(registers=Registers([*REGISTERS, Version("north", CUTOFF + timedelta(days=4), longer)]))
    before = laid()
    assert (found.onward_land[:, 0, -1] < before.onward_land[:, 0, -1]).mean() > 0.95
    assert found.needed[:, 0, :3].mean() == pytest.approx(before.needed[:, 0, :3].mean(), rel=0.01)
    assert found.needed[:, 0, -1].mean() > 2 * before.needed[:, 0, -1].mean()


def test_a_change_in_one_region_leaves_the_needs_of_the_others():
    changed = registers_but({"south": [Version("south", LONG_AGO, replace(SOUTH, bed_share=0.9))]})
    found, before = laid(registers=changed), laid()
    np.testing.assert_array_equal(found.needed[:, 0], before.needed[:, 0])
    assert (found.needed[:, 1].mean(axis=0) > before.needed[:, 1].mean(axis=0)).all()


def test_a_scenario_with_more_arrivals_keeps_the_shares_of_every_path():
    unsure = tuple(replace(stay, weight=stay.weight / 200) for stay in KINDS)
    registers = registers_but({"north": [Version("north", LONG_AGO, replace(NORTH, stays=unsure))]})
    arrivals = Paths(IDS, CUTOFF, np.full((200, 4, 10), 1_000))
    doubled = Paths(IDS, CUTOFF, np.full((200, 4, 10), 2_000))
    before, after = (laid(one, registers=registers).onward_land[:, 0, -1] for one in (arrivals, doubled))
    assert (after / before).mean() == pytest.approx(2, rel=0.02)
    assert np.corrcoef(before, after)[0, 1] > 0.95


def test_the_same_seed_gives_the_same_beds_and_another_others():
    np.testing.assert_array_equal(laid().needed, laid().needed)
    assert (laid(seed=8).needed != laid().needed).any()


def test_reported_guests_replace_what_past_arrivals_would_leave():
    reported = laid(occupied=[300, 0, 0, np.nan])
    assert reported.needed[:, 0, 0].mean() > 200
    assert reported.needed[:, 1, 0].mean() < 0.6 * laid().needed[:, 1, 0].mean()
    np.testing.assert_array_equal(reported.needed[:, 2], laid().needed[:, 2])


def test_guests_reported_where_nobody_stays_a_night_are_gone_the_next_day():
    passing = replace(NORTH, stays=(Stay("onward_land", 1.0, np.array([0.0])),))
    registers = registers_but({"north": [Version("north", LONG_AGO, passing)]})
    assert not laid(occupied=[50] * 4, registers=registers).needed[:, 0].any()


def test_unsure_shares_widen_the_beds_needed():
    unsure = tuple(replace(stay, weight=stay.weight / 100) for stay in KINDS)
    registers = registers_but({"north": [Version("north", LONG_AGO, replace(NORTH, stays=unsure))]})
    assert laid(registers=registers).needed[:, 0].std() > 1.3 * laid().needed[:, 0].std()


def test_buses_carry_those_who_go_on_by_land_path_by_path():
    found = laid()
    np.testing.assert_array_equal(found.buses_needed, np.ceil(found.onward_land / 45))
    assert found.onward_land.mean() > found.onward_air.mean() > 0


def test_probabilities_and_the_beds_for_a_risk_are_counted_over_paths():
    found = laid()
    for region in range(3):
        for day in (0, 9):
            needed = found.needed[:, region, day].tolist()
            beds = int(found.beds[region, day])
            assert found.full_chance()[region, day] == sum(n > beds for n in needed) / 400
            beyond = sum(max(0, n - beds) for n in needed) / 400
            assert found.expected_beyond()[region, day] == pytest.approx(beyond)
            for risk in (0.01, 0.05, 0.5):
                fewest = next(k for k in range(10_000) if sum(n > k for n in needed) <= risk * 400)
                assert found.beds_for(risk)[region, day] == fewest
    np.testing.assert_allclose(found.expected_without_bed(), found.without_bed.mean(axis=0))


def test_a_region_nobody_has_counted_is_taken_as_the_first_week_ahead():
    unknown = laid(past=np.full((4, 60), np.nan))
    np.testing.assert_allclose(unknown.needed.mean(axis=0), laid().needed.mean(axis=0), rtol=0.06)
