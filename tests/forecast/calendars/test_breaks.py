"""Days in and around breaks, against hand-made calendars and a slow loop."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast.calendars import Calendar, country_calendar
from forecast.calendars.breaks import break_columns, day_range, weekdays


def marks(country, first, last):
    """Of each day the names of the columns that mark it, in alphabetical order."""
    years = range(first.year - 1, last.year + 2)
    columns, _ = break_columns(country_calendar(country, years), first, last)
    days = range((last - first).days + 1)
    return [" ".join(sorted(name for name, column in columns.items() if column[day])) for day in days]


def calendar_of(*holidays, working=()):
    names = dict.fromkeys(holidays, ("Feast",))
    return Calendar(names, names, frozenset({5, 6}), frozenset(working))


def test_nauryz_of_2022_makes_five_days_with_the_weekend_before():
    assert marks("KZ", date(2022, 3, 17), date(2022, 3, 25)) == [
        "two_before",
        "eve long_eve",
        "first long_first",
        "long_middle middle",
        "holiday_on_weekday long_middle middle",
        "holiday_on_weekday long_middle middle",
        "holiday_on_weekday last long_last",
        "long_morrow morrow",
        "two_after",
    ]


def test_nauryz_of_2023_stands_between_two_bridge_days():
    assert marks("KZ", date(2023, 3, 19), date(2023, 3, 24)) == [
        "",
        "bridge eve",
        "first holiday_on_weekday",
        "holiday_on_weekday middle",
        "holiday_on_weekday last",
        "bridge morrow",
    ]


def test_a_weekend_made_up_for_is_worked_and_no_part_of_a_break():
    # Dragon Boat Festival 2023 in China: Thursday 22 to Saturday 24 June free, Sunday 25 worked.
    assert marks("CN", date(2023, 6, 21), date(2023, 6, 26)) == [
        "eve",
        "first holiday_on_weekday",
        "holiday_on_weekday middle",
        "last",
        "morrow working",
        "two_after",
    ]


def test_a_saturday_ends_the_week_where_only_sunday_is_free_by_law():
    # Labour Day 2023 in Hong Kong was a Monday.
    assert marks("HK", date(2023, 4, 29), date(2023, 5, 1)) == [
        "first",
        "middle",
        "holiday_on_weekday last",
    ]


def test_days_in_or_next_to_a_break_are_told():
    _, near = break_columns(calendar_of(date(2023, 5, 31)), date(2023, 5, 29), date(2023, 6, 2))
    assert near.tolist() == [False, True, True, True, False]


def test_without_holidays_there_is_nothing_to_mark():
    columns, near = break_columns(calendar_of(), date(2023, 1, 1), date(2023, 12, 31))
    assert not near.any()
    assert not any(column.any() for column in columns.values())


@pytest.mark.parametrize("country", ["KZ", "CN", "GB"])
def test_runs_are_those_that_a_slow_loop_finds(country):
    first, last = date(2021, 1, 1), date(2023, 12, 31)
    calendar = country_calendar(country, range(2020, 2025))
    columns, near = break_columns(calendar, first, last)
    for row in range((last - first).days + 1):
        found = slow_break(calendar, first + timedelta(days=row))
        assert columns["single"][row] == (found == (0, 0))
        assert columns["first"][row] == (found is not None and found[0] == 0 and found[1] > 0)
        assert columns["last"][row] == (found is not None and found[1] == 0 and found[0] > 0)
        assert columns["middle"][row] == (found is not None and min(found) > 0)
        assert columns["long_middle"][row] == (found is not None and min(found) > 0 and sum(found) >= 3)
        beside = [slow_break(calendar, first + timedelta(days=row + step)) for step in (-1, 0, 1)]
        assert near[row] == any(each is not None for each in beside)


def slow_break(calendar, day):
    """Free days just before and after a day within its break, or None outside of any."""
    if not calendar.is_free(day):
        return None
    ends = []
    for step in (timedelta(days=-1), timedelta(days=1)):
        end = day
        while calendar.is_free(end + step):
            end += step
        ends.append(end)
    run = (ends[0] + timedelta(days=n) for n in range((ends[1] - ends[0]).days + 1))
    return ((day - ends[0]).days, (ends[1] - day).days) if any(one in calendar.names for one in run) else None


def test_weekdays_are_those_of_the_calendar():
    days = day_range(date(1999, 12, 25), date(2024, 3, 2))
    assert np.array_equal(weekdays(days), [day.weekday() for day in days.tolist()])
