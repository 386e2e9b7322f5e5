"""A published forecast as days: median, intervals and quantiles, or nothing where withheld."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.outlook import SURGE_DAYS, WEEKS
from service.store.records import Issue, PublishedForecast
from service.web import skill
from service.web.answers import ForecastAnswer, ForecastDay, OutlookAnswer
from service.web.representation import level_name, number

DAY_COLUMNS = ("target_date", "horizon", "mode", "trust", "flags", "suppressed", "median")
ISSUE_COLUMNS = ("issue", "issued_at", "as_of", "cutoff", "model_version")
PLACE_COLUMNS = ("place", "level", "region", "time_zone", "measure", "unit")
HUB_COLUMNS = (
    "reference_date", "location", "horizon", "target_end_date", "output_type", "output_type_id", "value",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bands:
    """Which levels of which issue are read off."""

    available: tuple[float, ...]
    intervals: tuple[float, ...]
    quantiles: tuple[float, ...]

    def position(self, level: float) -> int:
        """Where a quantile level stands in the issue."""
        return int(np.argmin(np.abs(np.asarray(self.available) - level)))

    def day(self, row: npt.NDArray[np.float64]) -> dict[str, Any]:
        """One day's numbers from its quantiles [level]."""
        ends = {level: ((1 - level) / 2, (1 + level) / 2) for level in self.intervals}
        return {
            "median": self._read(row, 0.5),
            "intervals": {
                level_name(level): (self._read(row, low), self._read(row, high))
                for level, (low, high) in ends.items()
            },
            "quantiles": {level_name(level): self._read(row, level) for level in self.quantiles},
        }

    def _read(self, row: npt.NDArray[np.float64], level: float) -> int | float:
        value = number(float(row[self.position(level)]))
        assert value is not None  # noqa: S101 - published quantiles are finite
        return value


WITHHELD: dict[str, Any] = {
    "mode": None, "trust": None, "flags": (), "suppressed": True,
    "median": None, "intervals": None, "quantiles": None,
}  # fmt: skip


def target(issue: Issue, horizon: int) -> date:
    """The day so many days after the issue's cutoff."""
    return issue.cutoff + timedelta(days=horizon)


def day(
    issue: Issue, forecast: PublishedForecast, horizon: int, *, bands: Bands, hidden: bool
) -> ForecastDay:
    """One day of a published forecast, `horizon` days ahead."""
    when = {"target_date": target(issue, horizon), "horizon": horizon}
    if hidden:
        return ForecastDay(**when, **WITHHELD)
    about: dict[str, Any] = when | {"mode": forecast.modes[horizon - 1], "trust": forecast.trust_on(horizon)}
    reason = skill.withheld(forecast, horizon)
    if reason is not None:
        return ForecastDay(**{**WITHHELD, **about, "flags": (*forecast.flags, reason)})
    numbers = bands.day(forecast.values[horizon - 1])
    return ForecastDay(**about, flags=forecast.flags, suppressed=False, **numbers)


def csv_columns(intervals: Sequence[float], quantiles: Sequence[float]) -> tuple[str, ...]:
    """The columns of a forecast's CSV."""
    ends = [f"{end}_{level_name(level)}" for level in intervals for end in ("lower", "upper")]
    return (
        *ISSUE_COLUMNS,
        *PLACE_COLUMNS,
        *DAY_COLUMNS,
        *ends,
        *(f"quantile_{level_name(level)}" for level in quantiles),
    )


def outlook_columns() -> tuple[str, ...]:
    """The further columns of a forecast's CSV: the outlook of the days that a row's day is one of."""
    return ("surge_probability", *skill.KINDS)


def flat_day(day: ForecastDay) -> dict[str, Any]:
    """One day as a row of the CSV."""
    row = {column: getattr(day, column) for column in DAY_COLUMNS}
    for level, (low, high) in (day.intervals or {}).items():
        row |= {f"lower_{level}": low, f"upper_{level}": high}
    return row | {f"quantile_{level}": value for level, value in (day.quantiles or {}).items()}


def csv_rows(answer: ForecastAnswer) -> Iterator[dict[str, Any]]:
    """A forecast as rows of the CSV, each complete in itself."""
    issue, place = answer.issue, answer.place
    head = issue.model_dump() | place.model_dump() | {"measure": answer.measure, "unit": answer.unit}
    head |= {"issue": issue.id, "place": place.id}
    for day in answer.forecasts:
        yield head | flat_day(day) | _flat_outlook(answer.outlook, day.horizon)


def _flat_outlook(outlook: OutlookAnswer | None, horizon: int) -> dict[str, float | None]:
    if outlook is None:
        return {}
    surge = {"surge_probability": outlook.surge} if horizon <= SURGE_DAYS else {}
    weeks = [
        change
        for change, (first, last) in zip(outlook.changes, WEEKS, strict=False)
        if first <= horizon <= last
    ]
    return surge | {kind: getattr(week, kind) for week in weeks for kind in skill.KINDS}


def hub_rows(answer: ForecastAnswer, quantiles: Sequence[float]) -> Iterator[dict[str, Any]]:
    """A forecast in the hubs' long form: one row per day and quantile level, empty where withheld."""
    for day in answer.forecasts:
        for level in map(level_name, quantiles):
            yield {
                "reference_date": answer.issue.cutoff,
                "location": answer.place.id,
                "horizon": day.horizon,
                "target_end_date": day.target_date,
                "output_type": "quantile",
                "output_type_id": level,
                "value": None if day.quantiles is None else day.quantiles[level],
            }
