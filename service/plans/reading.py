"""The parts of an issue's plan that a reader gets, and what of them is withheld."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from forecast.places import Place, Places
from service.disclosure import Disclosure, SmallCounts
from service.published.reader import NOTHING_WITHHELD
from service.store import Store
from service.store.records import EVERYTHING, Issue, PlanKind, Scope

Withheld = Callable[[str, int], str | None]


class NoPlanError(LookupError):
    """Nothing is planned for a place, or the issue does not reach a day; the message says what to do."""


def _nothing_withheld(place_id: str, horizon: int) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the places covered, and for each and a number of days ahead why its numbers are withheld.

    `withheld` gives None where they are told; the empty text where nothing is to be said of why not. What
    comes from other regions is told only while none of them is withheld: `guests_told`. `disclosure` holds
    what is too small to tell.
    """

    scope: Scope = EVERYTHING
    withheld: Withheld = _nothing_withheld
    guests_told: bool = True
    disclosure: Disclosure = field(default=NOTHING_WITHHELD)

    @property
    def small(self) -> SmallCounts:
        """Which numbers of people are too small to tell."""
        return self.disclosure.small

    def stopped(self, place_id: str) -> bool:
        """Whether nothing of a place is told, on no day and not of what is known already."""
        return self.withheld(place_id, 0) is not None


EVERYBODY = Reader()
"""One who may see everything: who works at the machine itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an issue plans for one place."""

    place: Place
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where plans are read: the store, an issue, the places that the reader sees, and who that is."""

    store: Store
    issue: Issue
    places: Places
    reader: Reader = field(default=EVERYBODY)

    def parts(self, kind: PlanKind, among: Iterable[Place]) -> list[Part]:
        """The parts of a kind that are planned for some places, in the order of these."""
        wanted = list(among)
        ids = [place.id for place in wanted]
        held = self.store.plans.blocks(self.issue.id, kind, self.reader.scope, place_ids=ids)
        contents = {block.place_id: block.content for block in held}
        return [Part(place, contents[place.id]) for place in wanted if place.id in contents]

    def day(self, horizon: int) -> date:
        """The day so many days after the cutoff."""
        return self.issue.cutoff + timedelta(days=horizon)

    def horizon(self, day: date) -> int:
        """How many days ahead a day lies. Raises NoPlanError if the issue does not reach it."""
        ahead = (day - self.issue.cutoff).days
        if not 1 <= ahead <= self.issue.horizon:
            first, last = self.day(1), self.day(self.issue.horizon)
            raise NoPlanError(f"{day} is not planned for; this issue plans {first} to {last}")
        return ahead


def covering(kind: PlanKind, place: Place, places: Places) -> list[Place]:
    """For which places a kind is planned when one is asked for: crossings in it; regions in it and itself."""
    inside = [one for one in places if one.id == place.id or place.id in places.ancestors(one.id)]
    if kind == "beds":
        return [one for one in inside if one.level != "crossing"]
    return [one for one in inside if one.level == "crossing"]


def as_tree(places: Places) -> list[Place]:
    """Places from the top: each total above what lies in it."""
    path = {place.id: (*reversed(places.ancestors(place.id)), place.id) for place in places}
    position = {place.id: number for number, place in enumerate(places)}
    return sorted(places, key=lambda place: [position[up] for up in path[place.id]])


def no_plan(kind: PlanKind, names: Iterable[str] = ()) -> NoPlanError:
    """Why there is no plan, and the remedy."""
    whose = {"waits": "crossings", "staff": "crossings", "beds": "regions"}[kind]
    of = ", ".join(names)
    where = f" for {of}" if of else ""
    return NoPlanError(
        f"this issue plans no {kind}{where}: {kind} are planned for {whose} whose capacity is registered. "
        "An operator registers it with `arrivals capacities import FILE`, and the next issue plans."
    )
