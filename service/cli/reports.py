"""`arrivals report`: look at a weekly report, send it now, correct it, and see which went out."""

import getpass
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from forecast.places import Place
from service.cli import Refused
from service.cli.mail import test_mail_command
from service.cli.registers import opened, show
from service.languages import SOURCE, UnknownLanguageError, language
from service.reports.preview import Form, preview, week_of
from service.reports.reading import report_of
from service.reports.sources import NoReportError
from service.reports.weekly import Press
from service.settings import Settings
from service.store import Store

ACTOR = f"cli:{getpass.getuser()}"
REGION = click.option("--region", required=True, metavar="ID", help="A region, or the country.")
WEEK = click.option("--week", metavar="YYYY-Www", help="The ISO week; by default this one.")
COLUMNS = ("place", "week", "edition", "issue", "made", "note")


@click.group("report")
def report_command() -> None:
    """Look at the weekly report of a region or the country, send it, correct it."""


report_command.add_command(test_mail_command)


@report_command.command("preview")
@REGION
@click.option("--language", "code", default=SOURCE, show_default=True, help="Language of the report.")
@click.option(
    "--form",
    type=click.Choice(["html", "pdf", "text", "eml"]),
    default="html",
    show_default=True,
    help="eml is the whole mail.",
)
@click.option("--open", "opens", is_flag=True, help="Show it in the browser or its program.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; by default one in the folder for temporary files, and for text the terminal.",
)
def preview_command(region: str, code: str, form: Form, opens: bool, output: Path | None) -> None:
    """Show the report as it would go out now, from the last issue. Nobody is written to."""
    with _asked(region) as (store, settings, place):
        now = settings.clock.now()
        report = report_of(store, settings, place.id, week_of(now, place.time_zone), now=now)
        made = preview(report, language(code), form)
    if form == "text" and output is None and not opens:
        click.echo(made.content.decode(), nl=False)
        return
    file = output or Path(tempfile.mkdtemp(prefix="arrivals-")) / made.name
    try:
        file.write_bytes(made.content)
    except OSError as error:
        raise Refused(f"cannot write {file}: {error.strerror}") from None
    click.echo(f"{file}: {len(made.content):,} bytes.")
    if opens and not webbrowser.open(file.resolve().as_uri()):
        click.echo("No program here shows it; open the file yourself.")


@report_command.command("send")
@REGION
@WEEK
def send_command(region: str, week: str | None) -> None:
    """Make the report of a week now and lay its mails into the outbox; nobody gets it twice."""
    with _asked(region) as (store, settings, place):
        now = settings.clock.now()
        made = Press(store, settings, now, ACTOR).make(place.id, _week(week, week_of(now, place.time_zone)))
        click.echo(_listed(made.as_detail()))


@report_command.command("correct")
@REGION
@WEEK
@click.option("--note", required=True, help="What was wrong, in a sentence that every reader gets.")
def correct_command(region: str, week: str | None, note: str) -> None:
    """Make a week's report anew and mail the correction, with the figures that differ, to all who got it."""
    with _asked(region) as (store, settings, place):
        now = settings.clock.now()
        press = Press(store, settings, now, ACTOR)
        made = press.correct(place.id, _week(week, week_of(now, place.time_zone)), note)
        click.echo(_listed(made.as_detail()))


@report_command.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
def list_command(limit: int) -> None:
    """Show the reports that were made, newest first."""
    with opened() as (store, _):
        found = store.reports.page(limit)
    show(
        COLUMNS,
        (
            (
                one.place_id,
                one.week,
                str(one.edition),
                one.issue_id,
                f"{one.made_at:%Y-%m-%d %H:%MZ}",
                one.note,
            )
            for one in found
        ),
    )


@contextmanager
def _asked(region: str) -> Iterator[tuple[Store, Settings, Place]]:
    """The service's store and settings, and the place of a report; what is wrong ends with one line."""
    with opened() as (store, settings):
        places = store.places.all()
        if region not in places:
            raise Refused(f"there is no place {region!r}; `arrivals places list` shows those there are")
        try:
            yield store, settings, places[region]
        except (NoReportError, UnknownLanguageError, ValueError) as error:
            raise Refused(str(error)) from None


def _week(asked: str | None, this: str) -> str:
    """The week asked for, or this one; raises ValueError for what is no ISO week, or one to come."""
    if asked is None:
        return this
    try:
        first = date.fromisocalendar(int(asked[:4]), int(asked[6:]), 1)
    except ValueError:
        first = None
    if first is None or f"{first:%G-W%V}" != asked:
        raise ValueError(f"{asked!r} is no ISO week; write it like {this}")
    if asked > this:
        raise ValueError(f"the week {asked} has not come yet; this is {this}")
    return asked


def _listed(detail: object) -> str:
    pairs = detail.items() if isinstance(detail, dict) else ()
    return ", ".join(f"{name} {value}" for name, value in pairs)
