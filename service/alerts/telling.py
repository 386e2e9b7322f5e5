"""What of an alert a reader is told: nothing where publication is stopped, and no small number."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from forecast.places import Places
from service.disclosure import Disclosure
from service.store.mail_records import Alert, Matter, Mute

FLOW = "arrivals"
PEOPLE = {"surge": ("upper", "lately"), "arrivals": ("upper",), "beds": ("upper",)}
"""By kind, the facts of an alert's detail that are numbers of people."""
A_WEEK = timedelta(days=6)


def tellable(alert: Alert, disclosure: Disclosure) -> Alert | None:
    """The alert as a reader may be told it; None where it is not told at all.

    Strange counts that are withheld are not hinted at, nor the chance of passing a capacity of a few people.
    """
    matter, detail = alert.matter, alert.detail
    if disclosure.withholds(matter.place_id):
        return None
    if matter.kind == "implausible":
        measure, day = str(detail["measure"]), date.fromisoformat(detail["day"])
        return None if disclosure.hides(measure, matter.place_id, day) else alert
    if matter.kind == "arrivals" and disclosure.number(float(detail["capacity"])) is None:
        return None
    told = {fact: _number(detail.get(fact), disclosure) for fact in PEOPLE.get(matter.kind, ())}
    if told.get("lately") is not None and not _last_week_told(alert, disclosure):
        told["lately"] = None
    return replace(alert, detail=detail | told)


def is_muted(matter: Matter, mutes: Iterable[Mute], places: Places) -> bool:
    """Whether mail about a matter is muted, at its place or one that it lies in."""
    above = places.ancestors(matter.place_id) if matter.place_id in places else ()
    around = {matter.place_id, *above}
    return any(mute.place_id in around and mute.kind in ("", matter.kind) for mute in mutes)


def _number(value: float | None, disclosure: Disclosure) -> float | None:
    return None if value is None else disclosure.number(value)


def _last_week_told(alert: Alert, disclosure: Disclosure) -> bool:
    if alert.cutoff is None:
        return False
    first = alert.cutoff - A_WEEK
    return not disclosure.small.hides_any(FLOW, alert.matter.place_id, first, alert.cutoff)
