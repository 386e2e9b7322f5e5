"""The counts of many series at one vintage: all that a model may see."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.arrays import BoolArray, FloatArray
from forecast.events import Event
from forecast.places import Place
from forecast.rows import STATUSES, Columns, PanelError, Status, rows_of

__all__ = ["STATUSES", "Nowcast", "Panel", "PanelError", "Status"]


@dataclass(frozen=True, slots=True, eq=False)
class Nowcast:
    """What the last days' counts will be once all is in, both arrays [series, day].

    `counts` are people/day, NaN where there is no estimate; `reliance` is 1 for a whole count, between 0
    and 1 for an estimate, 0 for a count not to be learnt from.
    """

    counts: FloatArray
    reliance: FloatArray

    def __post_init__(self) -> None:
        for array in (self.counts, self.reliance):
            array.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Daily counts of one measure up to a cutoff; missing, zero and closed are three things.

    `counts` [series, day] holds what was reported: NaN where nothing was, a lower bound where `partial`
    [series, day], and nothing to learn from where `closed` [series, day] says the crossing was shut.
    `nowcast` completes the last days; `events` are those registered by then, each of one crossing or of all.
    """

    measure: str
    places: tuple[Place, ...]
    start: date
    counts: FloatArray
    closed: BoolArray
    partial: BoolArray
    nowcast: Nowcast | None = None
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        for name in ("counts", "closed", "partial"):
            array = getattr(self, name)
            if array.ndim != 2 or array.shape != self.counts.shape or len(array) != len(self.places):
                raise PanelError(
                    f"{name} must be [series, day] = [{len(self.places)}, day], not {array.shape}"
                )
            array.setflags(write=False)
        if np.nanmin(self.counts, initial=0.0) < 0:
            raise PanelError("counts must not be negative")
        if np.isinf(self.counts).any():
            raise PanelError("counts must not be infinite; put NaN where none is known")
        if self.nowcast is not None and self.nowcast.reliance.shape != self.counts.shape:
            raise PanelError(f"nowcast must be {self.counts.shape}, not {self.nowcast.reliance.shape}")

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the series, in the order of the arrays' first axis."""
        return tuple(place.id for place in self.places)

    @property
    def days(self) -> int:
        """How many days the panel spans."""
        return int(self.counts.shape[1])

    @property
    def cutoff(self) -> date:
        """The last day; its count is the last one that a forecast may use."""
        return self.start + timedelta(days=self.days - 1)

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The days of the arrays' second axis."""
        return pd.date_range(self.start, periods=self.days, freq="D")

    @property
    def complete(self) -> FloatArray:
        """Counts of whole open days, NaN for all others: [series, day]."""
        return np.where(self.closed | self.partial, np.nan, self.counts)

    @property
    def reliance(self) -> FloatArray:
        """How far to rely on a day's count, 0 to 1: [series, day]; 0 where partial without a nowcast."""
        return np.where(self.partial, 0.0, 1.0) if self.nowcast is None else self.nowcast.reliance

    @property
    def learnable(self) -> FloatArray:
        """Counts of whole open days and nowcasts of the last ones, NaN for all others: [series, day]."""
        if self.nowcast is None:
            return self.complete
        completed = np.where(np.isfinite(self.nowcast.counts), self.nowcast.counts, self.counts)
        return np.where(self.closed | (self.nowcast.reliance == 0), np.nan, completed)

    def until(self, cutoff: date) -> "Panel":
        """The same vintage cut at, or extended by missing days to, a cutoff not before the start."""
        days = (cutoff - self.start).days + 1
        if days < 1:
            raise PanelError(f"cutoff {cutoff} lies before the panel's first day {self.start}")
        more = max(0, days - self.days)
        pad = ((0, 0), (0, more))
        cut = self.nowcast and Nowcast(
            np.pad(self.nowcast.counts, pad, constant_values=np.nan)[:, :days],
            np.pad(self.nowcast.reliance, pad, constant_values=1.0)[:, :days],
        )
        return replace(
            self,
            counts=np.pad(self.counts, pad, constant_values=np.nan)[:, :days],
            closed=np.pad(self.closed, pad)[:, :days],
            partial=np.pad(self.partial, pad)[:, :days],
            nowcast=cut,
        )

    def select(self, rows: npt.NDArray[np.intp] | list[int]) -> "Panel":
        """The panel of some of its series, by position."""
        chosen = self.nowcast and Nowcast(self.nowcast.counts[rows], self.nowcast.reliance[rows])
        return replace(
            self,
            places=tuple(self.places[row] for row in rows),
            counts=self.counts[rows],
            closed=self.closed[rows],
            partial=self.partial[rows],
            nowcast=chosen,
        )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        places: Iterable[Place] | None = None,
        measure: str = "arrivals",
        as_of: datetime | None = None,
        **columns: Unpack[Columns],
    ) -> "Panel":
        """Build a panel from a long frame of counts in people/day, one row a place and day.

        Columns are `crossing, date, <measure>[, status][, recorded_at]`, or what `place`, `date`, `value`,
        `status` and `recorded_at` say they are called; without a column of places, all rows are of one. A day
        without a row is missing. Of several rows for a day the one recorded last counts, none recorded after
        `as_of`. `places` are a register, whose crossings give the order; without, each becomes a bare one.
        Raises PanelError.
        """
        rows = rows_of(frame, measure, columns, as_of=as_of)
        if places is None:
            found = (Place(id=name, name=name) for name in sorted(rows["crossing"].unique()))
            return _pivot(rows, tuple(found), measure)
        given = tuple(place for place in places if place.level == "crossing")
        if len(given) == 1 and columns.get("place", "crossing") not in frame.columns:
            rows["crossing"] = given[0].id
        return _pivot(rows, given, measure)


def _pivot(tidy: pd.DataFrame, places: tuple[Place, ...], measure: str) -> Panel:
    rows = {place.id: row for row, place in enumerate(places)}
    unknown = sorted(set(tidy["crossing"]) - set(rows))
    if unknown:
        raise PanelError(f"crossing {unknown[0]!r} is not among the places given; add it, or drop its rows")
    start = tidy["date"].min()
    days = int((tidy["date"].max() - start).days) + 1
    at = (tidy["crossing"].map(rows).to_numpy(), (tidy["date"] - start).dt.days.to_numpy())
    counts = np.full((len(places), days), np.nan)
    counts[at] = tidy["count"]
    closed, partial = (np.zeros(counts.shape, dtype=bool) for _ in range(2))
    closed[at] = tidy["status"] == "closed"
    partial[at] = tidy["status"] == "partial"
    return Panel(measure, places, start.date(), counts, closed, partial)
