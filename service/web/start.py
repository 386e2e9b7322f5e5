"""The start page: what this is, the last issue, and for a key one chart and the next day's figures."""

from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, make_response, render_template, request

from forecast.places import Place, Places
from service.access import Principal, recognise
from service.charts import NARROW, WIDE, data_address, fan_picture
from service.published import observed
from service.published.forecasts import Levels
from service.published.outlooks import KINDS
from service.published.overrides import Beside, beside
from service.store.records import EVERYTHING, Issue, Measure, PublishedForecast
from service.web import context
from service.web import told as telling
from service.web.answers import ForecastDay
from service.web.chart import fan_of
from service.web.guard import open_to_all
from service.web.plans import desk_of
from service.web.purpose import PURPOSE
from service.web.start_plan import first_day

blueprint = APIBlueprint("start", __name__, enable_openapi=False)
_WEEKS_SHOWN = 8
_ROWS_SHOWN = 40
_LEVELS = (0.5, 0.8, 0.95)
# the page's own name in the log when it shows the demonstration's synthetic total to everybody
_DEMONSTRATION = Principal("start-page", "planner", EVERYTHING)


@dataclass(frozen=True, slots=True)
class _Row:
    """A place and what is expected there on the first day ahead."""

    place: Place
    first: ForecastDay


@blueprint.get("/")
@open_to_all
def start() -> Response:
    """The page without a key, or with one in the Authorization header."""
    return _page(200)


@blueprint.post("/")
@open_to_all
def start_with_key() -> Response:
    """The page for the key in the form. Nothing remembers the key: no cookie, no session, no address."""
    secret = request.form.get("key", "")
    g.principal = recognise(context.store(), secret, now=context.now())
    if g.principal is None:
        return _page(401, refused="This key is not valid, or no longer.")
    return _page(200)


def _page(status: int, *, refused: str | None = None) -> Response:
    issue = context.store().issues.latest()
    synthetic = context.wiring().settings.simulated_clock is not None
    told = _told(issue, synthetic) if issue else {}
    page = render_template(
        "start.html",
        purpose=PURPOSE,
        issue=issue,
        age=_age(issue, context.now()) if issue else None,
        synthetic=synthetic,
        refused=refused,
        principal=g.principal,
        people=people,
        share=share,
        **told,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(issue: Issue, synthetic: bool) -> dict[str, Any]:
    """The chart and the table for who asks; without a key nothing, but for the demonstration's total."""
    if g.principal is not None:
        return _for_reader(issue, synthetic) if g.principal.may("forecasts.read") else {}
    if not synthetic:
        return {}
    g.principal = _DEMONSTRATION
    shown = _country_chart(issue)
    g.principal = None
    return shown


def _country_chart(issue: Issue) -> dict[str, Any]:
    countries = [place for place in context.register() if place.level == "country"]
    return _chart(issue, countries[0], stamp="SYNTHETIC") if countries else {}


def _for_reader(issue: Issue, synthetic: bool) -> dict[str, Any]:
    places = _as_tree(context.register())[:_ROWS_SHOWN]
    if not places:
        return {}
    chosen, unknown = _chosen(places)
    context.audit_short_horizon([*places, chosen], issue=issue.id, page="start")
    stamp = "SYNTHETIC" if synthetic else None
    told = _chart(issue, chosen, stamp=stamp) | {"rows": _rows(issue, places), "unknown": unknown}
    return told | {"plan": first_day(desk_of(issue), places)}


def _as_tree(places: Places) -> list[Place]:
    """The register from the top: each total above what lies in it."""
    path = {place.id: (*reversed(places.ancestors(place.id)), place.id) for place in places}
    position = {place.id: number for number, place in enumerate(places)}
    return sorted(places, key=lambda place: [position[up] for up in path[place.id]])


def _chosen(places: list[Place]) -> tuple[Place, bool]:
    """The place asked for, or the first, and whether the reader asked for one that is not there."""
    asked = request.form.get("place", "").strip().casefold()
    found = [place for place in context.register() if asked in (place.id.casefold(), place.name.casefold())]
    return (found or places)[0], bool(asked) and not found


def _measure(issue: Issue) -> Measure | None:
    wanted = [one for one in context.store().measures() if one.id in issue.measures]
    return next((one for one in wanted if one.id == "arrivals"), wanted[0] if wanted else None)


def _chart(issue: Issue, place: Place, *, stamp: str | None) -> dict[str, Any]:
    measure = _measure(issue)
    held = _held(issue, [place])
    if measure is None or not held:
        return {}
    days = _days(issue, held[0], horizons=issue.horizon)
    if context.told().withholds(place.id):
        return {"withheld": place}
    counts = observed.last_days(
        context.store(),
        place,
        measure=measure.id,
        issue=issue,
        reader=context.hearer(),
        days=7 * _WEEKS_SHOWN,
    )
    fan = fan_of(f"{measure.id}, {measure.unit}", issue.cutoff, counts, days, stamp=stamp)
    return {
        "chart": data_address(fan_picture(fan, WIDE)),
        "chart_narrow": data_address(fan_picture(fan, NARROW)),
        "charted": place,
        "first": days[0],
        "judged": _overridden(issue, place, days),
        "lost": stretches([day.horizon for day in days if day.trust == "lost"]),
        "lost_withheld": any(day.intervals is None for day in days),
        "ahead": telling.outlook(issue, held[0]),
        "kinds": KINDS,
    }


def _overridden(issue: Issue, place: Place, days: list[ForecastDay]) -> list[ForecastDay]:
    """The days of a forecast for which an analyst holds another figure."""
    judged = _judged(issue)
    told = [telling.judged_day(day, place.id, judged) for day in days]
    return [day for day in told if day.override is not None]


def stretches(horizons: list[int]) -> str:
    """Days ahead in words: 8-14, 22."""
    starts = [day for day in horizons if day - 1 not in horizons]
    ends = [day for day in horizons if day + 1 not in horizons]
    return ", ".join(
        f"{first}-{last}" if last > first else str(first) for first, last in zip(starts, ends, strict=True)
    )


def _rows(issue: Issue, places: list[Place]) -> list[_Row]:
    judged = _judged(issue)
    first = {
        held.place_id: telling.judged_day(_days(issue, held, horizons=1)[0], held.place_id, judged)
        for held in _held(issue, places)
    }
    return [_Row(place, first[place.id]) for place in places if place.id in first]


def _judged(issue: Issue) -> Beside:
    """What analysts hold now against the issue."""
    measure = _measure(issue)
    name = measure.id if measure else ""
    return beside(context.store(), issue, context.hearer(), measure=name, as_of=context.now())


def _held(issue: Issue, places: list[Place]) -> tuple[PublishedForecast, ...]:
    """What the issue holds of these places."""
    measure = _measure(issue)
    if measure is None:
        return ()
    ids = [place.id for place in places]
    return context.store().issues.forecasts(issue.id, context.scope(), measure=measure.id, place_ids=ids)


def _days(issue: Issue, held: PublishedForecast, *, horizons: int) -> list[ForecastDay]:
    """The first so many days of a forecast."""
    levels = Levels(issue.levels, _LEVELS)
    return [telling.day(issue, held, ahead, levels=levels) for ahead in range(1, horizons + 1)]


def people(number: float | None) -> str:
    """A quantile in whole people, a half upwards; one that is too small to tell is `few`."""
    return "few" if number is None else f"{floor(number + 0.5):,}"


def share(probability: float) -> str:
    """A chance in percent; some hundred paths make nothing certain."""
    if probability < 0.01:
        return "<\u202f1\u202f%"
    return ">\u202f99\u202f%" if probability > 0.99 else f"{probability:.0%}".replace("%", "\u202f%")


def _age(issue: Issue, now: datetime) -> str:
    minutes = max(0, round((now - issue.issued_at).total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
