"""Waits learnt from an hourly history of people, booths and waits at a staffed crossing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.arrays import FloatArray
from forecast.planning.observed_waits.boosting import Boosted, boost
from forecast.planning.observed_waits.surface import Surface, surface

COLUMNS = ["people", "booths"]
WAIT = "wait"
LEAST_HOURS = 28 * 24
NEIGHBOURS = 2  # hours before and after whose people and booths tell of this one's queue
BEHIND = 3  # hours whose load together tells of a backlog
OFFSET_MINUTES = 3.0


class HistoryError(ValueError):
    """A history from which no waits can be learnt."""


@dataclass(frozen=True, slots=True, eq=False)
class WaitModel:
    """The mean of a smooth surface of log waits and of boosted trees; `scatter` is mean over median wait."""

    smooth: Surface
    trees: Boosted
    scatter: float

    def waits(self, hours: pd.DataFrame, *, towards_mean: float = 0.0) -> pd.Series:
        """Minutes of the average wait at hours with people and booths, indexed by their start.

        `towards_mean` 0 is the median, of least absolute error; 1 the mean, higher since waits are skewed;
        what lies between trades the one for the other. Hours that are not there had nobody.
        """
        loads = _loads(hours).loc[hours.index]
        minutes = _both(self.smooth, self.trees, loads) * self.scatter**towards_mean
        return pd.Series(minutes, index=hours.index, name=WAIT)


def learn_waits(history: pd.DataFrame, *, seed: int = 0) -> WaitModel:
    """Learn from an hourly history: columns people, booths and wait (minutes, NaN where not known).

    Booths and waits are found together where staff answers the queue, so it tells what was seen together, not
    what another roster would bring: that is for the queue. Raises HistoryError.
    """
    if WAIT not in history:
        raise HistoryError(f"the history lacks the column {WAIT}")
    wait = history[WAIT].dropna()
    if len(wait) < LEAST_HOURS or not np.isfinite(wait).all() or (wait < 0).any():
        wanted = f"at least {LEAST_HOURS} hours with waits of 0 minutes or more"
        raise HistoryError(
            f"found {len(wait)} hours with waits from {wait.min()} minutes on, wanted {wanted}"
        )
    loads, minutes = _loads(history).loc[wait.index], wait.to_numpy(dtype=float)
    smooth = surface(_waves(loads), np.log(minutes + OFFSET_MINUTES), seed=seed)
    trees = boost(loads.to_numpy(), minutes, seed=seed)
    return WaitModel(smooth, trees, float(minutes.mean() / max(1e-9, _both(smooth, trees, loads).mean())))


def _both(smooth: Surface, trees: Boosted, loads: pd.DataFrame) -> FloatArray:
    """Minutes at hours with the features `loads`: [hour]."""
    told = np.exp(smooth.at(_waves(loads))) - OFFSET_MINUTES
    return np.maximum(0, (told + trees.median(loads.to_numpy())) / 2)


def _loads(hours: pd.DataFrame) -> pd.DataFrame:
    """What a wait hangs on, for every hour from the first to the last: [hour, feature]."""
    every = _whole(hours)
    index = pd.DatetimeIndex(every.index)
    features = {"hour": index.hour.to_numpy(), "weekday": index.dayofweek.to_numpy()}
    for hour in range(-NEIGHBOURS, NEIGHBOURS + 1):
        near = every.shift(hour, fill_value=0.0)
        features[f"people {hour}"] = np.log1p(near["people"].to_numpy())
        features[f"booths {hour}"] = np.log1p(near["booths"].to_numpy())
        features[f"load {hour}"] = _load(near)
    features["load behind"] = _load(every.rolling(BEHIND, min_periods=1).sum())
    return pd.DataFrame(features, index=index).astype(float)


def _load(near: pd.DataFrame) -> FloatArray:
    """The log of people a booth; five people and a booth more keep it finite."""
    return np.asarray(np.log((near["people"].to_numpy() + 5) / (near["booths"].to_numpy() + 1)))


def _waves(loads: pd.DataFrame) -> FloatArray:
    """The features with waves over the day for its hour, and the weekdays apart: [hour, feature]."""
    angle = 2 * np.pi / 24 * loads["hour"].to_numpy()[:, None] * np.arange(1, 4)
    weekdays = loads["weekday"].to_numpy()[:, None] == np.arange(7)
    others = loads.drop(columns=["hour", "weekday"]).to_numpy()
    return np.concatenate([others, np.sin(angle), np.cos(angle), weekdays], axis=1)


def _whole(hours: pd.DataFrame) -> pd.DataFrame:
    """People and booths of every hour, in order, 0 where the frame has no row."""
    lacking = [column for column in COLUMNS if column not in hours]
    if lacking:
        raise HistoryError(f"the history lacks the column {lacking[0]}")
    index = hours.index
    if not isinstance(index, pd.DatetimeIndex) or index.has_duplicates or (index != index.floor("h")).any():
        raise HistoryError("the history's index must be the start of each hour, each once")
    found = hours[COLUMNS].astype(float)
    if not (np.isfinite(found.to_numpy()) & (found.to_numpy() >= 0)).all():
        raise HistoryError("people and booths must be numbers of 0 or more")
    return found.reindex(pd.date_range(index.min(), index.max(), freq="h"), fill_value=0.0)
