"""`arrivals scenario`: what would be if, worked out from a file of assumptions and read again."""

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np

from forecast.planning import fields
from forecast.planning.registers import CapacityError
from forecast.quantiles import QUANTILE_LEVELS
from service.cli import Refused
from service.cli.registers import ACTOR, FILE, opened, show
from service.cycle.scenarios import Asked, ScenarioError, run_scenario
from service.plans import units
from service.store import Store
from service.store.records import AuditEntry, Issue
from service.store.scenario_records import ScenarioBlock, ScenarioRecord

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
KNOWN = ("title", "issue", "assumptions")
OUTPUT = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="CSV of all days to write."
)


@click.group("scenario")
def scenario_command() -> None:
    """Work out what would be if, beside the forecast and never mixed with it; read it again."""


@scenario_command.command("run")
@click.argument("file", type=FILE)
@OUTPUT
def run_command(file: Path, output: Path | None) -> None:
    """Work out the scenario of a JSON FILE with title, issue (by default the latest) and assumptions."""
    body = _body(file)
    with opened() as (store, settings):
        issue = _issue(store, str(body.get("issue", "latest")))
        try:
            record = run_scenario(
                store,
                Asked(
                    assumptions=body.get("assumptions"),
                    title=fields.text(body["title"], "title") if body.get("title") else "",
                    issue=issue,
                    places=store.places.all(),
                    actor=ACTOR,
                    now=settings.clock.now(),
                ),
            )
        except (CapacityError, ScenarioError) as error:
            raise Refused(f"{file.name}: {error}") from None
        store.audit.append(
            AuditEntry(settings.clock.now(), ACTOR, "scenarios.write", record.id, {"issue": issue.id})
        )
        _tell(store, record, issue, output)


@scenario_command.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many.")
def list_command(limit: int) -> None:
    """Show the scenarios, newest first, and whether their premises came true."""
    with opened() as (store, _):
        records = store.scenarios.page(limit)
        rows = [
            (one.id, f"{one.created_at:%Y-%m-%d %H:%MZ}", one.issue_id, _state(store, one), _words(one))
            for one in records
        ]
    show(("id", "made", "issue", "premise", "assumptions"), rows)


@scenario_command.command("show")
@click.argument("scenario_id", metavar="ID")
@OUTPUT
def show_command(scenario_id: str, output: Path | None) -> None:
    """Show a scenario: its assumptions, what it changes, whether it came true, and how it scored."""
    with opened() as (store, _):
        record = store.scenarios.get(scenario_id)
        issue = None if record is None else store.issues.get(record.issue_id)
        if record is None or issue is None:
            raise Refused(f"there is no scenario {scenario_id!r}; `arrivals scenario list` shows them")
        _tell(store, record, issue, output)


def _body(file: Path) -> dict[str, Any]:
    try:
        body = json.loads(file.read_bytes().decode())
    except (ValueError, RecursionError):
        raise Refused(f"{file.name}: no JSON in UTF-8") from None
    if not isinstance(body, dict) or set(body) - set(KNOWN):
        raise Refused(f"{file.name}: wanted an object with nothing but {', '.join(KNOWN)}")
    return body


def _issue(store: Store, name: str) -> Issue:
    found = store.issues.latest() if name == "latest" else store.issues.get(name)
    if found is None:
        raise Refused(f"there is no issue {name!r}; run a cycle first: arrivals cycle")
    return found


def _tell(store: Store, record: ScenarioRecord, issue: Issue, output: Path | None) -> None:
    """The scenario in words, where it differs most, and what became of it."""
    blocks = store.scenarios.results(record.id)
    click.echo(f"{record.id} {record.title}".rstrip())
    click.echo(f"Conditional, no forecast; of issue {issue.id}, whose last day of counts is {issue.cutoff}.")
    for assumption in record.assumptions:
        click.echo(f"- {assumption['words']}")
    header = ("place", "measure", "unit", "most on", "forecast", "scenario", "difference", "90 %")
    show(header, (_most(block, issue) for block in blocks))
    if not any(block.differs for block in blocks):
        click.echo("Nothing differs from the forecast.")
    _tell_fate(store, record)
    if output is not None:
        _write(output, blocks, issue)


def _most(block: ScenarioBlock, issue: Issue) -> Sequence[str]:
    """The day on which the expected difference is largest."""
    day = int(np.abs(block.expected).argmax())
    low, high = (block.difference[day, QUANTILE_LEVELS.index(level)] for level in (0.05, 0.95))
    middle = QUANTILE_LEVELS.index(0.5)
    forecast, scenario, difference = (
        _cell(block.measure, values[day, middle])
        for values in (block.forecast, block.scenario, block.difference)
    )
    target = str(issue.cutoff + timedelta(days=day + 1))
    return (
        block.place_id,
        block.measure,
        units.TOLD[block.measure],
        target,
        forecast,
        scenario,
        difference,
        f"{_cell(block.measure, low)} to {_cell(block.measure, high)}",
    )


def _cell(measure: str, planned: float) -> str:
    """A number as it is told: hours to a tenth, all else whole."""
    return f"{units.told(measure, planned):,.{1 if units.TOLD[measure] == 'hours' else 0}f}"


def _tell_fate(store: Store, record: ScenarioRecord) -> None:
    verdict = store.scenarios.verdict(record.id)
    if verdict is None:
        return
    click.echo(f"Premise {verdict.state}: {verdict.reason}.")
    scores = store.scenarios.scores(record.id) if verdict.state == "met" else ()
    if scores:
        ours, forecasts = (
            np.mean([one.wis for one in scores]),
            np.mean([one.forecast_wis for one in scores]),
        )
        click.echo(
            f"WIS {ours:,.1f} people, the forecast's {forecasts:,.1f}, on {len(scores)} days of crossings."
        )


def _write(output: Path, blocks: Sequence[ScenarioBlock], issue: Issue) -> None:
    names = [f"{of}_q{level:g}" for of in ("forecast", "scenario", "difference") for level in LEVELS]
    with output.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["place", "measure", "unit", "target_date", "horizon", *names])
        for block in blocks:
            writer.writerows(_days(block, issue))
    click.echo(f"{output}: written.")


def _days(block: ScenarioBlock, issue: Issue) -> Iterator[list[Any]]:
    columns = [QUANTILE_LEVELS.index(level) for level in LEVELS]
    for day, rows in enumerate(zip(block.forecast, block.scenario, block.difference, strict=True), 1):
        numbers = [units.told(block.measure, row[column]) for row in rows for column in columns]
        yield [
            block.place_id,
            block.measure,
            units.TOLD[block.measure],
            issue.cutoff + timedelta(days=day),
            day,
            *numbers,
        ]


def _state(store: Store, record: ScenarioRecord) -> str:
    verdict = store.scenarios.verdict(record.id)
    return "open" if verdict is None else verdict.state


def _words(record: ScenarioRecord) -> str:
    words = " ".join(one["words"] for one in record.assumptions)
    return words if len(words) <= 120 else f"{words[:117]}..."
