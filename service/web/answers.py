"""What the API answers: the models behind the OpenAPI document."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from forecast.places import Level, Place, Places
from service.store.records import Issue

Number = int | float
Interval = tuple[Number | None, Number | None]


def absent(value: Any) -> bool:
    """Whether a field is left out of the answer."""
    return value is None


def empty(value: Any) -> bool:
    """Whether a list is left out of the answer."""
    return not value


class Answer(BaseModel):
    """What every answer is made of."""


class IssueRef(Answer):
    """The issue an answer comes from."""

    id: str
    cutoff: date = Field(description="The last local day whose count the forecast may use.")
    as_of: datetime = Field(description="Counts known at this instant went in.")
    issued_at: datetime
    model_version: str

    @classmethod
    def of(cls, issue: Issue) -> "IssueRef":
        """The reference to a stored issue."""
        return cls.model_validate(issue, from_attributes=True)


class PlaceRef(Answer):
    """The place an answer is about."""

    id: str
    name: str
    level: Level
    region: str | None = Field(description="The region it is or lies in; null for a country.")
    time_zone: str

    @classmethod
    def of(cls, place: Place, places: Places) -> "PlaceRef":
        """The reference to a registered place."""
        region = places.region(place.id)
        return cls(id=place.id, name=place.name, level=place.level, region=region, time_zone=place.time_zone)


class PlaceAnswer(PlaceRef):
    """A place as the register holds it."""

    parent: str | None = None
    country: str | None = None
    neighbour: str | None = None
    capacity: float | None = Field(None, description="People a day that it handles ordinarily.")


class MeasureAnswer(Answer):
    """What can be counted."""

    id: str
    unit: str


class PlacesAnswer(Answer):
    """The places this key sees, and what is counted at them."""

    places: list[PlaceAnswer]
    measures: list[MeasureAnswer]


class OverrideBeside(Answer):
    """An analyst's figure beside the model's."""

    id: str
    median: Number | None
    lower: Number | None = Field(description="Lower end of the central 80 % interval, if one was given.")
    upper: Number | None
    reason: str | None
    recorded_at: datetime


class ForecastDay(Answer):
    """One day of a forecast; withheld numbers are null."""

    target_date: date
    horizon: int = Field(description="Days after the cutoff.")
    mode: str | None = Field(description="calm, surge, collapse, closed or reopening.")
    trust: str | None = Field(description="skilful, lost or unproven: the skill so far ahead of late.")
    flags: tuple[str, ...]
    suppressed: bool = Field(description="Whether any number is withheld: all of them, or those too small.")
    median: Number | None
    intervals: dict[str, Interval] | None = Field(description="Central intervals by their level.")
    quantiles: dict[str, Number | None] | None = Field(description="Quantiles by their level.")
    override: OverrideBeside | None = Field(
        None, exclude_if=absent, description="An analyst's own figure, where one holds; the others stay."
    )
    overridden_within: tuple[str, ...] = Field(
        (), exclude_if=empty, description="Places inside whose overrides this figure does not follow."
    )


class ChangeChances(Answer):
    """How likely each kind of change is, of the mean of some days ahead from that of the last seven days."""

    days: str = Field(description="Days ahead, such as 1-7.")
    large_increase: float | None
    increase: float | None
    stable: float | None
    decrease: float | None
    large_decrease: float | None
    edges: tuple[float, ...] = Field(description="The ratios between the five kinds, the lowest first.")


class OutlookAnswer(Answer):
    """What the days ahead may bring; withheld numbers are null."""

    surge: float | None = Field(description="Chance of a surge in the next 7 days; null if unknowable.")
    reference: Number | None = Field(description="Mean of the last seven days, which changes are from.")
    changes: list[ChangeChances] = Field(description="By week; empty where nothing is known to change from.")


class TrustBand(Answer):
    """How forecasts so far ahead did over the last 60 days, beside the weekly naive."""

    horizon: str = Field(description="Days ahead, such as 8-14.")
    mode: str | None = Field(description="On days of this mode; null for all.")
    days: int | None = Field(description="Days that were scored; null where a count among them is withheld.")
    relative: float | None = Field(description="Score over the baseline's; below 1 is better.")
    trust: str = Field(description="skilful, lost, or unproven where fewer than 14 days were scored.")


class ObservedDay(Answer):
    """One count."""

    date: date
    value: Number | None
    status: str | None = Field(description="reported, partial or closed; null where no report came.")
    recorded_at: datetime | None = None
    suppressed: bool = False


class ForecastAnswer(Answer):
    """The forecast of one place."""

    issue: IssueRef
    place: PlaceRef
    measure: str
    unit: str
    outlook: OutlookAnswer | None = Field(description="Null where withheld, and in issues from before it.")
    trust: list[TrustBand]
    forecasts: list[ForecastDay]
    observed: list[ObservedDay] | None = Field(
        None, exclude_if=absent, description="On request: the last counts."
    )


class ForecastsAnswer(Answer):
    """The forecasts of several places, in the order asked for."""

    answers: list[ForecastAnswer]


class EvolutionDay(ForecastDay):
    """What one issue said about the day."""

    issue: IssueRef


class EvolutionAnswer(Answer):
    """All issues' forecasts of one day, oldest first."""

    place: PlaceRef
    measure: str
    unit: str
    target_date: date
    forecasts: list[EvolutionDay]


class ExceedanceDay(Answer):
    """The chance that a day's count passes the threshold."""

    target_date: date
    horizon: int
    mode: str | None
    trust: str | None
    flags: tuple[str, ...]
    suppressed: bool
    probability: float | None = Field(description="That the day's value is above the threshold.")
    probability_by_then: float | None = Field(description="That at least one day's value up to then is.")


class ExceedanceAnswer(Answer):
    """The chances of one place to pass a threshold."""

    issue: IssueRef
    place: PlaceRef
    measure: str
    unit: str
    threshold: float
    days: list[ExceedanceDay]


class ObservationRow(Answer):
    """One count of one place; of a total, the sum of its crossings' counts."""

    place: str
    level: Level
    time_zone: str
    date: date
    value: Number | None
    status: str | None
    complete: bool | None = Field(description="Of a total: whether every crossing's count is in it.")
    recorded_at: datetime | None
    suppressed: bool


class ObservationsAnswer(Answer):
    """Counts as known at an instant, by place and day."""

    measure: str
    unit: str
    as_of: datetime | None = Field(description="The vintage asked for; null for what is known now.")
    observations: list[ObservationRow]
    more: bool = Field(description="Whether there are more rows than `limit`; ask for fewer days.")


class UploadAnswer(Answer):
    """What became of an upload that was accepted."""

    id: str
    received_at: datetime
    source: str
    rows: int = Field(description="Rows read.")
    stored: int = Field(description="Rows that said something new; 0 if all was known already.")


class IssueAnswer(IssueRef):
    """One published set of forecasts."""

    horizon: int
    levels: tuple[float, ...]
    measures: tuple[str, ...]
    calendar_version: str
    configuration_hash: str
    seed: int
    checksum: str = Field(description="SHA-256 over every published number.")
    degraded: bool = Field(description="Whether every series fell back to the baseline.")


class IssuesAnswer(Answer):
    """A page of issues, newest first."""

    issues: list[IssueAnswer]
    next: str | None = Field(description="Give this as `before` for the next page; null on the last.")


class IssuePlace(Answer):
    """What an issue holds about one place."""

    place: str
    level: Level
    measure: str
    suppressed: bool
    flags: tuple[str, ...]
    weights: dict[str, float] | None = Field(description="The members' shares in the ensemble.")


class IssueDetail(IssueAnswer):
    """One issue and the places in it that this key sees."""

    configuration: dict[str, Any]
    places: list[IssuePlace]


class QualityRow(Answer):
    """A remark on accepted counts."""

    place: str
    level: Level
    measure: str
    date: date
    kind: str
    detail: str | None
    raised_at: datetime
    suppressed: bool


class QualityAnswer(Answer):
    """Remarks on the counts, newest first."""

    flags: list[QualityRow]


class HealthAnswer(Answer):
    """How the service is; holds no counts."""

    status: str = Field(description="ok, or degraded with the reasons.")
    reasons: list[str]
    version: str
    cutoff: date | None = Field(description="Cutoff of the last issue.")
    issue_age_seconds: float | None
    last_success_seconds: dict[str, float] = Field(description="By job: seconds since its last success.")


class ReadyAnswer(Answer):
    """Whether the service can answer."""

    ready: bool
