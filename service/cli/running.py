"""Commands that make the service run: one cycle by hand, the scheduler alone, or the whole of it."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from types import FrameType
from typing import TYPE_CHECKING

import click
import structlog

from service import logs
from service.cli import Refused
from service.settings import Settings
from service.store import Store

if TYPE_CHECKING:
    from service.server import Server

GRACE_SECONDS = 8.0

log = structlog.get_logger(__name__)


@click.command("cycle")
def cycle_command() -> None:
    """Take counts in, issue forecasts, publish them and verify the past ones, once and now."""
    from service.cli.watching import show, watched
    from service.cycle import CycleError
    from service.jobs import by_hand
    from service.store.errors import StoreError

    settings = Settings()
    logs.configure("error" if sys.stderr.isatty() else settings.log_level)
    with _ended_like_ctrl_c(), Store.open(settings.database_url) as store, watched(settings) as means:
        try:
            outcome = by_hand(store, settings, means, clock=settings.clock)
        except (CycleError, StoreError) as error:
            raise Refused(str(error)) from None
    show(outcome)


@click.command("schedule")
def schedule_command() -> None:
    """Run the jobs when they are due, until asked to end; a second one beside it does no harm."""
    from service.jobs import jobs
    from service.scheduler import Scheduler

    settings = Settings()
    _check(settings)
    logs.configure(settings.log_level)
    with Store.open(settings.database_url) as store, until_asked() as stopping:
        scheduler = Scheduler(store, jobs(store, settings, stopping=stopping), settings.clock)
        scheduler.start()
        rest(stopping)
        idle = scheduler.stop(grace_seconds=GRACE_SECONDS)
    _end(idle=idle)


@click.command("serve")
@click.option("--host", help="Address to listen on; by default the setting's, 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option("--scheduler/--no-scheduler", default=None, help="Whether to run the jobs as well.")
def serve_command(*, host: str | None, port: int | None, scheduler: bool | None) -> None:
    """Answer planners over HTTP, with the jobs run beside it, until asked to end."""
    given = {"host": host, "port": port, "scheduler": scheduler}
    settings = Settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    _check(settings)
    logs.configure(settings.log_level)
    with Store.open(settings.database_url) as store, until_asked() as stopping:
        idle = serve(store, settings, stopping)
    _end(idle=idle)


def _check(settings: Settings) -> None:
    """Refuse at the start what would otherwise fail every night."""
    from service.cycle.computation import configuration_of

    try:
        configuration_of(settings, fast=False)
    except ValueError as error:
        raise Refused(f"settings: {error}") from None


def serve(store: Store, settings: Settings, stopping: threading.Event) -> bool:
    """Serve until `stopping` is set; False if a job was still at work when the grace was over."""
    from service.jobs import jobs
    from service.scheduler import Scheduler
    from service.web import create_app

    server = _bound(create_app(store, settings), settings)
    scheduler = Scheduler(store, jobs(store, settings, stopping=stopping), settings.clock)
    if settings.scheduler:
        scheduler.start()
    click.echo(f"Serving on {server.address} (documentation: {server.address}/docs)")
    server.run(stopping, grace_seconds=GRACE_SECONDS)
    return scheduler.stop(grace_seconds=GRACE_SECONDS) if settings.scheduler else True


def _bound(app: object, settings: Settings) -> "Server":
    from service.server import Server

    if not is_loopback(settings.host):
        click.echo(
            f"Warning: {settings.host} can be reached from other machines, without encryption; "
            "put a proxy with TLS in front.",
            err=True,
        )
    try:
        return Server.bind(
            app, settings.host, settings.port, threads=settings.threads, largest=settings.upload_bytes
        )
    except ValueError:
        raise Refused(f"cannot listen on {settings.host!r}; name an address of this machine") from None
    except OSError as error:
        raise Refused(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}; "
            "name another port with ARRIVALS_PORT=8010"
        ) from None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def until_asked() -> Iterator[threading.Event]:
    """An event that SIGTERM or Ctrl-C sets; a second one of them ends the process at once."""
    stopping = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stopping.set()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def rest(stopping: threading.Event) -> None:
    """Do nothing until the event is set."""
    # in short turns: a signal that comes between two looks at the event and the wait does not end the wait
    while not stopping.wait(0.5):
        pass


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt, so that a run that is ended says so in the ledger."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(*, idle: bool) -> None:
    """End now if a job is still at work: its slot is taken up again once its lease is over."""
    if not idle:
        log.warning("ended with a job at work; nothing of it is published")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
