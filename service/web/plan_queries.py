"""What a query about plans may ask."""

from typing import Literal

from pydantic import Field

from service.web.queries import Day, IntervalLevels, Names, OfIssue, QuantileLevels

Tabular = Literal["json", "csv"]


class _OfPlaces(OfIssue):
    place: Names | None = Field(
        None,
        description="Places by id, up to 100; a region or country stands for what lies in it. "
        "Without it, all that this key sees.",
    )


class PlanQuery(_OfPlaces):
    """Of which places, for how many days, in which quantiles and form."""

    days: int = Field(90, ge=1, le=90, description="The first so many days of the issue.")
    levels: IntervalLevels = Field((0.5, 0.8, 0.95), description="Levels of the central intervals.")
    quantiles: QuantileLevels | None = Field(None, description="Quantile levels to give besides.")
    format: Tabular | None = Field(None, description="json or csv.")


class ChangesQuery(_OfPlaces):
    """Of which places, for which days."""

    day: Day | None = Field(None, description="Only this day.")
    days: int = Field(7, ge=1, le=90, description="The first so many days of the issue.")
    format: Tabular | None = Field(None, description="json or csv.")


class DayQuery(_OfPlaces):
    """The plan of which day, in which form."""

    day: Day | None = Field(None, description="The day; by default the first after the cutoff.")
    format: Literal["json", "csv", "xlsx"] | None = Field(None, description="json, csv, or xlsx: a workbook.")
