"""Hits and misses: what last week's report said of each day, and what came."""

from collections.abc import Sequence
from datetime import date, timedelta

from service.published import observed
from service.reports.contents import (
    Counted,
    Day,
    Named,
    PlaceForecast,
    Quantity,
    Record,
    Report,
    Said,
    Verdict,
)
from service.reports.sources import FLOW, INTERVALS, WEEK, Sources
from service.store.records import Scope

MOST_MISSES = 5
SAID = 0.8


def record_of(sources: Sources, own: PlaceForecast) -> Record | None:
    """How right last week's report was on the seven days after its cutoff; None without one."""
    before = sources.before
    if before is None:
        return None
    came = _came(sources, before, own)
    days = [(one.place, day) for one in before.forecasts for day in one.days[:WEEK]]
    said = [_said(place, day, came.get((place.id, day.date))) for place, day in days]
    judged = [one for one in said if one.verdict is not None]
    misses = sorted((one for one in judged if one.verdict != "hit"), key=lambda one: -distance(one))
    return Record(
        week=before.week,
        issue_id=before.issue.id,
        days=tuple(one for one in said if one.place.id == sources.place.id),
        misses=tuple(misses[:MOST_MISSES]),
        judged=len(judged),
        hits=len(judged) - len(misses),
        coverage=_coverage([(day, came.get((place.id, day.date))) for place, day in days]),
        skill=_skill(sources, before),
    )


def distance(said: Said) -> float:
    """How many times more or fewer people came than the end of the interval that they passed."""
    came, low, high = (_floor(one) + 1 for one in (said.came, said.lower_80, said.upper_80))
    return came / high if said.verdict == "more" else low / came


def _came(sources: Sources, before: Report, own: PlaceForecast) -> dict[tuple[str, date], Quantity]:
    """The counts of the places of last week's report that have come whole, and may be told."""
    found = {(own.place.id, day.date): _whole(day) for day in own.observed}
    crossings = frozenset(one.place.id for one in before.forecasts[1:] if one.place.id in sources.places)
    if not crossings:
        return found
    counts = sources.store.observations.read(
        Scope(places=crossings),
        measure=FLOW,
        first=before.issue.cutoff + timedelta(days=1),
        last=min(before.issue.cutoff + timedelta(days=WEEK), sources.issue.cutoff),
        as_of=sources.issue.as_of,
    )
    told = observed.told(counts, FLOW, sources.reader)
    return found | {(one.place, one.date): one.value if one.complete else None for one in told}


def _whole(day: Counted) -> Quantity:
    return day.value if day.complete else None


def _said(place: Named, day: Day, came: Quantity) -> Said:
    low, high = day.lower(SAID), day.upper(SAID)
    return Said(place, day.date, day.horizon, day.median, low, high, came, _verdict(came, low, high))


def _verdict(came: Quantity, low: Quantity, high: Quantity) -> Verdict | None:
    """Where a count lies by an interval; None where either is not told."""
    if not isinstance(came, int | float) or low is None or high is None:
        return None
    if came > _floor(high):
        return "more"
    return "fewer" if came < _floor(low) else "hit"


def _floor(value: Quantity) -> float:
    """A number; what is too small to tell is nearest to nobody."""
    return float(value) if isinstance(value, int | float) else 0.0


def _coverage(days: Sequence[tuple[Day, Quantity]]) -> dict[str, float]:
    """By interval level, the share of the days judged on which it held the count."""
    verdicts = {
        f"{level:g}": [_verdict(came, day.lower(level), day.upper(level)) for day, came in days]
        for level in INTERVALS
    }
    known = {level: [one for one in found if one is not None] for level, found in verdicts.items()}
    return {level: round(found.count("hit") / len(found), 3) for level, found in known.items() if found}


def _skill(sources: Sources, before: Report) -> float | None:
    """1 - score / baseline's score of the place in that issue's first week; None where none was scored.

    A score and the forecast give the count: it is told only where all counts are.
    """
    first, last = (before.issue.cutoff + timedelta(days=days) for days in (1, WEEK))
    if sources.disclosure.withholds(sources.place.id) or sources.disclosure.small.hides_any(
        FLOW, sources.place.id, first, last
    ):
        return None
    rows = sources.store.scores.read(
        sources.reader.scope, place_id=sources.place.id, measure=FLOW, first=first, last=last
    )
    scores = rows[(rows["issue_id"] == before.issue.id) & (rows["horizon"] <= WEEK)]
    beside = float(scores["baseline_wis"].sum())
    return round(1 - float(scores["wis"].sum()) / beside, 4) if beside > 0 else None
