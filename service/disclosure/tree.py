"""Who stood in whom in a month: the families that make totals, and the totals that a place is counted in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from service.store.small_counts import Registration


@dataclass(frozen=True, slots=True)
class Tree:
    """The register as it was at an instant; a place that came later stands where it stood first."""

    parents: Mapping[str, str | None]
    crossings: frozenset[str]

    @classmethod
    def at(cls, registrations: Iterable[Registration], instant: datetime | None) -> "Tree":
        """The tree of an instant, or of now."""
        parents: dict[str, str | None] = {}
        crossings = set()
        for one in registrations:
            if one.place_id not in parents or instant is None or one.recorded_at <= instant:
                parents[one.place_id] = one.parent
            if one.level == "crossing":
                crossings.add(one.place_id)
        return cls(parents, frozenset(crossings))

    def total_of(self, place_id: str) -> str | None:
        """The smallest total that a place's own count goes into; a region's own goes into the region's."""
        return self.parents.get(place_id) if place_id in self.crossings else place_id

    def totals_of(self, place_id: str) -> tuple[str, ...]:
        """All totals that a place's own count goes into, the smallest first."""
        return self.up(self.total_of(place_id))

    def up(self, total: str | None) -> tuple[str, ...]:
        """A total and all above it."""
        found: list[str] = []
        while total is not None:
            found.append(total)
            total = self.parents.get(total)
        return tuple(found)

    def families(self) -> dict[str | None, list[str]]:
        """The places whose own counts make a total, by this total."""
        found: dict[str | None, list[str]] = {}
        for place_id in self.parents:
            found.setdefault(self.total_of(place_id), []).append(place_id)
        return found
