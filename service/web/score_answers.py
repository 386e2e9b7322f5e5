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


class ScoresAnswer(Answer):
    """How published forecasts did against the counts that came."""

    measure: str
    unit: str
    scores: list[ScoreGroup] | None = Field(None, exclude_if=absent)
    rows: list[ScoreRow] | None = Field(None, exclude_if=absent)
    outlooks: list[OutlookGroup] | None = Field(None, exclude_if=absent)
    outlook_rows: list[OutlookRow] | None = Field(None, exclude_if=absent)
