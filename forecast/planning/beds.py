"""Beds of regions from joint paths of their arrivals: needed, occupied, missing, and buses onward."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from zlib import crc32

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.paths import Paths
from forecast.planning import stays
from forecast.planning.accommodation import (
    Guests,
    arriving,
    remaining,
    still_there,
    thinned,
    unreported,
    whole_past,
)
from forecast.planning.overflow import Helpers, housed
from forecast.planning.registers import TRANSIT, IntArray, RegionCapacity, Registers, Stay

WEEK = 7
LEAST = 1e-12
_Told = tuple[tuple[str, float, bytes], ...]
LAND, AIR = TRANSIT.index("onward_land"), TRANSIT.index("onward_air")


@dataclass(frozen=True, slots=True, eq=False)
class Beds:
    """Beds of regions, or of sums over regions, at the end of each day: [path, place, day].

    `needed`, `without_bed`, `sent` to and `received` from other regions, `onward_land` and `onward_air`
    (guests who go on in the day) are people, `occupied` beds, `buses_needed` buses; `beds` [place, day] are
    those in force. `left_out` names the regions without a register.
    """

    ids: tuple[str, ...]
    needed: IntArray
    occupied: IntArray
    without_bed: IntArray
    sent: IntArray
    received: IntArray
    onward_land: IntArray
    onward_air: IntArray
    buses_needed: IntArray
    beds: IntArray
    left_out: tuple[str, ...] = ()

    def totals(self, ids: Sequence[str], summing: BoolArray) -> "Beds":
        """Sums over regions path by path; `summing` [total, region] says which make which."""
        weights = summing.astype(np.int64)
        arrays = (one.name for one in fields(self) if one.name not in ("ids", "left_out"))
        summed = {name: np.einsum("...rd,tr->...td", getattr(self, name), weights) for name in arrays}
        return Beds(tuple(ids), left_out=self.left_out, **summed)

    def full_chance(self) -> FloatArray:
        """P(more beds are needed than the place has): [place, day]."""
        return np.asarray((self.needed > self.beds).mean(axis=0), dtype=float)

    def expected_beyond(self) -> FloatArray:
        """Expected people beyond the place's own beds, E[(N - K)+]: [place, day]."""
        return np.asarray(np.maximum(0, self.needed - self.beds).mean(axis=0), dtype=float)

    def expected_without_bed(self) -> FloatArray:
        """Expected people without a bed once other regions have helped: [place, day]."""
        return np.asarray(self.without_bed.mean(axis=0), dtype=float)

    def beds_for(self, risk: float) -> IntArray:
        """The fewest beds K with P(N > K) at most `risk`: [place, day]."""
        above = int(risk * len(self.needed) + 1e-9)
        at = max(0, len(self.needed) - 1 - above)
        return np.asarray(np.partition(self.needed, at, axis=0)[at])


@dataclass(frozen=True, slots=True, eq=False)
class _Region:
    """What is known of a region: arrivals [path, day], past ones [day], guests reported, capacity by day."""

    arrivals: IntArray
    past: FloatArray
    occupied: float
    capacities: tuple[RegionCapacity, ...]


def beds_of(
    arrivals: Paths, past: FloatArray, *, occupied: FloatArray, registers: Registers, seed: int
) -> Beds:
    """Beds of the registered regions from joint paths of arrivals by region.

    `past` [region, day] are counts up to the cutoff (NaN unknown), `occupied` [region] the guests reported
    at its end (NaN unknown). What a region draws hangs on the seed and its name alone: a scenario that
    changes one region leaves the needs of the others as they are.
    """
    capacities = {one: _by_day(one, arrivals, registers) for one in arrivals.ids}
    ids = tuple(one for one, by_day in capacities.items() if by_day)
    needs = np.zeros((1 + len(TRANSIT), len(arrivals.values), len(ids), arrivals.values.shape[2]), np.int64)
    for at, one in enumerate(ids):
        row = arrivals.ids.index(one)
        region = _Region(arrivals.values[:, row], past[row], float(occupied[row]), capacities[one])
        generator = np.random.default_rng([seed, crc32(one.encode())])
        needs[:, :, at] = _needs(region, generator)
    left_out = tuple(one for one in arrivals.ids if one not in ids)
    return _laid(ids, needs, [capacities[one] for one in ids], left_out)


def _by_day(region: str, arrivals: Paths, registers: Registers) -> tuple[RegionCapacity, ...]:
    """The capacity on each day of the horizon, empty if none is ever in force.

    On a day without one there are no beds, and guests stay as the capacity before says, or the one after.
    """
    days = [arrivals.cutoff + timedelta(days=day + 1) for day in range(arrivals.values.shape[2])]
    found = [registers.region(region, day) for day in days]
    known = [one for one in found if one is not None]
    laid: list[RegionCapacity] = []
    for one in found if known else ():
        nearest = laid[-1] if laid else known[0]
        laid.append(one or replace(nearest, beds=0, overflow=()))
    return tuple(laid)


def _needs(region: _Region, generator: np.random.Generator) -> IntArray:
    """People who need a bed, then who leave by kind, in the order of `TRANSIT`: [1 + kind, path, day]."""
    told = [_told(one.stays) for one in region.capacities]
    groups = {key: one.stays for key, one in zip(told, region.capacities, strict=True)}
    # One draw of the shares for a path, whatever version is in force and however many people come.
    luck = int(generator.integers(2**32))
    drawn = {
        key: stays.drawn_shares(group, len(region.arrivals), np.random.default_rng(luck))
        for key, group in groups.items()
    }
    bed_shares = np.array([one.bed_share for one in region.capacities])
    guests = thinned(region.arrivals, bed_shares, generator)
    found = np.zeros((1 + len(TRANSIT), *guests.shape), dtype=np.int64)
    _add(found, groups[told[0]], _were_there(region, drawn[told[0]], generator))
    for key, group in groups.items():
        theirs = guests * np.array([key == of_day for of_day in told])
        _add(found, group, _came(theirs, group, drawn[key], generator))
    return found


def _told(group: tuple[Stay, ...]) -> _Told:
    """What a register says of stays, to be compared with what another of its versions says."""
    return tuple((stay.kind, stay.weight, stay.survival.tobytes()) for stay in group)


def _add(found: IntArray, group: tuple[Stay, ...], guests: list[Guests]) -> None:
    for stay, one in zip(group, guests, strict=True):
        found[0] += one.there
        found[1 + TRANSIT.index(stay.kind)] += one.left


def _came(
    guests: IntArray, group: tuple[Stay, ...], drawn: FloatArray, generator: np.random.Generator
) -> list[Guests]:
    """Those who come in the horizon, by kind, from guests [path, day] and shares [path, kind]."""
    by_kind = generator.multinomial(guests, drawn[:, None, :])
    return [arriving(by_kind[:, :, kind], stay.survival, generator) for kind, stay in enumerate(group)]


def _were_there(region: _Region, drawn: FloatArray, generator: np.random.Generator) -> list[Guests]:
    """Those in at the cutoff, by kind: reported, or else left of past arrivals."""
    capacity, (paths, days) = region.capacities[0], region.arrivals.shape
    usual = float(region.arrivals[:, :WEEK].mean())
    pasts = [whole_past(region.past, len(stay.survival), usual) for stay in capacity.stays]
    kinds = list(zip(pasts, capacity.stays, strict=True))
    there = np.array([still_there(past, stay.survival, days) for past, stay in kinds])
    if np.isfinite(region.occupied):
        weights = drawn * there[:, 0]
        parts = weights / np.maximum(weights.sum(axis=1, keepdims=True), LEAST)
        already = generator.multinomial(np.full(paths, round(region.occupied)), parts)
    else:
        sharing = drawn.T * capacity.bed_share
        told = [
            unreported(past, stay.survival, share, generator)
            for (past, stay), share in zip(kinds, sharing, strict=True)
        ]
        already = np.stack(told, axis=1)
    lasting = there[:, 1:] / np.maximum(there[:, :1], LEAST)
    return [remaining(already[:, kind], lasting[kind], generator) for kind in range(len(kinds))]


def _laid(
    ids: tuple[str, ...],
    needs: IntArray,
    capacities: list[tuple[RegionCapacity, ...]],
    left_out: tuple[str, ...],
) -> Beds:
    """Those in need laid into the beds in force, and those who go on by land into buses."""
    needed, land = needs[0], needs[1 + LAND]
    shape = needed.shape[1:]
    beds = np.array([[one.beds for one in of_day] for of_day in capacities], np.int64).reshape(shape)
    seats = np.array([[one.bus_seats for one in of_day] for of_day in capacities], np.int64).reshape(shape)
    where = housed(needed, beds, [_helpers(ids, of_place) for of_place in zip(*capacities, strict=True)])
    return Beds(
        ids=ids,
        needed=needed,
        occupied=where.occupied,
        without_bed=where.without_bed,
        sent=where.sent,
        received=where.received,
        onward_land=land,
        onward_air=needs[1 + AIR],
        buses_needed=-(-land // seats),
        beds=beds,
        left_out=left_out,
    )


def _helpers(ids: tuple[str, ...], capacities: tuple[RegionCapacity, ...]) -> Helpers:
    """Rows of the helpers of every region on a day; a region without a register does not help."""
    return tuple(tuple(ids.index(name) for name in one.overflow if name in ids) for one in capacities)
