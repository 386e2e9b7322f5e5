"""Counts as a reader is told them."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from forecast.places import Place
from service.published.numbers import number
from service.published.reader import Reader
from service.store import Store
from service.store.records import Issue


@dataclass(frozen=True, slots=True)
class ObservedDay:
    """One count of a place; all but the day is None where it is withheld."""

    place: str
    date: date
    value: int | float | None
    status: str | None
    complete: bool | None
    recorded_at: datetime | None
    suppressed: bool


def last_days(
    store: Store, place: Place, *, measure: str, issue: Issue, reader: Reader, days: int
) -> list[ObservedDay]:
    """The last so many days' counts up to an issue's cutoff as the issue knew them, oldest first."""
    counts = store.observations.read(
        reader.scope,
        place_id=place.id,
        measure=measure,
        first=issue.cutoff - timedelta(days=days - 1),
        last=issue.cutoff,
        as_of=issue.as_of,
        limit=days,
    )
    return told(counts, measure, reader)


def told(counts: pd.DataFrame, measure: str, reader: Reader) -> list[ObservedDay]:
    """Counts as the store reads them, through the door that withholds."""
    shown = reader.disclosure.counts(counts, measure)
    return [_day(row) for row in shown.to_dict("records")]


def _day(row: dict[Hashable, Any]) -> ObservedDay:
    when, hidden = pd.Timestamp(row["date"]).date(), bool(row["suppressed"])
    if hidden:
        return ObservedDay(row["place"], when, None, None, None, None, True)
    recorded_at = None if pd.isna(row["recorded_at"]) else pd.Timestamp(row["recorded_at"]).to_pydatetime()
    status = None if pd.isna(row["status"]) else row["status"]
    return ObservedDay(
        row["place"], when, number(row["value"]), status, bool(row["complete"]), recorded_at, False
    )
