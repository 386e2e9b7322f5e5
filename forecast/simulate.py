"""Worlds with a known truth: surges, closures, missing days and late reports, from a seed."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.arrays import BoolArray, FloatArray
from forecast.panel import Panel
from forecast.places import Place

SURGE_ENDS_BELOW = 1.5
LATE_AFTER_DAYS = (1, 4)
KNOWN_SAME_DAY = 0.63


@dataclass(frozen=True, slots=True)
class World:
    """How a simulated border behaves; shares are fractions in [0, 1].

    Counts are negative binomial (`size`) around exp(level + weekday + season + random walk). A surge
    multiplies them within three days by 4 to 15 and halves every 7 to 28 days; in a third of the surges the
    crossing is held at twice its ordinary level for 4 to 8 days first.
    """

    series: int = 60
    days: int = 900
    start: date = date(2021, 1, 1)
    size: float = 8.0
    walk: float = 0.02
    missing: float = 0.01
    surging: float = 1.0
    onset_within: int = 200
    closing: float = 0.0
    late: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What a world gave: the whole panel, the counts' true means and the modes, [series, day] both."""

    panel: Panel
    expected: FloatArray
    modes: npt.NDArray[np.str_]
    frame: pd.DataFrame

    @property
    def onsets(self) -> npt.NDArray[np.intp]:
        """The first day of each series' surge, or the number of days if it has none: [series]."""
        surging = self.modes == "surge"
        return np.where(surging.any(axis=1), surging.argmax(axis=1), self.panel.days)


def simulate(world: World | None = None, *, seed: int) -> Simulation:
    """Draw the counts of a world; the same seed gives the same world.

    The frame has a row per count, `crossing, date, arrivals, status`; with late reports also `recorded_at`,
    and two rows for the days that were at first known in part.
    """
    world = world or World()
    rng = np.random.default_rng(seed)
    surge = np.stack([_surge(world, rng) for _ in range(world.series)])
    closed = np.stack([_closure(world, rng) for _ in range(world.series)])
    expected = np.where(closed, 0.0, _ordinary(world, rng) * surge)
    counts = rng.negative_binomial(world.size, world.size / (world.size + expected)).astype(float)
    counts[rng.random(counts.shape) < world.missing] = np.nan
    panel = _panel(world, counts, closed)
    return Simulation(panel, expected, _modes(surge, closed), _frame(world, panel, rng))


def _ordinary(world: World, rng: np.random.Generator) -> FloatArray:
    """Mean counts without surges and closures: [series, day]."""
    day = np.arange(world.days)
    level = rng.uniform(np.log(50), np.log(5_000), (world.series, 1))
    weekday = rng.normal(0, 0.15, (world.series, 7))[:, day % 7]
    phase = rng.uniform(0, 2 * np.pi, (world.series, 1))
    season = rng.uniform(0.1, 0.4, (world.series, 1)) * np.sin(2 * np.pi * day / 365.25 + phase)
    drift = rng.normal(0, world.walk, (world.series, world.days)).cumsum(axis=1)
    return np.asarray(np.exp(level + weekday + season + drift))


def _surge(world: World, rng: np.random.Generator) -> FloatArray:
    """By how much a surge multiplies the ordinary mean: [day]."""
    onset = world.days - rng.integers(1, world.onset_within + 1)
    multiple, half_life = rng.uniform(4, 15), rng.uniform(7, 28)
    held = rng.integers(4, 9) if rng.random() < 1 / 3 else 0
    since = np.arange(world.days) - onset
    peak = held + 3
    rising = np.where(since < held, 2.0, 1 + (multiple - 1) * (since - held + 1) / 3)
    falling = 1 + (multiple - 1) * 0.5 ** (np.maximum(since - peak + 1, 0) / half_life)
    surge = np.where(since < 0, 1.0, np.where(since < peak, rising, falling))
    return surge if rng.random() < world.surging else np.ones(world.days)


def _closure(world: World, rng: np.random.Generator) -> BoolArray:
    """The days on which a crossing is shut, one spell of 14 to 90 days: [day]."""
    first, length = rng.integers(world.days // 3, world.days), rng.integers(14, 91)
    day = np.arange(world.days)
    return (day >= first) & (day < first + length) & (rng.random() < world.closing)


def _modes(surge: FloatArray, closed: BoolArray) -> npt.NDArray[np.str_]:
    reopening = np.zeros_like(closed)
    reopening[:, 1:] = closed[:, :-1] & ~closed[:, 1:]
    states = [closed, reopening, surge >= SURGE_ENDS_BELOW]
    return np.select(states, ["closed", "reopening", "surge"], "calm")


def _panel(world: World, counts: FloatArray, closed: BoolArray) -> Panel:
    places = tuple(Place(id=f"s{row:03d}", name=f"Simulated {row}") for row in range(world.series))
    return Panel("arrivals", places, world.start, counts, closed, np.zeros_like(closed))


def _frame(world: World, panel: Panel, rng: np.random.Generator) -> pd.DataFrame:
    series, day = np.nonzero(~np.isnan(panel.counts))
    dates = panel.dates[day]
    whole = pd.DataFrame(
        {
            "crossing": np.array(panel.ids)[series],
            "date": dates,
            "arrivals": panel.counts[series, day],
            "status": np.where(panel.closed[series, day], "closed", "reported"),
        }
    )
    if not world.late:
        return whole
    late = rng.random(len(whole)) < world.late
    delay = np.where(late, rng.integers(*LATE_AFTER_DAYS, len(whole)), 0)
    whole["recorded_at"] = (dates + pd.to_timedelta(delay, "D") + pd.Timedelta(hours=23)).tz_localize("UTC")
    early = whole[late & (whole["status"] == "reported")].copy()
    early["arrivals"] = rng.binomial(early["arrivals"].astype(int), KNOWN_SAME_DAY).astype(float)
    early["status"] = "partial"
    early["recorded_at"] = (early["date"] + pd.Timedelta(hours=18)).dt.tz_localize("UTC")
    return pd.concat([early, whole], ignore_index=True).sort_values("recorded_at", ignore_index=True)
