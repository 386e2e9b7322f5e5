"""What a scenario assumes, each assumption a checked value: of demand, of a closure, of capacities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from forecast.places import Places
from forecast.planning import fields
from forecast.planning.registers import CapacityError
from forecast.planning.scenarios.shapes import Shape

LARGEST_MULTIPLE = 50.0
MOST_PEOPLE = 1_000_000
LONGEST_BURST = 90
SUM_WITHIN = 1e-9


@dataclass(frozen=True, slots=True)
class Setting:
    """What scenarios of an issue are checked against: its places, its crossings, and its days.

    `crossings` have sample paths on the `horizon` days after `cutoff`; `shut` are those already taken to be
    closed, each with a day.
    """

    places: Places
    crossings: tuple[str, ...]
    cutoff: date
    horizon: int
    shut: frozenset[tuple[str, date]] = frozenset()

    @property
    def first(self) -> date:
        """The first day of the issue."""
        return self.cutoff + timedelta(days=1)

    @property
    def last(self) -> date:
        """The last day of the issue."""
        return self.cutoff + timedelta(days=self.horizon)

    def position(self, day: date) -> int:
        """Where a day stands in the horizon, 0 for the first."""
        return (day - self.first).days

    def crossings_of(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The issue's crossings that are named, or lie in what is named, each once, in the issue's order."""
        named = set(names)
        return tuple(
            one for one in self.crossings if one in named or named.intersection(self.places.ancestors(one))
        )

    def check_place(self, name: str, field: str) -> None:
        """Raise CapacityError where a name is no registered place."""
        if name not in self.places:
            wanted = f"a registered place{fields.near(name, self.places)}"
            raise CapacityError(field, found=name, wanted=wanted)

    def check_places(self, names: tuple[str, ...]) -> None:
        """Raise CapacityError where names are unknown, or of nothing that the issue forecasts."""
        for name in names:
            self.check_place(name, "places")
            if not self.crossings_of((name,)):
                raise CapacityError(
                    "places", found=name, wanted="places with crossings that the issue forecasts"
                )

    def check_day(self, day: date, field: str, earliest: date | None = None) -> None:
        """Raise CapacityError where a day lies outside of the issue, or before an earliest one."""
        first = earliest or self.first
        if not first <= day <= self.last:
            raise CapacityError(
                field, found=day, wanted=f"a day from {first} to {self.last}, as the issue reaches"
            )


@dataclass(frozen=True, slots=True)
class Multiply:
    """Demand of places times up to `multiple`, in a shape from a first day on."""

    places: tuple[str, ...]
    first: date
    multiple: float
    shape: Shape
    analogue: str | None = None

    def check(self, setting: Setting) -> None:
        """Raise CapacityError, which names the field."""
        setting.check_places(self.places)
        setting.check_day(self.first, "from")
        _within("multiple", self.multiple, 0, LARGEST_MULTIPLE)


@dataclass(frozen=True, slots=True)
class Shift:
    """Up to `people` more a day at places together, or fewer where it is negative, in a shape."""

    places: tuple[str, ...]
    first: date
    people: int
    shape: Shape

    def check(self, setting: Setting) -> None:
        """Raise CapacityError, which names the field."""
        setting.check_places(self.places)
        setting.check_day(self.first, "from")
        _within("people", self.people, -MOST_PEOPLE, MOST_PEOPLE)


@dataclass(frozen=True, slots=True)
class Release:
    """A share of the people of places held back from `first` to `last`, and let through in the days after."""

    places: tuple[str, ...]
    first: date
    last: date
    over_days: int
    share: float = 1.0

    def check(self, setting: Setting) -> None:
        """Raise CapacityError, which names the field."""
        setting.check_places(self.places)
        setting.check_day(self.first, "from")
        setting.check_day(self.last, "until", self.first)
        if self.last == setting.last:
            raise CapacityError(
                "until", found=self.last, wanted=f"a day before {setting.last}, to see a release"
            )
        _within("over_days", self.over_days, 1, LONGEST_BURST)
        _within("share", self.share, 0, 1)


@dataclass(frozen=True, slots=True)
class Close:
    """A crossing closed from `first` to `last`; of its people a share goes to each neighbour."""

    place: str
    first: date
    last: date
    to: tuple[tuple[str, float], ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """The crossing and the neighbours."""
        return (self.place, *(neighbour for neighbour, _ in self.to))

    def check(self, setting: Setting) -> None:
        """Raise CapacityError, which names the field."""
        _check_crossing(self.place, "place", setting)
        setting.check_day(self.first, "from")
        setting.check_day(self.last, "until", self.first)
        for neighbour, share in self.to:
            _check_crossing(neighbour, "to", setting)
            if neighbour == self.place:
                raise CapacityError("to", found=neighbour, wanted="other crossings than the one that closes")
            _within(f"to.{neighbour}", share, 0, 1)
            shut = [day for one, day in setting.shut if one == neighbour and self.first <= day <= self.last]
            if shut:
                wanted = f"a crossing that is open from {self.first} to {self.last}"
                raise CapacityError("to", found=f"{neighbour}, closed on {min(shut)}", wanted=wanted)
        total = sum(share for _, share in self.to)
        if total > 1 + SUM_WITHIN:
            raise CapacityError(
                "to", found=f"shares that sum to {total:.3g}", wanted="shares that sum to at most 1"
            )


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of a place's capacity that are other than registered, from `first` to `last` (None: for good).

    `change` holds fields of a document; its `mean_nights` and `weights` change one kind of guest each.
    """

    place: str
    first: date
    last: date | None
    change: Mapping[str, Any]

    @property
    def places(self) -> tuple[str, ...]:
        """The place."""
        return (self.place,)

    def check(self, setting: Setting) -> None:
        """Raise CapacityError, which names the field."""
        setting.check_place(self.place, "place")
        setting.check_day(self.first, "from")
        if self.last is not None:
            setting.check_day(self.last, "until", self.first)
        helpers = self.change.get("overflow")
        for helper in helpers if isinstance(helpers, list) else ():
            setting.check_place(str(helper), "change.overflow")
        if not self.change:
            raise CapacityError("change", found="nothing", wanted="at least one field of the capacity")


Assumption = Multiply | Shift | Release | Close | Change


def check_together(assumptions: tuple[Assumption, ...]) -> None:
    """Raise CapacityError where closures of a crossing overlap, or one sends people to a closed crossing."""
    closures = [one for one in assumptions if isinstance(one, Close)]
    for closure in closures:
        for other in closures:
            if other is closure or other.first > closure.last or closure.first > other.last:
                continue
            if other.place == closure.place:
                wanted = "closures of a crossing that do not overlap"
                raise CapacityError(
                    "from", found=f"{other.place}, closed twice on {other.first}", wanted=wanted
                )
            if any(neighbour == other.place for neighbour, _ in closure.to):
                days = f"from {closure.first} to {closure.last}"
                raise CapacityError(
                    "to",
                    found=f"{other.place}, closed from {other.first}",
                    wanted=f"a crossing that is open {days}",
                )


def _check_crossing(name: str, field: str, setting: Setting) -> None:
    setting.check_place(name, field)
    if name not in setting.crossings:
        raise CapacityError(field, found=name, wanted="a crossing that the issue forecasts")


def _within(field: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise CapacityError(field, found=f"{value:g}", wanted=f"{low:g} to {high:g}")
