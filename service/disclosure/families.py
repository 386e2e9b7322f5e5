"""Which counts of one family, the places that report and make one total, are not told, and which totals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.disclosure.cells import NEVER, Cells, Instants

Days = npt.NDArray[np.bool_]
LOOK_BACK = 56
"""Days before a month that say how many people a place ordinarily counts."""
LIABLE_FOR = 28
"""Days after a small count in which the family's cover waits until all have reported."""
AWAITED_FOR = 7
"""Days after a place's last report in which a new one is waited for."""
EARLY = LOOK_BACK - 28
"""The first of these days: whoever is heard of in them is in every forecast of the month by four weeks."""
LEAST_KNOWN = 14  # days known of a place before it can be a cover
LOW = 0.1  # an ordinary bad day: the share of days on which a cover may turn out too small


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """Which counts of a family's places are not told, [place, day], and when its total is not, [day]."""

    counts: npt.NDArray[np.bool_]
    total: Days


def hidden(cells: Cells, *, threshold: int) -> Hidden:
    """What is hidden in a month of a family.

    `cells` hold the month after `LOOK_BACK` days before it. A small count is hidden. So is the month's cover,
    from before the count could be told until it is known that none in the family is small, and for good
    where one is: whoever subtracts what is told from the total is left with both together. Where the
    cover does not suffice, the total is hidden. What is small so far, of a day not over, is hidden with its
    total until the day is whole: a mean of the week tells it.
    """
    month = slice(LOOK_BACK, None)
    small = cells.small[:, month]
    few = small < NEVER
    cover = chosen_cover(cells, threshold=threshold)
    done = _done(cells)
    first_heard = np.where(cover[:, None], cells.heard[:, month], NEVER).min(axis=0, initial=NEVER)
    lately = _recent(cells.small, LIABLE_FOR).min(axis=0)
    liable = (lately < NEVER) & (lately <= first_heard)
    in_time = liable | (small.min(axis=0) <= first_heard)
    held = few.any(axis=0) | (liable & ~(done < NEVER))
    late = (few & (small > done)).any(axis=0)
    changed = (few & _changed(cells)).any(axis=0)
    counts = few | (cover[:, None] & held)
    unforeseen = (counts & newcomers(cells)[:, None]).any(axis=0)
    told = in_time & ~late & ~changed & ~unforeseen & _suffices(cells, cover, few, threshold=threshold)
    so_far = cells.small_so_far[:, month] < NEVER
    return Hidden(counts | so_far, (few.any(axis=0) & ~told) | so_far.any(axis=0))


def newcomers(cells: Cells) -> npt.NDArray[np.bool_]:
    """The places not heard of four weeks before the month, though another of the family was: [place].

    Forecasts of those weeks did not know them, and a total is scored without them.
    """
    heard, early = cells.heard.min(axis=1), cells.heard[:, :EARLY].min(axis=1)
    return np.asarray((heard > heard.min()) & (early > cells.heard[:, EARLY:].min()))


def _changed(cells: Cells) -> npt.NDArray[np.bool_]:
    """Whose whole counts were corrected, even if only from nobody to closed: [place, day] of the month."""
    differs = cells.lowest[:, LOOK_BACK:] != cells.highest[:, LOOK_BACK:]
    return np.asarray(differs | (cells.shut[:, LOOK_BACK:] < NEVER))


def chosen_cover(cells: Cells, *, threshold: int) -> npt.NDArray[np.bool_]:
    """The places that are hidden beside small ones for a whole month: the smallest that suffice, [place].

    Chosen by what was known when the month's first count came, so that the choice does not move.
    """
    known_at = cells.heard[:, LOOK_BACK:].min(initial=NEVER)
    before = slice(None, LOOK_BACK)
    known = np.where(cells.whole[:, before] <= known_at, cells.begun_with[:, before], np.nan)
    liable = (cells.small[:, before] <= known_at).any(axis=1)
    spare = _ordinary(known) - threshold
    spare[liable | (np.isfinite(known).sum(axis=1) < LEAST_KNOWN)] = np.nan
    needed = max(1, int(liable.sum())) * (threshold - 1)
    order = np.argsort(spare)  # NaN last
    order = order[: np.isfinite(spare).sum()]
    alone = order[spare[order] >= needed]
    cover = np.zeros(len(spare), dtype=bool)
    if len(alone):
        cover[alone[0]] = True
    elif len(order) and spare[order][spare[order] > 0].sum() >= needed:
        largest = order[::-1]
        cover[largest[: np.searchsorted(np.cumsum(spare[largest]), needed) + 1]] = True
    return cover


def _ordinary(known: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A low count of each place, NaN where nothing is known: [place]."""
    low = np.full(len(known), np.nan)
    some = np.isfinite(known).any(axis=1)
    low[some] = np.nanquantile(known[some], LOW, axis=1, method="lower")
    return low


def _done(cells: Cells) -> Instants:
    """The earliest instant at which the total of a day may have been told: [day] of the month.

    By then every place had reported the whole day that had been heard of in the week before, when the day's
    first report came.
    """
    heard = cells.heard[:, LOOK_BACK:]
    first = heard.min(axis=0)
    awaited = _recent(cells.heard, AWAITED_FOR) <= first
    last = np.where(awaited, cells.whole[:, LOOK_BACK:], -NEVER).max(axis=0, initial=-NEVER)
    return np.asarray(np.maximum(first, last))


def _recent(instants: Instants, days: int) -> Instants:
    """The earliest of the so many days before each day of the month: [place, day]."""
    windows = np.lib.stride_tricks.sliding_window_view(instants[:, LOOK_BACK - days : -1], days, axis=1)
    return np.asarray(windows.min(axis=2))


def _suffices(
    cells: Cells, cover: npt.NDArray[np.bool_], few: npt.NDArray[np.bool_], *, threshold: int
) -> Days:
    """Whether the cover leaves every small count of a day open, for every one that it may be: [day].

    A cover is known to be no small count. What it has above the threshold must hide what each of the
    small ones may lack of the most that a small one can be.
    """
    lowest = cells.lowest[cover, LOOK_BACK:]
    spare = lowest - threshold
    whole = (np.nan_to_num(spare, nan=-1) >= 0).all(axis=0) & bool(cover.any())
    return np.asarray(whole & (np.nan_to_num(spare).sum(axis=0) >= few.sum(axis=0) * (threshold - 1)))
