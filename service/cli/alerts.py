"""`arrivals alerts`: what stands, seen to or muted, and a look at what matters by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from forecast.places import Place
from service.alerts import watch
from service.alerts.telling import is_muted
from service.alerts.wording import told
from service.cli import Refused
from service.cli.registers import ACTOR, opened, show
from service.languages import SOURCE, language
from service.store import Store
from service.store.alerts import SERVICE, Sought, State
from service.store.mail_records import ALERT_KINDS, Alert, AlertKind, Mute
from service.store.records import AuditEntry

KIND = click.Choice(ALERT_KINDS)


@click.group("alerts")
def alerts_command() -> None:
    """Show what asks for a decision, note that somebody sees to it, or mute the mail about it."""


@alerts_command.command("list")
@click.option("--state", type=click.Choice(["open", "ended", "all"]), default="open", show_default=True)
@click.option("--place", help="A place, with what lies in it.")
@click.option("--kind", type=KIND, help="One kind of alert.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
def list_command(state: State, place: str | None, kind: AlertKind | None, limit: int) -> None:
    """Show the newest alerts, what is muted, and how many letters did not arrive."""
    with opened() as (store, settings):
        now = settings.clock.now()
        sought = Sought(state, _within(store, place) if place else None, kind)
        found = store.alerts.page(limit, sought=sought)
        show(("alert", "raised", "ended", "what", "chance", "mail", "seen to by"), _rows(store, found, now))
        for number, mute in store.alerts.mutes(now=now).items():
            what, where = mute.kind or "every kind", mute.place_id or "the service"
            click.echo(f"mute {number}: {what} of {where} until {_at(mute.until)} ({mute.reason})")
        troubled = len(store.outbox.troubled())
    if troubled:
        click.echo(f"{troubled} letters did not arrive or may not have; `arrivals mail list` shows them.")


@alerts_command.command("show")
@click.argument("number", type=int)
def show_command(number: int) -> None:
    """Show an alert in full."""
    with opened() as (store, _):
        alert = store.alerts.get(number)
        if alert is None:
            raise Refused(f"there is no alert {number}; `arrivals alerts list` shows them")
        words = told(alert, _places(store).get(alert.matter.place_id), language(SOURCE))
    click.echo(words.subject)
    for sentence in words.sentences:
        click.echo(f"- {sentence}")
    click.echo(f"- Look here: {words.look}")


@alerts_command.command("acknowledge")
@click.argument("number", type=int)
def acknowledge_command(number: int) -> None:
    """Note that somebody sees to the alert of this NUMBER; it stays open until it is over."""
    with opened() as (store, settings):
        now = settings.clock.now()
        seen = store.alerts.acknowledge(number, at=now, by=ACTOR)
        store.audit.append(AuditEntry(now, ACTOR, "alerts.acknowledge", f"alert-{number}"))
    click.echo(f"Alert {number} is seen to by {seen.acknowledged_by}.")


@alerts_command.command("mute")
@click.option("--place", help="A place, with what lies in it; without it, the service as a whole.")
@click.option("--kind", type=KIND, help="One kind; without it, all.")
@click.option(
    "--until", required=True, type=click.DateTime(), help="Instant in UTC, such as 2022-09-28T06:00:00."
)
@click.option("--reason", required=True, help="Why; others read it.")
def mute_command(place: str | None, kind: AlertKind | None, until: datetime, reason: str) -> None:
    """Let no mail go out about a place until an instant; alerts are listed as ever."""
    with opened() as (store, settings):
        now, end = settings.clock.now(), until.replace(tzinfo=UTC)
        if place is not None:
            _within(store, place)
        if end <= now:
            raise Refused(f"--until: {_at(end)} is past; give an instant ahead")
        number = store.alerts.mute(Mute(place or SERVICE, kind or "", end, now, ACTOR, reason))
        facts = {"place": place or SERVICE, "kind": kind or ""}
        store.audit.append(AuditEntry(now, ACTOR, "alerts.mute", f"mute-{number}", facts))
    click.echo(f"Mute {number} holds until {_at(end)}.")


@alerts_command.command("unmute")
@click.argument("number", type=int)
def unmute_command(number: int) -> None:
    """Take back the mute of this NUMBER."""
    with opened() as (store, settings):
        store.alerts.unmute(number)
        store.audit.append(AuditEntry(settings.clock.now(), ACTOR, "alerts.unmute", f"mute-{number}"))
    click.echo(f"Mute {number} is taken back.")


@alerts_command.command("watch")
def watch_command() -> None:
    """Look at once at the newest issue, unless that was done, and at what is silent or late."""
    with opened() as (store, settings):
        watched = watch(store, settings, now=settings.clock.now())
    judged = f"issue {watched.issue} judged" if watched.issue else "no new issue"
    click.echo(
        f"{judged}; {watched.raised} alerts raised, {watched.ended} ended, {watched.letters} letters made."
    )


def _rows(store: Store, alerts: tuple[Alert, ...], now: datetime) -> Iterator[tuple[str, ...]]:
    places, register = _places(store), store.places.all()
    mutes = store.alerts.mutes(now=now).values()
    for alert in alerts:
        yield (
            str(alert.number),
            _at(alert.raised_at),
            _at(alert.ended_at) if alert.ended_at else "",
            told(alert, places.get(alert.matter.place_id), language(SOURCE)).subject,
            "" if alert.chance is None else f"{alert.chance:.2f}",
            "muted" if is_muted(alert.matter, mutes, register) else "",
            alert.acknowledged_by or "",
        )


def _places(store: Store) -> dict[str, Place]:
    return {place.id: place for place in store.places.all()}


def _within(store: Store, place_id: str) -> frozenset[str]:
    """A place and what lies in it; raises Refused where it is not registered."""
    places = store.places.all()
    if place_id not in places:
        raise Refused(f"place {place_id!r} is not registered; `arrivals places list` shows those that are")
    return frozenset(one.id for one in places if one.id == place_id or place_id in places.ancestors(one.id))


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%MZ}"
