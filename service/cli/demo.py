"""The demonstration on synthetic counts: `arrivals demo start`, `advance` and `run`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click

from service.cli import Refused
from service.demo.home import DEFAULT, settings_of

HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT,
    show_default=True,
    help="Folder of the demo.",
)
DATE = click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2022-09-27",
    show_default=True,
    help="Day on whose morning the demo's clock stands.",
)


@click.group("demo")
def demo_command() -> None:
    """Run the demonstration on SYNTHETIC counts of a border in its hardest week."""


@demo_command.command("start")
@DATE
@HOME
def start_command(day: datetime, home: Path) -> None:
    """Make the demo anew, as it stands on the morning of a day, with its first forecasts."""
    with _told(home):
        _start(home, day)


@demo_command.command("advance")
@click.option("--days", type=click.IntRange(1, 366), default=1, show_default=True, help="How many days on.")
@HOME
def advance_command(days: int, home: Path) -> None:
    """Move the demo's clock: counts arrive, the job runs, the forecasts change; also beside `demo run`."""
    from service.cli.watching import watched
    from service.demo.walk import advance

    with _told(home), watched(settings_of(home)) as means:
        for issue in advance(home, days, means):
            morning = issue.cutoff + timedelta(days=1)
            click.echo(f"{morning}: issue {issue.id}, forecasts from the counts up to {issue.cutoff}.")


@demo_command.command("run")
@DATE
@HOME
def run_command(day: datetime, home: Path) -> None:
    """Serve the demo in the foreground, from where it stands, or made anew if there is none yet."""
    from service.cli.running import serve, until_asked
    from service.demo.walk import is_started, new_key, served
    from service.store import Store

    with _told(home):
        if not is_started(home):
            _start(home, day)
        settings = settings_of(home)
        with served(home), Store.open(settings.database_url) as store, until_asked() as stopping:
            click.echo(f"Key of the demo: {new_key(home)}")
            serve(store, settings, stopping)


def _start(home: Path, day: datetime) -> None:
    from service.cli.watching import watched
    from service.demo.walk import start

    click.echo(f"Loading the demo's synthetic counts into {home} ...", err=True)
    with watched(settings_of(home)) as means:
        issue = start(home, day.date(), means)
    click.echo(f"Issue {issue.id}: forecasts from the counts up to {issue.cutoff}.", err=True)


@contextmanager
def _told(home: Path) -> Iterator[None]:
    """Keep the log to warnings, and end with one line what cannot be done."""
    from service import logs
    from service.demo.walk import DemoError
    from service.store.errors import StoreError

    level = settings_of(home).log_level
    logs.configure("warning" if level == "info" else level)
    try:
        yield
    except (DemoError, StoreError) as error:
        raise Refused(str(error)) from None
