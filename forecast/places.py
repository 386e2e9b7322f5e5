"""Places and their tree: crossings, the regions they lie in, and the country."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from forecast.arrays import BoolArray

Level = Literal["crossing", "region", "country"]
LEVELS: tuple[Level, ...] = ("crossing", "region", "country")


@dataclass(frozen=True, slots=True)
class Place:
    """A crossing, region or country; `capacity` is what it handles on an ordinary day, in people/day.

    `country` and `neighbour` are ISO 3166 alpha-2 codes of the near and the far side, for holidays.
    """

    id: str
    name: str
    level: Level = "crossing"
    parent: str | None = None
    time_zone: str = "UTC"
    country: str | None = None
    neighbour: str | None = None
    capacity: float | None = None

    @property
    def countries(self) -> tuple[str, ...]:
        """The codes of the near and the far side, in capitals, each once."""
        return tuple(dict.fromkeys(code.upper() for code in (self.country, self.neighbour) if code))


class Places:
    """The register as a tree: looks places up, walks them, and says which crossings make a total."""

    def __init__(self, places: Iterable[Place]):
        self._by_id: dict[str, Place] = {}
        for place in places:
            if place.id in self._by_id:
                raise ValueError(f"place {place.id!r} is registered twice; give each place its own id")
            self._by_id[place.id] = place
        for place in self:
            self._check_parent(place)

    def _check_parent(self, place: Place) -> None:
        if place.parent is None:
            return
        parent = self._by_id.get(place.parent)
        if parent is None:
            raise ValueError(f"place {place.id!r} lies in {place.parent!r}, which is not registered")
        if LEVELS.index(parent.level) <= LEVELS.index(place.level):
            raise ValueError(f"{place.level} {place.id!r} cannot lie in {parent.level} {parent.id!r}")

    def __iter__(self) -> Iterator[Place]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, place_id: object) -> bool:
        return place_id in self._by_id

    def __getitem__(self, place_id: str) -> Place:
        return self._by_id[place_id]

    def ancestors(self, place_id: str) -> tuple[str, ...]:
        """The ids of the places that hold this one, nearest first."""
        found: list[str] = []
        parent = self[place_id].parent
        while parent is not None:
            found.append(parent)
            parent = self[parent].parent
        return tuple(found)

    def region(self, place_id: str) -> str | None:
        """The id of the region that a place is or lies in, if any."""
        for candidate in (place_id, *self.ancestors(place_id)):
            if self[candidate].level == "region":
                return candidate
        return None

    @property
    def crossings(self) -> tuple[Place, ...]:
        """All crossings, in register order."""
        return tuple(place for place in self if place.level == "crossing")

    @property
    def totals(self) -> tuple[Place, ...]:
        """All regions, then all countries: the places whose counts are sums."""
        return tuple(place for level in LEVELS[1:] for place in self if place.level == level)

    def summing(self, totals: Iterable[str], crossings: Iterable[str]) -> BoolArray:
        """Which crossings make which total: [total, crossing]."""
        above = [set(self.ancestors(crossing)) for crossing in crossings]
        rows = [[total in up for up in above] for total in totals]
        return np.array(rows, dtype=bool).reshape(len(rows), len(above))
