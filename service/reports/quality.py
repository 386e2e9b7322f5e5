"""How good the counts of a week are: late, partial, revised and suspicious days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import pandas as pd

from service.reports.contents import QualityKind, QualityNote
from service.reports.sources import FLOW, WEEK, Sources, named
from service.store.records import Issue

MOST_NOTES = 12
LOOK_BACK = 35  # days in which a count may still be revised
Known = Mapping[tuple[str, date], tuple[float, str]]
KINDS: tuple[QualityKind, ...] = ("missing", "partial", "suspicious", "revised", "late")
"""What a planner should know first."""


def quality_of(sources: Sources, earlier: Issue | None) -> tuple[QualityNote, ...]:
    """What is to be known of the counts of the last seven days, and of what was revised since a week ago."""
    first = sources.issue.cutoff - timedelta(days=LOOK_BACK - 1)
    now = _known(sources, first, sources.issue.as_of)
    found: dict[QualityKind, Iterable[tuple[str, date]]] = {
        "missing": _missing(sources, now),
        "partial": [key for key in _of_week(sources, now) if now[key][1] == "partial"],
        "suspicious": _suspicious(sources),
    }
    if earlier is not None:
        then = _known(sources, first, earlier.as_of)
        old = [key for key in now if key[1] <= earlier.cutoff and then.get(key) != now[key]]
        found["revised"] = [key for key in old if key in then]
        found["late"] = [key for key in old if key not in then]
    return tuple(note for kind in KINDS for note in _notes(sources, kind, found.get(kind, ())))


def _known(sources: Sources, first: date, as_of: datetime) -> Known:
    """Value and status by crossing and day, as known at an instant."""
    ids = [place.id for place in sources.crossings]
    frame = sources.store.observations.known(FLOW, ids, first, sources.issue.cutoff, as_of=as_of)
    days = pd.DatetimeIndex(frame["date"]).date
    values = zip(frame["value"].fillna(0.0), frame["status"], strict=True)
    return dict(zip(zip(frame["place"], days, strict=True), values, strict=True))


def _week(sources: Sources) -> list[date]:
    return [sources.issue.cutoff - timedelta(days=back) for back in reversed(range(WEEK))]


def _of_week(sources: Sources, known: Known) -> list[tuple[str, date]]:
    first = _week(sources)[0]
    return [key for key in known if key[1] >= first]


def _missing(sources: Sources, known: Known) -> list[tuple[str, date]]:
    """The days of the week without a count, at crossings that have begun to report."""
    begun = {place_id for place_id, _ in known}
    return [(one, day) for one in begun for day in _week(sources) if (one, day) not in known]


def _suspicious(sources: Sources) -> list[tuple[str, date]]:
    """The days of the week that were marked when they were taken in."""
    week = _week(sources)
    flags = sources.store.quality(sources.reader.scope, measure=FLOW, days=(week[0], week[-1]))
    told = {place.id for place in sources.crossings}
    return [(one.place_id, one.date) for one in flags if one.place_id in told]


def _notes(sources: Sources, kind: QualityKind, found: Iterable[tuple[str, date]]) -> Iterator[QualityNote]:
    """One note a crossing, with its days; what is hidden of a day is not hinted at by its revision."""
    by_place: dict[str, set[date]] = {}
    for place_id, day in found:
        if kind == "missing" or not sources.disclosure.hides(FLOW, place_id, day):
            by_place.setdefault(place_id, set()).add(day)
    for place in sources.crossings:
        if place.id in by_place:
            yield QualityNote(kind, named(place), tuple(sorted(by_place[place.id])))


def first_notes(notes: Sequence[QualityNote]) -> tuple[QualityNote, ...]:
    """Those that are shown."""
    return tuple(notes[:MOST_NOTES])
