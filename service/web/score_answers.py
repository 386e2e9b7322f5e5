"""What the API answers about past forecasts: the models of the scores' route."""

from datetime import date, datetime

from pydantic import Field

from forecast.places import Level
from service.web.answers import Answer, Number, absent


class ScoreGroup(Answer):
    """How forecasts of some days ahead did, in the mean."""

    place: str
    level: Level
    horizon: str = Field(description="Days ahead, such as 1-7.")
    mode: str | None
    forecasts: int
    suppressed: bool
    wis: float | None = Field(description="Weighted interval score, in people; smaller is better.")
    skill: float | None = Field(
        description="1 - score / the baseline's score; above 0 is better than the baseline."
    )
    wis_log: float | None = Field(description="The same on log1p counts: relative errors.")
    skill_log: float | None
    bias: float | None = Field(description="-1 always too low, 1 always too high.")
    coverage: dict[str, float] | None = Field(
        description="Share of counts inside the intervals of each level."
    )
    published_wis: float | None = Field(
        None,
        exclude_if=absent,
        description="Of a proposed configuration: what was published scored on the same.",
    )


class ScoreRow(Answer):
    """How one published forecast did."""

    issue: str
    place: str
    level: Level
    target_date: date
    horizon: int
    mode: str | None
    as_of: datetime
    suppressed: bool
    observed: Number | None
    wis: float | None
    baseline_wis: float | None
    wis_log: float | None
    baseline_wis_log: float | None
    overprediction: float | None
    underprediction: float | None
    dispersion: float | None
    bias: float | None
    published_wis: float | None = Field(
        None, exclude_if=absent, description="Of a proposed configuration: the score of what was published."
    )


class OutlookGroup(Answer):
    """How the outlooks of a kind did, in the mean."""

    place: str
    level: Level
    kind: str = Field(description="surge: Brier's score; change: the ranked probability score.")
    horizon: str = Field(description="Days ahead, such as 8-14.")
    forecasts: int
    suppressed: bool
    score: float | None = Field(description="0 is perfect, 1 the worst; smaller is better.")
    reference: float | None = Field(description="What the series' own past alone would have scored.")
    skill: float | None = Field(description="1 - score / reference.")


class OutlookRow(Answer):
    """How a part of one published outlook did."""

    issue: str
    place: str
    level: Level
    kind: str
    horizon: str
    target_date: date = Field(description="The last of the days.")
    as_of: datetime
    suppressed: bool
    outcome: str | None = Field(description="yes or no for a surge, else the kind of change that came.")
    score: float | None
    reference: float | None


class OverrideGroup(Answer):
    """How an analyst's override did beside the forecast it was made on, in the mean over its days."""

    override: str
    place: str
    level: Level
    first: date = Field(description="First day that was scored.")
    last: date
    days: int = Field(description="Days that were scored.")
    wis: float = Field(description="Weighted interval score at the override's levels, in people.")
    model_wis: float = Field(description="The forecast's at the same levels.")
    skill: float | None = Field(description="1 - wis / model_wis; above 0 the override was better.")


class OverrideRow(Answer):
    """How an override of one day did beside the forecast it was made on."""

    override: str
    place: str
    level: Level
    target_date: date
    horizon: int
    as_of: datetime
    observed: Number | None
    wis: float
    model_wis: float


class ScoresAnswer(Answer):
    """How published forecasts did against the counts that came."""

    measure: str
    unit: str
    configuration: str | None = Field(
        None, exclude_if=absent, description="The proposed configuration whose shadow forecasts these are of."
    )
    scores: list[ScoreGroup] | None = Field(None, exclude_if=absent)
    rows: list[ScoreRow] | None = Field(None, exclude_if=absent)
    outlooks: list[OutlookGroup] | None = Field(None, exclude_if=absent)
    outlook_rows: list[OutlookRow] | None = Field(None, exclude_if=absent)
    overrides: list[OverrideGroup] | None = Field(None, exclude_if=absent)
    override_rows: list[OverrideRow] | None = Field(None, exclude_if=absent)
