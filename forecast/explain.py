"""Why a forecast is what it is, as numbers: level, weekday, season, holidays, and the members' parts."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class HolidayEffect:
    """What a holiday, or a day beside one, does to a day's count; a factor of 1 does nothing."""

    date: date
    names: tuple[str, ...]
    factor: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """One series' forecast taken apart: level x weekday x season x holidays is the ordinary expectation.

    `level` is in people/day at the cutoff with the rest taken out; `weekday` holds seven factors, Monday
    first, `season` and `holidays` one per horizon; `effects` are the horizon's days with a holiday factor off
    1 by more than 2 %. `weights` and `scores` are by member: its share, and its relative WIS of late.
    """

    level: float
    weekday: tuple[float, ...]
    season: tuple[float, ...]
    holidays: tuple[float, ...]
    effects: tuple[HolidayEffect, ...]
    weights: dict[str, float]
    scores: dict[str, float]

    def __post_init__(self) -> None:
        if len(self.weekday) != 7 or len(self.season) != len(self.holidays):
            raise ValueError(
                "weekday must hold 7 factors, season and holidays one for each day ahead, "
                f"not {len(self.weekday)}, {len(self.season)} and {len(self.holidays)}"
            )
