"""`arrivals ingest`, `places`, `events` and `measures`: counts and registers brought in by hand."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.events import Event, EventError
from forecast.places import LEVELS, Place
from service.cli import Refused
from service.ingest import (
    Delivery,
    Desk,
    Refusal,
    Taken,
    audit,
    place_from,
    read_events,
    read_places,
    receive_file,
    withdrawn,
)
from service.settings import Settings
from service.store import Store
from service.store.records import AuditEntry, Reason

ACTOR = "cli"
MOST_SHOWN = 10
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextmanager
def opened() -> Iterator[tuple[Store, Settings]]:
    """The service's store and settings, for the length of a command."""
    settings = Settings()
    with Store.open(settings.database_url) as store:
        yield store, settings


@click.command("ingest")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--history", is_flag=True, help="Let the files say when each count became known (recorded_at).")
@click.option("--source", default="cli", show_default=True, help="Who the counts come from.")
def ingest_command(files: tuple[Path, ...], history: bool, source: str) -> None:
    """Take in FILES of counts, each whole or not at all.

    A file has the columns crossing, date, then one per measure (or measure,value); optional status,
    source, unit. An empty count is a missing one and stores nothing. A file that is refused stays where
    it is; its reasons are shown by row, and the exit code is 1. The same file twice changes nothing.
    """
    refused = 0
    with opened() as (store, settings):
        for file in files:
            now = settings.clock.now()
            delivery = Delivery(file.name, source, now, history, largest=settings.upload_bytes)
            taken = receive_file(store, file, delivery)
            audit(store, taken.upload, actor=ACTOR, now=now)
            refused += taken.upload.state == "refused"
            _tell(file, taken)
    if refused:
        raise SystemExit(1)


def _tell(file: Path, taken: Taken) -> None:
    """Say what became of a file."""
    upload = taken.upload
    if upload.state == "refused":
        click.echo(f"{file}: refused, nothing of it is stored (upload {upload.id}).")
        show_reasons(upload.reasons)
        return
    click.echo(f"{file}: {upload.rows:,} rows, {upload.stored:,} new counts stored (upload {upload.id}).")
    if taken.empty:
        click.echo(f"  {taken.empty:,} empty cells: those counts are missing, not zero.")
    for flag in taken.flags[:10]:
        click.echo(f"  marked: {flag.place_id}, {flag.measure}, {flag.date}, {flag.kind}: {flag.detail}")
    if len(taken.flags) > 10:
        click.echo(f"  and {len(taken.flags) - 10:,} more marks; /v1/quality lists them.")


def show_reasons(reasons: Sequence[Reason]) -> None:
    """The first reasons as a table, and how many more there are."""
    if any(one.row for one in reasons):
        click.echo("Rows are counted from the first below the header.")
    shown = [(str(one.row or ""), one.column or "", one.found, one.wanted) for one in reasons[:MOST_SHOWN]]
    show(("row", "column", "found", "wanted"), shown)
    if len(reasons) > len(shown):
        click.echo(f"and {len(reasons) - len(shown):,} more reasons.")


def show(header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table; cells are plain text, whatever they hold."""
    table = Table(*header)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    # A pipe has no width of its own; a narrow guess would break ids apart.
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@click.group("places")
def places_command() -> None:
    """Show or load the register of places."""


@places_command.command("import")
@click.argument("file", type=FILE)
def import_command(file: Path) -> None:
    """Register the places of a CSV, JSON or TOML FILE, or change those known: whole or not at all.

    Columns: id, name, level (crossing, region, country), parent, time_zone, country, neighbour, capacity.
    """
    with opened() as (store, settings):
        known = store.places.all()
        _register(store, settings, read_places(file.read_bytes(), name=file.name, known=known))


@places_command.command("add")
@click.option("--id", "id", required=True, help="Short name, such as zhana-zhol.")
@click.option("--name", help="Name for people; the id if left out.")
@click.option("--level", type=click.Choice(LEVELS), default="crossing", show_default=True)
@click.option("--parent", help="Id of the region or country it lies in.")
@click.option("--time-zone", default="UTC", show_default=True, help="IANA zone of its reporting day.")
@click.option("--country", help="Code of the near side (ISO 3166), for holidays.")
@click.option("--neighbour", help="Code of the far side.")
@click.option("--capacity", help="People it handles on an ordinary day.")
def add_command(**fields: Any) -> None:
    """Register one place, or change it."""
    with opened() as (store, settings):
        _register(store, settings, place_from(fields, store.places.all()))


def _register(store: Store, settings: Settings, places: tuple[Place, ...] | Refusal) -> None:
    if isinstance(places, Refusal):
        click.echo("Refused, nothing of it is registered.")
        show_reasons(places.reasons)
        raise SystemExit(1)
    now = settings.clock.now()
    store.places.put(places, at=now)
    facts = {"places": [place.id for place in places[:100]], "count": len(places)}
    store.audit.append(AuditEntry(now, ACTOR, "places.write", "places", facts))
    click.echo(f"{len(places)} places registered.")


@places_command.command("list")
def list_command() -> None:
    """Show the register."""
    with opened() as (store, _):
        places = [asdict(place) for place in store.places.all()]
    header = tuple(Place.__dataclass_fields__)
    show(header, (["" if place[name] is None else str(place[name]) for name in header] for place in places))


@click.group("events")
def events_command() -> None:
    """Show, load or withdraw what is known ahead: closures, openings, expected surges, disruptions."""


@events_command.command("import")
@click.argument("file", type=FILE)
def import_events_command(file: Path) -> None:
    """Register the events of a CSV or JSON FILE, or change those known by their id: whole or not at all.

    Columns: id, kind (closure, opening, surge-expected, disruption), first, last (empty: open-ended), place
    (a crossing, region or country; empty: everywhere), multiple (the largest count expected, as a multiple
    of the ordinary one), note, recorded_at (when it became known; empty: now).
    """
    with opened() as (store, settings):
        desk = _desk(store, settings)
        events = read_events(file.read_bytes(), name=file.name, desk=desk)
        if isinstance(events, Refusal):
            click.echo("Refused, nothing of it is registered.")
            show_reasons(events.reasons)
            raise SystemExit(1)
        click.echo(f"{len(events)} events read, {_put(store, events, desk)} new or changed.")


@events_command.command("withdraw")
@click.argument("ids", nargs=-1, required=True)
def withdraw_command(ids: tuple[str, ...]) -> None:
    """Take back the events of these IDS; forecasts made before are not changed."""
    with opened() as (store, settings):
        desk = _desk(store, settings)
        try:
            events = withdrawn(ids, desk)
        except EventError as error:
            raise Refused(str(error)) from None
        _put(store, events, desk)
    click.echo(f"{len(ids)} events withdrawn.")


@events_command.command("list")
def list_events_command() -> None:
    """Show the events known now."""
    with opened() as (store, settings):
        events = [asdict(event) for event in store.events.known(as_of=settings.clock.now())]
    header = tuple(name for name in Event.__dataclass_fields__ if name != "withdrawn")
    show(header, (["" if event[name] is None else str(event[name]) for name in header] for event in events))


def _desk(store: Store, settings: Settings) -> Desk:
    now = settings.clock.now()
    return Desk(store.places.all(), store.events.known(as_of=now), now)


def _put(store: Store, events: tuple[Event, ...], desk: Desk) -> int:
    """Register events and write down that it was done."""
    try:
        changed = store.events.put(events, at=desk.now)
    except EventError as error:  # another process changed the register meanwhile
        raise Refused(str(error)) from None
    facts = {"events": [event.id for event in events[:100]], "count": len(events), "changed": changed}
    store.audit.append(AuditEntry(desk.now, ACTOR, "events.write", "events", facts))
    return changed


@click.command("measures")
def measures_command() -> None:
    """Show what is counted, and in which unit."""
    with opened() as (store, _):
        show(("measure", "unit"), ((measure.id, measure.unit) for measure in store.measures()))
