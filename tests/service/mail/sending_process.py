"""A worker that passes over the outbox once, to be killed at it."""

from datetime import datetime
from pathlib import Path

from service.mail.delivery import deliver
from service.store import Store
from tests.service.mail.builders import smtp_settings


def once(options):
    """One pass at an instant, under the name by which the server sees this worker."""
    now, name = datetime.fromisoformat(options["now"]), options["name"]
    settings = smtp_settings(Path(options["home"]), options["port"], name=name)
    with Store.open(options["url"], migrate=False) as store:
        deliver(store, settings, now=now, owner=name)
