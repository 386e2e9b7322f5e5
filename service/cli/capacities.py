"""`arrivals capacities`: how crossings work and what regions can house, registered and revised by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from forecast.planning import stays
from forecast.planning.documents import version_of
from forecast.planning.registers import TRANSIT, CapacityError, RegionCapacity, Transit
from service.cli import Refused
from service.cli.registers import ACTOR, FILE, opened, show, show_reasons
from service.ingest import CapacityDesk, Refusal, read_capacities, read_lengths
from service.ingest.capacities import register, revised, withdrawn
from service.store import Store
from service.store.capacities import in_force
from service.store.records import CapacityRecord

DAY = click.DateTime(["%Y-%m-%d"])
FROM = click.option("--from", "first", type=DAY, required=True, help="First day on which it holds.")
INTERVAL = 0.8


@dataclass(frozen=True, slots=True)
class _Counter:
    """Where capacities are handed in: the store, and what they are checked against."""

    store: Store
    desk: CapacityDesk

    def put(self, records: tuple[CapacityRecord, ...]) -> int:
        return register(self.store, records, self.desk)


@contextmanager
def _counter() -> Iterator[_Counter]:
    """The counter; what contradicts the register ends the command with one line."""
    with opened() as (store, settings):
        desk = CapacityDesk.of(store, now=settings.clock.now(), actor=ACTOR)
        try:
            yield _Counter(store, desk)
        except CapacityError as error:
            raise Refused(str(error)) from None


@click.group("capacities")
def capacities_command() -> None:
    """Show, load or revise capacities: booths, rates, queues, beds, stays and costs, each from a day on."""


@capacities_command.command("import")
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Only say what is wrong; register nothing.")
def import_command(file: Path, check: bool) -> None:
    """Register the capacities of a JSON FILE, or change those of the same first day: whole or not at all.

    One document, a list of them, or {"capacities": [...]}; docs/operations.md says what a document holds.
    """
    with _counter() as counter:
        read = read_capacities(file.read_bytes(), counter.desk)
        if isinstance(read, Refusal):
            click.echo("Refused, nothing of it is registered.")
            show_reasons(read.reasons)
            raise SystemExit(1)
        if check:
            click.echo(f"{len(read)} versions read, nothing wrong; none registered.")
        else:
            click.echo(f"{len(read)} versions read, {counter.put(read)} new or changed.")


@capacities_command.command("list")
@click.option("--place", help="Only those of one place, by id.")
@click.option("--on", "day", type=DAY, help="Only those in force on a day.")
def list_command(place: str | None, day: datetime | None) -> None:
    """Show the versions known now."""
    with _counter() as counter:
        records = [one for one in counter.desk.known if place in (None, one.place_id)]
    shown = records if day is None else [*in_force(records, day.date()).values()]
    header = ("place", "valid_from", "valid_until", "recorded_at", "by", "capacity")
    show(header, ([*_facts(one), _short(one)] for one in shown))


def _facts(record: CapacityRecord) -> list[str]:
    until = "" if record.valid_until is None else str(record.valid_until)
    return [
        record.place_id,
        str(record.valid_from),
        until,
        f"{record.recorded_at:%Y-%m-%d %H:%MZ}",
        record.actor,
    ]


def _short(record: CapacityRecord) -> str:
    """A capacity in a few words."""
    capacity = version_of(record.document).capacity
    if isinstance(capacity, RegionCapacity):
        return f"{capacity.beds} beds, {capacity.bed_share:.0%} of arrivals need one"
    most = capacity.passes(capacity.booths).sum(axis=1).max()
    low, high = capacity.booths.min(), capacity.booths.max()
    return f"{low}-{high} of {capacity.booths_limit} booths, up to {most:.0f} people/day"


@capacities_command.command("withdraw")
@click.argument("place")
@click.argument("valid_from", type=DAY)
def withdraw_command(place: str, valid_from: datetime) -> None:
    """Take back the version of a PLACE that begins on VALID_FROM; plans made before are not changed."""
    with _counter() as counter:
        counter.put((withdrawn(place, valid_from.date(), counter.desk),))
    click.echo(f"Withdrawn: {place} from {valid_from.date()}.")


@capacities_command.command("stays")
@click.argument("region")
@click.argument("file", type=FILE)
@FROM
@click.option(
    "--kind", type=click.Choice(TRANSIT), help="Whose stays the file tells; by default everybody's."
)
def stays_command(region: str, file: Path, first: datetime, kind: str | None) -> None:
    """Take how long guests of a REGION stay from a FILE of lengths, from a day on (Kaplan and Meier, 1958).

    Columns: nights, count (how many left after so many), still_present (how many had not left by then).
    """
    with _counter() as counter:
        lengths = read_lengths(file.read_bytes(), name=file.name)
        if isinstance(lengths, Refusal):
            click.echo("Refused, nothing of it is registered.")
            show_reasons(lengths.reasons)
            raise SystemExit(1)
        told = [
            {"kind": one["kind"], "weight": one["weight"], **lengths} if kind in (None, one["kind"]) else one
            for one in _stays_of(region, first.date(), counter.desk)
        ]
        counter.put(revised(region, first.date(), {"stays": told}, counter.desk))
        for stay in _region(region, {"stays": told}, first.date(), counter.desk).stays:
            click.echo(f"{stay.kind}: mean stay {stays.mean_nights(stay.survival):.1f} nights.")


@capacities_command.command("transit")
@click.argument("region")
@FROM
@click.option("--stay", type=click.IntRange(0, 10**7), default=0, help="People seen to stay.")
@click.option("--land", type=click.IntRange(0, 10**7), default=0, help="People seen to go on by land.")
@click.option("--air", type=click.IntRange(0, 10**7), default=0, help="People seen to go on by air.")
def transit_command(region: str, first: datetime, stay: int, land: int, air: int) -> None:
    """Move the shares of who stays in a REGION and who goes on by people seen, from a day on (Dirichlet)."""
    seen: dict[Transit, float] = {"stay": stay, "onward_land": land, "onward_air": air}
    with _counter() as counter:
        day, documents = first.date(), _stays_of(region, first.date(), counter.desk)
        known = _region(region, {"stays": documents}, day, counter.desk).stays
        _refuse_unknown_kinds(region, seen, {one.kind for one in known})
        moved = stays.updated(known, seen)
        told = [
            {**document, "weight": round(one.weight, 3)}
            for document, one in zip(documents, moved, strict=True)
        ]
        counter.put(revised(region, day, {"stays": told}, counter.desk))
    for kind, (low, mean, high) in stays.share_intervals(moved, INTERVAL).items():
        click.echo(f"{kind}: {mean:.1%} ({INTERVAL:.0%} interval {low:.1%} to {high:.1%}).")


def _refuse_unknown_kinds(region: str, seen: dict[Transit, float], kinds: set[Transit]) -> None:
    if not any(seen.values()):
        raise Refused("nobody was seen; give --stay, --land or --air")
    for kind, people in seen.items():
        if people and kind not in kinds:
            raise CapacityError("stays", found=f"no {kind}", wanted="a kind that is registered", place=region)


def _stays_of(region: str, day: date, desk: CapacityDesk) -> list[dict[str, Any]]:
    document = revised(region, day, {}, desk)[-1].document
    if "stays" not in document:
        raise CapacityError("place", found=region, wanted="a region; the stays of guests are its own")
    told: list[dict[str, Any]] = document["stays"]
    return told


def _region(region: str, changes: dict[str, Any], day: date, desk: CapacityDesk) -> RegionCapacity:
    capacity = version_of(revised(region, day, changes, desk)[-1].document).capacity
    assert isinstance(capacity, RegionCapacity)  # noqa: S101 - it has stays
    return capacity
