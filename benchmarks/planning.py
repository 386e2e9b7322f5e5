"""What planning is worth: waits at a real passport control, and a roster against a flat one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import plan_speed
from benchmarks.plan_speed import PlanSpeed
from forecast.arrays import FloatArray
from forecast.paths import Paths
from forecast.planning.hours import CrossingHours, hours_of
from forecast.planning.observed_waits import learn_waits
from forecast.planning.queues import fluid
from forecast.planning.registers import CrossingCapacity, Registers, Version
from forecast.planning.rosters import roster_of
from forecast.planning.waits import waits_of

HISTORY = "airport_passport_control_hourly.csv"
NAMES = {"passengers": "people", "avg_wait_minutes": "wait"}
SEEDS, PEAK_TO_MEAN, RATE, BOOTHS, PATHS = range(20), 1.7, 50.0, 8, 10
CUTOFF = date(2022, 9, 18)
OURS = "learnt from history"
Method = Callable[[pd.DataFrame, pd.DataFrame], FloatArray]


@dataclass(frozen=True, slots=True)
class Planning:
    """Error and bias in minutes by method, none without the history; mean waits of the weeks in minutes."""

    waits: dict[str, tuple[float, float]]
    flat: FloatArray
    rostered: FloatArray
    speed: PlanSpeed

    @property
    def cut(self) -> float:
        """The share of the flat roster's mean wait that the other saves, over all seeds."""
        return float(1 - self.rostered.mean() / self.flat.mean())


def measure(folder: Path | None, seeds: range = SEEDS) -> Planning:
    """Learn on 2016 and judge on 2017, where the folder has the history; roster the flat roster's weeks."""
    found = np.array([weeks_waits(seed) for seed in seeds])
    history = None if folder is None else folder / HISTORY
    waits = judged(read_history(history)) if history is not None and history.exists() else {}
    return Planning(waits, found[:, 0], found[:, 1], plan_speed.measure())


def read_history(path: Path) -> pd.DataFrame:
    """People, booths and average wait by hour."""
    return pd.read_csv(path, index_col="datetime", parse_dates=True).rename(columns=NAMES).sort_index()


def judged(history: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Mean absolute error and bias in minutes of each method, learnt in the first year, in those after it."""
    index = pd.DatetimeIndex(history.index)
    known, later = history[index.year == index.year.min()], history[index.year > index.year.min()]
    methods = PEERS | {"boosted trees (LightGBM)": _lightgbm, OURS: _ours}
    scored = {}
    for name, method in methods.items():
        try:
            error = method(known, later) - later["wait"].to_numpy()
        except ModuleNotFoundError:
            continue
        scored[name] = (float(np.abs(error).mean()), float(error.mean()))
    return scored


def weeks_waits(seed: int) -> tuple[float, float]:
    """Mean minutes in a calm week with booths open alike all day, and with as many hours by the roster."""
    rng = np.random.default_rng(seed)
    profile = day_profile(rng)
    people = rng.uniform(0.8, 0.95, 7) * 24 * BOOTHS * RATE
    hours = flat_week(profile)
    roster = roster_of(hours.hourly(people[None]), hours, np.zeros(1))
    came = Paths(("c",), CUTOFF, rng.poisson(people, (PATHS, 1, 7)))
    return _mean_wait(came, hours, seed), _mean_wait(came, hours.staffed(roster.booths), seed)


def day_profile(rng: np.random.Generator) -> FloatArray:
    """Shares of a day by hour, random, the largest 1.7 times the mean."""
    angle = 2 * np.pi * (np.arange(24) - rng.uniform(0, 24)) / 24
    shape = np.exp(rng.uniform(0.4, 1.2) * np.cos(angle) + rng.normal(0, 0.15, 24))
    low, high = 0.0, 10.0
    for _ in range(60):
        power = (low + high) / 2
        shares = shape**power / (shape**power).sum()
        low, high = (power, high) if 24 * shares.max() < PEAK_TO_MEAN else (low, power)
    return np.asarray(shares)


def flat_week(profile: FloatArray) -> CrossingHours:
    """Crossings with the same booths all day, whose hours a strict level uses up but may not exceed."""
    capacity = CrossingCapacity(
        booths=np.full((7, 24), BOOTHS),
        rates=(RATE,),
        profile=np.tile(profile, (7, 1)),
        booths_limit=2 * BOOTHS,
        staff_hours_limit=24.0 * BOOTHS,
        wait_target=1.0,
        service_level=0.999,
    )
    return hours_of(Registers([Version("c", CUTOFF, capacity)]), ["c"], cutoff=CUTOFF, horizon=7)


def section(found: Planning) -> str:
    """The page's section."""
    lines = [
        "## Planning",
        "**Waits at a passport control.** Learnt on the hours of 2016, judged on those of 2017 from the "
        "people and booths that were there: mean absolute error and bias of the hourly average wait, in "
        "minutes. Targets: at most 5.4, bias within 1.",
        "| method | error | bias |\n|---|---|---|" if found.waits else "The history is not there.",
    ]
    rows = [f"| {name} | {error:.2f} | {bias:+.2f} |" for name, (error, bias) in found.waits.items()]
    lines[-1] = "\n".join([lines[-1], *rows])
    lines.append(
        f"**Roster.** {len(found.flat)} calm weeks of load 0.8-0.95, peak to mean {PEAK_TO_MEAN}, equal "
        f"staff hours: mean wait {found.rostered.mean():.1f} minutes, flat {found.flat.mean():.1f}: "
        f"{100 * found.cut:.0f} % less (target 18 %); in the worst week "
        f"{100 * (1 - found.rostered / found.flat).min():.0f} %. Waits "
        f"as planning tells them, bursts within the hour included."
    )
    lines.append(found.speed.sentence())
    return "\n\n".join(lines) + "\n"


def _mean_wait(came: Paths, hours: CrossingHours, seed: int) -> float:
    """Minutes over all people of the week, bursts within the hour included."""
    waits = waits_of(came, hours, np.zeros(1), seed=seed)
    return float(np.average(waits.mean_wait, weights=came.values))


def _ours(known: pd.DataFrame, later: pd.DataFrame) -> FloatArray:
    return learn_waits(known).waits(later).to_numpy()


def _hour_of_week(known: pd.DataFrame, later: pd.DataFrame) -> FloatArray:
    def hour(frame: pd.DataFrame) -> FloatArray:
        index = pd.DatetimeIndex(frame.index)
        return np.asarray(24 * index.dayofweek + index.hour)

    means = known["wait"].groupby(hour(known)).mean().reindex(range(168)).fillna(known["wait"].mean())
    return means.to_numpy()[hour(later).astype(int)]


def _log_load(known: pd.DataFrame, later: pd.DataFrame) -> FloatArray:
    def line(frame: pd.DataFrame) -> FloatArray:
        load = np.log((frame["people"] + 1) / np.maximum(1, frame["booths"]))
        return np.stack([np.ones(len(frame)), load], axis=1)

    slope = np.linalg.lstsq(line(known), np.log1p(known["wait"].to_numpy()), rcond=None)[0]
    return np.expm1(line(later) @ slope)


def _fluid(known: pd.DataFrame, later: pd.DataFrame) -> FloatArray:
    """The fluid queue with the rate a booth, and the minutes besides the queue, that fitted best."""
    tried = [(rate, _queued(known, rate)) for rate in np.arange(20.0, 121.0, 5.0)]
    floors = {rate: float(np.median(known["wait"] - wait)) for rate, wait in tried}
    rate, _ = min(tried, key=lambda one: float(np.abs(known["wait"] - one[1] - floors[one[0]]).mean()))
    return np.maximum(0, _queued(later, rate) + floors[rate])


def _queued(frame: pd.DataFrame, rate: float) -> FloatArray:
    every = frame.reindex(pd.date_range(frame.index.min(), frame.index.max(), freq="h")).fillna(0)
    capacity = rate * np.maximum(1, every["booths"].to_numpy())[None]
    flow = fluid(every["people"].to_numpy()[None, None], capacity, np.zeros((1, 1)))
    return pd.Series(60 * flow.wait[0, 0], index=every.index).loc[frame.index].to_numpy()


def _lightgbm(known: pd.DataFrame, later: pd.DataFrame) -> FloatArray:
    from lightgbm import LGBMRegressor

    def near(frame: pd.DataFrame) -> pd.DataFrame:
        every = frame.reindex(pd.date_range(frame.index.min(), frame.index.max(), freq="h"))
        load = every["people"] / np.maximum(1, every["booths"])
        index = pd.DatetimeIndex(every.index)
        columns = {
            f"{name}{hour}": values.shift(hour)
            for hour in (-1, 0, 1)
            for name, values in (("people", every["people"]), ("booths", every["booths"]), ("load", load))
        }
        return pd.DataFrame(columns).assign(hour=index.hour, weekday=index.dayofweek).loc[frame.index]

    model = LGBMRegressor(objective="l1", verbose=-1, n_jobs=1, random_state=0)
    return np.asarray(model.fit(near(known), known["wait"]).predict(near(later)))


PEERS: dict[str, Method] = {
    "constant: the median": lambda known, later: np.full(len(later), float(known["wait"].median())),
    "mean of the hour of the week": _hour_of_week,
    "regression on log people a booth": _log_load,
    "fluid queue": _fluid,
}
