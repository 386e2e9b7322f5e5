"""How an assumed change of demand runs over the days: a step, or a rise, a plateau and a decay."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from forecast.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Step:
    """The whole change from the first day on; `days` is how long, None until the horizon ends."""

    days: int | None = None

    def strength(self, horizon: int) -> FloatArray:
        """The share of the change in force on each day from the first on: [day]."""
        return np.asarray(np.arange(horizon) < (horizon if self.days is None else self.days), dtype=float)

    @property
    def words(self) -> str:
        """The shape as a sentence says it."""
        return "as long as the issue reaches" if self.days is None else f"for {_days(self.days)}"


@dataclass(frozen=True, slots=True)
class Surge:
    """A rise in equal steps over `rise_days`, then the whole change for `plateau_days`, then a decay.

    Of the change half is left after each `half_life_days`. Without `plateau_days` it lasts.
    """

    rise_days: int
    plateau_days: int | None
    half_life_days: float = 1.0

    def strength(self, horizon: int) -> FloatArray:
        """The share of the change in force on each day from the first on: [day]."""
        day = np.arange(horizon, dtype=float)
        rising = np.minimum(1.0, (day + 1) / (self.rise_days + 1))
        if self.plateau_days is None:
            return rising
        after = np.maximum(0.0, day + 1 - self.rise_days - self.plateau_days)
        return np.asarray(rising * 0.5 ** (after / self.half_life_days))

    @property
    def words(self) -> str:
        """The shape as a sentence says it."""
        rise = f"rising over {_days(self.rise_days)}, " if self.rise_days else "at once, "
        if self.plateau_days is None:
            return f"{rise}then lasting"
        return (
            f"{rise}then {_days(self.plateau_days)} in full, then halved every {_days(self.half_life_days)}"
        )


Shape = Step | Surge


def _days(number: float) -> str:
    return "1 day" if number == 1 else f"{number:g} days"


@dataclass(frozen=True, slots=True)
class Analogue:
    """A surge that was: how many times the ordinary it reached, in which shape, where it is told."""

    multiple: float
    shape: Surge
    told: str


ANALOGUES: Mapping[str, Analogue] = MappingProxyType(
    {
        "kazakhstan-2022": Analogue(
            3.0,
            Surge(rise_days=2, plateau_days=7, half_life_days=1.0),
            "Kazakhstan, 21 September to 3 October 2022: 9,000 people a day before, 25-30,000 from the "
            "third to the ninth day, 14,000 two days later (statements of the authorities, as revised "
            "in December)",
        ),
        "verkhny-lars-2022": Analogue(
            2.0,
            Surge(rise_days=3, plateau_days=2, half_life_days=1.0),
            "Georgia, Verkhny Lars, September 2022: 5-6,000 people a day before, 11,200 on the 25th, 10,400 "
            "on the 26th, 6,109 on the 29th (statements of the authorities)",
        ),
        "hong-kong-2023-reopening": Analogue(
            2.3,
            Surge(rise_days=7, plateau_days=None),
            "Hong Kong, all control points, after the last land crossings opened on 6 February 2023: 1.75, "
            "2.07, 2.26 and 2.39 times the week before in the four weeks after (counts of the Immigration "
            "Department)",
        ),
    }
)
"""Surges that a planner may name instead of numbers."""
