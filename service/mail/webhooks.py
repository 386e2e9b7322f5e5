"""Webhooks: alerts posted to programs that the operator named, signed so that they can tell who spoke."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime
from threading import Thread
from typing import Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import get_auth_from_url
from urllib3.exceptions import HTTPError

from service.mail.envelope import Heading, message_id
from service.mail.letters import GIVE_UP_AFTER
from service.mail.outcomes import SENT, Outcome
from service.settings import Webhook
from service.store.mail_records import Letter

WAIT_SECONDS = (5.0, 10.0)
TOTAL_SECONDS = 20.0
MARK = "webhook:"
"""What a letter's recipient begins with where it is a webhook; its name follows."""
_AGAIN = (408, 429)  # the two refusals that say "later"
_hanging: dict[str, Thread] = {}
"""By webhook, the posting that was given up; no other begins before it ends, so that they cannot pile up."""


def webhook_letter(content: Mapping[str, Any], heading: Heading, webhook: Webhook) -> Letter:
    """The letter that posts a JSON object to a webhook; neither address nor secret is in it."""
    recipient = MARK + webhook.name
    return Letter(
        kind=heading.kind,
        place_id=heading.place_id,
        period=heading.period,
        recipient=recipient,
        channel="webhook",
        message_id=message_id(heading, recipient, domain="webhook"),
        subject=heading.subject,
        content=json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(),
        queued_at=heading.at,
        give_up_at=heading.at + GIVE_UP_AFTER,
    )


def signature(secret: str, body: bytes, *, at: datetime) -> str:
    """The header that proves who posted a body and when: HMAC-SHA256 over `timestamp.body`."""
    instant = int(at.timestamp())
    signed = hmac.new(secret.encode(), f"{instant}.".encode() + body, hashlib.sha256)
    return f"t={instant},v1={signed.hexdigest()}"


class Webhooks:
    """Posts letters to the webhooks of the settings, as they are at the moment of sending."""

    def __init__(self, webhooks: tuple[Webhook, ...], *, now: datetime) -> None:
        self._webhooks = {MARK + webhook.name: webhook for webhook in webhooks}
        self._now = now

    def send(self, letter: Letter) -> Outcome:
        """Post one letter. Repeats carry the same id, so that what may have arrived is posted again."""
        webhook = self._webhooks.get(letter.recipient)
        if webhook is None:
            return Outcome("failed", "the settings name no such webhook any more")
        if webhook.name in _hanging and _hanging[webhook.name].is_alive():
            return Outcome("deferred", "an earlier answer still has not ended")
        try:
            return _judged(_within(TOTAL_SECONDS, webhook.name, lambda: _post(webhook, letter, self._now)))
        except (TimeoutError, requests.Timeout):
            return Outcome("deferred", "no answer in time")
        # The libraries' messages hold the address, which may hold a secret.
        except (requests.RequestException, HTTPError, ValueError, OSError) as error:
            return Outcome("deferred", f"it cannot be reached ({type(error).__name__})")

    def close(self) -> None:
        """Nothing is held between letters."""


def _post(webhook: Webhook, letter: Letter, now: datetime) -> int:
    """Post a letter; the status of the answer, whose body is not read."""
    headers = {"Content-Type": "application/json", "Arrivals-Delivery": letter.message_id.strip("<>")}
    url = webhook.url.get_secret_value()
    with requests.Session() as session:
        answer = session.post(
            url,
            data=letter.content,
            headers=headers,
            auth=_Signed(webhook, letter.content, now),
            timeout=WAIT_SECONDS,
            allow_redirects=False,
            stream=True,
        )
        with closing(answer):
            return answer.status_code


def _judged(status: int) -> Outcome:
    if 200 <= status < 300:
        return SENT
    final = status < 500 and status not in _AGAIN
    return Outcome("failed" if final else "deferred", f"answered with status {status}")


def _within(seconds: float, name: str, work: Callable[[], int]) -> int:
    """What the work gives, waited for no longer than so; raises TimeoutError."""
    future: Future[int] = Future()

    def settle() -> None:
        try:
            future.set_result(work())
        except Exception as error:  # raised again where it is waited for
            future.set_exception(error)

    # A header sent a byte at a time outlives every timeout of a socket: another thread reads, this one waits.
    posting = Thread(target=settle, name=f"webhook-{name}", daemon=True)
    posting.start()
    try:
        return future.result(timeout=seconds)
    except TimeoutError:
        _hanging[name] = posting
        raise


class _Signed(AuthBase):
    """Signs the body; a user in the address is named too, and none is looked up in a .netrc file."""

    def __init__(self, webhook: Webhook, body: bytes, now: datetime) -> None:
        self._webhook, self._body, self._now = webhook, body, now

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        user, password = get_auth_from_url(self._webhook.url.get_secret_value())
        if user:
            HTTPBasicAuth(user, password)(request)
        secret = self._webhook.secret.get_secret_value()
        request.headers["Arrivals-Signature"] = signature(secret, self._body, at=self._now)
        return request
