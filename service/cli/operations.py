"""Keeping the service alive: `arrivals doctor`, `backup` and `restore`."""

import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from service.cli import Refused

if TYPE_CHECKING:
    from service.settings import Settings
    from service.store import Store
    from service.store.mail_records import Dispatch

SILENT_AFTER = timedelta(hours=26)  # a daily job, and two hours to finish it
LOW_DISK, EMPTY_DISK = 1_000_000_000, 100_000_000  # bytes
FILE = click.Path(dir_okay=False, path_type=Path)


class Finding(NamedTuple):
    """One thing that was looked at, and how it is."""

    state: Literal["ok", "warning", "problem"]
    subject: str
    text: str


@click.command("doctor")
def doctor_command() -> None:
    """Check versions, database, last issue, jobs and disk; the exit code is 1 if there is a problem."""
    from service.settings import Settings

    found = list(examine(Settings()))
    for finding in found:
        click.echo(f"{finding.state:8} {finding.subject}: {finding.text}")
    if any(finding.state == "problem" for finding in found):
        raise SystemExit(1)


@click.command("backup")
@click.argument("file", type=FILE)
def backup_command(file: Path) -> None:
    """Copy the database, which may be in use, to FILE, and check the copy."""
    from service.settings import Settings
    from service.store import Store, StoreError

    try:
        with Store.open(_existing(Settings()), migrate=False) as store:
            store.backup(file)
    except (StoreError, OSError) as error:
        raise Refused(str(error)) from None
    click.echo(f"{file}: {file.stat().st_size:,} bytes, checked.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database there is; it is kept beside.")
def restore_command(file: Path, force: bool) -> None:
    """Put the backup FILE, once checked, in the place of the database; stop the service before."""
    from service.settings import Settings
    from service.store import Store, StoreError

    settings = Settings()
    if database_file(settings) is not None and not force:
        raise Refused(f"{database_file(settings)} exists; --force replaces it and keeps it beside")
    try:
        Store.restore(file, settings.database_url)
    except (StoreError, OSError) as error:
        raise Refused(str(error)) from None
    click.echo(f"{file} is restored. The next command brings it up to date if it is older than this version.")


def examine(settings: "Settings") -> Iterator[Finding]:
    """Everything the doctor looks at, one finding after the other."""
    from service.store import Store, StoreError

    yield Finding("ok", "versions", _versions())
    yield disk(settings.home)
    if settings.database_url.startswith("sqlite") and database_file(settings) is None:
        yield Finding("problem", "database", "there is none yet; `arrivals places import FILE` makes it")
        return
    try:
        with Store.open(settings.database_url, migrate=False) as store:
            yield from _of_store(store, settings.clock.now())
    except StoreError as error:
        yield Finding("problem", "database", str(error))
    except Exception as error:  # whatever keeps the database shut is what the doctor is asked for
        yield Finding("problem", "database", f"cannot be opened: {type(error).__name__}")


def _of_store(store: "Store", now: datetime) -> Iterator[Finding]:
    yield from database(store.doctor())
    yield register(len(store.places.all().crossings))
    issue = store.issues.latest()
    yield last_issue(issue.issued_at if issue else None, now)
    if issue and issue.degraded:
        yield Finding("problem", "forecasts", "every series of the last issue fell back to the baseline")
    if issue and store.plans.failed(issue):
        yield Finding(
            "problem",
            "plan",
            "the last issue has none, though capacities are registered; its job's log says why",
        )
    yield from last_jobs(store.jobs.last_success(), now)
    yield from mail(store.outbox.troubled(), store.outbox.held_up())


def _versions() -> str:
    packages = ("prophet", "statsmodels", "holidays", "sqlalchemy", "flask")
    own = f"arrivals {version('arrivals')}, Python {platform.python_version()}"
    return ", ".join([own, *(f"{package} {version(package)}" for package in packages)])


def database(state: Mapping[str, Any]) -> Iterator[Finding]:
    """Integrity, migration and what the store warns of; `state` is what `Store.doctor` says."""
    sound = state["integrity"] == "ok"
    size = sum(state["bytes"].values())
    said = f"{state['version']}, {size:,} bytes, integrity {state['integrity']}"
    yield Finding("ok" if sound else "problem", "database", said)
    if state["revision"] != state["expected_revision"]:
        said = f"at {state['revision']}, this code wants {state['expected_revision']}; a command migrates"
        yield Finding("warning", "migration", said)
    for warning in state["warnings"]:
        yield Finding("warning", "database", warning)


def register(crossings: int) -> Finding:
    """Whether there is anything to forecast."""
    if not crossings:
        return Finding("warning", "register", "no crossing yet; `arrivals places import FILE` brings them in")
    return Finding("ok", "register", f"{crossings} crossings")


def last_issue(issued_at: datetime | None, now: datetime) -> Finding:
    """How old the newest forecasts are."""
    if issued_at is None:
        return Finding(
            "problem", "last issue", "nothing has been published yet; `arrivals cycle` does it now"
        )
    age = now - issued_at
    late = age > SILENT_AFTER
    return Finding(
        "problem" if late else "ok", "last issue", f"published {issued_at:%Y-%m-%d %H:%M} UTC, {_ago(age)}"
    )


def last_jobs(successes: Mapping[str, datetime], now: datetime) -> Iterator[Finding]:
    """When each job last succeeded; a job that is silent for more than a day is a problem."""
    for job, at in sorted(successes.items()):
        silent = job != "cycle-by-hand" and now - at > SILENT_AFTER
        yield Finding("problem" if silent else "ok", f"job {job}", f"last success {_ago(now - at)}")


def mail(troubled: "Sequence[Dispatch]", held_up: tuple[int, str | None]) -> Iterator[Finding]:
    """Letters that failed or may have been taken, and those that wait after a try that went wrong."""
    for state, said in (("failed", "that failed"), ("uncertain", "that may or may not have come")):
        number = sum(letter.state == state for letter in troubled)
        if number:
            look = f"`arrivals mail list --state {state}` says why, `arrivals mail settle` ends it"
            yield Finding("problem", "mail", f"letters {said}: {number:,}; {look}")
    waiting, reason = held_up
    if waiting:
        yield Finding(
            "warning", "mail", f"letters that wait for their next try: {waiting:,}; the last reason: {reason}"
        )
    if not troubled and not waiting:
        yield Finding("ok", "mail", "no letter is in trouble")


def disk(folder: Path) -> Finding:
    """How much room is left where the database lies."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state: Literal["ok", "warning", "problem"] = "ok"
    if free < LOW_DISK:
        state = "problem" if free < EMPTY_DISK else "warning"
    return Finding(state, "disk", f"{free / 1e9:,.1f} GB free")


def database_file(settings: "Settings") -> Path | None:
    """SQLite's file if it is there."""
    url = settings.database_url
    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None
    return file if file is not None and file.exists() else None


def _existing(settings: "Settings") -> str:
    if settings.database_url.startswith("sqlite") and database_file(settings) is None:
        raise Refused(f"there is no database in {settings.home} to back up")
    return settings.database_url


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:,.1f} h ago" if hours < 48 else f"{hours / 24:,.1f} days ago"
