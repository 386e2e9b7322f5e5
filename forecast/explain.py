"""Why a forecast is what it is, as numbers: level, weekday, season, holidays, and the members' parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

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
    season = _factor(part, level, effects[:, kinds == "year"].sum(axis=1))
    festive = _factor(part, level, holidays.sum(axis=1))
    return Explanation(
        level=round(float(part.scale.back(np.array([level]))[0]), 1),
        weekday=_by_weekday(_factor(part, level, weekday), cutoff),
        season=tuple(np.round(season, 4).tolist()),
        holidays=tuple(np.round(festive, 4).tolist()),
        effects=tuple(_named(part, place, cutoff, festive)),
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


def factors_frame(
    ids: Sequence[str], cutoff: date, explanations: Sequence[Explanation | None]
) -> pd.DataFrame:
    """One row per explained series and day: `crossing, cutoff, horizon, target_date`, level and factors.

    `names` are the holidays that matter on the day; each member has a column of its weight and one of its
    score.
    """
    rows = [
        row
        for series, why in zip(ids, explanations, strict=False)
        if why is not None
        for row in _rows(series, cutoff, why)
    ]
    keys = ["crossing", "cutoff", "horizon", "target_date"]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=keys)


def _rows(series: str, cutoff: date, why: Explanation) -> Iterator[dict[str, Any]]:
    members = {f"weight_{name}": weight for name, weight in why.weights.items()}
    members |= {f"score_{name}": score for name, score in why.scores.items()}
    named = {effect.date: "; ".join(effect.names) for effect in why.effects}
    for ahead, (season, holidays) in enumerate(zip(why.season, why.holidays, strict=True), start=1):
        day = cutoff + timedelta(days=ahead)
        yield {
            "crossing": series,
            "cutoff": cutoff,
            "horizon": ahead,
            "target_date": day,
            "level": why.level,
            "weekday": why.weekday[day.weekday()],
            "season": season,
            "holidays": holidays,
            "names": named.get(day, ""),
            **members,
        }
