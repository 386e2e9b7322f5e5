"""The shape that a day has within the breaks of either country."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast.calendars import SHAPES, break_shapes, country_calendar


def shapes_of(country, first, last):
    rows = break_shapes((country,), first, last)
    return [next((name for name, on in zip(SHAPES, row, strict=True) if on), None) for row in rows]


def test_a_long_weekend_has_a_first_a_middle_and_a_last_day():
    # Easter 2023 in Hong Kong: Friday 7 to Monday 10 April were free.
    assert shapes_of("HK", date(2023, 4, 6), date(2023, 4, 11)) == [
        "eve", "first", "middle", "middle", "last", "morrow",
    ]  # fmt: skip


def test_a_holiday_in_midweek_stands_alone_between_eve_and_morrow():
    assert shapes_of("HK", date(2023, 5, 24), date(2023, 5, 24)) == [None]
    assert shapes_of("HK", date(2023, 4, 4), date(2023, 4, 5)) == ["eve", "single"]


def test_an_ordinary_weekend_is_no_break_and_a_holiday_on_it_is_only_that():
    assert shapes_of("KZ", date(2022, 6, 11), date(2022, 6, 12)) == [None, None]
    assert shapes_of("KZ", date(2022, 7, 9), date(2022, 7, 10)) == ["weekend_holiday", None]


def test_a_weekend_that_is_worked_is_marked():
    assert shapes_of("CN", date(2023, 6, 25), date(2023, 6, 25)) == ["working_weekend"]


def test_both_sides_have_columns_of_their_own():
    both = break_shapes(("HK", "CN"), date(2023, 1, 1), date(2023, 12, 31))
    assert both.shape == (365, 2 * len(SHAPES))
    assert np.array_equal(both[:, len(SHAPES) :], break_shapes(("CN",), date(2023, 1, 1), date(2023, 12, 31)))
    assert break_shapes((), date(2023, 1, 1), date(2023, 1, 10)).shape == (10, 0)


@pytest.mark.parametrize("country", ["KZ", "CN", "HK", "US", "IL", "RU", "GB"])
def test_every_day_has_the_shape_that_a_walk_from_it_finds(country):
    first, last = date(2019, 1, 1), date(2023, 12, 31)
    calendar = country_calendar(country, range(2018, 2025))
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    assert shapes_of(country, first, last) == [walked(calendar, day) for day in days]


def walked(calendar, day):
    """What a day is, by walking from free day to free day."""
    if not calendar.is_free(day):
        if day in calendar.working:
            return "working_weekend"
        beside = {ahead: run_of(calendar, day + timedelta(days=ahead)) for ahead in (1, -1)}
        if has_holiday(calendar, beside[1]):
            return "eve"
        return "morrow" if has_holiday(calendar, beside[-1]) else None
    run = run_of(calendar, day)
    if not has_holiday(calendar, run):
        return "weekend_holiday" if day in calendar.names else None
    if len(run) == 1:
        return "single"
    return "first" if day == run[0] else "last" if day == run[-1] else "middle"


def run_of(calendar, day):
    """The free days in a row around a day, none if it is not free."""
    run = [day] if calendar.is_free(day) else []
    while run and calendar.is_free(run[-1] + timedelta(days=1)):
        run.append(run[-1] + timedelta(days=1))
    while run and calendar.is_free(run[0] - timedelta(days=1)):
        run.insert(0, run[0] - timedelta(days=1))
    return run


def has_holiday(calendar, run):
    return any(day in calendar.names and day.weekday() not in calendar.weekend for day in run)
