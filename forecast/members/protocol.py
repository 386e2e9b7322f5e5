"""What every forecasting method offers, and what it may see."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.panel import Panel
from forecast.regimes import closed_days, open_counts


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What is known of a panel besides its counts.

    `closed` [series, day] says when a crossing was shut; `counts` [series, day] is what can be learnt from:
    whole open days and nowcasts of the last ones, NaN elsewhere. `reliance` [series, day] multiplies
    the gain with which a count is learnt from: 1 for a whole count, less for a nowcast.
    """

    closed: BoolArray
    counts: FloatArray
    reliance: FloatArray

    @classmethod
    def of(cls, panel: Panel) -> "Context":
        """The context of a panel, from nothing but itself."""
        closed = closed_days(panel)
        return cls(closed, open_counts(panel, closed), panel.reliance)

    def select(self, rows: npt.NDArray[np.intp]) -> "Context":
        """The context of some of the series, by position."""
        return Context(self.closed[rows], self.counts[rows], self.reliance[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """What is asked of a pass: quantiles as of ascending days, the last of them the panel's.

    It begins `after` a day on which `numbers` [row] of one like it were kept, or with the first; at the end
    of the day `keep` its own are kept. What groups of series share is in `kept`, under keys that begin with
    `tag`.
    """

    cutoffs: Sequence[int]
    horizon: int
    after: int | None = None
    numbers: Sequence[FloatArray] = ()
    keep: int | None = None
    kept: MutableMapping[str, FloatArray] = field(default_factory=dict)
    tag: str = ""


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

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Quantiles as of ascending days: [cutoff, series, horizon, level].

        Counts, never negative, ascending over `QUANTILE_LEVELS`; NaN for a series that it has nothing to say
        of. No day after a cutoff is used for it.
        """
        ...
