"""Where guests sleep when houses are full: in the regions that help, in the register's order."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from forecast.planning.registers import IntArray

Helpers = tuple[
    tuple[int, ...], ...
]  # by region: the rows of the regions that help it, the first to help first


@dataclass(frozen=True, slots=True, eq=False)
class Housed:
    """Where those in need of a bed sleep: [path, region, day], people.

    `occupied` beds, of which `received` hold people of other regions; `without_bed` and `sent` to other
    regions are people of the region's own need.
    """

    occupied: IntArray
    without_bed: IntArray
    sent: IntArray
    received: IntArray


def housed(needed: IntArray, beds: IntArray, helpers: Sequence[Helpers]) -> Housed:
    """Lay those in need [path, region, day] into `beds` [region, day] with the `helpers` of every day.

    Each night anew: a region's own guests come first; then every region in turn sends whom it cannot house
    to its first helper with the beds left there, then to its second. Over all regions needed = occupied +
    without_bed and sent = received.
    """
    own = np.minimum(needed, beds)
    excess, free = needed - own, beds - own
    sent, received = np.zeros_like(needed), np.zeros_like(needed)
    first = 0
    for order, days in groupby(helpers):
        last = first + len(list(days))
        _send(*(array[:, :, first:last] for array in (excess, free, sent, received)), order=order)
        first = last
    return Housed(own + received, excess, sent, received)


def _send(excess: IntArray, free: IntArray, sent: IntArray, received: IntArray, *, order: Helpers) -> None:
    """Move people in place, first helpers before second ones."""
    for rank in range(max(map(len, order), default=0)):
        for region, helpers in enumerate(order):
            if rank < len(helpers):
                helper = helpers[rank]
                moved = np.minimum(excess[:, region], free[:, helper])
                excess[:, region] -= moved
                sent[:, region] += moved
                free[:, helper] -= moved
                received[:, helper] += moved
