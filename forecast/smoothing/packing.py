"""What a pass knows at the end of a week as plain numbers, so that a later pass can begin there."""

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.smoothing.effects import Effects, pass_columns
from forecast.smoothing.lanes import GROUPS, LANES, STATES, Record, States
from forecast.smoothing.memory import Bins, Memory
from forecast.smoothing.stream import Inputs, Smoothed, start, week_of


def packed(now: Smoothed, inputs: Inputs) -> FloatArray:
    """All that is a series' own: [series, number]."""
    series, effects = len(inputs.smoother.counts), now.effects
    by_row = [
        effects.level,
        effects.variance,
        effects.weeks,
        effects.products,
        effects.coefficients,
        np.moveaxis(now.states.values, 2, 0),
        np.moveaxis(now.record.missed, 2, 0),
        now.record.counted.T,
        now.made[_awaited(inputs)].T,
    ]
    rows = np.concatenate([part.reshape(len(inputs.values), -1) for part in by_row], axis=1)
    parts = [rows[inputs.rows(place)] for place in range(len(inputs.settings))]
    for memory in now.memories:
        # Two numbers of single precision take the place of one.
        parts += [memory.mass, memory.histogram.reshape(series, -1).view(np.float64)]
    return np.concatenate(parts, axis=1)


def _sizes(inputs: Inputs) -> list[int]:
    """How many numbers of a row each of its parts takes, as `packed` lays them."""
    columns, awaited = inputs.smoother.columns.shape[1], int(_awaited(inputs).sum())
    return [1, 1, 1, columns, columns, inputs.reach * STATES, len(GROUPS) * LANES, len(GROUPS), awaited]


def width(inputs: Inputs) -> int:
    """How many numbers a series takes."""
    memories = sum(
        Memory.start(1, inputs.horizon, Bins.of(setting.scale.finest, setting.scale.widest)).size
        for setting in inputs.settings
    )
    return len(inputs.settings) * sum(_sizes(inputs)) + memories


def unpacked(numbers: FloatArray, inputs: Inputs, day: int) -> Smoothed:
    """What `packed` gave after a day [series, number]; what groups share is nothing yet."""
    now, awaited = start(inputs), _awaited(inputs)
    sizes = _sizes(inputs)
    scales = len(inputs.settings)
    rows = np.concatenate(np.split(numbers[:, : scales * sum(sizes)], scales, axis=1))
    level, variance, weeks, products, coefficients, states, missed, counted, made = np.split(
        rows, np.cumsum(sizes)[:-1], axis=1
    )
    now.day = day + 1
    now.effects.level, now.effects.variance, now.effects.weeks = level[:, 0], variance[:, 0], weeks[:, 0]
    now.effects.products, now.effects.coefficients = products.copy(), coefficients.copy()
    now.states = States(_last_axis(states.reshape(len(rows), inputs.reach, STATES)))
    now.record = Record(_last_axis(missed.reshape(len(rows), len(GROUPS), LANES)), counted.T.copy())
    now.made[awaited] = made.T
    known = inputs.values[:, max(0, now.day - inputs.reach) : now.day]
    now.values[:, inputs.reach - known.shape[1] :] = known
    place = scales * sum(sizes)
    for memory in now.memories:
        pairs = memory.mass.shape[1]
        memory.mass[:] = numbers[:, place : place + pairs]
        place += pairs
        shape, size = memory.histogram.shape, memory.histogram[0].size // 2
        own = np.ascontiguousarray(numbers[:, place : place + size])
        memory.histogram[:] = own.view(np.float32).reshape(shape)
        place += size
    return now


def _last_axis(values: FloatArray) -> FloatArray:
    """Rows in front put last, as a pass has them."""
    return np.ascontiguousarray(np.moveaxis(values, 0, 2))


def _awaited(inputs: Inputs) -> BoolArray:
    """Which of the last days' forecasts are of days yet to come: [day, horizon]."""
    ahead = np.arange(1, inputs.horizon + 1)
    return np.asarray(np.arange(inputs.reach)[:, None] + ahead >= inputs.reach)


def packed_groups(effects: Effects) -> FloatArray:
    """What series with the same gaps share: [group, number]."""
    upper = np.triu_indices(len(effects.penalty))
    squares = effects.squares[:, *upper]
    return np.concatenate([effects.age[:, None], effects.column_level, squares], axis=1)


def unpack_group(effects: Effects, group: int, numbers: FloatArray) -> None:
    """Give a group what `packed_groups` took of it [number]."""
    columns = len(effects.penalty)
    effects.age[group], effects.column_level[group] = numbers[0], numbers[1 : 1 + columns]
    effects.squares[group][np.triu_indices(columns)] = numbers[1 + columns :]


def pass_groups(inputs: Inputs, day: int) -> Effects:
    """What all groups share after a day, from the calendar alone."""
    effects = Effects.start(inputs.group, inputs.smoother.prior)
    for end in np.flatnonzero(inputs.smoother.weekday[: day + 1] == inputs.week_end).tolist():
        pass_columns(effects, week_of(inputs, end), inputs.settings[0].regression)
    return effects
