"""What the store speaks of, besides the library's places, panels, quantiles and paths."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from forecast.explain import Explanation
from forecast.outlook import Outlook
from forecast.paths import Paths
from forecast.places import Level

Role = Literal["reporter", "planner", "analyst", "operator"]
ROLES: tuple[Role, ...] = ("reporter", "planner", "analyst", "operator")


def reporting_levels(measure: str) -> tuple[Level, ...]:
    """At which levels a measure is reported: people at crossings, beds by region or by crossing."""
    return ("crossing", "region") if measure == "occupied_beds" else ("crossing",)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which places a reader may see: everything, or the named ones and what lies in them."""

    everything: bool = False
    places: frozenset[str] = frozenset()


EVERYTHING = Scope(everything=True)


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted, and in which unit."""

    id: str
    unit: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row of an upload was refused; `row` counts from 1 below the header, 0 is the file itself."""

    row: int
    column: str | None
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Upload:
    """One file or request of counts, taken whole or refused whole."""

    id: str
    received_at: datetime
    source: str
    name: str
    sha256: str
    state: Literal["accepted", "refused"]
    rows: int
    stored: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class QualityFlag:
    """Something about accepted counts that a planner should know, such as a lasting jump."""

    place_id: str
    measure: str
    date: date
    kind: str
    detail: str
    raised_at: datetime
    upload_id: str | None = None


Trust = Literal["unproven", "skilful", "lost"]
TRUST_DAYS = 60
"""Days up to an issue's cutoff whose scores say how far ahead its forecasts are to be trusted."""


@dataclass(frozen=True, slots=True)
class BandTrust:
    """How forecasts of some days ahead did of late against the baseline, in one mode or, None, in all.

    `relative` is the mean score over the baseline's, below 1 is better; `days` is how many days were scored.
    """

    first: int
    last: int
    mode: str | None
    days: int
    relative: float | None
    trust: Trust


@dataclass(frozen=True, slots=True)
class PublishedForecast:
    """One place's forecast in an issue: quantiles [horizon, level] of the ensemble and of the baseline.

    `explanation` is read by `explained` alone.
    """

    place_id: str
    measure: str
    values: npt.NDArray[np.float64]
    baseline: npt.NDArray[np.float64]
    modes: tuple[str, ...]
    flags: tuple[str, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    outlook: Outlook | None = None
    trust: tuple[BandTrust, ...] = ()
    explanation: Explanation | None = None

    def skill_on(self, horizon: int) -> BandTrust | None:
        """What is known of the skill so many days ahead: in that day's mode, else in all; None if nothing."""
        found = {band.mode: band for band in self.trust if band.first <= horizon <= band.last}
        own = found.get(self.modes[horizon - 1])
        return own if own is not None and own.trust != "unproven" else found.get(None)

    def trust_on(self, horizon: int) -> Trust:
        """Whether forecasts so many days ahead have of late been better than the baseline."""
        known = self.skill_on(horizon)
        return "unproven" if known is None else known.trust


@dataclass(frozen=True, slots=True)
class Issue:
    """One published set of forecasts; never changed once published.

    Its vintage is the observations with `recorded_at <= as_of` and `id <= last_observation`, the events up
    to `last_event` and the capacities up to `last_capacity`: what is brought in later with an older
    `recorded_at` does not alter it. `libraries` are the versions of those that the numbers come from.
    """

    id: str
    cutoff: date
    as_of: datetime
    issued_at: datetime
    horizon: int
    levels: tuple[float, ...]
    measures: tuple[str, ...]
    model_version: str
    calendar_version: str
    configuration: dict[str, Any]
    configuration_hash: str
    seed: int
    last_observation: int
    checksum: str
    degraded: bool = False
    last_event: int = 0
    last_capacity: int = 0
    libraries: dict[str, str] = field(default_factory=dict)


PlanKind = Literal["waits", "staff", "beds"]
PLAN_KINDS: tuple[PlanKind, ...] = ("waits", "staff", "beds")


@dataclass(frozen=True, slots=True)
class PlanBlock:
    """One part of an issue's plan for one place, as plain JSON values."""

    kind: PlanKind
    place_id: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PublishedPlan:
    """An issue's plan: the parts by place, and the joint paths of every plan measure."""

    blocks: tuple[PlanBlock, ...] = ()
    paths: Mapping[str, Paths] = field(default_factory=dict)


NO_PLAN = PublishedPlan()


@dataclass(frozen=True, slots=True)
class CapacityRecord:
    """A version of a place's capacity as it was registered: its document, the instant, and on whose behalf.

    The newest record of a place and first day counts; `withdrawn` takes it back. `number` is 0 until stored.
    """

    place_id: str
    valid_from: date
    valid_until: date | None
    document: dict[str, Any]
    recorded_at: datetime
    actor: str
    withdrawn: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one slot; a publication with an older epoch is refused."""

    job: str
    slot: str
    owner: str
    epoch: int
    until: datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """What became of one slot of a job."""

    job: str
    slot: str
    state: Literal["running", "done", "failed", "skipped"]
    epoch: int
    owner: str
    started_at: datetime
    lease_until: datetime | None = None
    finished_at: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as the store knows it: never the key itself."""

    id: str
    prefix: str
    role: Role
    places: frozenset[str]
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PublicationStop:
    """Publication of a place, switched off by an operator."""

    place_id: str
    stopped_at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what and when; holds no secrets. The store gives the number by which the log is paged."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How one published forecast did against the count known at `as_of`; rows are appended, never updated."""

    issue_id: str
    place_id: str
    measure: str
    horizon: int
    target_date: date
    as_of: datetime
    observed: float
    mode: str
    wis: float
    wis_log: float
    overprediction: float
    underprediction: float
    dispersion: float
    bias: float
    baseline_wis: float
    baseline_wis_log: float
    covered: dict[float, bool]


@dataclass(frozen=True, slots=True)
class OutlookScore:
    """How a part of a published outlook did: of its kind (surge, change) on the days `first` to `last` ahead.

    `outcome` is 0 or 1 for a surge, else a position in `forecast.outlook.CHANGES`; `reference` is the score
    of what the series' past alone would have said. Rows are appended, never updated.
    """

    issue_id: str
    place_id: str
    measure: str
    kind: str
    first: int
    last: int
    target_date: date
    as_of: datetime
    outcome: int
    score: float
    reference: float
