"""Makes a member of a method that can only do one series at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np

from forecast.arrays import FloatArray
from forecast.members.protocol import Context
from forecast.members.residuals import quantiles_of
from forecast.panel import Panel

ERROR_DAYS = 364


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One crossing's counts from its first day on: `counts` [day], NaN on days that teach nothing."""

    start: date
    counts: FloatArray
    countries: tuple[str, ...] = ()

    @property
    def open_days(self) -> int:
        """How many days can be learnt from."""
        return int(np.isfinite(self.counts).sum())

    def until(self, day: int) -> "Series":
        """The series up to and including a day, by index."""
        return Series(self.start, self.counts[: day + 1], self.countries)

    def day(self, index: int) -> date:
        """The date of a day, by index; may lie ahead of the counts."""
        return self.start + timedelta(days=index)


def series_of(panel: Panel, context: Context, row: int) -> tuple[Series, int]:
    """A panel's series without the days before its first count, and how many those were."""
    known = np.flatnonzero(np.isfinite(context.counts[row]))
    first = int(known[0]) if len(known) else panel.days
    start = panel.start + timedelta(days=first)
    return Series(start, context.counts[row, first:], panel.places[row].countries), first


class Method(Protocol):
    """A forecasting method for one series: a frozen dataclass whose fields are its settings."""

    @property
    def name(self) -> str:
        """The member's name."""
        ...

    @property
    def stride(self) -> int:
        """Days between the past cutoffs at which it is hindcast."""
        ...

    @property
    def least(self) -> int:
        """Open days without which it does not try."""
        ...

    def hindcast(self, series: Series, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Medians as of past days, the last of which ends the series: [cutoff, horizon].

        Raises what the method's library raises.
        """
        ...


@dataclass(frozen=True, slots=True)
class OneByOne:
    """The member that a one-series method makes."""

    method: Method
    slow: bool = True

    @property
    def name(self) -> str:
        """The method's name."""
        return self.method.name

    @property
    def stride(self) -> int:
        """The method's stride."""
        return self.method.stride

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Quantiles as of past days, by the errors of a year: [cutoff, series, horizon, level]."""
        first = max(0, cutoffs[0] - ERROR_DAYS)
        made_on = sorted({*range(first, cutoffs[-1] + 1, self.stride), *cutoffs})
        medians = self.medians(panel, context, made_on, horizon)
        return quantiles_of(medians, made_on, context.counts, cutoffs)

    def medians(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Forecasts as of past days, series after series: [cutoff, series, horizon]."""
        made = np.full((len(cutoffs), len(panel.places), horizon), np.nan)
        for row in range(len(panel.places)):
            series, first = series_of(panel, context, row)
            able = [place for place, cutoff in enumerate(cutoffs) if cutoff >= first]
            if able:
                days = [cutoffs[place] - first for place in able]
                made[able, row] = self.hindcast_series(series.until(days[-1]), days, horizon)[0]
        return made

    def hindcast_series(
        self, series: Series, cutoffs: Sequence[int], horizon: int
    ) -> tuple[FloatArray, str | None]:
        """One series' forecasts as of past days [cutoff, horizon], and why if they are missing."""
        made = np.full((len(cutoffs), horizon), np.nan)
        known = np.cumsum(np.isfinite(series.counts))
        able = [place for place, cutoff in enumerate(cutoffs) if known[cutoff] >= self.method.least]
        if not able:
            return made, None
        try:
            made[able] = self.method.hindcast(series, [cutoffs[place] for place in able], horizon)
        except Exception as error:  # a library may raise anything; told as a flag, the other members go on
            return made, reason_of(error)
        return made, None


def reason_of(error: Exception) -> str:
    """An error as one short line."""
    first = str(error).strip().splitlines()[:1]
    return f"{type(error).__name__}: {first[0][:120]}" if first else type(error).__name__
