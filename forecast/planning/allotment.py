"""How a day's booth-hours are spread over its hours so that people stand as little as possible."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.planning.queues import mean_wait
from forecast.planning.registers import CrossingCapacity, IntArray

LEFT_OVER_HOURS = 24  # who still stands when the day ends counts as if standing another day
NO_GAIN = 1e-6  # person-hours


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """What a day's booths are for, at many crossings: `load` people/hour [crossing, hour].

    `start` [crossing] people stand already; `totals` [crossing, booths + 1] people/hour of so many booths;
    `crowd` [crossing, hour, booths + 1] people who stand by chance, falling ever more slowly with booths.
    """

    load: FloatArray
    start: FloatArray
    totals: FloatArray
    crowd: FloatArray

    def only(self, rows: npt.NDArray[np.intp]) -> "Day":
        """The day at some of the crossings, one perhaps many times."""
        return Day(self.load[rows], self.start[rows], self.totals[rows], self.crowd[rows])


def allot(day: Day, budget: FloatArray, *, shift: int = 1) -> IntArray:
    """Booths [crossing, hour] of few person-hours for at most `budget` [crossing] booth-hours.

    Booths change every `shift` hours. One shift of one booth is added after the other, each where it saves
    most; then they are moved for as long as a move saves. Where people fill whole booth-hours the saving is
    that of an assignment, an M-natural-concave function, and this is optimal (Murota 2003); else it is near
    the integer programme, as a test shows.
    """
    booths = _added_up(day, budget, shift)
    active = np.arange(len(booths))
    while len(active):
        moved, saved = _moved(day.only(active), booths[active], shift)
        booths[active] = moved
        active = active[saved > NO_GAIN]
    return np.repeat(booths, shift, axis=1)


def person_hours(day: Day, booths: IntArray) -> FloatArray:
    """What `allot` makes small: person-hours stood with booths [crossing, hour], those left over included."""
    row, hour = np.indices(booths.shape)
    by_chance = day.crowd[row, hour, booths].sum(axis=1)
    return np.asarray(by_chance + _standing(day, booths) @ _worth(booths.shape[1]))


def crowd(load: FloatArray, at: CrossingCapacity, count: int) -> FloatArray:
    """People who stand by chance at people/hour [hour] with 0, 1, ... booths: [hour, count], `count` numbers.

    Load times the stationary mean wait, but no more than gathers in one hour at full load, and made convex in
    the booths: what a booth calms below full load, one before it calms too.
    """
    booths = np.minimum(np.arange(1, count), at.booths_limit)
    variability = (at.peakedness + at.service_variability) / 2
    stood = (
        load[:, None]
        / 60
        * mean_wait(load[:, None], at.totals[booths] / booths, booths, variability=variability)
    )
    # a reflected Brownian motion's mean over an hour that begins with nobody
    gathered = np.sqrt(4 * variability * load / np.pi)[:, None] * 2 / 3
    standing = np.concatenate([gathered, np.minimum(stood, gathered)], axis=1)
    calmed = np.maximum.accumulate(np.maximum(-np.diff(standing, axis=1), 0)[:, ::-1], axis=1)
    above = np.cumsum(calmed, axis=1)[:, ::-1]
    return np.asarray(standing[:, -1:] + np.pad(above, ((0, 0), (0, 1))))


def _added_up(day: Day, budget: FloatArray, shift: int) -> IntArray:
    """Booths [crossing, shift], from none on one by one."""
    rows, hours = day.load.shape
    booths = np.zeros((rows, hours // shift), dtype=np.int64)
    queue = _standing(day, np.zeros((rows, hours), dtype=np.int64))
    left, row = np.array(budget, dtype=float), np.arange(rows)
    while True:
        shorter, gain = _gain(day, booths, queue, shift)
        best = gain.argmax(axis=1)
        chosen = np.flatnonzero((gain[row, best] > NO_GAIN) & (left >= shift))
        if not len(chosen):
            return booths
        booths[chosen, best[chosen]] += 1
        queue[chosen] -= shorter[chosen, best[chosen]]
        left[chosen] -= shift


def _moved(day: Day, booths: IntArray, shift: int) -> tuple[IntArray, FloatArray]:
    """The booths [crossing, shift] after the one best move between shifts, and what it saves [crossing]."""
    rows, shifts = booths.shape
    fewer = np.repeat(booths, shifts, axis=0) - np.tile(np.eye(shifts, dtype=np.int64), (rows, 1))
    possible = (fewer >= 0).all(axis=1)
    fewer, every = np.maximum(fewer, 0), day.only(np.repeat(np.arange(rows), shifts))
    hourly = np.repeat(fewer, shift, axis=1)
    _, gain = _gain(every, fewer, _standing(every, hourly), shift)
    before = person_hours(day, np.repeat(booths, shift, axis=1))
    saved = np.repeat(before, shifts) - person_hours(every, hourly) + gain.max(axis=1)
    doubt = 1e-9 * before[:, None]  # rounding must not pass for a gain, or moves would never end
    saved = np.where(possible, saved, 0).reshape(rows, shifts) - doubt
    row, origin = np.arange(rows), saved.argmax(axis=1)
    at = row * shifts + origin
    after = fewer[at]
    after[row, gain[at].argmax(axis=1)] += 1
    gained = saved[row, origin]
    return np.where(gained[:, None] > NO_GAIN, after, booths), gained


def _gain(day: Day, booths: IntArray, queue: FloatArray, shift: int) -> tuple[FloatArray, FloatArray]:
    """What one more booth in a shift takes off the queues [crossing, shift, hour], and its gain."""
    shorter = _shorter(queue, _added(day, booths), shift)
    return shorter, shorter @ _worth(queue.shape[1]) + _calmed(day, booths, shift)


def _worth(hours: int) -> FloatArray:
    """Person-hours that a person costs who stands at an hour's end: [hour]."""
    worth = np.ones(hours)
    worth[-1] += LEFT_OVER_HOURS
    return worth


def _standing(day: Day, booths: IntArray) -> FloatArray:
    """The queue at the hours' ends with booths [crossing, hour]: [crossing, hour]."""
    row, standing = np.arange(len(booths)), day.start
    queue = np.empty(booths.shape)
    for hour in range(booths.shape[1]):
        standing = np.maximum(0, standing + day.load[:, hour] - day.totals[row, booths[:, hour]])
        queue[:, hour] = standing
    return queue


def _added(day: Day, booths: IntArray) -> FloatArray:
    """People/hour that one more booth passes: [crossing, shift], 0 at the limit."""
    row, most = np.arange(len(booths))[:, None], day.totals.shape[1] - 1
    return np.asarray(day.totals[row, np.minimum(booths + 1, most)] - day.totals[row, booths])


def _calmed(day: Day, booths: IntArray, shift: int) -> FloatArray:
    """Person-hours by chance that one more booth saves: [crossing, shift], 0 at the limit."""
    open_booths = np.repeat(booths, shift, axis=1)
    row, hour = np.indices(open_booths.shape)
    more = np.minimum(open_booths + 1, day.crowd.shape[2] - 1)
    saved = day.crowd[row, hour, open_booths] - day.crowd[row, hour, more]
    return np.asarray(saved.reshape(*booths.shape, shift).sum(axis=2))


def _shorter(queue: FloatArray, added: FloatArray, shift: int) -> FloatArray:
    """By how much the queue at the hours' ends falls with one more booth in a shift: [crossing, shift, hour].

    A queue of Q becomes Q - min(Q, what it fell by the hour before + what is added).
    """
    shorter = np.zeros((*added.shape, queue.shape[1]))
    fell = np.zeros(added.shape)
    for hour in range(queue.shape[1]):
        at = hour // shift
        fell[:, at] += added[:, at]
        fell[:, : at + 1] = np.minimum(fell[:, : at + 1], queue[:, hour, None])
        shorter[:, : at + 1, hour] = fell[:, : at + 1]
    return shorter
