"""What the store speaks of when it speaks of scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.planning.scenarios import State

Days = Mapping[str, tuple[int, ...]]
"""By crossing the days of a horizon, 0 for the first."""


@dataclass(frozen=True, slots=True)
class ScenarioRecord:
    """A scenario as it was asked for: its assumptions told whole, of which issue, by whose key.

    `places` are those named and the crossings in them; `touched` are the days on which it changes a
    crossing's demand, `shut` those on which it closes it.
    """

    id: str
    issue_id: str
    created_at: datetime
    actor: str
    title: str
    assumptions: tuple[dict[str, Any], ...]
    places: frozenset[str]
    touched: Days
    shut: Days
    last_capacity: int
    model_version: str
    last_target: date


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioBlock:
    """One measure at one place, quantiles [horizon, level] of the forecast, the scenario and the difference.

    `expected` [horizon] is the mean of the difference, which may be summed over places. `paths`
    [path, horizon] of the scenario are kept where its premise is judged by them.
    """

    place_id: str
    measure: str
    forecast: npt.NDArray[np.float64]
    scenario: npt.NDArray[np.float64]
    difference: npt.NDArray[np.float64]
    expected: npt.NDArray[np.float64]
    paths: npt.NDArray[np.int64] | None = field(default=None, repr=False)

    @property
    def differs(self) -> bool:
        """Whether the scenario is anything but the forecast here; it is kept to be judged by even if not."""
        return bool(self.difference.any() or self.expected.any())


@dataclass(frozen=True, slots=True)
class ScenarioVerdict:
    """What was known of a scenario's premise at an instant; the newest counts."""

    scenario_id: str
    as_of: datetime
    state: State
    known_days: int
    observed: float | None
    assumed: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class ScenarioScore:
    """How a scenario whose premise was met did on a day, beside the forecast; WIS in people."""

    scenario_id: str
    place_id: str
    target_date: date
    as_of: datetime
    observed: float
    wis: float
    forecast_wis: float


Fate = ScenarioVerdict | ScenarioScore
