"""What a reader is told of the days ahead: the chance of a surge, and of each kind of change by week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from forecast.outlook import CHANGES, SURGE_DAYS, WEEKS
from service.published.numbers import number
from service.published.reader import Reader
from service.published.skill import untrusted
from service.store.records import Issue, PublishedForecast

KINDS = tuple(kind.replace(" ", "_") for kind in reversed(CHANGES))
"""The five kinds of change as names of fields, the largest increase first."""


@dataclass(frozen=True, slots=True)
class ToldChanges:
    """The chances of each kind of change in some days ahead, and the ratios between the kinds."""

    days: str
    chances: Mapping[str, float | None]
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ToldOutlook:
    """What the days ahead may bring; what is withheld is None. `reference` is in people a day."""

    surge: float | None
    reference: int | float | None
    changes: tuple[ToldChanges, ...]


def outlook(issue: Issue, forecast: PublishedForecast, reader: Reader) -> ToldOutlook | None:
    """The outlook of a forecast, without what rests on withheld days; None where there is none to tell."""
    told = forecast.outlook
    if told is None or reader.disclosure.withholds(forecast.place_id):
        return None
    surge = None if _untold(issue, forecast, (1, SURGE_DAYS), reader) else told.chances.surge
    weeks = range(len(told.chances.changes))
    return ToldOutlook(
        surge=surge,
        reference=_reference(issue, forecast, reader),
        changes=tuple(_changes(issue, forecast, week, reader=reader) for week in weeks),
    )


def _reference(issue: Issue, forecast: PublishedForecast, reader: Reader) -> int | float | None:
    """The mean of the last seven days; None where it is small, or a count that it rests on is not told."""
    if forecast.outlook is None:
        return None
    return number(of_last_week(issue, forecast, forecast.outlook.yardstick.reference, reader=reader))


def of_last_week(
    issue: Issue, forecast: PublishedForecast, people: float | None, *, reader: Reader
) -> float | None:
    """A number that rests on the last seven days; None where it is small, or one of their counts not told."""
    small, first = reader.disclosure.small, issue.cutoff - timedelta(days=6)
    hidden = small.hides_any(forecast.measure, forecast.place_id, first, issue.cutoff)
    return None if hidden else small.number(people)


def _changes(issue: Issue, forecast: PublishedForecast, week: int, *, reader: Reader) -> ToldChanges:
    assert forecast.outlook is not None  # noqa: S101 - asked for where there is one
    shares = forecast.outlook.chances.changes[week]
    shown = [None] * len(shares) if _untold(issue, forecast, WEEKS[week], reader) else [*reversed(shares)]
    edges = forecast.outlook.yardstick.edges[week]
    return ToldChanges(
        days="{}-{}".format(*WEEKS[week]),
        chances=dict(zip(KINDS, shown, strict=True)),
        edges=tuple(np.exp(edges).round(3).tolist()),
    )


def _untold(issue: Issue, forecast: PublishedForecast, stretch: tuple[int, int], reader: Reader) -> bool:
    """Whether any day of a stretch that the issue covers is withheld for want of skill."""
    first, last = stretch
    ahead = range(first, min(last, len(forecast.values)) + 1)
    return any(untrusted(issue, forecast, horizon, reader=reader) is not None for horizon in ahead)
