"""The counts of regions and countries: sums of their crossings', where these are complete."""

from dataclasses import replace

import numpy as np

from forecast.arrays import BoolArray
from forecast.panel import Panel
from forecast.places import Places


def totals_of(panel: Panel, places: Places) -> tuple[Panel, BoolArray]:
    """The panel of all totals with a crossing here, and which crossings make which [total, crossing].

    A day counts where every crossing that reports by then has a whole count or was closed.
    Raises ValueError for a crossing that `places` lacks.
    """
    for crossing in panel.ids:
        if crossing not in places:
            raise ValueError(f"crossing {crossing!r} is not among the places given")
    summing = places.summing([total.id for total in places.totals], panel.ids)
    used = summing.any(axis=1)
    summing = summing[used]
    begun = np.maximum.accumulate(np.isfinite(panel.counts) | panel.closed, axis=1)
    counts = np.where(~begun | (panel.closed & np.isnan(panel.counts)), 0.0, panel.counts)
    members = summing.astype(float)
    gaps = members @ np.isnan(counts) > 0
    summed = np.where(gaps | (members @ begun == 0), np.nan, members @ np.nan_to_num(counts))
    closed = members @ (~panel.closed) == 0
    partial = (members @ panel.partial > 0) & ~gaps
    names = tuple(places.totals[total] for total in np.flatnonzero(used).tolist())
    return replace(panel, places=names, counts=summed, closed=closed, partial=partial), summing
