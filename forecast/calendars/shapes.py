"""What a day is within the breaks that a country's holidays make: one shape a day, or none."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from forecast.arrays import FloatArray
from forecast.calendars.countries import Calendar, country_calendar

SHAPES = ("eve", "first", "middle", "last", "single", "morrow", "weekend_holiday", "working_weekend")


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
