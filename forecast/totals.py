"""The counts of regions and countries: sums of their crossings', where these are complete."""

from dataclasses import replace

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.panel import Nowcast, Panel
from forecast.places import Places


def totals_of(panel: Panel, places: Places) -> tuple[Panel, BoolArray]:
    """The panel of all totals with a crossing here, and which crossings make which [total, crossing].

    A day counts where every crossing that reports by then has a whole count or was closed; where a crossing
    has a nowcast, the total has one too.
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
    nowcast = _nowcast(panel, begun, members)
    found = replace(panel, places=names, counts=summed, closed=closed, partial=partial, nowcast=nowcast)
    return replace(found, events=()), summing


def _nowcast(panel: Panel, begun: BoolArray, members: FloatArray) -> Nowcast | None:
    """The sums of the crossings' nowcasts and whole counts, to be relied on as far as the people in them."""
    if panel.nowcast is None:
        return None
    counts = np.where(~begun | panel.closed, 0.0, panel.learnable)
    gaps = members @ np.isnan(counts) > 0
    people = members @ np.nan_to_num(counts)
    relied_on = members @ np.nan_to_num(counts * panel.reliance)
    late = members @ (np.isfinite(panel.nowcast.counts) & begun) > 0
    reliance = np.where(late, np.divide(relied_on, people, out=np.ones_like(people), where=people > 0), 1.0)
    unknown = members @ ((panel.reliance == 0) & begun & ~panel.closed) > 0
    return Nowcast(np.where(late & ~gaps, people, np.nan), np.where(unknown, 0.0, reliance))
