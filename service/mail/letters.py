"""Messages turned into letters, whose bytes stay as they are from here on."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from service.addresses import AddressError, address_of
from service.mail.envelope import Heading, addressed
from service.settings import Settings
from service.store.mail_records import Letter, Recipient

GIVE_UP_AFTER = timedelta(hours=48)
LONGEST_LINE = 998  # bytes without the line's end (RFC 5322, 2.1.1)
_POLICY = SMTP.clone(cte_type="7bit")  # every server takes it, whatever it offers
_BARE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")


def letter_of(message: EmailMessage, heading: Heading, recipient: Recipient, *, settings: Settings) -> Letter:
    """The letter to one recipient; the message gets its head here and needs its content alone.

    Raises ValueError where its bytes could be read as another message, or by no server.
    """
    whole = addressed(message, heading, recipient, settings=settings)
    return Letter(
        kind=heading.kind,
        place_id=heading.place_id,
        period=heading.period,
        recipient=recipient.id,
        channel="mail",
        message_id=str(whole["Message-ID"]),
        subject=str(whole["Subject"]),
        content=_checked(whole.as_bytes(policy=_POLICY)),
        queued_at=heading.at,
        give_up_at=heading.at + GIVE_UP_AFTER,
    )


def addresses_of(letter: Letter) -> tuple[str, str]:
    """The addresses of sender and recipient in a letter's bytes; raises AddressError."""
    message = read(letter)
    named = [header.addresses for header in (message["From"], message["To"]) if header is not None]
    if len(named) != 2 or not all(len(addresses) == 1 for addresses in named):
        raise AddressError("the letter does not name one sender and one recipient")
    sender, recipient = (address_of(addresses[0].addr_spec) for addresses in named)
    return sender, recipient


def read(letter: Letter) -> EmailMessage:
    """The message in a letter."""
    return message_from_bytes(letter.content, policy=SMTP)


def _checked(content: bytes) -> bytes:
    if _BARE_BREAK.search(content):
        raise ValueError("a line of the mail ends in half a break; a server could see two mails in it")
    if not content.isascii() or any(len(line) > LONGEST_LINE for line in content.split(b"\r\n")):
        raise ValueError(f"the mail has a line that is longer than {LONGEST_LINE} bytes or is not ASCII")
    return content
