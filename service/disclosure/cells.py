"""What became known when of a family's counts: one cell for each place and day."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from service.store.small_counts import Reports

Instants = npt.NDArray[np.float64]
"""Microseconds since 1970, infinite where it never came to that: [place, day]."""
NEVER = np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Facts about each place and day over all vintages; instants or people, [place, day] each.

    `heard` is when a first report came, `whole` the first complete one, `small` the first complete one of
    fewer people than the threshold, `small_so_far` the first such of a day not over, never where it is by
    now, `shut` the first that says closed. `begun_with` is the count of the first complete report, `lowest`
    and `highest` those of all complete ones, nobody where closed; NaN without any.
    """

    heard: Instants
    whole: Instants
    small: Instants
    small_so_far: Instants
    shut: Instants
    begun_with: npt.NDArray[np.float64]
    lowest: npt.NDArray[np.float64]
    highest: npt.NDArray[np.float64]

    @classmethod
    def of(cls, reports: Reports, shape: tuple[int, int], *, threshold: int) -> "Cells":
        """The cells of all places and days that were asked for, [place, day] in shape."""
        cell = reports.place * shape[1] + reports.day
        closed, whole = reports.status == "closed", reports.status != "partial"
        people = np.where(closed, 0.0, reports.value)
        few = people < threshold
        order = np.lexsort((np.arange(len(cell)), reports.recorded))[::-1]
        backwards = order[whole[order]]
        over = np.ones(shape[0] * shape[1], dtype=bool)
        over[cell[order[::-1]]] = whole[order[::-1]]  # the newest comes last and stays
        begun_with = np.full(shape[0] * shape[1], np.nan)
        begun_with[cell[backwards]] = people[backwards]

        def first(chosen: npt.NDArray[np.bool_]) -> Instants:
            return _first(cell, reports.recorded, chosen, shape)

        return cls(
            first(np.ones_like(whole)),
            first(whole),
            first((reports.status == "reported") & few),
            first(~whole & few & ~over[cell]),
            first(closed),
            begun_with.reshape(shape),
            _extreme(np.fmin, cell[whole], people[whole], shape),
            _extreme(np.fmax, cell[whole], people[whole], shape),
        )

    def among(self, rows: npt.NDArray[np.int64], days: slice) -> "Cells":
        """Those of some places, by position, on some days."""
        return Cells(*(getattr(self, field.name)[rows, days] for field in fields(self)))


def _first(
    cell: npt.NDArray[np.int64],
    recorded: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.bool_],
    shape: tuple[int, int],
) -> Instants:
    found = np.full(shape[0] * shape[1], NEVER)
    np.minimum.at(found, cell[chosen], recorded[chosen].astype(float))
    return found.reshape(shape)


def _extreme(
    pick: np.ufunc, cell: npt.NDArray[np.int64], people: npt.NDArray[np.float64], shape: tuple[int, int]
) -> npt.NDArray[np.float64]:
    found = np.full(shape[0] * shape[1], np.nan)
    pick.at(found, cell, people)
    return found.reshape(shape)
