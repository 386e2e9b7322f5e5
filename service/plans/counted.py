"""Counts as two issues knew them: what came since, against what was forecast, and what was revised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from service.plans.reading import Desk
from service.store.records import Issue

Known = dict[tuple[str, date], tuple[float, str]]
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """Value and status by place and day, as the issue before and this one knew them, and both cutoffs.

    `days` are those that this one knew, by place.
    """

    before: Known
    now: Known
    cutoffs: tuple[date, date]
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
        return cls(then, known(desk.issue.as_of), cutoffs)

    def is_new(self, place_id: str, day: date) -> bool:
        """Whether the issue before did not know it, or knew it otherwise."""
        return self.before.get((place_id, day)) != self.now.get((place_id, day))

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
    counts: Counts, crossings: Sequence[str], expected: Mapping[int, tuple[float, ...]]
) -> Iterator[str]:
    """Each day counted since, beside the inner quantiles that were forecast of it, by days ahead."""
    for ahead, day in enumerate(counts.since, start=1):
        told = [counts.now[one, day] for one in crossings if (one, day) in counts.now]
        if not told:
            yield f"no count came for {day}"
            continue
        people = sum(value for value, status in told if status != "closed")
        silent = len(crossings) - len(told) + sum(status == "partial" for _, status in told)
        part = f" so far, with counts of {silent} crossings to come" if silent else ""
        if len(crossings) == 1 and silent:
            part = " so far, the day not counted to its end"
        yield f"{people:,.0f} arrived on {day}{part}{_beside(people, expected.get(ahead))}"


def _beside(people: float, expected: tuple[float, ...] | None) -> str:
    if expected is None:
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
        named = "; ".join(
            f"{counts.now[key][0]:,.0f} at {key[0]} on {key[1]}" for key in sorted(late)[:MOST_NAMED]
        )
        yield f"{_some(late, 'late count')} came in: {named}"
    if revised:
        named = "; ".join(_revision(counts, key) for key in revised[:MOST_NAMED])
        yield f"{_some(revised, 'count')} revised: {named}"


def _size(counts: Counts, key: tuple[str, date]) -> float:
    return abs(counts.now[key][0] - counts.before[key][0])


def _revision(counts: Counts, key: tuple[str, date]) -> str:
    (was, _), (value, status) = counts.before[key], counts.now[key]
    said = "closed" if status == "closed" else f"{value:,.0f}"
    return f"{key[0]} on {key[1]} from {was:,.0f} to {said}"


def _some(keys: Sequence[object], name: str) -> str:
    return f"{len(keys)} {name}{'' if len(keys) == 1 else 's'}"
