"""The smoothers once more, one series and one day at a time, as plainly as can be."""

import numpy as np

from forecast.smoothing import lanes


def slow_candidates(values, reliance, begins, weekday, ahead):
    """What each smoother says of the day `ahead` of each day of one series: [day, smoother]."""
    levels = [slow_level(values, reliance, begins, gain) for gain in lanes.LEVELS]
    for fast, slow, remains in lanes.REVERTING:
        long_run = slow_level(values, reliance, begins, slow)
        levels.append(long_run + remains**ahead * (slow_level(values, reliance, begins, fast) - long_run))
    weekly = [slow_weekly(values, reliance, begins, weekday, gains, ahead) for gains in lanes.WEEKLY]
    return np.stack([*levels, *weekly, slow_trend(values, reliance, begins, ahead)], axis=1)


def slow_level(values, reliance, begins, gain):
    """A level that begins with the mean of its first days, and anew after a long gap."""
    level, seen, course = 0.0, 0, []
    for value, share, begin in zip(values, reliance, begins, strict=True):
        seen = 0 if begin else seen
        if np.isfinite(value):
            seen += 1
            level += (share if seen > 1 else 1.0) * max(gain, 1 / seen) * (value - level)
        course.append(level)
    return np.array(course)


def slow_weekly(values, reliance, begins, weekday, gains, ahead):
    """A level and seven weekdays' offsets, which outlive a long gap."""
    level, offsets, seen, course = 0.0, [0.0] * 7, 0, []
    for value, share, begin, of_week in zip(values, reliance, begins, weekday, strict=True):
        seen = 0 if begin else seen
        if np.isfinite(value):
            seen += 1
            share = share if seen > 1 else 1.0
            gain = max(gains[0], 1 / seen)
            error = value - level - offsets[of_week]
            level += share * gain * error
            offsets[of_week] += share * gains[1] * (1 - gain) * error
        course.append(level + offsets[(of_week + ahead) % 7])
    return np.array(course)


def slow_trend(values, reliance, begins, ahead):
    """A level with a slope that wanes, is not believed in the first week and stands still on unknown days."""
    gain_level, gain_slope, damping = lanes.TREND
    level, slope, seen, course = 0.0, 0.0, 0, []
    for value, share, begin in zip(values, reliance, begins, strict=True):
        if begin:
            seen, slope = 0, 0.0
        if np.isfinite(value):
            seen += 1
            gain = max(gain_level, 1 / seen)
            expected = value if seen == 1 else level + damping * slope
            error = value - expected
            level = expected + share * gain * error
            slope = damping * slope + share * gain_slope * gain * error if seen > lanes.STEADY else 0.0
        course.append(level + slope * sum(damping**step for step in range(1, ahead + 1)))
    return np.array(course)


def slow_weights(values, reliance, begins, weekday):
    """The smoothers' weights by group of horizons after the last day of one series: [group, smoother]."""
    weights = []
    last = len(values) - 1
    nearer, borrowed = np.zeros(lanes.LANES), 0.0
    for horizons in lanes.CHECKED:
        missed, counted = np.zeros(lanes.LANES), 0.0
        for ahead in horizons:
            said = slow_candidates(values, reliance, begins, weekday, ahead)
            for day in range(ahead, last + 1):
                if np.isfinite(values[day]) and np.isfinite(values[: day - ahead + 1]).any():
                    share = 0.5 ** ((last - day) / lanes.HALF_LIFE)
                    missed += share * np.abs(values[day] - said[day - ahead])
                    counted += share
        nearer = (missed + borrowed * nearer) / max(counted + borrowed, 1e-9)
        borrowed = lanes.BORROWED if borrowed or counted > 0.5 else 0.0
        mean = np.maximum(nearer, 1e-6)
        raw = (mean / mean.min()) ** -10 if borrowed else np.ones(lanes.LANES)
        weights.append(raw / raw.sum())
    return np.array(weights)
