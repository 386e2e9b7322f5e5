"""Counts that are believed but marked: sudden jumps, and levels that moved for good at one crossing alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt
import pandas as pd

# Days that a judgement looks back and ahead; whole weeks, so that weekends weigh the same on both sides.
BEFORE, AFTER, MEMORY = 28, 14, 84
JUMP, CHANGE = log(2.0), log(1.5)
LEAST_SPREAD = 0.1
LEAST_DIFFERENCE, LEAST_LEVEL = 30.0, 10.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on one day of one series: [day] and [series] positions, and how many times the usual level."""

    day: int
    series: int
    ratio: float


def jumps(counts: pd.DataFrame) -> list[Mark]:
    """Days on which a count, first in a week, leaves its four weeks behind by a factor of two and its noise.

    `counts` [day, series] holds whole days, NaN where there is none. The day must also be the highest or
    lowest of eight weeks and far from the same weekdays of two, so that a busy weekend is no jump.
    """
    level = _level(counts)
    usual = _usual(level)
    off = level - usual
    beyond = (off.abs() > np.maximum(4 * _spread(off), JUMP)) & usual.notna()
    beyond &= (counts - np.expm1(usual)).abs() >= LEAST_DIFFERENCE
    weeks = level.shift(1).rolling(2 * BEFORE, min_periods=10)
    beyond &= (level > weeks.max()) | (level < weeks.min())
    for days in (7, 14):
        weekly = (level - level.shift(days)) * np.sign(off)
        beyond &= (weekly > JUMP / 2) | weekly.isna()
    distance = off.to_numpy()
    onset = beyond & ~(beyond.astype(float).shift(1).rolling(7, min_periods=1).max() > 0)
    return [Mark(day, one, float(np.exp(distance[day, one]))) for day, one in _where(onset)]


def changes(counts: pd.DataFrame, neighbours: Sequence[npt.NDArray[np.intp]]) -> list[Mark]:
    """Days from which a level stays moved for two weeks while no neighbour moves: has the definition changed?

    `counts` [day, series] holds whole days; `neighbours` are the positions of each series' neighbours.
    At most one neighbour in ten may have moved at least half as far, so that chance hides no change.
    """
    level = _level(counts)
    shift = _shift(level)
    shifts = shift.to_numpy()
    found: list[Mark] = []
    since = np.full(counts.shape[1], -AFTER)
    for day, one in _where(_steps(level, shift)):
        size = shifts[day, one]
        if day - since[one] < AFTER:
            continue
        others = shifts[day, neighbours[one]] * np.sign(size)
        if (others >= abs(size) / 2).sum() <= 0.1 * len(others):
            found.append(Mark(day, one, float(np.exp(size))))
            since[one] = day
    return found


def _level(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts on a scale on which doubling is the same step everywhere and zero has a place."""
    return pd.DataFrame(np.log1p(counts.to_numpy(dtype=float)), counts.index, counts.columns)


def _usual(level: pd.DataFrame) -> pd.DataFrame:
    """The median of the four weeks before each day."""
    return level.rolling(BEFORE, min_periods=10).median().shift(1)


def _spread(off: pd.DataFrame) -> pd.DataFrame:
    """How far off days usually are: 1.48 median distances make one standard deviation."""
    distance = off.abs().rolling(2 * BEFORE, min_periods=14).median().shift(1)
    return (1.4826 * distance).fillna(LEAST_SPREAD).clip(lower=LEAST_SPREAD)


def _shift(level: pd.DataFrame) -> pd.DataFrame:
    """How far the two weeks from each day on lie from those before: the lesser of two ways to tell.

    Against the median of four weeks before, and weekday by weekday against the two weeks before.
    """
    roughly = level.rolling(AFTER, min_periods=10).median().shift(1 - AFTER) - _usual(level)
    paired = (level - level.shift(AFTER)).rolling(AFTER, min_periods=8).median().shift(1 - AFTER)
    agreed = np.sign(roughly) == np.sign(paired)
    return roughly.where(roughly.abs() < paired.abs(), paired).where(agreed, 0.0)


def _steps(level: pd.DataFrame, shift: pd.DataFrame) -> pd.DataFrame:
    """Where a level moves in one step, and stays: [day, series]."""
    usual, sign, size = _usual(level), np.sign(shift), shift.abs()
    weekly = level - level.shift(7)
    wide = size > np.maximum(CHANGE, 4 * _spread(weekly))
    wide &= (np.expm1(usual) >= LEAST_LEVEL) & (np.expm1(usual + shift) >= LEAST_LEVEL)
    before = weekly.ffill(limit=7).shift(1) * sign
    begins = (weekly * sign >= size / 2) & ((before < size / 2) | before.isna())
    # A week that is higher than the last on every day has stepped; one that climbs is higher by the end.
    at_once = weekly.rolling(7, min_periods=4).median().shift(-6) * sign >= 0.8 * size
    return wide & begins & at_once & _stays(level, shift)


def _stays(level: pd.DataFrame, shift: pd.DataFrame) -> pd.DataFrame:
    """Where four in five of the next two weeks' days lie beyond half the shift, each by its weekday."""
    ahead = (level - level.shift(AFTER)).rolling(AFTER, min_periods=8)
    low, high = (ahead.quantile(share).shift(1 - AFTER) for share in (0.2, 0.8))
    return ((shift > 0) & (low > shift / 2)) | ((shift < 0) & (high < shift / 2))


def _where(marked: pd.DataFrame) -> Iterator[tuple[int, int]]:
    days, series = np.nonzero(marked.to_numpy())
    return zip(days.tolist(), series.tolist(), strict=True)
