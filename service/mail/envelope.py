"""What stands at the head of every mail: sender, recipient, date, an id that never changes, the way out."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from service.addresses import mailbox_of
from service.settings import Settings
from service.store.mail_records import LetterKind, Recipient

LONGEST_SUBJECT = 200
_SET_HERE = (
    "From", "To", "Cc", "Bcc", "Sender", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
    "List-Unsubscribe",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """What a letter is about, and the instant of its Date: there is one a reader."""

    kind: LetterKind
    place_id: str
    period: str
    subject: str
    at: datetime


def plain(text: str) -> str:
    """A text on one line that a header can hold: breaks and control characters become spaces.

    Marks that turn the direction of writing are left out, since they can make a header read as another.
    """
    spaced = (" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs") else sign for sign in text)
    shown = "".join(sign for sign in spaced if unicodedata.category(sign) != "Cf")
    return " ".join(filter(None, shown.split(" ")))[:LONGEST_SUBJECT].strip()


def message_id(heading: Heading, recipient_id: str, *, domain: str) -> str:
    """The id of the one mail of a heading and recipient, the same whenever it is made."""
    key = "|".join((heading.kind, heading.place_id, heading.period, recipient_id))
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def addressed(
    message: EmailMessage, heading: Heading, recipient: Recipient, *, settings: Settings
) -> EmailMessage:
    """The message with its head, whatever stood there before."""
    name, address = mailbox_of(settings.mail_sender)
    domain = address.rpartition("@")[2]
    for header in _SET_HERE:
        del message[header]
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=recipient.address)
    message["Reply-To"] = Address(addr_spec=settings.mail_contact)
    message["Subject"] = plain(heading.subject)
    message["Date"] = format_datetime(heading.at)
    message["Message-ID"] = message_id(heading, recipient.id, domain=domain)
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers, RFC 3834
    message["List-Unsubscribe"] = f"<mailto:{unsubscribe_address(settings)}?subject=unsubscribe>"
    return message


def unsubscribe_address(settings: Settings) -> str:
    """The address to which a reader writes who wants no more mail."""
    return settings.mail_unsubscribe or settings.mail_contact
