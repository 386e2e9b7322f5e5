"""What a query may ask: every number bounded, every list comma-separated, unknown names refused."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from forecast.quantiles import QUANTILE_LEVELS
from service.web.representation import Format

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_NAME = re.compile(r"^[^\x00-\x20,\x7f]{1,100}\Z")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})\Z", re.ASCII)
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
LARGEST_COUNT = 1_000_000_000
PLACES_AT_ONCE = 100
CENTRAL_LEVELS = tuple(
    round(1 - 2 * tail, 4) for tail in QUANTILE_LEVELS if tail < 0.5 and round(1 - tail, 4) in QUANTILE_LEVELS
)


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _name(value: str) -> str:
    if not _NAME.match(value):
        raise ValueError("a name of at most 100 letters, without blanks or commas")
    return value


def _day(value: Any) -> Any:
    if isinstance(value, str):
        if not _DAY.match(value):
            raise ValueError("a day as YYYY-MM-DD")
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueError("a day that the calendar has, as YYYY-MM-DD") from None
    if isinstance(value, date) and not EARLIEST <= value <= LATEST:
        raise ValueError(f"a day from {EARLIEST} to {LATEST}")
    return value


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _INSTANT.match(value):
        raise ValueError("an instant such as 2022-09-27T06:00:00Z (in an address, write a + as %2B)")
    try:
        instant = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("an instant that the calendar has, such as 2022-09-27T06:00:00Z") from None
    _day(instant.date())
    return instant


def _one_of(levels: tuple[float, ...]) -> BeforeValidator:
    def check(value: Any) -> Any:
        wanted = f"levels out of {', '.join(f'{level:g}' for level in sorted(levels))}"
        try:
            found = [float(part) for part in _listed(value)]
        except ValueError:
            raise ValueError(wanted) from None
        if not found or not set(found) <= set(levels):
            raise ValueError(wanted)
        return tuple(sorted(set(found)))

    return BeforeValidator(check)


def _schema(**extra: Any) -> Any:
    return Field(json_schema_extra=extra)


Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Name = Annotated[
    str, AfterValidator(_name), _schema(pattern=_NAME.pattern.removesuffix("\\Z") + "$", maxLength=100)
]
Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=PLACES_AT_ONCE), BeforeValidator(_listed)]
IntervalLevels = Annotated[
    tuple[float, ...],
    _one_of(CENTRAL_LEVELS),
    _schema(items={"type": "number", "enum": sorted(CENTRAL_LEVELS)}, minItems=1, uniqueItems=True),
]
QuantileLevels = Annotated[
    tuple[float, ...],
    _one_of(QUANTILE_LEVELS),
    _schema(items={"type": "number", "enum": list(QUANTILE_LEVELS)}, minItems=1, uniqueItems=True),
]


class Query(BaseModel):
    """No parameter but those named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Measured(Query):
    measure: Name = Field("arrivals", description="What is counted: arrivals, departures, ...")


class OfIssue(Query):
    """Of which issue."""

    issue: Name = Field("latest", description="An issue's id, or `latest`.")
    as_of: Instant | None = Field(None, description="The newest issue published by this instant.")

    @model_validator(mode="after")
    def _one_choice(self) -> "OfIssue":
        if self.as_of is not None and self.issue != "latest":
            raise ValueError("either issue or as_of, not both")
        return self


class _OfIssue(OfIssue, _Measured):
    pass


class _Banded(Query):
    levels: IntervalLevels = Field((0.5, 0.8, 0.95), description="Levels of the central intervals.")
    quantiles: QuantileLevels = Field(QUANTILE_LEVELS, description="Quantile levels.")


class ForecastsQuery(_OfIssue, _Banded):
    """Which forecasts, of which issue, in which form."""

    place: Names = Field(description="Places by id, up to 100.")
    horizon: int = Field(90, ge=1, le=90, description="Days ahead: the first so many days.")
    observed: int = Field(
        0, ge=0, le=366, description="Last counts that the issue knew, given beside the forecast."
    )
    format: Format | None = Field(
        None, description="json, csv, or hub for the epidemiological hubs' long form."
    )


class EvolutionQuery(_Measured, _Banded):
    """How the forecasts of one day changed from issue to issue."""

    place: Name = Field(description="One place by id.")
    target_date: Day = Field(description="The day that was predicted.")
    format: Literal["json", "csv"] | None = Field(None, description="json or csv.")


class ExceedanceQuery(_OfIssue):
    """How probable it is that a measure passes a threshold."""

    measure: Name = Field(
        "arrivals", description="What is counted, or a measure of the plan: longest_wait, ..."
    )
    place: Name = Field(description="One place by id.")
    threshold: float = Field(
        ge=0, le=LARGEST_COUNT, allow_inf_nan=False, description="More than so many, in the measure's unit."
    )
    days: int = Field(28, ge=1, le=90, description="The first so many days of the issue.")
    format: Literal["json", "csv"] | None = Field(None, description="json or csv.")


class ExplanationQuery(_OfIssue):
    """Which forecast is to be explained."""

    place: Name = Field(description="One place by id.")
    format: Literal["json", "csv"] | None = Field(None, description="json or csv.")


class _Between(_Measured):
    first: Day | None = Field(None, description="First day, inclusive.")
    last: Day | None = Field(None, description="Last day, inclusive.")

    @model_validator(mode="after")
    def _in_order(self) -> "_Between":
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError("first must not lie after last")
        return self


class ObservationsQuery(_Between):
    """Which counts, as known when."""

    place: Name | None = Field(None, description="One place by id; without it, all crossings this key sees.")
    as_of: Instant | None = Field(None, description="Counts as they were known at this instant.")
    limit: int = Field(1_000, ge=1, le=10_000, description="At most so many rows.")
    format: Literal["json", "csv"] | None = Field(None, description="json or csv.")


class UploadQuery(Query):
    """Where uploaded counts come from."""

    source: str | None = Field(
        None,
        pattern=r"^[a-z0-9-]{1,40}$",
        description="Who counted; kept with every count. By default `api`.",
    )


class ScoresQuery(_Between):
    """Whose past forecasts, of which days."""

    place: Name | None = Field(None, description="One place by id; without it, all that this key sees.")
    of: Literal["quantiles", "outlooks", "overrides"] | None = Field(
        None, description="Only scores of these; without it all, in a CSV those of the quantiles."
    )
    configuration: Name | None = Field(
        None, description="A proposed configuration's id: scores of what it would have published."
    )
    raw: bool = Field(False, description="Every single score instead of the means by horizon and mode.")
    limit: int = Field(1_000, ge=1, le=10_000, description="At most so many rows, the newest days.")
    format: Literal["json", "csv"] | None = Field(None, description="json or csv.")

    @model_validator(mode="after")
    def _of_shadow(self) -> "ScoresQuery":
        if self.configuration is not None and self.of not in (None, "quantiles"):
            raise ValueError("of a configuration there are scores of quantiles alone")
        return self


class QualityQuery(_Between):
    """Which remarks on the counts."""

    place: Name | None = Field(None, description="One place by id; without it, all that this key sees.")
    limit: int = Field(100, ge=1, le=1_000, description="At most so many remarks, the newest.")


class IssuesQuery(Query):
    """Which page of the issues."""

    before: Name | None = Field(None, description="Only issues published before the issue of this id.")
    limit: int = Field(20, ge=1, le=100, description="At most so many issues.")


class IssuePath(Query):
    """An issue by its id."""

    issue_id: Name


def default_first(last: date, days: int) -> date:
    """The first of so many days that end with `last`, not before the earliest day there is."""
    return last - timedelta(days=min(days - 1, (last - EARLIEST).days))
