"""What of an answer is withheld: the one door between what is published and what a reader is told."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.places import Places
from service.store import Store
from service.store.records import PublicationStop


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Which places' numbers a reader does not get, at this moment.

    `version` changes whenever the answers to this reader may change without a new issue.
    """

    withheld: frozenset[str]
    version: str

    def withholds(self, place_id: str) -> bool:
        """Whether every number of this place is to be null."""
        return place_id in self.withheld

    def frame(self, table: pd.DataFrame, numbers: Sequence[str], *, place: str = "place") -> pd.DataFrame:
        """The table with a column `suppressed`, and NaN in the number columns of withheld places."""
        hidden = table[place].isin(self.withheld).to_numpy(dtype=bool)
        shown = {column: table[column].where(~hidden, np.nan) for column in numbers}
        return table.assign(suppressed=hidden, **shown)


def disclosure(store: Store, *, clearance: bool = False) -> Disclosure:
    """What is withheld now from a reader with or without clearance. Read anew for every request."""
    stops = store.places.stops()
    if clearance:
        return Disclosure(frozenset(), _version("operator", ()))
    withheld = _given_away(store.places.all(), [stop.place_id for stop in stops]) if stops else frozenset()
    return Disclosure(withheld, _version("reader", stops))


def _given_away(places: Places, stopped: Iterable[str]) -> frozenset[str]:
    """What is stopped, all that lies in it, and every total above: a total minus the rest gives one away."""
    roots = frozenset(stopped)
    above = {up for place_id in roots if place_id in places for up in places.ancestors(place_id)}
    inside = {place.id for place in places if roots.intersection(places.ancestors(place.id))}
    return roots | above | inside


def _version(kind: str, stops: Iterable[PublicationStop]) -> str:
    told = sorted(f"{stop.place_id}@{stop.stopped_at.isoformat()}" for stop in stops)
    return hashlib.sha256("|".join((kind, *told)).encode()).hexdigest()[:16]
