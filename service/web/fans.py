"""A forecast that is told in the forms of tables: CSV, and the hubs' long form."""

from collections.abc import Iterator, Sequence
from typing import Any

from forecast.outlook import SURGE_DAYS, WEEKS
from service.published.numbers import level_name
from service.published.outlooks import KINDS
from service.web.answers import ForecastAnswer, ForecastDay, OutlookAnswer

DAY_COLUMNS = ("target_date", "horizon", "mode", "trust", "flags", "suppressed", "median")
ISSUE_COLUMNS = ("issue", "issued_at", "as_of", "cutoff", "model_version")
PLACE_COLUMNS = ("place", "level", "region", "time_zone", "measure", "unit")
_OVERRIDE = ("median", "lower", "upper", "reason")
OVERRIDE_COLUMNS = (*(f"override_{name}" for name in _OVERRIDE), "overridden_within")
"""The columns of an analyst's figure beside the model's."""
HUB_COLUMNS = (
    "reference_date", "location", "horizon", "target_end_date", "output_type", "output_type_id", "value",
)  # fmt: skip


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
    return ("surge_probability", *KINDS)


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
        yield head | flat_day(day) | _flat_outlook(answer.outlook, day.horizon) | _flat_override(day)


def _flat_override(day: ForecastDay) -> dict[str, Any]:
    within = {"overridden_within": " ".join(day.overridden_within)}
    if day.override is None:
        return within
    held = {f"override_{name}": getattr(day.override, name) for name in _OVERRIDE}
    return within | held


def _flat_outlook(outlook: OutlookAnswer | None, horizon: int) -> dict[str, float | None]:
    if outlook is None:
        return {}
    surge = {"surge_probability": outlook.surge} if horizon <= SURGE_DAYS else {}
    weeks = [
        change
        for change, (first, last) in zip(outlook.changes, WEEKS, strict=False)
        if first <= horizon <= last
    ]
    return surge | {kind: getattr(week, kind) for week in weeks for kind in KINDS}


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
