"""What every forecasting method offers, and what it may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from forecast.arrays import BoolArray, FloatArray
from forecast.panel import Panel
from forecast.regimes import closed_days, open_counts


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What is known of a panel besides its counts.

    `closed` [series, day] says when a crossing was shut; `counts` [series, day] is what can be learnt from:
    whole days of open crossings, NaN elsewhere.
    """

    closed: BoolArray
    counts: FloatArray

    @classmethod
    def of(cls, panel: Panel) -> "Context":
        """The context of a panel, from nothing but itself."""
        closed = closed_days(panel)
        return cls(closed, open_counts(panel, closed))


class Fitted(Protocol):
    """A method fitted to a panel."""

    def forecast(self, horizon: int) -> FloatArray:
        """Medians in counts, never negative, NaN where there is none to give: [series, horizon]."""
        ...


@runtime_checkable
class Member(Protocol):
    """A forecasting method: a frozen dataclass whose fields are its settings."""

    @property
    def name(self) -> str:
        """The name in configurations and weights."""
        ...

    @property
    def slow(self) -> bool:
        """Whether it does one series at a time, is spread over processes, and its hindcasts are kept."""
        ...

    @property
    def stride(self) -> int:
        """Days between the past cutoffs at which it is hindcast."""
        ...

    def fit(self, panel: Panel, context: Context) -> Fitted:
        """Fit every series of a panel; one that cannot be fitted forecasts NaN."""
        ...

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Forecasts as they would have been made on past days, ascending: [cutoff, series, horizon]."""
        ...
