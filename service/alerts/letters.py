"""The letters of a moment: one to each recipient and webhook, with all that was raised for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from forecast.places import Place, Places
from service.alerts.bodies import bodies, grouped
from service.alerts.telling import tellable
from service.alerts.wording import told
from service.disclosure import Disclosure, disclosure_for
from service.languages import SOURCE, language
from service.mail.envelope import Heading, unsubscribe_address
from service.mail.letters import letter_of
from service.mail.webhooks import webhook_letter
from service.settings import Settings, Webhook
from service.store import Store
from service.store.alerts import SERVICE
from service.store.mail_records import ALERT_KINDS, Alert, Letter, Recipient


@dataclass(frozen=True, slots=True)
class Post:
    """Who is told of alerts, what none of them is told, and the instant of the letters."""

    places: Places
    recipients: tuple[Recipient, ...]
    disclosure: Disclosure
    settings: Settings
    now: datetime

    @classmethod
    def read(cls, store: Store, settings: Settings, *, now: datetime) -> "Post":
        """As things stand; letters speak to readers without clearance of any kind."""
        readers = tuple(one for one in store.recipients.all() if "alert" in one.kinds)
        return cls(store.places.all(), readers, disclosure_for(store, settings), settings, now)

    def letters(self, raised: Sequence[Alert]) -> tuple[Letter, ...]:
        """One letter to each recipient and webhook whom any of these alerts concerns."""
        told_of = (one for alert in raised if (one := tellable(alert, self.disclosure)) is not None)
        spoken = sorted(told_of, key=lambda alert: ALERT_KINDS.index(alert.matter.kind))
        mails = ((one, self._of(spoken, one.places)) for one in self.recipients)
        hooks = ((one, self._of(spoken, frozenset(one.places))) for one in self.settings.webhooks)
        return (
            *(self._mail(alerts, one) for one, alerts in mails if alerts),
            *(self._post(alerts, one) for one, alerts in hooks if alerts),
        )

    def _of(self, alerts: Iterable[Alert], named: frozenset[str]) -> list[Alert]:
        """The alerts of places that are named or lie in one that is, and of the service; all if none is."""
        return [one for one in alerts if not named or named & self._around(one.matter.place_id)]

    def _around(self, place_id: str) -> frozenset[str]:
        """A place and those that it lies in; the service as a whole is everybody's."""
        if place_id == SERVICE:
            return frozenset(place.id for place in self.places)
        above = self.places.ancestors(place_id) if place_id in self.places else ()
        return frozenset((place_id, *above))

    def _mail(self, alerts: Sequence[Alert], to: Recipient) -> Letter:
        words = language(to.language)
        spoken = [(place, told(alert, place, words)) for alert, place in self._placed(alerts)]
        made = bodies(
            grouped(spoken, self.places),
            words,
            contact=self.settings.mail_contact,
            unsubscribe=unsubscribe_address(self.settings),
        )
        message = EmailMessage()
        message.set_content(made.text)
        message.add_alternative(made.html, subtype="html")
        return letter_of(message, self._heading(alerts, made.subject), to, settings=self.settings)

    def _post(self, alerts: Sequence[Alert], to: Webhook) -> Letter:
        """What a webhook gets: the same as JSON, in the source's language."""
        words = language(SOURCE)
        facts = [_facts(alert, place) for alert, place in self._placed(alerts)]
        heading = self._heading(alerts, words.count("{number} alert", "{number} alerts", len(facts)))
        content = {"period": heading.period, "raised_at": self.now.isoformat(), "alerts": facts}
        return webhook_letter(content, heading, to)

    def _placed(self, alerts: Iterable[Alert]) -> list[tuple[Alert, Place | None]]:
        known = {place.id: place for place in self.places}
        return [(alert, known.get(alert.matter.place_id)) for alert in alerts]

    def _heading(self, alerts: Sequence[Alert], subject: str) -> Heading:
        """Under the number of the first alert, which no other letter has: each matter is told once."""
        first = min(alert.number for alert in alerts)
        return Heading("alert", self._shared(alerts), f"alert-{first}", subject, self.now)

    def _shared(self, alerts: Sequence[Alert]) -> str:
        """The smallest place that all alerts concern, else none."""
        chains = []
        for alert, place in self._placed(alerts):
            above = self.places.ancestors(place.id) if place is not None else ()
            chains.append((alert.matter.place_id, *above))
        return next((one for one in chains[0] if all(one in chain for chain in chains)), SERVICE)


def _facts(alert: Alert, place: Place | None) -> dict[str, Any]:
    words = told(alert, place, language(SOURCE))
    return {
        "number": alert.number,
        "kind": alert.matter.kind,
        "place": alert.matter.place_id or None,
        "about": alert.matter.subject or None,
        "issue": alert.issue_id,
        "chance": alert.chance,
        "threshold": alert.threshold,
        "detail": alert.detail,
        "subject": words.subject,
        "sentences": words.sentences,
    }
