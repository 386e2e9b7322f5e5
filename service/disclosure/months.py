"""Which days of a month are hidden at which places: all families of a measure at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from service.disclosure.cells import Cells
from service.disclosure.families import LIABLE_FOR, LOOK_BACK, Days, Hidden, hidden
from service.disclosure.tree import Tree
from service.store import Store
from service.store.small_counts import Registration, SmallCountStore

Month = tuple[int, int]
HiddenDays = Mapping[str, int]
"""By place, the days of a month on which its count is not told: bit 1 is the first, bit 31 the last."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a month: of which measure, below how many people."""

    measure: str
    threshold: int
    month: Month

    @property
    def first(self) -> date:
        """The month's first day."""
        return date(*self.month, 1)

    @property
    def last(self) -> date:
        """The month's last day."""
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def hidden_days(store: Store, registrations: Sequence[Registration], asked: Question) -> HiddenDays:
    """The hidden days of a month by place; places of which all days are told are left out."""
    then = Tree.at(registrations, datetime(*asked.month, 1, tzinfo=UTC))
    now = Tree.at(registrations, None)
    found: dict[str, int] = {}
    for total, places, hides in _families(store.small_counts, then, asked):
        for place_id, days in zip(places, hides.counts, strict=True):
            _hide(found, place_id, days)
            for other in {*then.totals_of(place_id)} ^ {*now.totals_of(place_id)}:
                _hide(found, other, days)
        for above in {*then.up(total), *now.up(total)}:
            _hide(found, above, hides.total)
    return found


def _families(
    store: SmallCountStore, then: Tree, asked: Question
) -> Iterator[tuple[str | None, list[str], Hidden]]:
    """The families in which a count is small, or was of late: the total, the places, what is hidden."""
    families = then.families()
    since = asked.first - timedelta(days=LIABLE_FOR)
    few = store.few(asked.measure, then.parents, below=asked.threshold, first=since, last=asked.last)
    some = {total: sorted(families[total]) for total in {then.total_of(place_id) for place_id in few}}
    ids = sorted(place_id for places in some.values() for place_id in places)
    first = asked.first - timedelta(days=LOOK_BACK)
    reports = store.reports(asked.measure, ids, first=first, last=asked.last)
    shape = (len(ids), (asked.last - first).days + 1)
    cells = Cells.of(reports, shape, threshold=asked.threshold)
    position = {place_id: row for row, place_id in enumerate(ids)}
    for total, places in some.items():
        rows = np.array([position[place_id] for place_id in places])
        yield total, places, hidden(cells.among(rows, slice(None)), threshold=asked.threshold)


def _hide(found: dict[str, int], place_id: str, days: Days) -> None:
    bits = sum(1 << int(day) for day in np.flatnonzero(days) + 1)
    if bits:
        found[place_id] = found.get(place_id, 0) | bits
