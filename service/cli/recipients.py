"""`arrivals recipients`: who gets mail, in which language, about which places."""

import getpass
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from service.cli import Refused
from service.cli.registers import FILE, opened, show, show_reasons
from service.ingest import RecipientDesk, Refusal, read_recipients, recipient_from
from service.store import Store
from service.store.errors import StoreError
from service.store.mail_records import TOPICS, Recipient
from service.store.records import AuditEntry


@click.group("recipients")
def recipients_command() -> None:
    """Show, add or remove those who get reports and alerts by mail."""


@recipients_command.command("add")
@click.argument("address")
@click.option(
    "--place",
    "places",
    multiple=True,
    required=True,
    help="A region, the country, or for alerts a crossing; may be repeated.",
)
@click.option("--language", default="en", show_default=True, help="Code of the language it is told in.")
@click.option(
    "--kind", "kinds", multiple=True, help=f"{' or '.join(TOPICS)}; may be repeated. Without it both."
)
def add_command(address: str, places: tuple[str, ...], language: str, kinds: tuple[str, ...]) -> None:
    """Send reports and alerts of some places to ADDRESS, best one of a role or desk."""
    fields = {"address": address, "language": language, "kinds": " ".join(kinds), "places": " ".join(places)}
    with opened() as (store, settings):
        desk = RecipientDesk(store.places.all(), settings.clock.now())
        found = recipient_from(fields, desk)
        if isinstance(found, Refusal):
            raise Refused("; ".join(f"{one.found} is wrong; wanted: {one.wanted}" for one in found.reasons))
        try:
            (added,) = store.recipients.add(*found)
        except StoreError as error:
            raise Refused(str(error)) from None
        _audit(store, desk.now, "recipients.add", (added,))
    click.echo(f"{added.id}: {added.address} gets {_listed(added.kinds)} of {_listed(added.places)}")


@recipients_command.command("import")
@click.argument("file", type=FILE)
def import_command(file: Path) -> None:
    """Register the recipients of a CSV or JSON FILE, whole or not at all.

    Columns: address, language, kinds (report, alert), places; with blanks or semicolons within the last two.
    An address that is registered already gets what the file says from now on; those not named stay.
    """
    with opened() as (store, settings):
        desk = RecipientDesk(store.places.all(), settings.clock.now())
        given = _accepted(read_recipients(file.read_bytes(), name=file.name, desk=desk))
        known = {one.address.lower(): one for one in store.recipients.all()}
        new = tuple(one for one in given if not _same(known.get(one.address.lower()), one))
        before = [known[one.address.lower()].id for one in new if one.address.lower() in known]
        store.recipients.add(*new, instead_of=before)
        if new:
            _audit(store, desk.now, "recipients.import", new)
    click.echo(f"{len(given)} recipients read, {len(new)} new or changed.")


@recipients_command.command("list")
@click.option("--all", "ended", is_flag=True, help="Those who left too.")
def list_command(ended: bool) -> None:
    """Show the register of recipients."""
    with opened() as (store, _):
        found = store.recipients.all(ended=ended)
    show(("id", "address", "language", "kinds", "places", "since", "until"), map(_row, found))


@recipients_command.command("remove")
@click.argument("recipient", metavar="RECIPIENT")
def remove_command(recipient: str) -> None:
    """Send no more to RECIPIENT, an id or address; letters that wait for it are given up."""
    with opened() as (store, settings):
        now = settings.clock.now()
        try:
            left = store.recipients.end(_id_of(store, recipient), at=now)
        except StoreError as error:
            raise Refused(str(error)) from None
        _audit(store, now, "recipients.remove", (left,))
    click.echo(f"{left.id}: {left.address} gets no more mail")


def _accepted(found: tuple[Recipient, ...] | Refusal) -> tuple[Recipient, ...]:
    if isinstance(found, Refusal):
        click.echo("Refused, nothing of it is registered.")
        show_reasons(found.reasons)
        raise SystemExit(1)
    return found


def _same(known: Recipient | None, given: Recipient) -> bool:
    return known is not None and (known.language, known.kinds, known.places) == (
        given.language,
        given.kinds,
        given.places,
    )


def _id_of(store: Store, text: str) -> str:
    wanted = text.strip().lower()
    return next((one.id for one in store.recipients.all() if one.address.lower() == wanted), text)


def _audit(store: Store, now: datetime, action: str, changed: Iterable[Recipient]) -> None:
    """One entry a recipient, by id: the log holds no address."""
    by = f"cli:{getpass.getuser()}"
    entries = (
        AuditEntry(
            now,
            by,
            action,
            one.id,
            {"language": one.language, "kinds": sorted(one.kinds), "places": sorted(one.places)},
        )
        for one in changed
    )
    store.audit.append(*entries)


def _row(one: Recipient) -> tuple[str, ...]:
    until = f"{one.ended_at:%Y-%m-%d}" if one.ended_at else ""
    kinds, places = _listed(one.kinds), _listed(one.places)
    return one.id, one.address, one.language, kinds, places, f"{one.created_at:%Y-%m-%d}", until


def _listed(names: Iterable[str]) -> str:
    return " ".join(sorted(names))
