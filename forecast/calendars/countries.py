"""The public holidays, weekends and worked weekends of a country."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays

HOLIDAYS_VERSION = version("holidays")
CATEGORIES = ("public", "optional", "bank")
# Days of which each employee takes a few: the country works on.
NOT_KEPT = {("IN", "optional")}
ADDED = "+"  # between a country's code and the days that are free besides its holidays


@dataclass(frozen=True, slots=True)
class Calendar:
    """The free days of one country: its holidays by name, weekend days, and weekends that are worked.

    Names are plain; labels carry the library's remarks, such as "(observed)".
    """

    names: dict[date, tuple[str, ...]]
    labels: dict[date, tuple[str, ...]]
    weekend: frozenset[int]
    working: frozenset[date]

    def is_free(self, day: date) -> bool:
        """Whether people are off work that day."""
        return day in self.names or (day.weekday() in self.weekend and day not in self.working)


def with_days(country: str, days: Iterable[date]) -> str:
    """A country's code that also names days which are free besides its holidays: `KZ+2024-03-25`."""
    return ADDED.join([country, *(day.isoformat() for day in sorted(set(days)))])


def code_of(country: str) -> str:
    """A country's code without the days that were added."""
    return country.partition(ADDED)[0].upper()


def is_supported(country: str) -> bool:
    """Whether holidays of a country (ISO 3166 alpha-2 code) are known."""
    return country.upper() in holidays.list_supported_countries(include_aliases=False)


def country_calendar(country: str, years: Iterable[int]) -> Calendar:
    """The public, optional and bank holidays of a country, and days added to its code.

    One that is not supported has none of its own.
    """
    known = _country_calendar(code_of(country), tuple(sorted(set(years))))
    added = {date.fromisoformat(day): () for day in country.split(ADDED)[1:]}
    if not added:
        return known
    # Without a name, so that they are a break like any other and no feast of their own.
    return replace(known, names=added | known.names, labels=added | known.labels)


@lru_cache(maxsize=256)
def _country_calendar(country: str, years: tuple[int, ...]) -> Calendar:
    if not is_supported(country):
        return Calendar({}, {}, frozenset({5, 6}), frozenset())
    # A category or language that a country lacks raises; without a language the environment picks one.
    known = holidays.country_holidays(country)
    language = "en_US" if "en_US" in known.supported_languages else known.default_language
    found = holidays.country_holidays(
        country, years=years, language=language, categories=_categories(country, known.supported_categories)
    )
    labels = {day: tuple(name.strip() for name in found[day].split(";")) for day in sorted(found)}
    names = {day: _plain_names(label) for day, label in labels.items()}
    return Calendar(names, labels, frozenset(found.weekend), frozenset(found.weekend_workdays))


def _categories(country: str, supported: Sequence[str]) -> tuple[str, ...]:
    """Those of the supported categories on whose days a country is off work; all, if it knows others only."""
    kept = [category for category in CATEGORIES if (country, category) not in NOT_KEPT]
    return tuple(category for category in kept if category in supported) or tuple(supported)


def _plain_names(label: tuple[str, ...]) -> tuple[str, ...]:
    """Names without the remarks that change from year to year, such as "(observed)"."""
    return tuple(sorted({plain(name) for name in label} - {""}))


def plain(name: str) -> str:
    """A name without its remarks in brackets."""
    return re.sub(r"\s*\([^)]*\)", "", name).strip()
