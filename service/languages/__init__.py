"""Languages of what is mailed: one catalogue a language, `xx.po`, and numbers and dates as it writes them."""

import gettext
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

CATALOGUES = Path(__file__).parent
_WIDE, _NARROW = "\u00a0", "\u202f"
SOURCE = "en"
"""The language that messages are written in; it needs no catalogue."""
_AT_THE_END = re.compile(r"\{(\w+)\}\.(?:\s|$)")


class UnknownLanguageError(ValueError):
    """No catalogue holds the language; the message names those there are."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its code: messages, numbers, shares and dates in it."""

    code: str
    catalogue: gettext.NullTranslations
    locale: Locale

    def say(self, message: str, **values: Any) -> str:
        """A message in this language, its named fields filled in."""
        return _filled(self.catalogue.gettext(message), values)

    def count(self, one: str, several: str, number: int, **values: Any) -> str:
        """A message in the plural form of a number, which the message may name as {number}."""
        told = self.catalogue.ngettext(one, several, number)
        return _filled(told, {"number": self.number(number), **values})

    def number(self, value: float, digits: int = 0) -> str:
        """A number, rounded to some digits after the point."""
        pattern = "#,##0." + "#" * digits if digits else "#,##0"
        told = format_decimal(round(value, digits), format=pattern, locale=self.locale)
        return told.replace(_WIDE, _NARROW)  # in a row of numbers a wide gap reads as the next column

    def share(self, chance: float) -> str:
        """A chance in percent; some hundred paths make nothing certain."""
        if chance < 0.01:
            return "<\u202f" + format_percent(0.01, locale=self.locale)
        if chance > 0.99:
            return ">\u202f" + format_percent(0.99, locale=self.locale)
        return format_percent(round(chance, 2), locale=self.locale)

    def level(self, level: float) -> str:
        """A level or a coverage in percent, as it is."""
        return format_percent(round(level, 3), locale=self.locale)

    def day(self, day: date) -> str:
        """A day with its weekday, short: Tue, 27 Sep."""
        return self._date(day, "MMMEd", "EEE, d MMM")

    def full_day(self, day: date) -> str:
        """A day in full: 27 September 2022."""
        return format_date(day, "d MMMM y" if self.code == SOURCE else "long", locale=self.locale)

    def short_day(self, day: date) -> str:
        """A day for an axis: 27 Sep."""
        return self._date(day, "MMMd", "d MMM")

    def instant(self, at: datetime) -> str:
        """An instant in the zone that it is given in, to the minute."""
        return f"{self.full_day(at)}, {at:%H:%M}"

    def _date(self, day: date, skeleton: str, source: str) -> str:
        """A day as the language orders its parts; in the source's, the day before the month."""
        if self.code == SOURCE:
            return format_date(day, source, locale=self.locale)
        return format_skeleton(skeleton, day, locale=self.locale)


def _filled(message: str, values: Mapping[str, Any]) -> str:
    """A message with its fields; a value that ends a sentence with a point of its own gives up that point."""
    ending = {name for name in _AT_THE_END.findall(message) if str(values[name]).endswith(".")}
    return message.format(**{**values, **{name: str(values[name])[:-1] for name in ending}})


def languages() -> tuple[str, ...]:
    """The codes of all languages there are, the source first."""
    return (SOURCE, *sorted(file.stem for file in CATALOGUES.glob("*.po")))


@cache
def language(code: str) -> Language:
    """A language by its code; raises UnknownLanguageError."""
    if code not in languages():
        raise UnknownLanguageError(f"{code!r} is no language here; there are {', '.join(languages())}")
    return Language(code, _catalogue(code), Locale.parse(code))


def _catalogue(code: str) -> gettext.NullTranslations:
    if code == SOURCE:
        return gettext.NullTranslations()
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        read = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
