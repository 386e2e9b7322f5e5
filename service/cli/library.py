"""Forecasts, backtests and scores of CSV files, without a database."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.console import Console
from rich.table import Table

from forecast.backtests import measure_of, parse_cutoffs
from forecast.calendars import is_supported
from forecast.members import MEMBERS, Smooth, names
from forecast.pipeline import Configuration
from forecast.scoring import COVERAGES, scored_days, summarise
from service.cli import Refused
from service.cli.counts import LAST_DAY, read_counts
from service.cli.forecasting import Request, factor_rows, forecast_to_file

FILE = click.Path(path_type=Path)
HEADINGS = {"days": "days", "relative": "natural", "relative_log": "log1p"} | {
    f"covered_{level:g}": f"{level:.0%}" for level in COVERAGES
}
GROUPS = ("band", "crossing", "cutoff", "horizon", "target_date")


def _country(context: click.Context, parameter: click.Parameter, code: str | None) -> str | None:
    if code is not None and not is_supported(code.upper()):
        raise Refused(
            f"--{parameter.name} {code}: no holidays are known for it; give an ISO 3166 code such as HK"
        )
    return code.upper() if code else None


def _members(context: click.Context, parameter: click.Parameter, text: str) -> tuple[str, ...]:
    members = tuple(name.strip() for name in text.split(","))
    known = names()
    unknown = [name for name in members if name not in known]
    if unknown:
        raise Refused(f"--members {unknown[0]}: choose among {', '.join(known)}")
    return members


def _cutoffs(context: click.Context, parameter: click.Parameter, text: str) -> tuple[date, ...]:
    try:
        cutoffs = parse_cutoffs(text)
    except ValueError as error:
        raise Refused(f"--cutoffs: {error}") from None
    return tuple(_reached("--cutoffs", cutoff) for cutoff in cutoffs)


def _reached(option: str, cutoff: date) -> date:
    """The cutoff if the calendar of counts reaches it; raises Refused."""
    if cutoff > LAST_DAY.date():
        raise Refused(f"{option} {cutoff}: name a day up to {LAST_DAY.date()}")
    return cutoff


def _shared_options(command: Callable[..., None]) -> Callable[..., None]:
    members = ",".join(Configuration().names)
    options = (
        click.argument("counts", type=FILE),
        click.option("--output", type=FILE, required=True, help="CSV to write."),
        click.option("--horizon", type=click.IntRange(1, 90), default=28, show_default=True, help="Days."),
        click.option("--country", callback=_country, help="ISO code of the near side, for its holidays."),
        click.option("--neighbour", callback=_country, help="ISO code of the far side, for its holidays."),
        click.option("--members", callback=_members, default=members, show_default=True, help="Methods."),
        click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the paths."),
        click.option("--processes", type=click.IntRange(0, 64), default=0, help="0 takes every core."),
    )
    for option in reversed(options):
        command = option(command)
    return command


_cutoff_option = click.option(
    "--cutoff",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day to use; by default the file's last, with the newest count of each day. With a cutoff, "
    "only what was known when that day was over (UTC): rows of a later recorded_at are left out.",
)


@click.command("forecast")
@_cutoff_option
@_shared_options
def forecast_command(cutoff: datetime | None, **options: Any) -> None:
    """Forecast the days after the last one of COUNTS, a CSV `crossing,date,arrivals`."""
    request = Request(**options)
    forecast_to_file(request, *_at(request.counts, cutoff))


@click.command("explain")
@_cutoff_option
@_shared_options
def explain_command(cutoff: datetime | None, **options: Any) -> None:
    """Say why the forecasts of COUNTS are what they are: level, weekday, season, holidays, members."""
    request = Request(**options)
    smooth = [name for name, member in MEMBERS.items() if isinstance(member, Smooth)]
    if not set(smooth) & set(request.members):
        raise Refused(f"--members {','.join(request.members)}: none tells factors; add {' or '.join(smooth)}")
    forecast_to_file(request, *_at(request.counts, cutoff), factor_rows)


def _at(counts: Path, cutoff: datetime | None) -> tuple[pd.DataFrame, tuple[date]]:
    """The counts of a file and the cutoff asked for, by default its last day; raises Refused."""
    frame = read_counts(counts)
    if cutoff is not None:
        return frame, (_reached("--cutoff", cutoff.date()),)
    counted = frame[frame[measure_of(frame)].notna()]
    if counted.empty:
        raise Refused(f"{counts.name}: no row has a count; add at least one")
    return _newest(frame), (counted["date"].max().date(),)


@click.command("backtest")
@click.option(
    "--cutoffs", callback=_cutoffs, required=True, help="first:last:days, as 2023-04-02:2023-11-26:14."
)
@_shared_options
def backtest_command(cutoffs: tuple[date, ...], **options: Any) -> None:
    """Forecast COUNTS, a CSV `crossing,date,arrivals`, from past cutoffs, each from what was known then."""
    request = Request(**options)
    forecast_to_file(request, read_counts(request.counts), cutoffs)


def _newest(frame: pd.DataFrame) -> pd.DataFrame:
    """The newest count of each day: all of the file is known now, whenever it was recorded."""
    if "recorded_at" not in frame.columns:
        return frame
    ordered = frame.sort_values("recorded_at", kind="stable")
    return ordered.drop_duplicates(["crossing", "date"], keep="last").drop(columns="recorded_at")


@click.command("score")
@click.argument("forecasts", type=FILE)
@click.argument("counts", type=FILE)
@click.option(
    "--by", default="band", show_default=True, help=f"Groups, separated by commas: {', '.join(GROUPS)}."
)
def score_command(forecasts: Path, counts: Path, by: str) -> None:
    """Score FORECASTS, as `backtest` writes them, against COUNTS, beside the weekly naive."""
    groups = tuple(name.strip() for name in by.split(",") if name.strip())
    unknown = [name for name in groups if name not in GROUPS]
    if unknown:
        raise Refused(f"--by {unknown[0]}: choose among {', '.join(GROUPS)}")
    try:
        days = scored_days(pd.read_csv(forecasts), read_counts(counts))
    except (OSError, ValueError) as error:
        raise Refused(f"{forecasts}: {error}") from None
    if days.empty:
        raise Refused(f"{counts.name}: no forecast day of {forecasts.name} has a count; nothing to score")
    _show_scores(days, groups)


def _show_scores(days: pd.DataFrame, groups: Sequence[str]) -> None:
    table = Table(*groups, *HEADINGS.values(), title="WIS over the weekly naive's; coverage")
    for _, row in summarise(days, groups).iterrows() if groups else ():
        table.add_row(*(_cell(row[name]) for name in (*groups, *HEADINGS)))
    whole = summarise(days, ()).iloc[0]
    table.add_row(*("all" for _ in groups), *(_cell(whole[name]) for name in HEADINGS))
    Console().print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value > 10 else f"{value:.3f}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
