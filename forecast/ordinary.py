"""What is ordinary for each series, and how far its last days are from it: the one judge of an upheaval."""

from dataclasses import dataclass

import numpy as np

from forecast.arrays import BoolArray, FloatArray, known_mean, known_median

DEVIATION_DAYS = 90
LEVEL_DAYS = 28
LASTING = 3  # days that are judged together
JUDGED = 7  # days ahead whose ordinary count is told
PATTERN_DAYS = 56
LARGEST_DAY = float(np.log(3))
LEAST_DEVIATION = float(np.log(1.5))  # a surge is at least half as much again
LIMIT_SPREADS = 2.6
UPHEAVAL = float(np.log(1.75))


@dataclass(frozen=True, slots=True, eq=False)
class Deviations:
    """Where each series stands beside its ordinary level, in log units.

    `usual` [series, 7] is the ordinary log1p count of the days 1 to 7 after the cutoff: the mean level of
    four weeks with the weekday's part; `now` [series] is the mean deviation over the last days; `limit`
    [series] is what is out of the ordinary.
    """

    usual: FloatArray
    now: FloatArray
    limit: FloatArray

    @property
    def surging(self) -> BoolArray:
        """Whether a series is far above its ordinary level: [series]."""
        return self.now > self.limit

    @property
    def collapsing(self) -> BoolArray:
        """Whether a series is far below its ordinary level: [series]."""
        return self.now < -self.limit

    @property
    def upheaval(self) -> BoolArray:
        """Whether a series is so far away that what it did before says little: [series]."""
        return np.abs(self.now) > np.maximum(self.limit, UPHEAVAL)

    def select(self, rows: slice) -> "Deviations":
        """Those of some of the series."""
        return Deviations(self.usual[rows], self.now[rows], self.limit[rows])


def deviations(counts: FloatArray, near_holiday: BoolArray | None = None) -> Deviations:
    """Compare the last three days with the four weeks before, weekdays taken out; counts [series, day].

    Days `near_holiday` [series, day] say nothing of what is ordinary, nor of an upheaval: where they are more
    than one of the last three, a series is held to be where it ordinarily is.
    """
    history = DEVIATION_DAYS + LEVEL_DAYS + LASTING
    newest = _newest(counts, history)
    adjusted, pattern = _adjusted(_plain(newest, near_holiday))
    level = _mean_before(adjusted[:, :-LASTING], LEVEL_DAYS)[:, 1:]
    daily = [
        adjusted[:, LEVEL_DAYS + ago : LEVEL_DAYS + ago + level.shape[1]] for ago in range(1, LASTING + 1)
    ]
    away = np.stack(daily) - level
    ordinary = known_mean(away, axis=0)[:, :-JUDGED]  # the last week is what is being judged
    spread = 1.4826 * known_median(np.abs(ordinary - known_median(ordinary, axis=1)[:, None]), axis=1)
    limit = np.maximum(LEAST_DEVIATION, LIMIT_SPREADS * np.nan_to_num(spread))
    now = np.where(_enough(newest, adjusted), _lately(away[:, :, -1], limit), 0.0)
    usual = np.maximum(0.0, _level_now(adjusted, level)[:, None] + pattern)
    return Deviations(usual, now, limit)


def deviations_ahead(counts: FloatArray, near_holiday: BoolArray, days: int) -> FloatArray:
    """How far the seven days after each of the last `days` were from what was ordinary on it, in log units.

    [series, day, 7]; NaN where not known or near a holiday. The weekdays are told apart as of today.
    """
    wanted = max(days + LEVEL_DAYS + LASTING + JUDGED - 1, PATTERN_DAYS + JUDGED)
    adjusted, _ = _adjusted(_plain(_newest(counts, wanted), near_holiday))
    level = _mean_before(adjusted[:, : -LASTING - JUDGED], LEVEL_DAYS)[:, -days:]
    weeks = np.lib.stride_tricks.sliding_window_view(adjusted, JUDGED, axis=1)[:, -days:]
    return np.asarray(weeks - level[:, :, None])


def _plain(counts: FloatArray, near_holiday: BoolArray | None) -> FloatArray:
    """Log counts, NaN near holidays: [series, day]."""
    if near_holiday is None:
        return np.log1p(counts)
    short = max(0, counts.shape[1] - near_holiday.shape[1])
    marked = np.pad(near_holiday, ((0, 0), (short, 0)))[:, -counts.shape[1] :]
    return np.log1p(np.where(marked, np.nan, counts))


def _adjusted(logs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Logs with weekdays taken out [series, day], and what was: that of the weekdays ahead [series, 7]."""
    pattern = _weekday_pattern(logs[:, -PATTERN_DAYS - JUDGED : -JUDGED])
    return logs - pattern[:, np.arange(-logs.shape[1], 0) % 7], pattern


def _level_now(adjusted: FloatArray, level: FloatArray) -> FloatArray:
    """The ordinary level at the cutoff: of the four weeks before, or else of all days that are known."""
    return np.where(np.isfinite(level[:, -1]), level[:, -1], known_mean(adjusted, axis=1))


def _lately(away: FloatArray, limit: FloatArray) -> FloatArray:
    """The mean deviation of the last days [day, series], none of them counted as too far out: [series]."""
    # One day far out, such as a storm's, is not a change that lasts.
    most = np.maximum(LARGEST_DAY, 1.5 * limit)
    return np.nan_to_num(known_mean(np.clip(away, -most, most), axis=0))


def _enough(counts: FloatArray, plain: FloatArray) -> BoolArray:
    """Whether of the last days' counts no more than one is near a holiday: [series]."""
    known, told = (np.isfinite(days[:, -LASTING:]).sum(axis=1) for days in (counts, plain))
    return np.asarray(told >= np.minimum(LASTING - 1, known))


def _newest(counts: FloatArray, days: int) -> FloatArray:
    """The last days, NaN before the first: [series, days]."""
    short = max(0, days - counts.shape[1])
    return np.pad(counts, ((0, 0), (short, 0)), constant_values=np.nan)[:, -days:]


def _weekday_pattern(logs: FloatArray) -> FloatArray:
    """How weekdays differ in log units, drawn towards not at all by what chance makes: [series, 7].

    `logs` [series, day] are whole weeks, of which the pattern's first weekday is the first.
    """
    weeks = logs.reshape(len(logs), -1, 7)
    away = weeks - known_median(logs, axis=1)[:, None, None]
    pattern = known_median(away, axis=1)
    within = 1.4826 * known_median(np.abs(away - pattern[:, None]).reshape(logs.shape), axis=1)
    chance = np.pi / 2 * within**2 / weeks.shape[1]  # the variance of a median
    between = np.nan_to_num(pattern).var(axis=1, ddof=1)
    belief = np.maximum(0.0, 1 - np.nan_to_num(chance, nan=np.inf) / np.maximum(between, 1e-9))
    return np.asarray(np.nan_to_num(pattern) * belief[:, None])


def _mean_before(values: FloatArray, days: int) -> FloatArray:
    """Means of so many days up to each day from the last of the first such stretch on: [series, day]."""
    known = np.isfinite(values)
    sums, counts = (
        np.pad(np.cumsum(each, axis=1), ((0, 0), (1, 0))) for each in (np.where(known, values, 0.0), known)
    )
    total, seen = (each[:, days:] - each[:, :-days] for each in (sums, counts))
    return np.where(seen > 0, total / np.maximum(1, seen), np.nan)
