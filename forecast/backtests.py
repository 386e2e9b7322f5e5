"""Whole issues made afterwards on old vintages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Unpack

import numpy as np
import pandas as pd

from forecast.arrays import FloatArray
from forecast.events import Event, by_crossing, check, known_at
from forecast.frames import long_frame
from forecast.hindcasts import Run
from forecast.nowcast import Reports, completed
from forecast.panel import Panel, PanelError
from forecast.pipeline import Configuration, Forecasts, in_order, issue
from forecast.places import Places
from forecast.reopening import with_announced
from forecast.rows import Columns, renamed

KNOWN_COLUMNS = ("crossing", "date", "status", "recorded_at")
END = datetime.max.replace(tzinfo=UTC)


def parse_cutoffs(text: str) -> tuple[date, ...]:
    """Cutoffs from `2023-04-02:2023-11-26:14` (first, last, days between; 1 if left out) or a single day.

    Raises ValueError that says what was found and what was wanted.
    """
    first, last, step = [*text.split(":"), "", ""][:3]
    try:
        start, stop = date.fromisoformat(first), date.fromisoformat(last or first)
        days = int(step or 1)
    except ValueError:
        start, stop, days = date.max, date.min, 0
    if text.count(":") > 2 or days < 1 or start > stop:
        raise ValueError(
            f"{text!r} names no cutoffs; write first:last:days, such as 2023-04-02:2023-11-26:14"
        )
    return tuple(start + timedelta(days=ahead) for ahead in range(0, (stop - start).days + 1, days))


def measure_of(frame: pd.DataFrame) -> str:
    """The name of the column that holds the counts: the one that is neither key, status nor vintage."""
    names = [str(name) for name in frame.columns if name not in KNOWN_COLUMNS]
    if len(names) == 1 or "arrivals" in names:
        return "arrivals" if "arrivals" in names else names[0]
    raise PanelError(f"one column of counts is wanted beside crossing and date, not {names or 'none'}")


@dataclass(frozen=True, slots=True, eq=False)
class Vintages:
    """A history of counts and events that can be looked at as known on the evening of any day (UTC)."""

    frame: pd.DataFrame
    whole: Panel
    events: tuple[Event, ...] = ()
    places: Places | None = None

    @classmethod
    def of(cls, counts: "Counts", places: Places | None = None, events: Iterable[Event] = ()) -> "Vintages":
        """Take a long frame `crossing, date, <measure>[, status][, recorded_at]`, and a register of events.

        A panel is one vintage: every cutoff sees its counts as they were known last; its own events
        stand beside the ones given. Raises PanelError, and EventError for events that contradict each
        other or the places.
        """
        if isinstance(counts, Vintages):
            return counts
        events = tuple(events)
        check(known_at(events, END), places)
        if isinstance(counts, Panel):
            return cls(pd.DataFrame(), counts, (*counts.events, *events), places)
        crossings = places.crossings if places is not None else None
        whole = Panel.from_frame(counts, places=crossings, measure=measure_of(counts))
        return cls(counts, whole, events, places)

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        places: Places | None = None,
        events: Iterable[Event] = (),
        measure: str = "arrivals",
        **columns: Unpack[Columns],
    ) -> "Vintages":
        """The same from a frame with column names of its own, given as to `Panel.from_frame`."""
        Panel.from_frame(frame, measure=measure, **columns)  # refuses with the frame's own names
        return cls.of(renamed(frame, measure, columns), places, events)

    def panel(self, cutoff: date) -> Panel | None:
        """What was known at a cutoff, of the crossings that had begun to report; None if none had.

        With places also of those that never did and are registered to open.
        """
        known = self._known(cutoff)
        if known is None:
            return None
        begun = np.flatnonzero((np.isfinite(known.counts) | known.closed).any(axis=1))
        if not len(begun):
            return None
        found = known.select(begun)
        return found if self.places is None else with_announced(found, self.places)

    def _known(self, cutoff: date) -> Panel | None:
        if cutoff < self.whole.start:
            return None
        as_of = datetime.combine(cutoff, time.max, tzinfo=UTC)
        panel = self._counted(cutoff, as_of)
        known = known_at(self.events, as_of)
        events = known if self.places is None else by_crossing(known, self.places)
        return None if panel is None else replace(panel, events=events)

    def _counted(self, cutoff: date, as_of: datetime) -> Panel | None:
        if "recorded_at" not in self.frame.columns:
            return self.whole.until(cutoff)
        recorded = pd.to_datetime(self.frame["recorded_at"], utc=True, format="ISO8601")
        rows = self.frame[(recorded <= as_of) & (pd.to_datetime(self.frame["date"]) <= pd.Timestamp(cutoff))]
        if rows.empty:
            return None
        measure, places = self.whole.measure, self.whole.places
        panel = Panel.from_frame(rows, places=places, measure=measure, as_of=as_of).until(cutoff)
        return completed(panel, Reports.of(panel, rows, as_of=as_of))


Counts = pd.DataFrame | Panel | Vintages
"""Past counts: a long frame, with its vintages if it has `recorded_at`; a single vintage; vintages."""


def issues(
    counts: Counts,
    cutoffs: Sequence[date],
    configuration: Configuration | None = None,
    *,
    places: Places | None = None,
    run: Run[Any, Any] = in_order,
) -> Iterator[Forecasts]:
    """Make the issue of each cutoff in turn from what was known on its evening.

    Members' past forecasts are shared by all cutoffs. A cutoff before the first count is left out. Events are
    handed in as `Vintages`, or with a panel.
    """
    vintages = Vintages.of(counts, places)
    kept: dict[str, FloatArray] = {}
    for cutoff in cutoffs:
        panel = vintages.panel(cutoff)
        if panel is not None:
            yield issue(panel, configuration or Configuration(), places=places, run=run, kept=kept)


def backtest(
    counts: Counts,
    cutoffs: Sequence[date],
    configuration: Configuration | None = None,
    *,
    places: Places | None = None,
    run: Run[Any, Any] = in_order,
) -> pd.DataFrame:
    """Forecasts of all cutoffs as `crossing, cutoff, horizon, target_date, quantile_level, <measure>`.

    `issues` gives the same one by one, for progress. Raises PanelError if no cutoff has counts.
    """
    made = [
        long_frame(forecasts.quantiles, forecasts.measure)
        for forecasts in issues(counts, cutoffs, configuration, places=places, run=run)
    ]
    if not made:
        raise PanelError("no crossing had counts at any of the cutoffs; name later cutoffs")
    return pd.concat(made, ignore_index=True)
