"""What a day is within the breaks that a country's holidays make: one shape a day, or none."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import numpy as np

from forecast.arrays import FloatArray
from forecast.calendars.breaks import PADDING, after, before, day_range, marked, runs, weekdays
from forecast.calendars.countries import country_calendar

SHAPES = ("eve", "first", "middle", "last", "single", "morrow", "weekend_holiday", "working_weekend")


def break_shapes(countries: Iterable[str], first: date, last: date) -> FloatArray:
    """Indicators of each country's `SHAPES` from first to last: [day, country x shape]."""
    columns = [_country_shapes(country.upper(), first, last) for country in countries]
    return np.concatenate([np.zeros(((last - first).days + 1, 0)), *columns], axis=1)


@lru_cache(maxsize=256)
def _country_shapes(country: str, first: date, last: date) -> FloatArray:
    """What each day is in a run of free days that holds a holiday on a weekday, or beside such a run."""
    start, end = first - PADDING, last + PADDING
    calendar, days = country_calendar(country, range(start.year, end.year + 1)), day_range(start, end)
    holiday, working = marked(days, calendar.names), marked(days, calendar.working)
    weekend = np.isin(weekdays(days), sorted(calendar.weekend))
    free = holiday | (weekend & ~working)
    position, length, festive = runs(free, holiday & ~weekend)
    inside = free & festive
    single, opens, closes = (
        inside & (length == 1),
        inside & (position == 0),
        inside & (position == length - 1),
    )
    eve, morrow = ~free & before(inside, 1), ~free & after(inside, 1)
    shapes = {
        "eve": eve & ~working,
        "first": opens & ~single,
        "middle": inside & ~opens & ~closes,
        "last": closes & ~single,
        "single": single,
        "morrow": morrow & ~eve & ~working,
        "weekend_holiday": holiday & ~inside,
        "working_weekend": working & ~free,
    }
    return np.column_stack([shapes[name] for name in SHAPES])[PADDING.days : -PADDING.days].astype(np.float64)
