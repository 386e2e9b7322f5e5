"""An alert in words: what, where, how likely, by when, what to do about it and where to look."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from forecast.places import Place
from service.languages import Language
from service.mail.envelope import plain
from service.store.mail_records import Alert, AlertKind


@dataclass(frozen=True, slots=True)
class AlertWords:
    """An alert in one language: one line for a subject, and whole sentences, the figure to plan for first.

    `look` is the path of the service's answer that says more.
    """

    subject: str
    sentences: tuple[str, ...]
    look: str


Sentences = Callable[[dict[str, Any], Alert, Language], Iterator[str]]


def told(alert: Alert, place: Place | None, language: Language) -> AlertWords:
    """An alert in words; numbers that its detail does not tell are left out. No place: the whole service."""
    name = plain(place.name) if place is not None else language.say("The service")
    sentences = tuple(_SENTENCES[alert.matter.kind](alert.detail, alert, language))
    return AlertWords(subject(alert, name, language), sentences, look(alert))


def subject(alert: Alert, name: str, language: Language) -> str:
    """One line on what is the matter, and where."""
    match alert.matter.kind:
        case "surge" if alert.detail.get("begun"):
            return language.say("{place}: a surge of arrivals has begun", place=name)
        case "surge":
            return language.say("{place}: a surge of arrivals may come", place=name)
        case "arrivals":
            return language.say("{place}: more people may come than the crossing can pass", place=name)
        case "wait":
            return language.say("{place}: very long waits may come", place=name)
        case "beds" if alert.detail.get("days_left") == 0:
            return language.say("{place}: full houses", place=name)
        case "beds":
            return language.say("{place}: houses may fill up", place=name)
        case "silent":
            return language.say("{place}: no counts", place=name)
        case "implausible":
            return language.say("{place}: strange counts", place=name)
        case "degraded":
            return language.say("{place}: forecasts are poorer than usual", place=name)
        case "job-late":
            return language.say("{place}: a job is late", place=name)


_LOOK: dict[AlertKind, str] = {
    "surge": "/v1/forecasts",
    "arrivals": "/v1/plan/staff",
    "wait": "/v1/plan/waits",
    "beds": "/v1/plan/beds",
    "silent": "/v1/observations",
    "implausible": "/v1/quality",
    "degraded": "/healthz",
    "job-late": "/healthz",
}


def look(alert: Alert) -> str:
    """The path of the service's answer that says more of an alert."""
    path, place = _LOOK[alert.matter.kind], alert.matter.place_id
    return f"{path}?place={quote(place, safe='')}" if place else path


def _surge(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    if detail.get("upper") is not None:
        yield language.say(
            "Plan for up to {upper} people on {day}; the forecast expects fewer in {level} of cases.",
            **_upper(detail, language),
        )
    if detail.get("begun"):
        yield language.say("The last counts are far above what is ordinary there: a surge has begun.")
    elif alert.chance is not None:
        yield language.say(
            "The chance of a surge within 7 days is {chance}.", chance=language.share(alert.chance)
        )
    if detail.get("lately") is not None:
        yield language.say(
            "Over the last seven days, {lately} people came a day.", lately=language.number(detail["lately"])
        )
    yield language.say("Bring forward staff, buses and beds now; the first days of a surge grow fastest.")


def _arrivals(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    if detail.get("upper") is not None:
        yield language.say(
            "Plan for up to {upper} people on {day}; the forecast expects fewer in {level} of cases.",
            **_upper(detail, language),
        )
        yield language.say(
            "The registered capacity of that day is {capacity} people.",
            capacity=language.number(detail["capacity"]),
        )
    yield from _likely(detail, alert, language)
    yield language.say("Open more booths or longer hours; those who are not passed wait until the next day.")


def _wait(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    if detail.get("upper") is not None:
        yield language.say(
            "Plan for waits of up to {upper} hours on {day}; they are shorter in {level} of cases.",
            **_upper(detail, language, digits=1),
        )
    yield language.say(
        "Some people would then wait longer than {limit} hours.", limit=language.number(detail["limit"], 1)
    )
    yield from _likely(detail, alert, language)
    yield language.say("Open more booths, and have water, toilets and shelter at the queue.")


def _beds(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    left = detail.get("days_left")
    if detail.get("upper") is not None and (left is None or detail["upper"] > detail["beds"]):
        yield language.say(
            "Plan for up to {upper} beds on {day}; the forecast expects fewer in {level} of cases.",
            **_upper(detail, language),
        )
    yield language.say("The beds registered are {beds}.", beds=language.number(detail["beds"]))
    if left == 0:
        yield language.say("All beds are taken.")
    elif left is not None:
        yield language.say(
            "At the pace of the last nights all beds are taken in {days} days.",
            days=language.number(left, 1),
        )
    if left is None or detail.get("from"):  # a forecast that lags behind the houses says nothing to act on
        yield from _likely(detail, alert, language)
    yield language.say("Prepare more beds, or agree with the regions that help and order buses there.")


def _likely(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    if alert.chance is not None:
        yield language.say(
            "By the forecast, the chance of it within 7 days is {chance}.",
            chance=language.share(alert.chance),
        )
    if detail.get("from"):
        yield language.say("It is likely from {day} on.", day=_day(detail["from"], language))


def _silent(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    yield language.say("The count of {day} has not come.", day=_day(detail["missed"], language))
    yield language.say("The last day known is {day}.", day=_day(detail["last"], language))
    yield language.say("Ask the crossing for its counts; until they come, its forecasts rest on older ones.")


def _implausible(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    if detail.get("mark") == "jump":
        yield language.say(
            "The count of {day} is far from those of the weeks before.", day=_day(detail["day"], language)
        )
    else:
        yield language.say(
            "Counts have moved for good since {day}, and no neighbour's have.",
            day=_day(detail["day"], language),
        )
    yield language.say("Ask whether the count is right; if it is not, send it again corrected.")


def _degraded(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    day = _day(detail["cutoff"], language)
    if alert.matter.subject == "plan":
        yield language.say("The forecasts made from the counts up to {day} came without a plan.", day=day)
        yield language.say("Plan by the last one that was made, and for more; the operator knows.")
    else:
        yield language.say("The forecasts made from the counts up to {day} are simple ones.", day=day)
        yield language.say("They repeat the last week. Plan for more than they say; the operator knows.")


def _late(detail: dict[str, Any], alert: Alert, language: Language) -> Iterator[str]:
    at = language.instant(datetime.fromisoformat(detail["last"]))
    yield language.say("The job {job} last succeeded on {at} UTC.", job=alert.matter.subject, at=at)
    yield language.say("Until it runs again, everything here is as of then; the operator has to look.")


_SENTENCES: dict[AlertKind, Sentences] = {
    "surge": _surge,
    "arrivals": _arrivals,
    "wait": _wait,
    "beds": _beds,
    "silent": _silent,
    "implausible": _implausible,
    "degraded": _degraded,
    "job-late": _late,
}


def _upper(detail: dict[str, Any], language: Language, digits: int = 0) -> dict[str, str]:
    return {
        "upper": language.number(detail["upper"], digits),
        "day": _day(detail["day"], language),
        "level": language.level(detail["level"]),
    }


def _day(stored: str, language: Language) -> str:
    return language.day(date.fromisoformat(stored))
