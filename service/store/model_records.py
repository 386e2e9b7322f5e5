"""What the store knows of proposed configurations, of their shadow forecasts, and of overrides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from service.store.records import PublishedForecast, Score

Action = Literal["propose", "shadow", "promote", "rollback", "retire"]
State = Literal["proposed", "shadow", "in force", "retired"]


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A configuration that was proposed, as its TOML document, and how it stands by its events."""

    id: str
    hash: str
    document: str
    note: str
    proposed_by: str
    proposed_at: datetime
    state: State = "proposed"
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ModelEvent:
    """One step of a configuration's life; `rollback` and `retire` end its part, the others begin one."""

    configuration_id: str
    action: Action
    at: datetime
    actor: str
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a proposed configuration would have published beside an issue, and how it did before."""

    configuration_id: str
    issue_id: str
    made_at: datetime
    horizon: int
    last_target: date
    model_version: str
    forecasts: Sequence[PublishedForecast] = ()
    scores: Sequence[Score] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """An analyst's figure for a place and days, told beside the forecast's and never in its place.

    `lower` and `upper` are the ends of a central 80 % interval, if there are any. It was made on an issue,
    against which it is scored, and holds until `withdrawn_at`.
    """

    id: str
    issue_id: str
    place_id: str
    measure: str
    first: date
    last: date
    median: float
    reason: str
    actor: str
    recorded_at: datetime
    lower: float | None = None
    upper: float | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OverrideScore:
    """How an override of one day did beside the forecast it was made on, both at the override's levels.

    Weighted interval scores; of a bare median the absolute error. Rows are appended, never updated.
    """

    override_id: str
    place_id: str
    measure: str
    target_date: date
    horizon: int
    as_of: datetime
    observed: float
    wis: float
    model_wis: float
