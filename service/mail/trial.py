"""A mail that only shows whether mail gets through."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from service.addresses import address_of
from service.languages import Language
from service.mail.delivery import deliver
from service.mail.envelope import Heading, unsubscribe_address
from service.mail.letters import letter_of
from service.settings import Settings
from service.store import Store
from service.store.mail_records import Dispatch, Recipient

ONCE = timedelta(seconds=1)
"""A test mail is given up after its first try: who sends it waits for the answer."""


def send_trial(
    store: Store, settings: Settings, address: str, *, language: Language, now: datetime
) -> Dispatch | None:
    """Send a test mail to an address, once and now; what became of it, as the outbox keeps it.

    Raises AddressError.
    """
    to = Recipient("trial", address_of(address), language.code, frozenset(), frozenset(), now)
    subject = language.say("Test mail of the arrivals forecasts")
    heading = Heading("test", "", f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", subject, now)
    letter = letter_of(_message(settings, language), heading, to, settings=settings)
    store.outbox.put([replace(letter, give_up_at=now + ONCE)])
    waiting = store.outbox.find("test", "", heading.period, to.id)
    if waiting is not None:
        deliver(store, settings, now=now, owner="test-mail", only=waiting.number)
    return store.outbox.find("test", "", heading.period, to.id)


def _message(settings: Settings, language: Language) -> EmailMessage:
    message = EmailMessage()
    lines = (
        language.say("This is a test mail. If you can read it, reports and alerts will reach you."),
        language.say("Questions: {contact}", contact=settings.mail_contact),
        language.say(
            "To get no more of these letters, write to {unsubscribe}.",
            unsubscribe=unsubscribe_address(settings),
        ),
    )
    message.set_content("\n\n".join(lines) + "\n")
    return message
