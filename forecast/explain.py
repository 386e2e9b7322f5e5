"""Why a forecast is what it is, as numbers: level, weekday, season, holidays, and the members' parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecast.arrays import FloatArray
from forecast.ensemble import Ensemble
from forecast.members import Components

NOTICED = 0.02  # a holiday's effect smaller than this is not told


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


def explanations(ensemble: Ensemble, cutoff: date) -> tuple[Explanation | None, ...]:
    """Why each series is forecast as it is, by the first smoothing member; None where there is none."""
    found: list[Explanation | None] = [None] * len(ensemble.quantiles)
    scores = {name: np.exp(standing.relative) for name, standing in ensemble.standing.items()}
    for part in ensemble.components:
        for place, row in enumerate(part.rows.tolist()):
            weights = ensemble.weights_of(row)
            told = {name: round(float(values[row]), 4) for name, values in scores.items()}
            found[row] = _explained(part, place, cutoff, (weights, told))
    return tuple(found)


def _explained(
    part: Components, place: int, cutoff: date, judged: tuple[Mapping[str, float], Mapping[str, float]]
) -> Explanation | None:
    """One series; factors are what adding an effect on the member's scale does to the level in counts."""
    level = float(part.ahead[place, :7].mean())
    if not np.isfinite(level):
        return None
    kinds = np.array(part.calendar.kinds)
    effects = part.effects[place]
    weekday = effects[:, kinds == "weekday"].sum(axis=1) + part.ahead[place] - _steady(part.ahead[place])
    holidays = effects[:, (kinds == "break") | (kinds == "named")]
    factors = [
        _factor(part, level, added)
        for added in (effects[:, kinds == "year"].sum(axis=1), holidays.sum(axis=1))
    ]
    return Explanation(
        round(float(part.scale.back(np.array([level]))[0]), 1),
        _by_weekday(_factor(part, level, weekday), cutoff),
        *(tuple(np.round(factor, 4).tolist()) for factor in factors),
        effects=tuple(_named(part, place, cutoff, factors[1])),
        weights=dict(judged[0]),
        scores=dict(judged[1]),
    )


def _steady(ahead: FloatArray) -> FloatArray:
    """The forecast's course without its weekly wave: the mean of the week around each day."""
    reach = min(7, len(ahead))
    return np.convolve(
        np.pad(ahead, (reach // 2, reach - 1 - reach // 2), mode="edge"), np.full(reach, 1 / reach), "valid"
    )


def _factor(part: Components, level: float, added: FloatArray) -> FloatArray:
    """What adding effects on the scale does to a level, as a factor of counts."""
    plain, moved = (part.scale.back(np.asarray(level + effect)) for effect in (0.0, added))
    return np.asarray(moved / np.maximum(plain, 0.5))


def _by_weekday(factors: FloatArray, cutoff: date) -> tuple[float, ...]:
    """The first week's factors from Monday on; 1 for weekdays beyond a horizon shorter than a week."""
    week = np.ones(7)
    ahead = np.arange(min(7, len(factors)))
    week[(cutoff.weekday() + 1 + ahead) % 7] = factors[ahead]
    return tuple(np.round(week, 4).tolist())


def _named(part: Components, place: int, cutoff: date, factors: FloatArray) -> list[HolidayEffect]:
    """The days with a noticeable holiday effect, and the regressors that make it, the strongest first."""
    kinds = np.array(part.calendar.kinds)
    holiday = np.flatnonzero((kinds == "break") | (kinds == "named"))
    found = []
    for ahead in np.flatnonzero(np.abs(factors - 1) > NOTICED).tolist():
        sizes = np.abs(part.effects[place, ahead, holiday])
        order = holiday[np.argsort(-sizes)][: np.count_nonzero(sizes)]
        names = tuple(part.calendar.names[column] for column in order.tolist())
        found.append(
            HolidayEffect(cutoff + timedelta(days=ahead + 1), names, round(float(factors[ahead]), 4))
        )
    return found
