"""What of an answer is withheld: the one door between what is published and what a reader is told."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from service.disclosure.remembered import memory_of
from service.disclosure.small_counts import NOTHING_SMALL, Number, SmallCounts
from service.disclosure.stops import given_away
from service.settings import Settings
from service.store import Store
from service.store.records import PublicationStop, Role

__all__ = ["NOTHING_SMALL", "Disclosure", "SmallCounts", "disclosure", "disclosure_for"]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Which places' numbers a reader does not get at this moment, and which counts are too small to tell.

    `version` changes whenever the answers to this reader may change without a new issue.
    """

    withheld: frozenset[str]
    version: str
    small: SmallCounts = NOTHING_SMALL

    def withholds(self, place_id: str) -> bool:
        """Whether every number of this place is to be null."""
        return place_id in self.withheld

    def hides(self, measure: str, place_id: str, day: date) -> bool:
        """Whether a place's count of a day is not told: stopped, small, or what gives a small one away."""
        return self.withholds(place_id) or self.small.hides(measure, place_id, day)

    def number(self, value: Number | None) -> Number | None:
        """A number of people as it may be told: None where it is small."""
        return self.small.number(value)

    def counts(self, table: pd.DataFrame, measure: str) -> pd.DataFrame:
        """Rows of counts with a column `suppressed`; `value` is NaN where it is not told.

        A count of a day that is not over is too small by itself: no total is made of it.
        """
        small = (table["value"] < self.small.threshold) & (table["status"] != "closed")
        hidden = (
            table["place"].isin(self.withheld) | small | self.small.among(measure, table[["place", "date"]])
        )
        return table.assign(suppressed=hidden, value=table["value"].where(~hidden, np.nan))

    def frame(self, table: pd.DataFrame, numbers: Sequence[str], *, place: str = "place") -> pd.DataFrame:
        """The table with a column `suppressed`, and NaN in the number columns of withheld places."""
        hidden = table[place].isin(self.withheld).to_numpy(dtype=bool)
        shown = {column: table[column].where(~hidden, np.nan) for column in numbers}
        return table.assign(suppressed=hidden, **shown)


def disclosure_for(
    store: Store, settings: Settings, role: Role | None = None, *, clearance: bool = False
) -> Disclosure:
    """What is withheld now from a role; reports and alerts speak to None, who has no clearance at all."""
    cleared = role is not None and role in settings.small_counts_cleared
    return disclosure(store, clearance=clearance, threshold=0 if cleared else settings.small_counts)


def disclosure(store: Store, *, clearance: bool = False, threshold: int = 0) -> Disclosure:
    """What is withheld now from a reader with or without clearance for what is stopped.

    Counts below `threshold` are too small to tell. Read anew for every request.
    """
    stops = () if clearance else store.places.stops()
    withheld = given_away(store.places.all(), [stop.place_id for stop in stops]) if stops else frozenset()
    small, parts = NOTHING_SMALL, ["operator" if clearance else "reader"]
    if threshold:
        memory = memory_of(store)
        parts += [str(threshold), *map(str, memory.refresh())]
        small = SmallCounts.of(memory, threshold)
    return Disclosure(withheld, _version(parts, stops), small)


def _version(parts: Iterable[str], stops: Iterable[PublicationStop]) -> str:
    told = sorted(f"{stop.place_id}@{stop.stopped_at.isoformat()}" for stop in stops)
    return hashlib.sha256("|".join((*parts, *told)).encode()).hexdigest()[:16]
