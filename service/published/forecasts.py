"""A published forecast as a reader is told it: days, the outlook, and how far ahead it is to be trusted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from service.published.numbers import level_name, number
from service.published.reader import Reader
from service.published.skill import rests_on_hidden, untrusted
from service.store.records import Issue, PublishedForecast

Count = int | float
Ends = tuple[Count | None, Count | None]


@dataclass(frozen=True, slots=True)
class Levels:
    """Which levels of an issue's quantiles are read off: central intervals and single quantiles."""

    available: tuple[float, ...]
    intervals: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()

    def position(self, level: float) -> int:
        """Where a quantile level stands in the issue."""
        return int(np.argmin(np.abs(np.asarray(self.available) - level)))


@dataclass(frozen=True, slots=True)
class ToldDay:
    """One day of a forecast, in people; what is withheld is None.

    All of a day is withheld, or single numbers of it: those that are too small to tell. `suppressed` says
    either.
    """

    target_date: date
    horizon: int
    mode: str | None
    trust: str | None
    flags: tuple[str, ...]
    suppressed: bool
    median: Count | None
    intervals: Mapping[str, Ends] | None
    quantiles: Mapping[str, Count | None] | None


def target(issue: Issue, horizon: int) -> date:
    """The day so many days after the issue's cutoff."""
    return issue.cutoff + timedelta(days=horizon)


def days(
    issue: Issue, forecast: PublishedForecast, *, levels: Levels, reader: Reader, horizons: Iterable[int]
) -> list[ToldDay]:
    """The days of a forecast that lie so many days ahead."""
    return [day(issue, forecast, horizon, levels=levels, reader=reader) for horizon in horizons]


def day(
    issue: Issue, forecast: PublishedForecast, horizon: int, *, levels: Levels, reader: Reader
) -> ToldDay:
    """One day of a forecast, `horizon` days ahead."""
    when = target(issue, horizon)
    if reader.disclosure.withholds(forecast.place_id):
        return ToldDay(when, horizon, None, None, (), True, None, None, None)
    about = (forecast.modes[horizon - 1], forecast.trust_on(horizon))
    reason = untrusted(issue, forecast, horizon, reader=reader)
    if reason is not None:
        return ToldDay(when, horizon, *about, (*forecast.flags, reason), True, None, None, None)
    veiled = rests_on_hidden(issue, forecast, reader)
    numbers = _Numbers(levels, forecast.values[horizon - 1], reader, veiled)
    return ToldDay(
        when,
        horizon,
        *about,
        forecast.flags,
        suppressed=numbers.any_small(),
        median=numbers.at(0.5),
        intervals={level_name(level): numbers.interval(level) for level in levels.intervals},
        quantiles={level_name(level): numbers.at(level) for level in levels.quantiles},
    )


@dataclass(frozen=True, slots=True)
class _Numbers:
    """One day's quantiles [level], told number by number.

    Where `veiled` the middle is a count that is not told: then only what lies above it is, so that a surge is
    seen.
    """

    levels: Levels
    row: npt.NDArray[np.float64]
    reader: Reader
    veiled: bool = False

    def at(self, level: float) -> Count | None:
        """The quantile of a level, None where it is too small to tell."""
        if self.veiled and level <= 0.5:
            return None
        return number(self.reader.disclosure.number(float(self.row[self.levels.position(level)])))

    def interval(self, level: float) -> Ends:
        """The ends of a central interval."""
        return self.at((1 - level) / 2), self.at((1 + level) / 2)

    def any_small(self) -> bool:
        """Whether a number that was asked for is not told."""
        ends = [(1 + sign * level) / 2 for level in self.levels.intervals for sign in (-1, 1)]
        return any(self.at(level) is None for level in (0.5, *ends, *self.levels.quantiles))
