"""`arrivals plan`: the plan of a day on the terminal, as CSV or as a workbook."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from forecast.places import Place
from service.cli import Refused
from service.cli.registers import opened, show
from service.plans.files import day_csv, workbook
from service.plans.reading import Desk, NoPlanError, as_tree
from service.plans.tables import Column, Table, tables_of_day
from service.web.purpose import PURPOSE

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)
FORMS = (".xlsx", ".csv")
FEW = 20  # below which tenths are worth showing
SHOWN = {
    "Waits": ("demand_0.95", "demand_0.5", "capacity", "standing", "longest_wait_0.95", "longest_wait_0.5"),
    "Staff": ("booths", "staff_hours", "hour_00", "hour_06", "hour_12", "hour_18", "mean_wait"),
    "Beds": ("beds", "beds_needed_0.95", "beds_needed_0.5", "full_chance", "without_bed_0.95"),
    "Plan to": ("what", "safety", "level", "empty", "unmet", "unit", "remarks"),
    "Changes": ("what", "upper_before", "upper_now", "middle_before", "middle_now", "unit"),
}
"""What a terminal has room for; the files have all columns."""
_place_option = click.option("--place", help="Only a place and what lies in it, by id.")
_day_option = click.option("--day", type=DAY, help="The day; by default the first after the last count.")


@click.group("plan")
def plan_command() -> None:
    """Show or write the plan of a day: waits, staff, beds, what to plan to, what changed and why."""


@plan_command.command("show")
@_place_option
@_day_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="A table has the main columns, csv and json have all.",
)
def show_command(place: str | None, day: datetime | None, form: str) -> None:
    """Show the plan of a day from the last issue. Plan by the numbers that are 95 % safe, not by medians."""
    with _planned(place, day) as (desk, horizon, tables):
        if form == "csv":
            click.echo(day_csv(desk.issue, desk.day(horizon), tables), nl=False)
        elif form == "json":
            head = {"issue": desk.issue.id, "day": desk.day(horizon).isoformat()}
            told = {"tables": [asdict(table) for table in tables]}
            click.echo(json.dumps(head | told, ensure_ascii=False))
        else:
            click.echo(
                f"Plan of {desk.day(horizon)}, issue {desk.issue.id}, counts up to {desk.issue.cutoff}."
            )
            for table in tables:
                _print(table)


@plan_command.command("export")
@click.argument("file", type=FILE)
@_place_option
@_day_option
def export_command(file: Path, place: str | None, day: datetime | None) -> None:
    """Write the plan of a day to FILE: a workbook if it ends with .xlsx, single values if with .csv."""
    if file.suffix not in FORMS:
        raise Refused(f"{file.name}: end the name with {' or '.join(FORMS)}")
    with _planned(place, day) as (desk, horizon, tables):
        on = desk.day(horizon)
        if file.suffix == ".csv":
            content = day_csv(desk.issue, on, tables).encode()
        else:
            content = workbook(desk.issue, on, tables, purpose=PURPOSE)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from None
    rows = ", ".join(f"{table.name} {len(table.rows)}" for table in tables)
    click.echo(f"{file}: plan of {on} from issue {desk.issue.id}; rows: {rows}.")


@contextmanager
def _planned(place: str | None, day: datetime | None) -> Iterator[tuple[Desk, int, tuple[Table, ...]]]:
    """The last issue's tables for a day; raises Refused where there are none."""
    with opened() as (store, _):
        issue = store.issues.latest()
        if issue is None:
            raise Refused("nothing has been published yet; `arrivals cycle` does it now")
        desk = Desk(store, issue, store.places.all())
        try:
            horizon = desk.horizon(desk.day(1) if day is None else day.date())
        except NoPlanError as error:
            raise Refused(str(error)) from None
        tables = tables_of_day(desk, _among(desk, place), horizon)
        if not any(table.rows for table in tables[:3]):
            raise Refused("nothing is planned; register capacities with `arrivals capacities import FILE`")
        yield desk, horizon, tables


def _among(desk: Desk, place: str | None) -> list[Place]:
    if place is None:
        return as_tree(desk.places)
    if place not in desk.places:
        raise Refused(f"--place {place}: not registered; `arrivals places list` shows the places")
    return [one for one in as_tree(desk.places) if place in (one.id, *desk.places.ancestors(one.id))]


def _print(table: Table) -> None:
    """The main columns of a table, and its remarks."""
    if not table.rows:
        return
    wanted = ("name", *SHOWN[table.name])
    columns = [column for column in table.columns if column.name in wanted]
    click.echo(f"\n{table.name}")
    show((column.heading for column in columns), ([_cell(row, one) for one in columns] for row in table.rows))
    for row in table.rows if "remarks" not in wanted else ():
        if row["remarks"]:
            click.echo(f"  {row['name']}: {row['remarks']}")


def _cell(row: dict[str, Any], column: Column) -> str:
    value = row.get(column.name)
    if value is None or isinstance(value, str):
        return value or ""
    if column.unit == "chance":
        return f"{value:.0%}"
    fine = (column.unit or row.get("unit")) == "hours" or 0 < value < FEW
    return f"{value:,.1f}".removesuffix(".0") if fine else f"{value:,.0f}"
