"""Who gets the demo's mail: one duty desk a region and one for the country, in four languages."""

from datetime import datetime
from hashlib import sha256

from service.store.mail_records import TOPICS, Recipient

LANGUAGE_OF = {
    "kazakhstan": "en",
    "west-kazakhstan": "en",
    "aktobe": "kk",
    "kostanay": "ru",
    "north-kazakhstan": "kk",
    "atyrau": "ru",
    "pavlodar": "de",
}


def recipients(now: datetime) -> tuple[Recipient, ...]:
    """The demo's recipients; `.example` is a domain that nobody can own."""
    return tuple(
        Recipient(
            id=f"to-{sha256(place.encode()).hexdigest()[:8]}",
            address=f"duty-desk@{place}.example",
            language=language,
            kinds=frozenset(TOPICS),
            places=frozenset({place}),
            created_at=now,
        )
        for place, language in LANGUAGE_OF.items()
    )
