"""What is known besides the counts: closures, openings, expected surges and disruptions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.places import Places

Kind = Literal["closure", "opening", "surge-expected", "disruption"]
KINDS: tuple[Kind, ...] = ("closure", "opening", "surge-expected", "disruption")
LARGEST_MULTIPLE = 100.0
FOREVER = 1_000_000  # days
ALWAYS_KNOWN = datetime(1, 1, 1, tzinfo=UTC)


class EventError(ValueError):
    """Events that contradict themselves, each other or the register; `field` is the one to mend."""

    def __init__(self, problem: str, *, field: str, event: str):
        super().__init__(problem)
        self.field, self.event = field, event


@dataclass(frozen=True, slots=True)
class Event:
    """Something registered about the days `first` to `last`, both inclusive; without `last`, open-ended.

    `place` is a crossing, region or country, None for everywhere; `multiple` is the largest expected count
    as a multiple of the ordinary one. It is known from `recorded_at` on; of several versions of an id the one
    recorded last holds, and one that is `withdrawn` says that nothing will happen.
    """

    id: str
    kind: Kind
    first: date
    last: date | None = None
    place: str | None = None
    multiple: float | None = None
    note: str = ""
    recorded_at: datetime = ALWAYS_KNOWN
    withdrawn: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            self._refuse("kind", f"kind {self.kind!r} is none of {', '.join(KINDS)}")
        if self.last is not None and self.last < self.first:
            self._refuse("last", f"last {self.last} lies before first {self.first}; give a day from first on")
        if self.kind == "opening" and self.last not in (None, self.first):
            self._refuse("last", "an opening is one day; leave last empty and register a closure for its end")
        if self.multiple is not None and self.kind in ("closure", "opening"):
            self._refuse("multiple", f"a {self.kind} has no multiple; leave it empty")
        if self.multiple is not None and not 0 < self.multiple <= LARGEST_MULTIPLE:
            self._refuse("multiple", f"multiple must lie above 0 and up to {LARGEST_MULTIPLE:g}")

    def _refuse(self, field: str, problem: str) -> None:
        raise EventError(f"event {self.id!r}: {problem}", field=field, event=self.id)

    def overlaps(self, other: "Event") -> bool:
        """Whether two events of one place share a day."""
        return self.place == other.place and self.reaches(other.first, other.last or date.max)

    def reaches(self, first: date, last: date) -> bool:
        """Whether an event has a day among those from `first` to `last`."""
        end = self.first if self.kind == "opening" else self.last or date.max
        return self.first <= last and first <= end


def known_at(events: Iterable[Event], as_of: datetime) -> tuple[Event, ...]:
    """The newest version of each event known at an instant, by first day and id, without withdrawn ones."""
    newest: dict[str, Event] = {}
    for event in events:
        before = newest.get(event.id)
        if event.recorded_at <= as_of and (before is None or event.recorded_at >= before.recorded_at):
            newest[event.id] = event
    standing = (event for event in newest.values() if not event.withdrawn)
    return tuple(sorted(standing, key=lambda event: (event.first, event.id)))


def check(events: Iterable[Event], places: Places | None = None) -> None:
    """Raise EventError for a place that is not registered, or two closures of one place that overlap."""
    closures: list[Event] = []
    for event in events:
        if places is not None and event.place is not None and event.place not in places:
            problem = f"event {event.id!r}: place {event.place!r} is not registered; name a registered place"
            raise EventError(problem, field="place", event=event.id)
        twice = next((known for known in closures if event.kind == "closure" and event.overlaps(known)), None)
        if twice is not None:
            problem = (
                f"event {event.id!r} closes {event.place or 'all places'} on days on which {twice.id!r} "
                f"does too; end the one before the other begins, or change {twice.id!r}"
            )
            raise EventError(problem, field="first", event=event.id)
        if event.kind == "closure":
            closures.append(event)


def by_crossing(events: Iterable[Event], places: Places) -> tuple[Event, ...]:
    """Events of regions and countries as events of each of their crossings."""
    found = []
    for event in events:
        if event.place is None or event.place not in places or places[event.place].level == "crossing":
            found.append(event)
            continue
        inside = (place for place in places.crossings if event.place in places.ancestors(place.id))
        found.extend(replace(event, place=place.id) for place in inside)
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class Announced:
    """What events say of the crossings of a panel.

    `closed` [series, day] and `closed_ahead` [series, horizon] are registered closures; `opens_ahead`
    [series] is the index into the horizon of the day on which a crossing is to open, -1 without one;
    `widened` [series, horizon] are days of an expected surge or disruption; `cap_multiple` [series] is the
    largest multiple of the ordinary level expected within the horizon, 1 where none is.
    """

    closed: BoolArray
    closed_ahead: BoolArray
    opens_ahead: npt.NDArray[np.int64]
    widened: BoolArray
    cap_multiple: FloatArray


def announced(
    events: Iterable[Event], ids: Sequence[str], *, start: date, days: int, horizon: int
) -> Announced:
    """The arrays of some crossings' events: `days` from `start` are the past, `horizon` days follow.

    An opening ends the closures that began before it, whatever end was registered for them.
    """
    closed, opening, widened = (np.zeros((len(ids), days + horizon), dtype=bool) for _ in range(3))
    multiple = np.ones(len(ids))
    for row, own in _of_each(events, ids):
        openings = sorted(event.first for event in own if event.kind == "opening")
        for event in own:
            stretch = _stretch(event, openings, start)
            target = {"closure": closed, "opening": opening}.get(event.kind, widened)
            target[row, stretch] = True
            if target is widened and stretch.start < days + horizon and stretch.stop > days:
                multiple[row] = max(multiple[row], event.multiple or 1.0)
    before = np.pad(closed, ((0, 0), (1, 0)))[:, :-1]
    opens = ((opening | before) & ~closed)[:, days:]
    return Announced(
        closed=closed[:, :days],
        closed_ahead=closed[:, days:],
        opens_ahead=np.where(opens.any(axis=1), (opens.cumsum(axis=1) == 0).sum(axis=1), -1),
        widened=widened[:, days:],
        cap_multiple=multiple,
    )


def openings(events: Iterable[Event], ids: Sequence[str], *, start: date, days: int) -> BoolArray:
    """The days on which crossings were to open, by an opening or a closure's end: [series, day]."""
    opens = np.zeros((len(ids), days), dtype=bool)
    for row, own in _of_each(events, ids):
        for event in own:
            day = _opening_day(event)
            if day is not None and 0 <= (day - start).days < days:
                opens[row, (day - start).days] = True
    return opens


def _opening_day(event: Event) -> date | None:
    if event.kind == "opening":
        return event.first
    ends = event.kind == "closure" and event.last not in (None, date.max)
    return event.last + timedelta(days=1) if ends and event.last else None


def _of_each(events: Iterable[Event], ids: Sequence[str]) -> Iterator[tuple[int, list[Event]]]:
    """The events of each series that has any, by its row."""
    own: dict[str | None, list[Event]] = {}
    for event in events:
        own.setdefault(event.place, []).append(event)
    everywhere = own.pop(None, [])
    if own or everywhere:
        for row, place in enumerate(ids):
            if found := everywhere + own.get(place, []):
                yield row, found


def _stretch(event: Event, openings: Sequence[date], start: date) -> slice:
    """The days of an event counted from `start`; a closure ends where a later opening is registered."""
    last = event.first if event.kind == "opening" else event.last
    if event.kind == "closure":
        later = [opening - timedelta(days=1) for opening in openings if opening > event.first]
        last = min([*later, last or date.max])
    stop = FOREVER if last is None or last == date.max else max(0, (last - start).days + 1)
    return slice(max(0, (event.first - start).days), stop)
