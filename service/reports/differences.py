"""What a correction changes: the figures to plan by that an earlier edition told otherwise."""

from collections.abc import Iterator
from datetime import date
from math import floor
from typing import Literal

from service.reports.contents import Difference, Named, Quantity, Report

What = Literal["median", "upper", "booths", "beds", "buses"]
Told = dict[tuple[What, str, date], tuple[Named, Quantity]]
DAYS = 14


def differences(wrong: Report, right: Report) -> tuple[Difference, ...]:
    """The figures of both editions that differ as told: the place's days, and what to plan to in 95 %."""
    before, after = _told(wrong), _told(right)
    return tuple(
        Difference(key[0], place, key[2], before[key][1], figure)
        for key, (place, figure) in after.items()
        if key in before and before[key][1] != figure
    )


def _told(report: Report) -> Told:
    return dict((*_planned(report), *_days(report)))


def _days(report: Report) -> Iterator[tuple[tuple[What, str, date], tuple[Named, Quantity]]]:
    own = report.own.place
    for day in report.own.days[:DAYS]:
        yield ("upper", own.id, day.date), (own, _rounded(day.upper()))
        yield ("median", own.id, day.date), (own, _rounded(day.median))


def _planned(report: Report) -> Iterator[tuple[tuple[What, str, date], tuple[Named, Quantity]]]:
    for row in report.plan:
        for level in row.levels:
            if level.safety == 0.95:
                yield (row.what, row.place.id, row.day), (row.place, _rounded(level.level))


def _rounded(value: Quantity) -> Quantity:
    """A number as a report writes it, halves upwards."""
    return floor(value + 0.5) if isinstance(value, int | float) else value
