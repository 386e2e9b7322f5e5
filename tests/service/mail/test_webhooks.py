"""Alerts posted to other programs: signed, once or again, to the address that was named and no other."""

import hashlib
import hmac
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.mail import webhooks as posting
from service.mail.delivery import Deliveries, deliver
from service.mail.envelope import Heading
from service.mail.webhooks import Webhooks, signature, webhook_letter
from service.settings import Webhook
from tests.docs.pages import blocks
from tests.service.mail.builders import NOW, laid, settings_for
from tests.service.mail.servers import nobody

SECRET = "a-secret-of-some-length"
CONTENT = {"alerts": [{"place": "west", "chance": 0.7, "text": "Ақтөбе"}]}


class Host(ThreadingHTTPServer):
    """A receiver on loopback that keeps what it is sent and answers with a status."""

    def __init__(self, status=200, headers=()):
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.headers, self.posts = status, headers, []
        self.over = threading.Event()


class Answering(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, dict(self.headers), body))
        if self.server.status is None:
            self.server.over.wait(20)
            return
        self.send_response(self.server.status)
        for name, value in self.server.headers:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *words):
        """Say nothing."""


@contextmanager
def receiver(status=200, headers=()):
    host = Host(status, headers)
    serving = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        yield host
    finally:
        host.over.set()
        host.shutdown()
        serving.join()
        host.server_close()


def a_webhook(port, path="/alerts", *, user="", name="ops"):
    return Webhook(name=name, url=f"http://{user}127.0.0.1:{port}{path}", secret=SECRET)


def a_post(webhook, period="alert-1"):
    return webhook_letter(CONTENT, Heading("alert", "west", period, "1 alert", NOW), webhook)


def sent(webhook):
    return Webhooks((webhook,), now=NOW).send(a_post(webhook))


def test_what_is_posted_is_signed_and_carries_an_id():
    with receiver() as host:
        assert sent(a_webhook(host.server_port)).state == "sent"
    ((path, headers, body),) = host.posts
    letter = a_post(a_webhook(1))
    assert (path, body) == ("/alerts", letter.content)
    assert headers["Arrivals-Delivery"] == letter.message_id.strip("<>")
    assert headers["Content-Type"] == "application/json"
    instant, mark = headers["Arrivals-Signature"].split(",")
    own = hmac.new(SECRET.encode(), f"{int(NOW.timestamp())}.".encode() + body, hashlib.sha256).hexdigest()
    assert (instant, mark) == (f"t={int(NOW.timestamp())}", f"v1={own}")


def test_another_body_secret_or_instant_has_another_signature():
    signed = signature(SECRET, b"{}", at=NOW)
    assert signed == signature(SECRET, b"{}", at=NOW)
    others = {
        signature(SECRET + "x", b"{}", at=NOW),
        signature(SECRET, b"[]", at=NOW),
        signature(SECRET, b"{}", at=NOW.replace(minute=1)),
    }
    assert signed not in others
    assert len(others) == 3


def test_a_receiver_can_check_the_signature_as_the_page_says(repository):
    (example,) = (
        block.text
        for block in blocks(repository / "docs" / "operations.md", "python")
        if "is_genuine" in block.text
    )
    page = {}
    exec(example, page)
    now, header = NOW.timestamp(), signature(SECRET, b"{}", at=NOW)
    assert page["is_genuine"](SECRET, header, b"{}", now=now + 60)
    assert not page["is_genuine"](SECRET, header, b"[]", now=now)
    assert not page["is_genuine"](SECRET + "x", header, b"{}", now=now)
    assert not page["is_genuine"](SECRET, header, b"{}", now=now + 3600), (
        "an old post is sent again by a thief"
    )


def test_the_letter_holds_neither_address_nor_secret():
    letter = a_post(a_webhook(1, path="/token-4711"))
    assert SECRET not in repr(letter)
    assert "4711" not in repr(letter)
    assert letter.recipient == "webhook:ops"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *((status, "sent") for status in (200, 204)),
        *((status, "failed") for status in (301, 400, 404, 410)),
        *((status, "deferred") for status in (408, 429, 500, 503)),
    ],
)
def test_the_status_says_whether_to_post_again(status, state):
    with receiver(status) as host:
        outcome = sent(a_webhook(host.server_port))
    assert outcome.state == state
    assert state == "sent" or str(status) in outcome.reason


def test_a_redirect_is_not_followed():
    with receiver() as other:
        to = [("Location", f"http://127.0.0.1:{other.server_port}/")]
        with receiver(307, to) as host:
            assert sent(a_webhook(host.server_port)).state == "failed"
    assert len(host.posts) == 1
    assert not other.posts


def test_what_may_have_arrived_is_posted_again_under_the_same_id(monkeypatch):
    monkeypatch.setattr(posting, "WAIT_SECONDS", (5.0, 0.2))
    with receiver(None) as host:
        webhook = a_webhook(host.server_port)
        assert [sent(webhook).state for _ in range(2)] == ["deferred", "deferred"]
    assert len({headers["Arrivals-Delivery"] for _, headers, _ in host.posts}) == 1


def test_a_receiver_that_never_ends_its_answer_is_given_up_and_not_asked_again_meanwhile(monkeypatch):
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.2)
    with receiver(None) as host:
        webhook = a_webhook(host.server_port, name="slow")
        assert sent(webhook).reason == "no answer in time"
        assert sent(webhook).reason == "an earlier answer still has not ended"
        assert len(host.posts) == 1
    posting._hanging.pop("slow").join()


def test_where_nobody_listens_the_reason_holds_no_address():
    with nobody() as port:
        outcome = sent(a_webhook(port, path="/token-4711", user="me:pass@"))
    assert outcome.state == "deferred"
    for secret in ("4711", "pass", "127.0.0.1", SECRET):
        assert secret not in outcome.reason


def test_a_user_in_the_address_is_named_and_none_is_looked_up(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with receiver() as host:
        sent(a_webhook(host.server_port))
        sent(a_webhook(host.server_port, user="me:pass@"))
    named = [headers.get("Authorization") for _, headers, _ in host.posts]
    assert named == [None, "Basic bWU6cGFzcw=="]


def test_the_outbox_carries_posts_beside_mail(sqlite_store, tmp_path):
    with receiver(503) as host:
        webhook = a_webhook(host.server_port)
        settings = settings_for(tmp_path, webhooks=(webhook,))
        laid(sqlite_store, a_post(webhook))
        assert deliver(sqlite_store, settings, now=NOW, owner="one") == Deliveries(deferred=1)
        host.status = 200
        later = sqlite_store.outbox.get(1).next_try_at
        assert deliver(sqlite_store, settings, now=later, owner="one") == Deliveries(sent=1)
    stored = repr(sqlite_store.outbox.get(1)) + repr(sqlite_store.audit.read(10))
    assert SECRET not in stored
    assert "127.0.0.1" not in stored


def test_a_webhook_that_is_no_longer_set_fails_and_is_shown(sqlite_store, tmp_path):
    laid(sqlite_store, a_post(a_webhook(1)))
    assert deliver(sqlite_store, settings_for(tmp_path), now=NOW, owner="one") == Deliveries(failed=1)
    assert "no such webhook" in sqlite_store.outbox.troubled()[0].reason
