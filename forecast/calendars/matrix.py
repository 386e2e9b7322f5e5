"""The calendar of a border as regressors: weekday, season, breaks and feasts of its countries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.calendars.breaks import Days, break_columns, day_range, weekdays
from forecast.calendars.countries import code_of, country_calendar
from forecast.calendars.feasts import Feast, feasts

HARMONICS = 6
YEAR = 365.25
WEEKDAY_PRIOR = 0.5
SEASONAL_WEEKDAY_PRIOR = 0.03
YEAR_PRIOR = 0.05
BREAK_PRIOR = 0.15
FEAST_PRIOR = 0.25
NEAR_FEAST_PRIOR = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Regressors [day, column] from a first day on, with the standard deviation expected of each effect.

    A column's kind is weekday, year, break or named; equal columns are joined under all their names. `prior`
    [column] is in log units; `special` [day] marks the days in or next to a break of any of the countries.
    """

    first: date
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    prior: FloatArray
    columns: FloatArray
    special: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    name: str
    kind: str
    prior: float
    values: FloatArray


@lru_cache(maxsize=64)
def design(countries: tuple[str, ...], first: date, last: date) -> Design:
    """The regressors of a border from first to last; a country without known holidays adds none.

    Which columns there are depends on the countries, the year of the first day and the year of the last, so
    that effects keep their place from night to night.
    """
    whole = _whole_years(countries, first.year, last.year)
    cut = slice((first - whole.first).days, (last - whole.first).days + 1)
    return replace(whole, first=first, columns=whole.columns[cut], special=whole.special[cut])


def near_holidays(borders: Sequence[tuple[str, ...]], first: date, last: date) -> BoolArray:
    """The days in or next to a break of any of a border's countries: [border, day]."""
    near = {countries: design(countries, first, last).special for countries in set(borders)}
    return np.stack([near[countries] for countries in borders])


@lru_cache(maxsize=32)
def _whole_years(countries: tuple[str, ...], first: int, last: int) -> Design:
    start, end = date(first, 1, 1), date(last, 12, 31)
    days = day_range(start, end)
    found = _season_columns(days)
    special = np.zeros(len(days), dtype=bool)
    for country in dict.fromkeys(code.upper() for code in countries):
        columns, near = _country_columns(country, start, end)
        found += columns
        special |= near
    found = _distinct(found)
    names, kinds = tuple(column.name for column in found), tuple(column.kind for column in found)
    prior = np.array([column.prior for column in found])
    values = np.stack([column.values for column in found], axis=1)
    for shared in (prior, values, special):
        shared.setflags(write=False)
    return Design(start, names, kinds, prior, values, special)


def _season_columns(days: Days) -> list[_Column]:
    """Weekday contrasts, waves of one to six cycles a year, and weekdays that differ by season."""
    of_week = weekdays(days)
    week = {f"weekday:{n}": (of_week == n) - 1 / 7 for n in range(7)}
    of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.float64)
    year = {
        f"{name}{cycles}": wave(2 * np.pi * cycles * of_year / YEAR)
        for cycles in range(1, HARMONICS + 1)
        for name, wave in (("sin", np.sin), ("cos", np.cos))
    }
    return [
        *(_Column(name, "weekday", WEEKDAY_PRIOR, values) for name, values in week.items()),
        # The quick waves are held smaller.
        *(_Column(f"year:{name}", "year", YEAR_PRIOR / int(name[3:]), year[name]) for name in year),
        *(
            _Column(f"{name}:{wave}", "weekday", SEASONAL_WEEKDAY_PRIOR, values * year[wave])
            for name, values in week.items()
            for wave in ("sin1", "cos1")
        ),
    ]


def _country_columns(country: str, start: date, end: date) -> tuple[list[_Column], BoolArray]:
    """Breaks and feasts of a country, and the days in or next to a break."""
    calendar = country_calendar(country, range(start.year - 1, end.year + 2))
    if not calendar.names:
        return [], np.zeros((end - start).days + 1, dtype=bool)
    shapes, near = break_columns(calendar, start, end)
    country = code_of(country)
    columns = [
        _Column(f"{country}:{name}", "break", BREAK_PRIOR, shape.astype(np.float64))
        for name, shape in shapes.items()
    ]
    for feast in feasts(calendar):
        columns += _feast_columns(country, feast, start, end)
    return columns, near


def _feast_columns(country: str, feast: Feast, start: date, end: date) -> Iterator[_Column]:
    """One column for each day of a feast's window, counted from its first day."""
    for offset in range(feast.window[0], feast.window[1] + 1):
        values = np.zeros((end - start).days + 1)
        for begin in feast.begins:
            row = (begin + timedelta(days=offset) - start).days
            if 0 <= row < len(values):
                values[row] = 1.0
        prior = FEAST_PRIOR if 0 <= offset < feast.lasts else NEAR_FEAST_PRIOR
        yield _Column(f"{country}:named:{feast.name}:{offset:+d}", "named", prior, values)


def _distinct(columns: list[_Column]) -> list[_Column]:
    """The columns without empty ones, equal ones joined, since counts cannot tell their effects apart."""
    found: dict[bytes, _Column] = {}
    for column in columns:
        key = column.values.tobytes()
        if not column.values.any():
            continue
        same = found.get(key)
        found[key] = column if same is None else _joined(same, column)
    return list(found.values())


def _joined(one: _Column, other: _Column) -> _Column:
    return replace(one, name=f"{one.name} | {other.name}", prior=max(one.prior, other.prior))
