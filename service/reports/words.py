"""How a report writes names, days and numbers: what is small or not told is written so, never guessed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from service.languages import Language
from service.mail.envelope import plain
from service.reports.contents import Named, Quantity

UNTOLD = "–"
LONG_RUN = 3  # days


@dataclass(frozen=True, slots=True)
class Words:
    """A language, the threshold of small counts, and the zone in which instants are told."""

    language: Language
    small: int
    zone: str = "UTC"

    def say(self, message: str, **values: Any) -> str:
        """A message in the language."""
        return self.language.say(message, **values)

    def count(self, one: str, several: str, number: int, **values: Any) -> str:
        """A message in the plural form of a number."""
        return self.language.count(one, several, number, **values)

    def name(self, place: Named) -> str:
        """A place's name on one line."""
        return plain(place.name)

    def names(self, places: Iterable[Named]) -> str:
        """Several places' names."""
        return ", ".join(map(self.name, places))

    def at(self, place: Named, day: date) -> str:
        """A place and a day, as the head of a row."""
        return self.say("{place}, {day}", place=self.name(place), day=self.language.day(day))

    def days(self, days: Iterable[date]) -> str:
        """Several days in their order; three and more in a row by the first and the last."""
        return ", ".join(told for run in _runs(days) for told in self._run(run))

    def _run(self, run: Sequence[date]) -> Iterator[str]:
        if len(run) < LONG_RUN:
            yield from map(self.language.short_day, run)
        else:
            yield self.span(run[0], run[-1])

    def span(self, first: date, last: date) -> str:
        """A first day and a last one."""
        told = {"first": self.language.short_day(first), "last": self.language.short_day(last)}
        return self.say("{first} to {last}", **told)

    def local_day(self, at: datetime) -> date:
        """The place's own day of an instant."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def instant(self, at: datetime) -> str:
        """An instant by the place's clocks."""
        return self.language.instant(at.astimezone(ZoneInfo(self.zone)))

    def cell(self, value: Quantity, digits: int = 0) -> str:
        """A number in a table, halves upwards."""
        if value == "small":
            return f"<{self.language.number(self.small)}"
        return UNTOLD if value is None else self._number(value, digits)

    def number(self, value: Quantity, digits: int = 0) -> str:
        """A number in a sentence, halves upwards."""
        if value == "small":
            return self.say("fewer than {number}", number=self.language.number(self.small))
        return self.say("not told") if value is None else self._number(value, digits)

    def hours(self, value: Quantity) -> str:
        """Hours, to a tenth."""
        return self.cell(value, 1)

    def _number(self, value: float, digits: int) -> str:
        unit = 10**digits
        return self.language.number(floor(value * unit + 0.5) / unit, digits)


def _runs(days: Iterable[date]) -> list[list[date]]:
    """Days that follow upon one another, together."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def is_number(value: Quantity) -> bool:
    """Whether a number is told as such."""
    return isinstance(value, int | float)
