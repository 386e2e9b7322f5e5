"""Breaks of a country, runs of free days with a holiday among them, as indicators of their days and edges."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray
from forecast.calendars.countries import Calendar

LONG = 4
PADDING = timedelta(days=31)

Days = npt.NDArray[np.datetime64]
IntArray = npt.NDArray[np.int64]


def day_range(first: date, last: date) -> Days:
    """Every day from first to last, both included."""
    return np.arange(np.datetime64(first), np.datetime64(last) + 1)


def weekdays(days: Days) -> IntArray:
    """Monday 0 to Sunday 6 of each day."""
    # Day 0 of the epoch, 1 January 1970, was a Thursday.
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7


def marked(days: Days, those: Iterable[date]) -> BoolArray:
    """Which of some days are among those: [day]."""
    return np.isin(days, np.array(sorted(those), dtype="datetime64[D]"))


def break_columns(calendar: Calendar, first: date, last: date) -> tuple[dict[str, BoolArray], BoolArray]:
    """Indicators [day] by name from first to last, and the days [day] in or next to a break.

    The calendar must know the holidays of a month before and after.
    """
    days = day_range(first - PADDING, last + PADDING)
    inside = slice(PADDING.days, -PADDING.days)
    holiday, working = marked(days, calendar.names), marked(days, calendar.working)
    weekend = np.isin(weekdays(days), sorted(_weekend(calendar)))
    columns, near = _indicators(holiday, weekend, working)
    return {name: column[inside] for name, column in columns.items()}, near[inside]


def _weekend(calendar: Calendar) -> frozenset[int]:
    """The days on which a weekend's traffic runs: Saturday too where the law knows only Sunday."""
    return calendar.weekend | {5} if calendar.weekend == {6} else calendar.weekend


def _indicators(
    holiday: BoolArray, weekend: BoolArray, working: BoolArray
) -> tuple[dict[str, BoolArray], BoolArray]:
    free = (holiday | weekend) & ~working
    position, length, festive = runs(free, holiday)
    inside = free & festive
    first, last = inside & (position == 0), inside & (position == length - 1)
    several, long = length > 1, length >= LONG
    middle = inside & ~first & ~last
    columns = {
        "holiday_on_weekday": holiday & ~weekend,
        "single": inside & ~several,
        "first": first & several,
        "middle": middle,
        "last": last & several,
        "long_first": first & long,
        "long_middle": middle & long,
        "long_last": last & long,
        "long_eve": before(first & long, 1) & ~free,
        "long_morrow": after(last & long, 1) & ~free,
        "working": working,
        **_edges(free, inside),
    }
    return columns, inside | before(inside, 1) | after(inside, 1)


def _edges(free: BoolArray, inside: BoolArray) -> dict[str, BoolArray]:
    """Working days just before and after breaks, and single ones between a break and other free days."""
    first, last = inside & ~after(inside, 1), inside & ~before(inside, 1)
    return {
        "eve": before(first, 1) & ~free,
        "two_before": before(first, 2) & ~free,
        "morrow": after(last, 1) & ~free,
        "two_after": after(last, 2) & ~free,
        "bridge": ~free & after(free, 1) & before(free, 1) & (after(inside, 1) | before(inside, 1)),
    }


def runs(free: BoolArray, holiday: BoolArray) -> tuple[IntArray, IntArray, BoolArray]:
    """For each day its position in its run of free days, the run's length, and whether it has a holiday."""
    starts = free & ~after(free, 1)
    run = np.where(free, np.cumsum(starts), 0)
    length = np.bincount(run)[run].astype(np.int64)
    position = np.arange(len(free)) - np.concatenate([[0], np.flatnonzero(starts)])[run]
    return position, length, (np.bincount(run, weights=holiday) > 0)[run]


def before(column: BoolArray, days: int) -> BoolArray:
    """The days that lie so many days before a marked one."""
    return np.concatenate([column[days:], np.zeros(days, dtype=bool)])


def after(column: BoolArray, days: int) -> BoolArray:
    """The days that lie so many days after a marked one."""
    return np.concatenate([np.zeros(days, dtype=bool), column[:-days]])
