"""`arrivals model`: configurations tried on old vintages, compared, proposed, promoted and rolled back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.console import Console

from forecast.backtests import parse_cutoffs
from forecast.comparison import Compared, ComparedRow, compared
from forecast.pipeline import Configuration, Forecasts
from service.cli import Refused
from service.cli.forecasting import quantile_rows, write_csv
from service.cli.registers import ACTOR, FILE, opened, show
from service.cycle.backtests import KNOWN, Known, Replay, replay
from service.cycle.models import IN_FORCE, ProposalError, configuration_in_force, propose
from service.cycle.promotion import evidence_of
from service.cycle.shadows import SHADOWS
from service.engine import Processes
from service.members import configuration_from_document, document_of
from service.settings import Settings
from service.store import Store, StoreError
from service.store.model_records import ModelEvent, ModelRecord
from service.store.records import AuditEntry


def _cutoffs(context: click.Context, parameter: click.Parameter, text: str) -> tuple[date, ...]:
    try:
        return parse_cutoffs(text)
    except ValueError as error:
        raise Refused(f"--cutoffs: {error}") from None


CUTOFFS = click.option(
    "--cutoffs", callback=_cutoffs, required=True, help="first:last:days, as 2023-04-02:2023-11-26:14."
)
VINTAGE = click.option(
    "--known",
    type=click.Choice(KNOWN),
    default="cycle",
    show_default=True,
    help="What a cutoff knew: its next cycle, its evening (UTC, as `arrivals backtest`), or its issue.",
)
MEASURE = click.option("--measure", default="arrivals", show_default=True, help="What is counted.")
REASON = click.option("--reason", default="", help="Why; kept in the audit log.")


@click.group("model")
def model_command() -> None:
    """Try configurations on old vintages, compare and propose them, and put one in force."""


@model_command.command("backtest")
@click.argument("config")
@CUTOFFS
@VINTAGE
@MEASURE
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="CSV of quantiles to write.")
def backtest_command(
    config: str, cutoffs: tuple[date, ...], known: Known, measure: str, output: Path | None
) -> None:
    """Make the issues of past cutoffs with CONFIG, a TOML file, an id or `in-force`, and score them."""
    with opened() as (store, settings):
        configuration = _configuration(store, settings, config)
        with _replayed(store, settings, (cutoffs, known, measure)) as past:
            made = _made(past, configuration, config)
        if output is not None:
            write_csv(pd.concat([quantile_rows(one) for one in made], ignore_index=True), output)
            click.echo(f"{output}: {len(made)} cutoffs.")
        scored = past.scored(made, now=settings.clock.now())
    _tell(_beside_baseline(scored, config))


@model_command.command("compare")
@click.argument("first")
@click.argument("second")
@CUTOFFS
@VINTAGE
@MEASURE
def compare_command(first: str, second: str, cutoffs: tuple[date, ...], known: Known, measure: str) -> None:
    """Compare FIRST and SECOND, TOML files, ids or `in-force`, on the same past cutoffs."""
    with opened() as (store, settings):
        both = [_configuration(store, settings, name) for name in (first, second)]
        with _replayed(store, settings, (cutoffs, known, measure)) as past:
            made = [_made(past, one, name) for one, name in zip(both, (first, second), strict=True)]
        frames = [past.scored(one, now=settings.clock.now()) for one in made]
    _tell(_compared(frames[0], frames[1], (first, second)))


@model_command.command("propose")
@click.argument("config", type=FILE)
@click.option("--note", required=True, help="What it changes, and what it is expected to better.")
def propose_command(config: Path, note: str) -> None:
    """Propose the configuration of a TOML file: it runs in shadow from the next cycle on."""
    if not note.strip():
        raise Refused("--note: say what the configuration changes, and what it is expected to better")
    with opened() as (store, settings):
        try:
            record = propose(store, settings, _read(config), note=note, actor=ACTOR)
        except ProposalError as error:
            raise Refused(f"{config.name}: {error}") from None
        except StoreError as error:
            raise Refused(str(error)) from None
        running = [one.id for one in store.models.running(SHADOWS)]
    waits = "" if record.id in running else f"; it waits, as {' and '.join(running)} run in shadow"
    click.echo(f"Proposed {record.id}{waits}.")


@model_command.command("list")
def list_command() -> None:
    """Show the configurations proposed so far, and how each stands."""
    with opened() as (store, settings):
        nights, last = store.shadows.nights(), settings.clock.now().date()
        records = store.models.all()
        rows = [_listed(store, one, nights.get(one.id, (0, None))[0], last) for one in records]
    if not any(one.state == "in force" for one in records):
        click.echo("In force: the settings' configuration.")
    show(("id", "state", "since", "nights", "days", "relative", "by", "note"), rows)


def _listed(store: Store, record: ModelRecord, nights: int, last: date) -> tuple[str, ...]:
    found = evidence_of(store, record, last=last) if nights else None
    relative = f"{found.compared.overall.relative:.3f}" if found and found.compared else ""
    since = f"{record.since:%Y-%m-%d %H:%MZ}" if record.since else ""
    days = str(found.days) if found else ""
    return (record.id, record.state, since, str(nights), days, relative, record.proposed_by, record.note)


@model_command.command("show")
@click.argument("config", default=IN_FORCE)
def show_command(config: str) -> None:
    """Print CONFIG, an id or `in-force`, as the TOML file that proposes it; what is known of it on stderr."""
    with opened() as (store, settings):
        click.echo(document_of(_configuration(store, settings, config)), nl=False)
        for event in store.models.events(config) if config != IN_FORCE else ():
            reason = f": {event.reason}" if event.reason else ""
            click.echo(f"{event.at:%Y-%m-%d %H:%MZ} {event.action} by {event.actor}{reason}", err=True)


@model_command.command("promote")
@click.argument("id")
@click.option("--force", is_flag=True, help="Promote although it is worse or too young; needs --reason.")
@REASON
def promote_command(id: str, force: bool, reason: str) -> None:
    """Put the configuration ID in force from the next cycle on."""
    if force and not reason.strip():
        raise Refused("--force needs a --reason, which the audit log keeps")
    with opened() as (store, settings):
        record, now = _known(store, id), settings.clock.now()
        configuration = _configuration(store, settings, record.id)  # refused where it cannot be used here
        in_force = configuration_in_force(store, settings, fast=False)[0]
        found = evidence_of(store, record, last=now.date()).beside(configuration.horizon, in_force.horizon)
        if found.compared is not None:
            _tell(found.compared)
        if found.objections and not force:
            raise Refused(
                f"{record.id} is not promoted: {'; '.join(found.objections)}. --force with a --reason does it"
            )
        detail = {"forced": force and bool(found.objections), "objections": list(found.objections)}
        if found.compared is not None:
            detail["verdict"] = found.compared.verdict
        _step(store, ModelEvent(record.id, "promote", now, ACTOR, reason, detail))
    click.echo(f"{record.id} is in force from the next cycle on.")


@model_command.command("rollback")
@REASON
def rollback_command(reason: str) -> None:
    """Take the configuration in force out of it, and bring the one before back."""
    with opened() as (store, settings):
        record, before = store.models.in_force(), store.models.before()
        if record is None:
            raise Refused("the settings' configuration is in force; there is nothing to roll back")
        _step(store, ModelEvent(record.id, "rollback", settings.clock.now(), ACTOR, reason))
    back = f"{before.id} is" if before else "the settings' configuration is"
    click.echo(f"{record.id} is retired; {back} in force from the next cycle on.")


@model_command.command("retire")
@click.argument("id")
@REASON
def retire_command(id: str, reason: str) -> None:
    """End the shadow of the configuration ID, so that another can have its turn."""
    with opened() as (store, settings):
        record = _known(store, id)
        _step(store, ModelEvent(record.id, "retire", settings.clock.now(), ACTOR, reason))
    click.echo(f"{record.id} is retired.")


def _step(store: Store, event: ModelEvent) -> None:
    """Take a step, and write down that it was taken."""
    _done(lambda: store.models.act(event))
    facts = {"reason": event.reason, **event.detail}
    entry = AuditEntry(event.at, event.actor, f"models.{event.action}", event.configuration_id, facts)
    store.audit.append(entry)


def _done(step: Any) -> None:
    try:
        step()
    except StoreError as error:
        raise Refused(str(error)) from None


def _known(store: Store, name: str) -> ModelRecord:
    """The configuration of an id, or of its beginning where only one begins so; raises Refused."""
    found = [one for one in store.models.all() if one.id.startswith(name)] if name else []
    if len(found) != 1:
        fault = "is the beginning of several" if found else "is none"
        raise Refused(f"configuration {name!r} {fault}; `arrivals model list` shows all")
    return found[0]


def _configuration(store: Store, settings: Settings, name: str) -> Configuration:
    """What a file, an id or `in-force` names; raises Refused."""
    if name == IN_FORCE:
        return configuration_in_force(store, settings, fast=False)[0]
    if Path(name).is_file():
        return _read(Path(name))
    if name.endswith(".toml"):
        raise Refused(f"{name}: there is no such file")
    try:
        return configuration_from_document(_known(store, name).document)
    except ValueError as error:
        raise Refused(f"{name}: {error}") from None


def _read(file: Path) -> Configuration:
    try:
        return configuration_from_document(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{file.name}: {error}") from None


@contextmanager
def _replayed(store: Store, settings: Settings, asked: tuple[Sequence[date], Known, str]) -> Iterator[Replay]:
    cutoffs, known, measure = asked
    with Processes(settings.processes) as engine:
        yield replace(replay(store, settings, cutoffs, known=known, run=engine.run), measure=measure)


def _made(past: Replay, configuration: Configuration, name: str) -> list[Forecasts]:
    """The issues of all cutoffs, with a line on stderr for each; raises Refused where there is none."""
    made = []
    for forecasts in past.issues(configuration):
        click.echo(f"{name}: {forecasts.cutoff}, {len(forecasts.paths.ids)} crossings", err=True)
        made.append(forecasts)
    if not made:
        raise Refused("no count is known at any of the cutoffs; name later ones")
    return made


def _beside_baseline(scored: pd.DataFrame, name: str) -> Compared:
    baseline = (
        scored
        if scored.empty
        else scored.assign(wis=scored["baseline_wis"], wis_log=scored["baseline_wis_log"])
    )
    return _compared(scored, baseline, (name, "the weekly naive"))


def _compared(first: pd.DataFrame, second: pd.DataFrame, names: tuple[str, str]) -> Compared:
    try:
        return compared(first, second, names=names)
    except ValueError as error:
        raise Refused(str(error)) from None


def _tell(found: Compared) -> None:
    """The table by horizon and regime, and the verdict."""
    header = ("horizon", "regime", "forecasts", "natural", "log1p")
    show(header, (_cells(row) for row in (*found.rows, found.overall)))
    Console(highlight=False, soft_wrap=True, markup=False).print(found.verdict)


def _cells(row: ComparedRow) -> tuple[str, ...]:
    return (row.horizon, row.mode, f"{row.forecasts:,}", f"{row.relative:.3f}", f"{row.relative_log:.3f}")
