"""What a plan rests on besides the arrivals: how crossings work and what regions can house, from a day on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray

IntArray = npt.NDArray[np.integer[Any]]
Transit = Literal["stay", "onward_land", "onward_air"]
TRANSIT: tuple[Transit, ...] = ("stay", "onward_land", "onward_air")
WEEK = (7, 24)
SHARES_SUM_TO = 0.01
LEAST_RATE, MOST_RATE = 0.01, 100_000


class CapacityError(ValueError):
    """A register that cannot be: the `field`, what was `found` there, what is `wanted`, of which `place`."""

    def __init__(self, field: str, *, found: object, wanted: str, place: str | None = None):
        whose = f"{place}: " if place else ""
        super().__init__(f"{whose}{field}: found {found}, wanted {wanted}")
        self.field, self.found, self.wanted, self.place = field, found, wanted, place


@dataclass(frozen=True, slots=True)
class Cost:
    """What one unit costs on a day on which it is missing (`short`) or idle (`over`), in the same money."""

    short: float
    over: float

    def __post_init__(self) -> None:
        for name, value in (("short", self.short), ("over", self.over)):
            _within(f"costs.{name}", value, 0, 1e9)
        if self.short + self.over <= 0:
            raise CapacityError("costs", found="0 and 0", wanted="at least one cost above 0")

    @property
    def level(self) -> float:
        """The quantile level to plan to, c_under / (c_under + c_over) (newsvendor)."""
        return self.short / (self.short + self.over)


@dataclass(frozen=True, slots=True, eq=False)
class CrossingCapacity:
    """How a crossing works: booths by weekday and hour, what they pass, how its people come.

    `booths` [weekday, hour] as rostered; `rates` people/hour of one booth with 1, 2, ... open, the last for
    all more; `profile` [weekday, hour] shares of a day's people; `other_post` people/hour of the post in
    series; `queue_room` people who fit before the queue spills over; `staff_hours_limit` booth-hours/day;
    `walking` and `wait_target` minutes; `peakedness` variance to mean of arrivals; `service_variability`
    squared coefficient of variation of a service; `service_level` the share served within `wait_target`.
    """

    booths: IntArray
    rates: tuple[float, ...]
    profile: FloatArray
    booths_limit: int
    staff_hours_limit: float | None = None
    other_post: float | None = None
    queue_room: float | None = None
    walking: float = 0.0
    people_per_vehicle: float = 3.0
    metres_per_vehicle: float = 7.0
    lanes: int = 1
    peakedness: float = 1.0
    service_variability: float = 1.0
    wait_target: float = 30.0
    service_level: float = 0.8
    cost: Cost = field(default_factory=lambda: Cost(short=3.0, over=1.0))

    def __post_init__(self) -> None:
        self._check_booths()
        if not self.rates or not all(LEAST_RATE <= rate <= MOST_RATE for rate in self.rates):
            raise CapacityError(
                "rates",
                found=list(self.rates),
                wanted=f"people/hour of a booth, each {LEAST_RATE} to {MOST_RATE}",
            )
        if (np.diff(self.totals) < 0).any():
            raise CapacityError(
                "rates", found=list(self.rates), wanted="no more booths that pass fewer people"
            )
        self._check_profile()
        self._check_numbers()

    def _check_booths(self) -> None:
        if self.booths.shape != WEEK:
            raise CapacityError("booths", found=f"shape {self.booths.shape}", wanted="[7 weekdays, 24 hours]")
        _within("booths_limit", self.booths_limit, 1, 1_000)
        if (self.booths < 0).any() or (self.booths > self.booths_limit).any():
            found = int(self.booths.min() if (self.booths < 0).any() else self.booths.max())
            raise CapacityError("booths", found=found, wanted=f"0 to {self.booths_limit}, the booths_limit")

    def _check_profile(self) -> None:
        if self.profile.shape != WEEK:
            raise CapacityError(
                "profile", found=f"shape {self.profile.shape}", wanted="[7 weekdays, 24 hours]"
            )
        if not ((self.profile >= 0) & (self.profile <= 1)).all():
            raise CapacityError("profile", found=_worst_share(self.profile), wanted="shares of a day, 0 to 1")
        sums = self.profile.sum(axis=1)
        if (np.abs(sums - 1) > SHARES_SUM_TO).any():
            worst = float(sums[np.abs(sums - 1).argmax()])
            raise CapacityError("profile", found=f"a day of {worst:.3g}", wanted="24 shares that sum to 1")

    def _check_numbers(self) -> None:
        _within("staff_hours_limit", self.staff_hours_limit, 0, 24_000)
        _within("other_post", self.other_post, 0, 1e6)
        _within("queue_room", self.queue_room, 0, 1e6)
        _within("walking", self.walking, 0, 24 * 60)
        _within("people_per_vehicle", self.people_per_vehicle, 0.1, 100)
        _within("metres_per_vehicle", self.metres_per_vehicle, 1, 100)
        _within("lanes", self.lanes, 1, 100)
        _within("peakedness", self.peakedness, 0.01, 1_000)
        _within("service_variability", self.service_variability, 0, 100)
        _within("wait_target", self.wait_target, 1, 7 * 24 * 60)
        _within("service_level", self.service_level, 0.01, 0.999)

    @property
    def totals(self) -> FloatArray:
        """People/hour that 0, 1, ... `booths_limit` open booths pass, with the other post in series."""
        return self.passes(np.arange(self.booths_limit + 1))

    def passes(self, booths: IntArray) -> FloatArray:
        """People/hour that so many open booths pass, as if there were no limit; the shape of `booths`."""
        most = np.inf if self.other_post is None else self.other_post
        return np.asarray(np.minimum(booths * self.rate(booths), most), dtype=float)

    def rate(self, booths: IntArray) -> FloatArray:
        """People/hour of each of so many open booths; the shape of `booths`."""
        return np.asarray(self.rates, dtype=float)[np.clip(booths - 1, 0, len(self.rates) - 1)]


@dataclass(frozen=True, slots=True, eq=False)
class Stay:
    """One kind of guest: its Dirichlet weight, and `survival` [night], P(stay longer than j nights)."""

    kind: Transit
    weight: float
    survival: FloatArray

    def __post_init__(self) -> None:
        if self.kind not in TRANSIT:
            raise CapacityError("stays.kind", found=self.kind, wanted=f"one of {', '.join(TRANSIT)}")
        _within("stays.weight", self.weight, 1e-6, 1e9)
        falls = self.survival.ndim == 1 and len(self.survival) > 0 and (np.diff(self.survival) <= 0).all()
        if not falls or not ((self.survival >= 0) & (self.survival <= 1)).all():
            raise CapacityError(
                "stays.survival", found="other numbers", wanted="shares from 1 falling to 0, night by night"
            )


@dataclass(frozen=True, slots=True, eq=False)
class RegionCapacity:
    """What a region can house: `beds`, in which order others help, and how many guests stay how long.

    `bed_share` of those who arrive need a bed; `stays` are the kinds of guests, their weights a Dirichlet's;
    `bus_seats` people a bus.
    """

    beds: int
    bed_share: float
    stays: tuple[Stay, ...]
    overflow: tuple[str, ...] = ()
    bus_seats: int = 45
    bed_cost: Cost = field(default_factory=lambda: Cost(short=4.0, over=1.0))
    bus_cost: Cost = field(default_factory=lambda: Cost(short=4.0, over=1.0))

    def __post_init__(self) -> None:
        _within("beds", self.beds, 0, 10_000_000)
        _within("bed_share", self.bed_share, 0, 1)
        _within("bus_seats", self.bus_seats, 1, 1_000)
        kinds = [stay.kind for stay in self.stays]
        if not kinds or len(set(kinds)) < len(kinds):
            raise CapacityError(
                "stays", found=kinds or "none", wanted=f"each of {', '.join(TRANSIT)} at most once"
            )
        if len(set(self.overflow)) < len(self.overflow):
            raise CapacityError("overflow", found=list(self.overflow), wanted="each region once")


Capacity = CrossingCapacity | RegionCapacity


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A place's capacity from a local civil day on, until a last day, or until the next version."""

    place_id: str
    valid_from: date
    capacity: Capacity
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            wanted = f"a day from valid_from, {self.valid_from}, on"
            raise CapacityError("valid_until", found=self.valid_until, wanted=wanted)


class Registers:
    """The capacities of all places through time, as known at an instant."""

    def __init__(self, versions: Iterable[Version] = ()):
        self._versions: dict[str, list[Version]] = {}
        for version in sorted(versions, key=lambda one: (one.place_id, one.valid_from)):
            self._add(version)

    def _add(self, version: Version) -> None:
        earlier = self._versions.setdefault(version.place_id, [])
        before = earlier[-1] if earlier else None
        if before is not None and (
            before.valid_from == version.valid_from
            or (before.valid_until is not None and before.valid_until >= version.valid_from)
        ):
            until = before.valid_until or "the next version"
            raise CapacityError(
                "valid_from",
                found=version.valid_from,
                wanted=f"a day outside the version from {before.valid_from} until {until}",
                place=version.place_id,
            )
        earlier.append(version)

    def __iter__(self) -> Iterator[Version]:
        return (version for versions in self._versions.values() for version in versions)

    def of(self, place_id: str, day: date) -> Capacity | None:
        """The capacity in force at a place on a day, or None where none is registered."""
        begun = [one for one in self._versions.get(place_id, ()) if one.valid_from <= day]
        if not begun or (begun[-1].valid_until is not None and begun[-1].valid_until < day):
            return None
        return begun[-1].capacity

    def crossing(self, place_id: str, day: date) -> CrossingCapacity | None:
        """How a crossing works on a day, or None."""
        found = self.of(place_id, day)
        return found if isinstance(found, CrossingCapacity) else None

    def region(self, place_id: str, day: date) -> RegionCapacity | None:
        """What a region can house on a day, or None."""
        found = self.of(place_id, day)
        return found if isinstance(found, RegionCapacity) else None


def _within(field: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not (np.isfinite(value) and low <= value <= high):
        raise CapacityError(field, found=f"{value:g}", wanted=f"{low:g} to {high:g}")


def _worst_share(shares: FloatArray) -> float:
    return float(shares.flat[np.nanargmax(np.abs(shares - 0.5))])
