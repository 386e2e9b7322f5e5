"""Public holidays on both sides of a border, and the shape of the breaks that they make."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version

import holidays
import numpy as np

from forecast.arrays import FloatArray

HOLIDAYS_VERSION = version("holidays")
CATEGORIES = ("public", "optional")
SHAPES = ("eve", "first", "middle", "last", "single", "morrow", "weekend_holiday", "working_weekend")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The free days of one country: its holidays by name, weekend days, and weekends that are worked."""

    names: dict[date, tuple[str, ...]]
    weekend: frozenset[int]
    working: frozenset[date]

    def is_free(self, day: date) -> bool:
        """Whether people are off work that day."""
        return day in self.names or (day.weekday() in self.weekend and day not in self.working)


def is_supported(country: str) -> bool:
    """Whether holidays of a country (ISO 3166 alpha-2 code) are known."""
    return country.upper() in holidays.list_supported_countries(include_aliases=False)


def country_calendar(country: str, years: Iterable[int]) -> Calendar:
    """The public and optional holidays of a country; one that is not supported has none."""
    return _country_calendar(country.upper(), tuple(sorted(set(years))))


@lru_cache(maxsize=256)
def _country_calendar(country: str, years: tuple[int, ...]) -> Calendar:
    if not is_supported(country):
        return Calendar({}, frozenset({5, 6}), frozenset())
    # A category or language that a country lacks raises; without a language the environment picks one.
    known = holidays.country_holidays(country)
    language = "en_US" if "en_US" in known.supported_languages else known.default_language
    categories = tuple(category for category in CATEGORIES if category in known.supported_categories)
    found = holidays.country_holidays(
        country, years=years, language=language, categories=categories or known.supported_categories
    )
    names = {day: _plain_names(found[day]) for day in sorted(found)}
    return Calendar(names, frozenset(found.weekend), frozenset(found.weekend_workdays))


def _plain_names(label: str) -> tuple[str, ...]:
    """Names without the remarks that change from year to year, such as "(observed)"."""
    plain = (re.sub(r"\s*\([^)]*\)", "", name).strip() for name in label.split(";"))
    return tuple(sorted({name for name in plain if name}))


def break_shapes(countries: Iterable[str], first: date, last: date) -> FloatArray:
    """Indicators of each country's `SHAPES` from first to last: [day, country x shape]."""
    columns = [_country_shapes(country.upper(), first, last) for country in countries]
    return np.concatenate([np.zeros(((last - first).days + 1, 0)), *columns], axis=1)


@lru_cache(maxsize=256)
def _country_shapes(country: str, first: date, last: date) -> FloatArray:
    days = [first + timedelta(days=offset) for offset in range(-1, (last - first).days + 2)]
    calendar = country_calendar(country, _years(days[0] - timedelta(days=14), days[-1] + timedelta(days=14)))
    shapes = [_shape(calendar, day) for day in days[1:-1]]
    return np.array([[float(shape == name) for name in SHAPES] for shape in shapes])


def _shape(calendar: Calendar, day: date) -> str | None:
    """What a day is in the run of free days that holds a holiday, or beside such a run."""
    if not calendar.is_free(day):
        if day in calendar.working:
            return "working_weekend"
        if _holds_holiday(calendar, day + timedelta(days=1)):
            return "eve"
        return "morrow" if _holds_holiday(calendar, day - timedelta(days=1)) else None
    first, last = _break(calendar, day)
    if not any(_weekday_holiday(calendar, first + timedelta(days=n)) for n in range((last - first).days + 1)):
        return "weekend_holiday" if day in calendar.names else None
    if first == last:
        return "single"
    return "first" if day == first else "last" if day == last else "middle"


def _weekday_holiday(calendar: Calendar, day: date) -> bool:
    return day in calendar.names and day.weekday() not in calendar.weekend


def _break(calendar: Calendar, day: date) -> tuple[date, date]:
    """The first and last day of the run of free days around a free day, at most 14 days to each side."""
    ends = []
    for step in (timedelta(days=-1), timedelta(days=1)):
        end = day
        while calendar.is_free(end + step) and abs((end - day).days) < 14:
            end += step
        ends.append(end)
    return ends[0], ends[1]


def _holds_holiday(calendar: Calendar, day: date) -> bool:
    """Whether a day belongs to a break with a holiday on a weekday."""
    if not calendar.is_free(day):
        return False
    first, last = _break(calendar, day)
    return any(_weekday_holiday(calendar, first + timedelta(days=n)) for n in range((last - first).days + 1))


def _years(first: date, last: date) -> range:
    return range(first.year, last.year + 1)
