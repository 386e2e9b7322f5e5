"""What a scenario makes of an issue's joint paths of demand, and of the registers.

People first decide to come (multiplied, shifted), then some are held back and let through, then crossings
close and send on who comes; the order in a scenario's list makes no difference. Counts stay whole people.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.paths import Paths
from forecast.places import Places
from forecast.planning.documents import version_of
from forecast.planning.fields import Document
from forecast.planning.registers import CapacityError, IntArray, Registers
from forecast.planning.scenarios.assumptions import (
    Change,
    Close,
    Multiply,
    Release,
    Setting,
    Shift,
)
from forecast.planning.scenarios.scenario import Scenario, within
from forecast.planning.scenarios.shapes import Shape
from forecast.planning.scenarios.timelines import Piece, changed, timelines

MOST_A_DAY = 10_000_000  # people at a crossing; several assumptions together reach any number
FELT = 0.05  # of the whole change; below it a day is not counted as one of the scenario


def demand_under(scenario: Scenario, demand: Paths) -> Paths:
    """Demand as the scenario has it, path by path, of people/day.

    Raises CapacityError where assumptions together send more than `MOST_A_DAY` to a crossing.
    """
    values = demand.values.astype(np.int64)
    most = max(MOST_A_DAY, int(values.max(initial=0)))
    for assumption in scenario.of_demand():
        rows = [demand.ids.index(one) for one in scenario.setting.crossings_of(assumption.places)]
        match assumption:
            case Multiply():
                _multiply(values, rows, assumption, scenario.setting)
            case Shift():
                _shift(values, rows, assumption, scenario.setting)
            case Release():
                _release(values, rows, assumption, scenario.setting)
            case Close():
                _close(values, demand.ids, assumption, scenario.setting)
        _check_most(values, demand.ids, most)
    return Paths(demand.ids, demand.cutoff, values)


def _check_most(values: IntArray, ids: Sequence[str], most: int) -> None:
    over = np.flatnonzero((values > most).any(axis=(0, 2)))
    if len(over):
        raise CapacityError(
            "assumptions", found=f"more at {ids[over[0]]}", wanted=f"at most {most} people/day at a crossing"
        )


def touched(scenario: Scenario, ids: Sequence[str]) -> BoolArray:
    """Which crossings' demand a scenario changes on which days: [crossing, day]."""
    found = np.zeros((len(ids), scenario.setting.horizon), dtype=bool)
    for assumption in scenario.of_demand():
        rows = [ids.index(one) for one in scenario.setting.crossings_of(assumption.places)]
        found[np.array(rows)[:, None], _days_of(assumption, scenario.setting)] = True
    return found


def _days_of(assumption: Multiply | Shift | Release | Close, setting: Setting) -> IntArray:
    if isinstance(assumption, Multiply | Shift):
        return np.flatnonzero(_strength(assumption.shape, assumption.first, setting) > FELT)
    burst = assumption.over_days if isinstance(assumption, Release) else 0
    last = min(setting.position(assumption.last) + burst, setting.horizon - 1)
    return np.arange(setting.position(assumption.first), last + 1)


def _strength(shape: Shape, first: date, setting: Setting) -> FloatArray:
    """The share of a change in force on each day of the horizon: [day]."""
    begin = setting.position(first)
    return np.concatenate([np.zeros(begin), shape.strength(setting.horizon - begin)])


def _multiply(values: IntArray, rows: list[int], assumed: Multiply, setting: Setting) -> None:
    factor = 1 + (assumed.multiple - 1) * _strength(assumed.shape, assumed.first, setting)
    values[:, rows] = np.rint(values[:, rows] * factor)


def _shift(values: IntArray, rows: list[int], assumed: Shift, setting: Setting) -> None:
    """More people at the crossings in proportion to who comes there on average."""
    people = np.rint(assumed.people * _strength(assumed.shape, assumed.first, setting))
    usual = values[:, rows].mean(axis=0)
    totals = usual.sum(axis=0)
    parts = np.divide(usual, totals, out=np.full_like(usual, 1 / len(rows)), where=totals > 0)
    more = split(people[None, :], np.moveaxis(parts, 0, -1))
    values[:, rows] = np.maximum(0, values[:, rows] + np.moveaxis(more, -1, 1))


def _release(values: IntArray, rows: list[int], assumed: Release, setting: Setting) -> None:
    """Hold people back, then let all of them through in equal parts a day, as far as the horizon reaches."""
    first, after = setting.position(assumed.first), setting.position(assumed.last) + 1
    held = np.rint(values[:, rows, first:after] * assumed.share).astype(np.int64)
    values[:, rows, first:after] -= held
    burst = split(held.sum(axis=2), np.full(assumed.over_days, 1 / assumed.over_days))
    seen = min(assumed.over_days, setting.horizon - after)
    values[:, rows, after : after + seen] += burst[..., :seen]


def _close(values: IntArray, ids: Sequence[str], assumed: Close, setting: Setting) -> None:
    days = slice(setting.position(assumed.first), setting.position(assumed.last) + 1)
    row = ids.index(assumed.place)
    sent = split(values[:, row, days], np.array([share for _, share in assumed.to]))
    values[:, row, days] = 0
    for position, (neighbour, _) in enumerate(assumed.to):
        values[:, ids.index(neighbour), days] += sent[..., position]


def split(people: FloatArray | IntArray, shares: FloatArray) -> IntArray:
    """Whole people by shares, their sum that of all shares together: [...] by [..., part] is [..., part]."""
    upto = np.rint(people[..., None] * np.cumsum(shares, axis=-1))
    return np.diff(upto, axis=-1, prepend=0).astype(np.int64)


def registers_under(scenario: Scenario, documents: Iterable[Document], places: Places) -> Registers:
    """The registers as the scenario has them, from the documents known. Raises CapacityError.

    A closed crossing has no booth open; who stands there waits until it opens.
    """
    lines = timelines(documents)
    for position, assumed in enumerate(scenario.assumptions):
        if isinstance(assumed, Change):
            try:
                lines[assumed.place] = _changed(lines.get(assumed.place, ()), assumed, places)
            except CapacityError as error:
                raise within(error, f"assumptions[{position}]") from None
    for shut in (one for one in scenario.assumptions if isinstance(one, Close)):
        line = [piece for piece in lines.get(shut.place, ()) if piece.meets(shut.first, shut.last)]
        if line:
            lines[shut.place] = changed(lines[shut.place], {"booths": 0}, first=shut.first, last=shut.last)
    return Registers(version_of(piece.dated) for line in lines.values() for piece in line)


def _changed(timeline: Sequence[Piece], assumed: Change, places: Places) -> tuple[Piece, ...]:
    """The timeline under a change, each document of it read once so that a wrong field is told here."""
    pieces = changed(timeline, assumed.change, first=assumed.first, last=assumed.last)
    for piece in pieces:
        if piece.meets(assumed.first, assumed.last):
            try:
                version_of(piece.dated, places)
            except CapacityError as error:
                raise within(error, "change") from None
    return pieces
