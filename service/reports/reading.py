"""From the store to a report: every figure as the API tells it of the same issue, in a few queries."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from forecast.places import Places
from service.alerts.telling import tellable
from service.disclosure import disclosure_for
from service.mail.envelope import unsubscribe_address
from service.plans import reading as plans
from service.plans.reading import Desk
from service.published.reader import Reader
from service.published.skill import untrusted
from service.reports import planned as plan
from service.reports.ahead import Ahead
from service.reports.contents import AlertNote, Report, from_json
from service.reports.planned import Planned
from service.reports.quality import first_notes, quality_of
from service.reports.record import record_of
from service.reports.since import earlier_issue, issue_facts, since_last_week
from service.reports.sources import FLOW, WEEK, NoReportError, Sources, named
from service.settings import Settings
from service.store import Store
from service.store.records import Issue, Scope

STALE_HOURS = 26
MOST_ALERTS = 10
REPORTED = ("region", "country")


def report_of(store: Store, settings: Settings, place_id: str, week: str, *, now: datetime) -> Report:
    """A region's or country's report of an ISO week, from the newest issue, for readers without clearance.

    Raises NoReportError where there is no such place, or nothing was issued yet.
    """
    return compose(sources_of(store, settings, place_id, week, now=now), week)


def sources_of(store: Store, settings: Settings, place_id: str, week: str, *, now: datetime) -> Sources:
    """What the report of a place is read from; raises NoReportError."""
    places = store.places.all(Scope(places=frozenset({place_id})))
    issue = store.issues.latest()
    if place_id not in places or places[place_id].level not in REPORTED:
        raise NoReportError(f"{place_id!r} is no region and no country; a report is of one of these")
    if issue is None:
        raise NoReportError("nothing was issued yet; the first cycle makes the first issue: `arrivals cycle`")
    reader = Reader(
        Scope(places=frozenset({place_id})), disclosure_for(store, settings), settings.withhold_untrusted
    )
    before = store.reports.before(place_id, week)
    return Sources(
        store=store,
        settings=settings,
        issue=issue,
        place=places[place_id],
        desk=_desk(store, issue, places, reader),
        reader=reader,
        now=now,
        before=from_json(before.content) if before else None,
    )


def compose(sources: Sources, week: str) -> Report:
    """The report of a place and week."""
    planned = Planned.read(sources)
    ahead = Ahead.read(sources, planned.over_capacity())
    forecasts, rows = ahead.forecasts(), planned.rows()
    everything = Report(
        place=named(sources.place),
        week=week,
        edition=0,
        made_at=sources.now,
        issue=issue_facts(sources.issue, now=sources.now, stale_hours=STALE_HOURS),
        synthetic=sources.settings.simulated_clock is not None,
        small_counts=sources.settings.small_counts,
        contact=sources.settings.mail_contact,
        unsubscribe=unsubscribe_address(sources.settings),
        headline=ahead.headline(forecasts[0]),
        action=planned.action(rows),
        forecasts=forecasts,
        crossings=len(sources.crossings),
        since=since_last_week(sources, forecasts),
        plan=tuple(rows),
        waits=tuple(planned.wait_rows()),
        houses=tuple(planned.house_rows()),
        alerts=tuple(_alerts(sources)),
        record=record_of(sources, forecasts[0]),
        quality=quality_of(sources, earlier_issue(sources)),
    )
    return _shortened(everything)


def _shortened(report: Report) -> Report:
    """A report with the first rows of long lists, and how many of each are left out."""
    shown: dict[str, Any] = {
        "plan": tuple(plan.shown(report.plan)),
        "waits": report.waits[: plan.MOST_ROWS],
        "houses": report.houses[: plan.MOST_ROWS],
        "alerts": report.alerts[:MOST_ALERTS],
        "quality": first_notes(report.quality),
    }
    left_out = {what: len(getattr(report, what)) - len(rows) for what, rows in shown.items()}
    return replace(report, **shown, left_out={what: more for what, more in left_out.items() if more})


def _alerts(sources: Sources) -> list[AlertNote]:
    """The alerts that stood in the last seven days, those that still stand first, the newest first."""
    first = sources.now - timedelta(days=WEEK)
    found = sources.store.alerts.between(first, sources.now + timedelta(seconds=1), sources.reader.scope)
    told = [one for alert in found if (one := tellable(alert, sources.disclosure)) is not None]
    told.sort(key=lambda one: (one.ended_at is not None, -one.number))
    return [
        AlertNote(
            one, named(sources.places[one.matter.place_id]) if one.matter.place_id in sources.places else None
        )
        for one in told
    ]


def _desk(store: Store, issue: Issue, places: Places, reader: Reader) -> Desk:
    """Where the plan is read, without what is withheld."""
    held = {}
    if reader.withhold_untrusted:
        forecasts = store.issues.forecasts(issue.id, reader.scope, measure=FLOW)
        held = {one.place_id: one for one in forecasts}

    def withheld(place_id: str, horizon: int) -> str | None:
        if reader.disclosure.withholds(place_id):
            return ""
        forecast = held.get(place_id)
        if forecast is None or not horizon:
            return None
        return untrusted(issue, forecast, horizon, reader=reader)

    told = plans.Reader(
        reader.scope,
        withheld,
        guests_told=not reader.disclosure.withheld,
        disclosure=reader.disclosure,
    )
    return Desk(store, issue, places, told)
