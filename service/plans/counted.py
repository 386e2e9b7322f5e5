"""Counts as two issues knew them: what came since, against what was forecast, and what was revised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from service.disclosure import NOTHING_SMALL, SmallCounts
from service.plans.reading import Desk
from service.store.records import Issue

Known = dict[tuple[str, date], tuple[float, str]]
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """Value and status by place and day, as the issue before and this one knew them, and both cutoffs.

    `days` are those that this one knew, by place; `small` says which counts of the `measure` are not told.
    """

    before: Known
    now: Known
    cutoffs: tuple[date, date]
    measure: str = "arrivals"
    small: SmallCounts = NOTHING_SMALL
    days: Mapping[str, Sequence[date]] = field(init=False)

    def __post_init__(self) -> None:
        days: dict[str, list[date]] = {}
        for place_id, day in self.now:
            days.setdefault(place_id, []).append(day)
        object.__setattr__(self, "days", days)

    @classmethod
    def read(cls, desk: Desk, before: Issue, what: tuple[str, Sequence[str]], first: date) -> "Counts":
        """A measure at some places from a day on."""
        measure, ids = what
        last = desk.issue.cutoff

        def known(as_of: datetime) -> Known:
            return _known(desk.store.observations.known(measure, ids, first, last, as_of=as_of))

        cutoffs = before.cutoff, last
        then = {key: one for key, one in known(before.as_of).items() if key[1] <= before.cutoff}
        return cls(then, known(desk.issue.as_of), cutoffs, measure, desk.reader.small)

    def is_new(self, place_id: str, day: date) -> bool:
        """Whether the issue before did not know it, or knew it otherwise."""
        return self.before.get((place_id, day)) != self.now.get((place_id, day))

    def tells(self, place_id: str, day: date, *people: float) -> bool:
        """Whether counts of a place and day are told: none is small, or would give a small one away."""
        few = any(self.small.number(one) is None for one in people)
        return not few and not self.small.hides(self.measure, place_id, day)

    @property
    def since(self) -> list[date]:
        """The days counted since the issue before."""
        first, last = self.cutoffs
        return [first + timedelta(days=ahead) for ahead in range(1, (last - first).days + 1)]


def _known(frame: pd.DataFrame) -> Known:
    days = pd.DatetimeIndex(frame["date"]).date
    values = zip(frame["value"].fillna(0.0), frame["status"], strict=True)
    return dict(zip(zip(frame["place"], days, strict=True), values, strict=True))


def count_reasons(
    counts: Counts, place_id: str, crossings: Sequence[str], expected: Mapping[int, tuple[float, ...]]
) -> Iterator[str]:
    """Each day of a place counted since, beside the inner quantiles forecast of it, by days ahead.

    To readers who are not told small counts the sum of a few crossings is not told either: with what was
    told of the others it may tell one of them.
    """
    for ahead, day in enumerate(counts.since, start=1):
        told = [counts.now[one, day] for one in crossings if (one, day) in counts.now]
        if not told:
            yield f"no count came for {day}"
            continue
        people = sum(value for value, status in told if status != "closed")
        silent = len(crossings) - len(told) + sum(status == "partial" for _, status in told)
        if not counts.tells(place_id, day, people) or (
            counts.small.threshold and silent and len(crossings) > 1
        ):
            yield f"the count of {day} is not told"
            continue
        part = f" so far, with counts of {silent} crossings to come" if silent else ""
        if len(crossings) == 1 and silent:
            part = " so far, the day not counted to its end"
        yield f"{people:,.0f} arrived on {day}{part}{_beside(people, expected.get(ahead), counts.small)}"


def _beside(people: float, expected: tuple[float, ...] | None, small: SmallCounts) -> str:
    if expected is None or small.number(min(expected)) is None:
        return ""
    low, middle, high = expected
    how = "more than forecast" if people > high else "fewer than forecast" if people < low else "as forecast"
    return f", {how} ({middle:,.0f}, in 80 of 100 cases {low:,.0f} to {high:,.0f})"


def revisions(counts: Counts, crossings: Sequence[str]) -> Iterator[str]:
    """Counts of earlier days that came late or were corrected, the largest first."""
    changed = [
        (one, day)
        for one in crossings
        for day in counts.days.get(one, ())
        if day <= counts.cutoffs[0] and counts.is_new(one, day)
    ]
    late = [key for key in changed if key not in counts.before]
    revised = sorted((key for key in changed if key in counts.before), key=lambda key: -_size(counts, key))
    if late:
        named = "; ".join(_late(counts, key) for key in sorted(late)[:MOST_NAMED])
        yield f"{_some(late, 'late count')} came in: {named}"
    if revised:
        named = "; ".join(_revision(counts, key) for key in revised[:MOST_NAMED])
        yield f"{_some(revised, 'count')} revised: {named}"


def _size(counts: Counts, key: tuple[str, date]) -> float:
    if not counts.tells(*key, *_people(counts, key)):
        return 0.0
    return abs(counts.now[key][0] - counts.before[key][0])


def _people(counts: Counts, key: tuple[str, date]) -> list[float]:
    """The numbers of people that were counted of a place and day: before, and now unless it is closed."""
    known = (counts.before.get(key), counts.now[key])
    return [one[0] for one in known if one is not None and one[1] != "closed"]


def _late(counts: Counts, key: tuple[str, date]) -> str:
    told = counts.tells(*key, *_people(counts, key))
    return f"{f'{counts.now[key][0]:,.0f}' if told else 'not told'} at {key[0]} on {key[1]}"


def _revision(counts: Counts, key: tuple[str, date]) -> str:
    if not counts.tells(*key, *_people(counts, key)):
        return f"{key[0]} on {key[1]}, not told"
    (was, _), (value, status) = counts.before[key], counts.now[key]
    said = "closed" if status == "closed" else f"{value:,.0f}"
    return f"{key[0]} on {key[1]} from {was:,.0f} to {said}"


def _some(keys: Sequence[object], name: str) -> str:
    return f"{len(keys)} {name}{'' if len(keys) == 1 else 's'}"
