"""What changed since last week's report: counts, forecasts of the same days, what was registered."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from forecast.events import Event
from forecast.places import Places
from service.reports.ahead import fullest
from service.reports.contents import (
    Counted,
    EventNote,
    IssueFacts,
    Moved,
    Named,
    PlaceForecast,
    Quantity,
    Report,
    Since,
)
from service.reports.sources import WEEK, Sources, all_named, named
from service.store.records import Issue

MOST_EVENTS, MOST_CAPACITIES = 6, 6


def since_last_week(sources: Sources, forecasts: Sequence[PlaceForecast]) -> Since:
    """What is otherwise than a week ago; of a first week, what the counts say and what was registered."""
    own = forecasts[0]
    earlier = earlier_issue(sources)
    return Since(
        last_week=total(own.observed[-WEEK:]),
        week_before=total(own.observed[-2 * WEEK : -WEEK]),
        moved=tuple(_moved(sources.before, forecasts)) if sources.before else (),
        events=_events(sources, earlier)[:MOST_EVENTS] if earlier else (),
        capacities=_capacities(sources, earlier)[:MOST_CAPACITIES] if earlier else (),
    )


def total(days: Sequence[Counted]) -> Quantity:
    """The people of seven days; None where one of them is not told, or not counted to its end."""
    values = [day.value for day in days if day.complete and isinstance(day.value, int | float)]
    if len(values) < WEEK:
        return None
    whole = round(sum(values), 1)
    return int(whole) if whole == int(whole) else whole


def _moved(before: Report, forecasts: Iterable[PlaceForecast]) -> Iterable[Moved]:
    """Of each place that both reports tell of, the fullest of the next days that both forecast."""
    then = {one.place.id: {day.date: day for day in one.days} for one in before.forecasts}
    for one in forecasts:
        known = then.get(one.place.id, {})
        now = fullest([day for day in one.days[:WEEK] if day.date in known])
        if now is not None:
            was = known[now.date]
            yield Moved(one.place, now.date, was.median, now.median, was.upper(), now.upper())


def earlier_issue(sources: Sources) -> Issue | None:
    """The issue of last week's report, or the one that was newest a week ago."""
    if sources.before is not None:
        return sources.store.issues.get(sources.before.issue.id)
    return sources.store.issues.latest(as_of=sources.issue.issued_at - timedelta(days=WEEK))


def _events(sources: Sources, earlier: Issue) -> tuple[EventNote, ...]:
    """The events that concern the place and its days ahead, registered, changed or withdrawn since."""
    then, now = (_known_events(sources, issue) for issue in (earlier, sources.issue))
    new = [event for name, event in now.items() if name not in then or _facts(then[name]) != _facts(event)]
    gone = [event for name, event in then.items() if name not in now]
    first, last = sources.day(1), sources.day(sources.issue.horizon)
    register = sources.store.places.all()  # an event of the country concerns its regions
    near = [event for event in (*new, *gone) if event.reaches(first, last)]
    notes = (
        _note(event, register, withdrawn=event.id not in now)
        for event in near
        if _concerns(event, sources, register)
    )
    return tuple(sorted(notes, key=lambda note: note.first))


def _known_events(sources: Sources, issue: Issue) -> dict[str, Event]:
    known = sources.store.events.known(as_of=issue.as_of, last_event=issue.last_event)
    return {event.id: event for event in known if not event.withdrawn}


def _facts(event: Event) -> tuple[object, ...]:
    return event.kind, event.first, event.last, event.place, event.multiple


def _concerns(event: Event, sources: Sources, register: Places) -> bool:
    """Whether an event is everywhere, of the place, in it or of what it lies in."""
    if event.place is None:
        return True
    if sources.disclosure.withholds(event.place):
        return False
    own = sources.place.id
    around = (event.place, *register.ancestors(event.place))
    return own in around or event.place in register.ancestors(own)


def _note(event: Event, register: Places, *, withdrawn: bool) -> EventNote:
    place = None if event.place is None else named(register[event.place])
    return EventNote(event.kind, place, event.first, event.last, event.multiple, withdrawn)


def _capacities(sources: Sources, earlier: Issue) -> tuple[Named, ...]:
    """The places whose registered capacity is not what it was."""
    then, now = (
        {
            (one.place_id, one.valid_from): one.document
            for one in sources.store.capacities.records(
                sources.reader.scope, as_of=issue.as_of, last_capacity=issue.last_capacity
            )
            if not one.withdrawn
        }
        for issue in (earlier, sources.issue)
    )
    changed = {key[0] for key in {*then, *now} if then.get(key) != now.get(key)}
    told = [one for one in sources.places if one.id in changed and not sources.disclosure.withholds(one.id)]
    return all_named(told)


def issue_facts(issue: Issue, *, now: datetime, stale_hours: float) -> IssueFacts:
    """The issue that a report speaks of, and how old it was then."""
    age = (now - issue.issued_at).total_seconds() / 3600
    return IssueFacts(
        id=issue.id,
        cutoff=issue.cutoff,
        as_of=issue.as_of,
        issued_at=issue.issued_at,
        model_version=issue.model_version,
        age_hours=round(age, 1),
        stale=age > stale_hours,
        degraded=issue.degraded,
    )
