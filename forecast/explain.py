"""Why a forecast is what it is, as numbers: level, weekday, season, holidays, and the members' parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from forecast.arrays import FloatArray
from forecast.combine import Standing
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
    1 by more than 2 %. By member, `weights` are its share, and `scores` its WIS of late over that of the fast
    members' middle one, for those with a record of this series.
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
    for part in ensemble.components:
        taken = _Apart.of(part)
        for place, row in enumerate(part.rows.tolist()):
            judged = ensemble.weights_of(row), _scores(ensemble.standing, row)
            found[row] = taken.explained(place, cutoff, judged)
    return tuple(found)


def _scores(standing: Mapping[str, Standing], row: int) -> dict[str, float]:
    """The relative scores of the members that have a record of a series."""
    known = {name: own.relative[row] for name, own in standing.items() if own.cutoffs[row] > 0}
    return {name: round(float(np.exp(relative)), 4) for name, relative in known.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Apart:
    """A part's forecasts taken apart: levels [row], factors [row, horizon], holidays' effects and names.

    Factors are what adding an effect on the member's scale does to the level in counts.
    """

    levels: FloatArray
    people: FloatArray
    weekday: FloatArray
    season: FloatArray
    festive: FloatArray
    holidays: FloatArray
    names: tuple[str, ...]

    @classmethod
    def of(cls, part: Components) -> "_Apart":
        """Take all rows apart at once."""
        levels = part.ahead[:, :7].mean(axis=1)
        kinds = np.array(part.calendar.kinds)
        festive = np.flatnonzero((kinds == "break") | (kinds == "named"))
        holidays = part.effects[:, :, festive]
        steady = np.stack([_steady(ahead) for ahead in part.ahead])
        weekday = part.effects[:, :, kinds == "weekday"].sum(axis=2) + part.ahead - steady
        season = part.effects[:, :, kinds == "year"].sum(axis=2)
        return cls(
            levels=levels,
            people=np.round(part.scale.back(levels), 1),
            weekday=_factors(part, levels, weekday),
            season=_factors(part, levels, season),
            festive=_factors(part, levels, holidays.sum(axis=2)),
            holidays=holidays,
            names=tuple(part.calendar.names[column] for column in festive.tolist()),
        )

    def explained(
        self, place: int, cutoff: date, judged: tuple[Mapping[str, float], Mapping[str, float]]
    ) -> Explanation | None:
        """One row, with its members' weights and scores; None where nothing is forecast."""
        if not np.isfinite(self.levels[place]):
            return None
        return Explanation(
            level=float(self.people[place]),
            weekday=_by_weekday(self.weekday[place], cutoff),
            season=tuple(np.round(self.season[place], 4).tolist()),
            holidays=tuple(np.round(self.festive[place], 4).tolist()),
            effects=tuple(self._named(place, cutoff)),
            weights=dict(judged[0]),
            scores=dict(judged[1]),
        )

    def _named(self, place: int, cutoff: date) -> Iterator[HolidayEffect]:
        """The days with a noticeable holiday effect, and the regressors that make it, the strongest first."""
        factors = self.festive[place]
        for ahead in np.flatnonzero(np.abs(factors - 1) > NOTICED).tolist():
            sizes = np.abs(self.holidays[place, ahead])
            order = np.argsort(-sizes)[: np.count_nonzero(sizes)]
            names = tuple(self.names[column] for column in order.tolist())
            yield HolidayEffect(cutoff + timedelta(days=ahead + 1), names, round(float(factors[ahead]), 4))


def _steady(ahead: FloatArray) -> FloatArray:
    """The forecast's course without its weekly wave: the mean of the week around each day."""
    reach = min(7, len(ahead))
    return np.convolve(
        np.pad(ahead, (reach // 2, reach - 1 - reach // 2), mode="edge"), np.full(reach, 1 / reach), "valid"
    )


def _factors(part: Components, levels: FloatArray, added: FloatArray) -> FloatArray:
    """What adding effects [row, horizon] on the scale does to each row's level, as a factor of counts."""
    plain, moved = (part.scale.back(levels[:, None] + effect) for effect in (0.0, added))
    return np.asarray(moved / np.maximum(plain, 0.5))


def _by_weekday(factors: FloatArray, cutoff: date) -> tuple[float, ...]:
    """The first week's factors from Monday on; 1 for weekdays beyond a horizon shorter than a week."""
    week = np.ones(7)
    ahead = np.arange(min(7, len(factors)))
    week[(cutoff.weekday() + 1 + ahead) % 7] = factors[ahead]
    return tuple(np.round(week, 4).tolist())


def factors_frame(
    ids: Sequence[str], cutoff: date, explanations: Sequence[Explanation | None]
) -> pd.DataFrame:
    """One row per explained series and day: `crossing, cutoff, horizon, target_date`, level and factors.

    `names` are the holidays that matter on the day; each member has a column of its weight and one of its
    score.
    """
    rows = [
        row
        for series, why in zip(ids, explanations, strict=True)
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
