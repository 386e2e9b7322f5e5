"""`arrivals mail`: the outbox as an operator sees it, and what to do about letters in doubt."""

import getpass
import os
import sys
from datetime import datetime

import click

from service import logs
from service.addresses import AddressError
from service.cli import Refused
from service.cli.registers import opened, show
from service.languages import UnknownLanguageError, language
from service.mail.delivery import deliver
from service.mail.letters import GIVE_UP_AFTER
from service.mail.trial import send_trial
from service.store.errors import StoreError
from service.store.mail_records import LETTER_STATES, Dispatch, LetterState, Verdict

COLUMNS = ("number", "state", "kind", "place", "period", "recipient", "tries", "when", "why")


@click.group("mail")
def mail_command() -> None:
    """Show the outbox, send what is due, settle letters that failed or are uncertain."""


@mail_command.command("list")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(LETTER_STATES), help="Only these; may be repeated."
)
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), help="At most so many, the newest.")
def list_command(states: tuple[LetterState, ...], limit: int) -> None:
    """Show letters and what became of them, newest first."""
    with opened() as (store, _):
        found = store.outbox.page(limit, states=states or LETTER_STATES)
        counts = store.outbox.counts()
    show(COLUMNS, map(_row, found))
    click.echo(", ".join(f"{number:,} {state}" for state, number in counts.items()))


@mail_command.command("deliver")
def deliver_command() -> None:
    """Send what is due now, as the scheduler does every minute."""
    with opened() as (store, settings):
        logs.configure("error" if sys.stderr.isatty() else settings.log_level)
        owner = f"cli:{getpass.getuser()}:{os.getpid()}"
        told = deliver(store, settings, now=settings.clock.now(), owner=owner).as_detail()
    click.echo(", ".join(f"{number:,} {name}" for name, number in told.items()) or "nothing was due")


@mail_command.command("settle")
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@click.option("--came", "verdict", flag_value="came", help="It came: the reader has it.")
@click.option("--send-again", "verdict", flag_value="send-again", help="Send it (once more).")
@click.option("--leave", "verdict", flag_value="leave", help="Leave it, and show it as trouble no more.")
def settle_command(numbers: tuple[int, ...], verdict: Verdict | None) -> None:
    """Say what is to become of letters that failed or are uncertain, by their numbers in `mail list`.

    Ask the reader before `--send-again` on an uncertain one: it may be the second copy.
    """
    if verdict is None:
        raise Refused("say --came, --send-again or --leave")
    with opened() as (store, settings):
        now = settings.clock.now()
        for number in numbers:
            try:
                letter = store.outbox.settle(
                    number, verdict, by=f"cli:{getpass.getuser()}", at=now, until=now + GIVE_UP_AFTER
                )
            except StoreError as error:
                raise Refused(str(error)) from None
            click.echo(f"letter {number} is {letter.state}")


@click.command("test-mail")
@click.argument("address")
@click.option("--language", "code", default="en", show_default=True, help="Language of its text.")
def test_mail_command(address: str, code: str) -> None:
    """Send a test mail to ADDRESS by the transport of the settings, and say what the server said."""
    with opened() as (store, settings):
        logs.configure("error")  # what became of it is said below
        try:
            letter = send_trial(store, settings, address, language=language(code), now=settings.clock.now())
        except (AddressError, UnknownLanguageError) as error:
            raise Refused(str(error)) from None
    if letter is None or letter.state != "sent":
        raise click.ClickException(f"it was not sent: {letter.reason if letter else 'it is gone'}")
    where = {
        "folder": f"laid into {settings.mail_home}",
        "console": "written above",
        "smtp": "taken by the server",
    }
    click.echo(f"{letter.letter.message_id} was {where[settings.mail_transport]}")


def _row(one: Dispatch) -> tuple[str, ...]:
    of = one.letter
    why = one.reason or ""
    told = f"{why} (settled by {one.settled_by})" if one.settled_by else why
    return (
        str(one.number),
        one.state,
        of.kind,
        of.place_id,
        of.period,
        of.recipient,
        str(one.attempts),
        f"{_when(one):%Y-%m-%d %H:%M}",
        told,
    )


def _when(one: Dispatch) -> datetime:
    """When it was sent, is tried next, or was queued."""
    if one.sent_at is not None:
        return one.sent_at
    return one.next_try_at if one.state == "pending" else one.letter.queued_at
