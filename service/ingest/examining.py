"""Which of the counts just brought are marked for planners, in the light of what is known around them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.places import Places
from service.ingest.quality import AFTER, MEMORY, Mark, changes, jumps
from service.store import Store
from service.store.records import QualityFlag, Upload

JUMP, CHANGE = "jump", "definition-change"
PLACES_AT_ONCE = 5_000
MOST_CELLS, LEAST_DAYS = 1_500_000, 150
FEWEST_NEIGHBOURS, MOST_NEIGHBOURS = 3, 50
MOST_FLAGS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Whole days around the counts brought: `counts` [day, series] by place, and which of them are `news`."""

    measure: str
    counts: pd.DataFrame
    news: npt.NDArray[np.bool_]

    def day(self, mark: Mark) -> date:
        """The day of a mark."""
        found: date = self.counts.index[mark.day].date()
        return found


def examine(store: Store, brought: pd.DataFrame, upload: Upload) -> tuple[QualityFlag, ...]:
    """The marks that the news of an upload deserves and does not have yet, newest days first, at most 1,000.

    A very long upload is examined over its newest days only.
    """
    register = store.places.all()
    flags: list[QualityFlag] = []
    for measure, counts in brought.groupby("measure", observed=True):
        names = counts["place"].astype(object)
        every = sorted(names.unique())
        for start in range(0, len(every), PLACES_AT_ONCE):
            near = neighbours(every[start : start + PLACES_AT_ONCE], register)
            window = _window(store, str(measure), counts[names.isin(near.keys())], near)
            flags += _unraised(store, window, [_flag(window, mark, upload) for mark in _marks(window, near)])
    return tuple(sorted(flags, key=lambda flag: flag.date, reverse=True)[:MOST_FLAGS])


def neighbours(places: Sequence[str], register: Places) -> dict[str, tuple[str, ...]]:
    """The other crossings of each place's region; where they are too few, any others of the register."""
    families: dict[str | None, list[str]] = defaultdict(list)
    for crossing in register.crossings:
        families[crossing.parent].append(crossing.id)
    anyone = [crossing.id for crossing in register.crossings[: MOST_NEIGHBOURS + 1]]
    near = {}
    for place in places:
        family = families[register[place].parent]
        others = family if len(family) > FEWEST_NEIGHBOURS else anyone
        near[place] = tuple(other for other in others[: MOST_NEIGHBOURS + 1] if other != place)
    return near


def _window(store: Store, measure: str, counts: pd.DataFrame, near: Mapping[str, Sequence[str]]) -> Window:
    """What is known with the counts brought, from some weeks before them to two weeks after."""
    places = sorted({*near, *(other for others in near.values() for other in others)})
    last = counts["date"].max()
    span = min((last - counts["date"].min()).days, max(LEAST_DAYS, MOST_CELLS // len(places)))
    first = last - timedelta(days=span + MEMORY)
    dates = pd.date_range(first, last + timedelta(days=AFTER))
    known = store.observations.known(measure, places, first.date(), dates[-1].date())
    values = np.full((len(dates), len(places)), np.nan)
    _lay(values, known, places, dates[0])
    before = values.copy()
    _lay(values, counts[counts["date"] >= first].sort_values("recorded_at", kind="stable"), places, dates[0])
    news = (values != before) & ~(np.isnan(values) & np.isnan(before))
    return Window(measure, pd.DataFrame(values, index=dates, columns=pd.Index(places)), news)


def _lay(
    values: npt.NDArray[np.float64], counts: pd.DataFrame, places: Sequence[str], first: pd.Timestamp
) -> None:
    """Write whole days into `values` [day, series], and nothing-known where partial or closed."""
    position = {place: number for number, place in enumerate(places)}
    day = (counts["date"] - first).dt.days.to_numpy().astype(np.intp)
    series = counts["place"].astype(object).map(position).to_numpy().astype(np.intp)
    values[day, series] = counts["value"].where(counts["status"] == "reported").to_numpy(dtype=float)


def _marks(window: Window, near: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Mark]]:
    """Every mark that rests on a count that is news: its kind, day and series."""
    for mark in jumps(window.counts):
        if window.news[mark.day, mark.series]:
            yield JUMP, mark
    position = {place: number for number, place in enumerate(window.counts.columns)}
    others = [np.array([position[one] for one in near.get(place, ())], dtype=np.intp) for place in position]
    for mark in changes(window.counts, others):
        if window.news[mark.day : mark.day + AFTER, mark.series].any():
            yield CHANGE, mark


def _flag(window: Window, marked: tuple[str, Mark], upload: Upload) -> QualityFlag:
    """A flag in words; it tells a factor and no count, so that it can stand where small counts may not."""
    kind, mark = marked
    factor = f"{mark.ratio:,.0f}" if mark.ratio >= 10 else f"{mark.ratio:.2g}"
    detail = f"{factor} times the median of the four weeks before"
    if kind == CHANGE:
        detail += ", lasting two weeks, and no neighbour moved with it: has the definition changed?"
    place = str(window.counts.columns[mark.series])
    return QualityFlag(place, window.measure, window.day(mark), kind, detail, upload.received_at, upload.id)


def _unraised(store: Store, window: Window, flags: Sequence[QualityFlag]) -> list[QualityFlag]:
    """The flags that were not raised before; a change counts as the same within two weeks."""
    if not flags:
        return []
    first, last = (window.counts.index[at].date() for at in (0, -1))
    raised = defaultdict(list)
    for flag in store.quality(measure=window.measure, days=(first, last), limit=100_000):
        raised[flag.place_id, flag.kind].append(flag.date)
    reach = {JUMP: timedelta(0), CHANGE: timedelta(days=AFTER)}
    return [
        flag
        for flag in flags
        if all(abs(flag.date - day) > reach[flag.kind] for day in raised[flag.place_id, flag.kind])
    ]
