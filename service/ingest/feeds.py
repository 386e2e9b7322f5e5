"""Counts pulled from an address that the operator named, and from no other."""

import time
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from threading import Thread
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from service.ingest.reasons import Refusal
from service.ingest.taking import LARGEST_UPLOAD, Delivery, audit, receive, refuse
from service.settings import Feed
from service.store import Store
from service.store.records import Upload

WAIT_SECONDS = (5.0, 30.0)
TOTAL_SECONDS = 300.0
MOST_REDIRECTS = 3
RECENT = 200
_hanging: dict[str, Thread] = {}
"""By feed, the reading that was given up; no other begins before it ends, so that they cannot pile up."""


class PullError(Exception):
    """A feed that could not be read: what was found and what was wanted, never its address or secret."""

    def __init__(self, found: str, wanted: str):
        super().__init__(found)
        self.found, self.wanted = found, wanted


def pull(store: Store, feed: Feed, now: datetime, *, largest: int = LARGEST_UPLOAD) -> Upload:
    """Take in what a feed serves; a feed that cannot be read is recorded as a refused upload.

    Content that is the same as at the last accepted pull is not taken again: it says nothing new.
    """
    ending = ".json" if feed.url.partition("?")[0].endswith(".json") else ".csv"
    delivery = Delivery(feed.name + ending, feed.name, now, largest=largest)
    try:
        content = fetch(feed, largest=largest)
    except PullError as error:
        upload = refuse(store, b"", delivery, Refusal.of(error.found, error.wanted)).upload
    else:
        earlier = _last_accepted(store, feed)
        if earlier is not None and earlier.sha256 == sha256(content).hexdigest():
            return earlier
        upload = receive(store, content, delivery).upload
    audit(store, upload, actor=f"feed:{feed.name}", now=now)
    return upload


def _last_accepted(store: Store, feed: Feed) -> Upload | None:
    uploads = store.uploads.recent(RECENT, state="accepted")
    return next((upload for upload in uploads if upload.source == feed.name), None)


def fetch(feed: Feed, *, largest: int) -> bytes:
    """The bytes that a feed serves, read no further than `largest`. Raises `PullError`."""
    if feed.name in _hanging and _hanging[feed.name].is_alive():
        raise PullError("an earlier answer that still has not ended", "a host that ends its answers")
    # A header sent a byte at a time outlives every timeout of a socket: another thread reads, this one waits.
    future: Future[bytes] = Future()
    reading = Thread(target=_settle, args=(future, feed, largest), name=f"feed-{feed.name}", daemon=True)
    reading.start()
    try:
        return future.result(timeout=max(0.0, TOTAL_SECONDS))
    except TimeoutError:
        _hanging[feed.name] = reading
        raise _endless() from None


def _settle(future: Future[bytes], feed: Feed, largest: int) -> None:
    try:
        future.set_result(_read(feed, largest))
    except Exception as error:  # raised again where it is waited for
        future.set_exception(error)


def _read(feed: Feed, largest: int) -> bytes:
    deadline = time.monotonic() + TOTAL_SECONDS
    with requests.Session() as session:
        try:
            with closing(_answer(session, feed)) as response:
                return _body(response, largest, deadline)
        except requests.Timeout:
            raise PullError("no answer in time", f"an answer within {WAIT_SECONDS[1]:.0f} s") from None
        # The libraries' messages hold the address, which may hold a secret.
        except (requests.RequestException, HTTPError, ValueError) as error:
            found = f"no whole answer ({type(error).__name__})"
            raise PullError(found, "an address that can be reached and serves the counts") from None


def _endless() -> PullError:
    return PullError("an answer that does not end", f"all of it within {TOTAL_SECONDS:.0f} s")


def _answer(session: requests.Session, feed: Feed) -> requests.Response:
    """The answer of the feed's host, after redirects that stay on it."""
    url = feed.url
    for _ in range(MOST_REDIRECTS + 1):
        response = session.get(
            url, auth=_Authorization(feed), timeout=WAIT_SECONDS, stream=True, allow_redirects=False
        )
        if not response.is_redirect:
            if response.status_code != requests.codes.ok:
                response.close()
                raise PullError(f"HTTP status {response.status_code}", "status 200 with the counts")
            return response
        response.close()
        url = urljoin(url, response.headers["Location"])
        if _origin(url) != _origin(feed.url):
            raise PullError(
                "a redirect to another host, port or scheme", "the address that the feed moved to"
            )
    raise PullError(f"more than {MOST_REDIRECTS} redirects", "the address that the feed moved to")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of an address; raises `ValueError` where it has none that make sense."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _body(response: requests.Response, largest: int, deadline: float) -> bytes:
    content = bytearray()
    # What has come, and no waiting for a full buffer: a trickle would keep it waiting for hours.
    while piece := response.raw.read1(65_536, decode_content=True):
        content += piece
        if len(content) > largest:
            raise PullError(f"more than {largest} bytes", f"at most {largest} bytes")
        if time.monotonic() > deadline:
            raise _endless()
    return bytes(content)


class _Authorization(AuthBase):
    """The feed's own Authorization header; without it, requests would look for one in a .netrc file."""

    def __init__(self, feed: Feed):
        self._secret = feed.authorization

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._secret is not None:
            request.headers["Authorization"] = self._secret.get_secret_value()
        return request
