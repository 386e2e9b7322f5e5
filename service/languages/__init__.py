"""Languages of what is mailed: one catalogue a language, `xx.po`, and numbers and dates as it writes them."""

import gettext
import io
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

CATALOGUES = Path(__file__).parent
SOURCE = "en"
"""The language that messages are written in; it needs no catalogue."""


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
        return self.catalogue.gettext(message).format(**values)

    def count(self, one: str, several: str, number: int, **values: Any) -> str:
        """A message in the plural form of a number, which the message may name as {number}."""
        told = self.catalogue.ngettext(one, several, number)
        return told.format(number=self.number(number), **values)

    def number(self, value: float, digits: int = 0) -> str:
        """A number, rounded to some digits after the point."""
        pattern = "#,##0." + "#" * digits if digits else "#,##0"
        return format_decimal(round(value, digits), format=pattern, locale=self.locale)

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
        return format_date(day, "EEE, d MMM", locale=self.locale)

    def full_day(self, day: date) -> str:
        """A day in full: 27 September 2022."""
        return format_date(day, "d MMMM y", locale=self.locale)

    def short_day(self, day: date) -> str:
        """A day for an axis: 27 Sep."""
        return format_date(day, "d MMM", locale=self.locale)

    def instant(self, at: datetime) -> str:
        """An instant in the zone that it is given in, to the minute."""
        return format_datetime(at, "d MMMM y, HH:mm", locale=self.locale)


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
