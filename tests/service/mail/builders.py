"""Letters, recipients and settings for tests of mail."""

from datetime import UTC, datetime
from email.message import EmailMessage

from forecast.places import Place
from service.mail.envelope import Heading
from service.mail.letters import letter_of
from service.settings import Settings, Smtp
from service.store.mail_records import Recipient

NOW = datetime(2022, 9, 26, 2, 0, tzinfo=UTC)
PLACES = (
    Place("kz", "Kazakhstan", "country"),
    Place("west", "West", "region", "kz"),
    Place("syrym", "Syrym", parent="west"),
    Place("east", "East", "region", "kz"),
)


def a_recipient(recipient_id="to-1", address="duty-desk@west.example", **facts):
    given = {
        "language": "en",
        "kinds": frozenset({"report", "alert"}),
        "places": frozenset({"west"}),
        "created_at": NOW,
        **facts,
    }
    return Recipient(recipient_id, address, **given)


def a_message(text="Plan for 420 people.\n.\n.. a line that begins with dots\n"):
    message = EmailMessage()
    message.set_content(text)
    return message


def a_letter(period="2022-W39", *, recipient=None, message=None, at=NOW, kind="report", subject="West"):
    heading = Heading(kind, "west", period, subject, at)
    return letter_of(
        a_message() if message is None else message,
        heading,
        recipient or a_recipient(),
        settings=settings_for(None),
    )


def long_message():
    """A message of more lines than a fault in the body waits for."""
    return a_message("".join(f"{day}. 420 people\n" for day in range(60)))


def settings_for(home, **given):
    return Settings(home=home or "var", mail_sender="Arrivals <arrivals@border.example>", **given)


def smtp_settings(home, port, *, name="border.example", timeout=0.3, **given):
    server = Smtp(host="127.0.0.1", port=port, security="none", timeout_seconds=timeout)
    sender = f"Arrivals <arrivals@{name}>"
    return Settings(home=home, mail_transport="smtp", smtp=server, mail_sender=sender, **given)


def laid(store, *letters, recipients=None):
    """A store with places, recipients and letters; the letters' numbers."""
    store.places.put(PLACES, at=NOW)
    store.recipients.add(*(recipients or (a_recipient(),)))
    store.outbox.put(letters)
    return [one.number for one in reversed(store.outbox.page(1_000))]
