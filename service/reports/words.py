"""How a report writes names, days and numbers: what is small or not told is written so, never guessed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from service.languages import Language
from service.mail.envelope import plain
from service.reports.contents import Named, Quantity

UNTOLD = "–"


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
        """Several days."""
        return ", ".join(map(self.language.short_day, days))

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


def is_number(value: Quantity) -> bool:
    """Whether a number is told as such."""
    return isinstance(value, int | float)
