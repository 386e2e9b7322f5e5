"""`arrivals overrides`: an analyst's figures held against the forecast, each with its reason."""

from collections.abc import Sequence
from datetime import datetime
from statistics import fmean
from typing import Any

import click

from service.cli import Refused
from service.cli.registers import ACTOR, opened, show
from service.cycle.judgement import Judge, OverrideError, make_override
from service.store import StoreError
from service.store.asked import Asked
from service.store.model_records import Override, OverrideScore
from service.store.records import AuditEntry

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("overrides")
def overrides_command() -> None:
    """Hold an own figure against the forecast of a place and days: told beside it, never in its place."""


@overrides_command.command("add")
@click.argument("place")
@click.option("--first", type=DAY, required=True, help="First day.")
@click.option("--last", type=DAY, help="Last day; the first one if left out.")
@click.option("--median", type=float, required=True, help="People a day expected.")
@click.option("--lower", type=float, help="Lower end of an 80 % interval.")
@click.option("--upper", type=float, help="Its upper end.")
@click.option("--reason", required=True, help="Why; told to everybody who reads the forecast.")
@click.option("--measure", default="arrivals", show_default=True, help="What is counted.")
def add_command(place: str, **options: Any) -> None:
    """Override the forecast of PLACE; totals that it is part of stay as they are, and say so."""
    sent = {name: _plain(value) for name, value in options.items() if value is not None}
    with opened() as (store, settings):
        judge = Judge(store.places.all(), ACTOR, settings.clock.now())
        try:
            made = make_override(store, {"place": place, **sent}, judge)
        except OverrideError as error:
            raise Refused(str(error)) from None
        totals = judge.places.ancestors(place)
        facts = {"override": made.id, "issue": made.issue_id, "reason": made.reason}
        store.audit.append(AuditEntry(judge.now, ACTOR, "overrides.write", place, facts))
    click.echo(f"{made.id}: told beside the forecast of {place} from {made.first} to {made.last}.")
    if totals:
        click.echo(f"Not in the totals of {', '.join(totals)}, which stay what the model says.")


@overrides_command.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many.")
def list_command(limit: int) -> None:
    """Show the overrides, newest first, each with its score beside the forecast's where days are counted."""
    with opened() as (store, _):
        overrides = store.overrides.page(Asked(), limit)
        scores = store.overrides.scores(Asked())
    rows = ((*_cells(one), *_scored(one, scores)) for one in overrides)
    show(("override", "place", "days", "figure", "reason", "state", "scored", "score", "model's"), rows)


def _scored(override: Override, scores: Sequence[OverrideScore]) -> tuple[str, str, str]:
    """How many days were scored, and the mean scores of the override and of the forecast."""
    own = [one for one in scores if one.override_id == override.id]
    if not own:
        return "0", "", ""
    means = (fmean(one.wis for one in own), fmean(one.model_wis for one in own))
    return str(len(own)), f"{means[0]:.1f}", f"{means[1]:.1f}"


def _cells(override: Override) -> tuple[str, ...]:
    ends = "" if override.lower is None else f" ({override.lower:g} to {override.upper:g})"
    days = str(override.first) if override.first == override.last else f"{override.first} to {override.last}"
    state = f"withdrawn {override.withdrawn_at:%Y-%m-%d %H:%MZ}" if override.withdrawn_at else "holds"
    return (override.id, override.place_id, days, f"{override.median:g}{ends}", override.reason, state)


@overrides_command.command("withdraw")
@click.argument("id")
@click.option("--reason", default="", help="Why.")
def withdraw_command(id: str, reason: str) -> None:
    """Take the override ID back; what was told of it until now stays known."""
    with opened() as (store, settings):
        now = settings.clock.now()
        try:
            store.overrides.withdraw(id, at=now, actor=ACTOR, reason=reason)
        except StoreError as error:
            raise Refused(str(error)) from None
        store.audit.append(AuditEntry(now, ACTOR, "overrides.withdraw", id, {"reason": reason}))
    click.echo(f"{id} is withdrawn.")


def _plain(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, datetime) else value
