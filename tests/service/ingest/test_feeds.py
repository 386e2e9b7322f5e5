"""Feeds pulled by address: what is served, what is refused, and what is never told."""

import gzip
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from service.ingest import feeds, pull
from service.settings import Feed
from service.store import Store
from tests.service.ingest.borders import NOW, file_of, registered, stored

GOOD = file_of([("syrym", date(2022, 9, 26), 2600)])
SECRET = "Bearer s3cr3t-of-the-feed"
Answer = Callable[[BaseHTTPRequestHandler], None]


class FeedServer(ThreadingHTTPServer):
    """A feed on loopback that answers each path as the test says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.ended = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        self.server.answers[self.path.partition("?")[0]](self)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


def serving(content: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.ended.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def border(sqlite_store: Store) -> Store:
    return registered(sqlite_store)


def feed(server: FeedServer, path: str = "/counts.csv") -> Feed:
    return Feed(name="border-service", url=f"{server.url}{path}", authorization=SECRET)


def found(border: Store, asked: Feed, **bounds: int) -> str:
    upload = pull(border, asked, NOW, **bounds)
    assert upload.state == "refused"
    assert border.uploads.get(upload.id) == upload
    return upload.reasons[0].found


def test_a_feed_is_taken_in_under_its_name(border: Store, server: FeedServer):
    server.answers["/counts.csv"] = serving(GOOD)
    upload = pull(border, feed(server), NOW)
    assert (upload.state, upload.stored, upload.source) == ("accepted", 1, "border-service")
    assert server.asked == [("/counts.csv", SECRET)]
    assert stored(border) == {"2022-09-26": 2600}


def test_json_is_known_by_the_addresss_ending(border: Store, server: FeedServer):
    server.answers["/counts.json"] = serving(b'[{"crossing": "syrym", "date": "2022-09-26", "arrivals": 3}]')
    assert pull(border, feed(server, "/counts.json?key=1"), NOW).stored == 1


def test_a_feed_that_has_not_changed_does_not_undo_a_correction(border: Store, server: FeedServer):
    server.answers["/counts.csv"] = serving(GOOD)
    first = pull(border, feed(server), NOW)
    server.answers["/fixed.csv"] = serving(file_of([("syrym", date(2022, 9, 26), 3000)]))
    other = Feed(name="corrections", url=f"{server.url}/fixed.csv")
    pull(border, other, NOW + timedelta(minutes=1))
    assert pull(border, feed(server), NOW + timedelta(minutes=2)) == first
    assert stored(border) == {"2022-09-26": 3000}


def test_refused_counts_are_kept_with_their_reasons(border: Store, server: FeedServer):
    content = file_of([("nowhere", date(2022, 9, 26), 1)])
    server.answers["/counts.csv"] = serving(content)
    upload = pull(border, feed(server), NOW)
    assert upload.reasons[0].column == "crossing"
    assert border.uploads.content(upload.id) == content


@pytest.mark.parametrize("status", [204, 301, 304, 401, 404, 500])
def test_another_status_is_recorded(border: Store, server: FeedServer, status: int):
    server.answers["/counts.csv"] = serving(b"", status)
    assert found(border, feed(server)) == f"HTTP status {status}"


def test_a_redirect_on_the_same_host_is_followed(border: Store, server: FeedServer):
    server.answers["/counts.csv"] = serving(b"", 302, Location="/new.csv")
    server.answers["/new.csv"] = serving(GOOD)
    assert pull(border, feed(server), NOW).stored == 1


@pytest.mark.parametrize(
    "location",
    ["http://localhost:{port}/new.csv", "http://127.0.0.1:1/", "file:///etc/passwd", "//other/", "http://[x"],
)
def test_a_redirect_elsewhere_is_refused_and_nobody_else_is_asked(
    border: Store, server: FeedServer, location: str
):
    server.answers["/counts.csv"] = serving(b"", 302, Location=location.format(port=server.server_port))
    server.answers["/new.csv"] = serving(GOOD)
    assert found(border, feed(server)) in {
        "a redirect to another host, port or scheme",
        "no whole answer (ValueError)",
    }
    assert len(server.asked) == 1


def test_a_circle_of_redirects_ends(border: Store, server: FeedServer):
    server.answers["/counts.csv"] = serving(b"", 302, Location="/counts.csv")
    assert found(border, feed(server)) == "more than 3 redirects"


def test_an_answer_is_read_no_further_than_its_bound(border: Store, server: FeedServer):
    server.answers["/counts.csv"] = serving(b"x" * 1_000_000)
    assert found(border, feed(server), largest=100_000) == "more than 100000 bytes"


def test_a_packed_answer_is_bounded_by_what_it_unpacks_to(border: Store, server: FeedServer):
    packed = serving(gzip.compress(b"x" * 1_000_000), 200, **{"Content-Encoding": "gzip"})
    server.answers["/counts.csv"] = packed
    assert found(border, feed(server), largest=100_000) == "more than 100000 bytes"


def test_an_answer_that_breaks_off_is_no_file(border: Store, server: FeedServer):
    server.answers["/counts.csv"] = serving(GOOD, 200, **{"Content-Length": str(len(GOOD) + 10)})
    assert found(border, feed(server)).startswith("no whole answer")
    assert stored(border) == {}


def test_silence_ends_in_a_recorded_reason(
    border: Store, server: FeedServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(feeds, "WAIT_SECONDS", (0.2, 0.2))
    server.answers["/counts.csv"] = lambda handler: server.ended.wait(10) and None
    assert found(border, feed(server)) == "no answer in time"


def trickling(head: bytes) -> Answer:
    """An answer whose bytes come one by one for as long as somebody listens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            handler.wfile.write(head)
            while not handler.server.ended.wait(0.02):
                handler.wfile.write(b"x")

    return answer


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "], ids=["body", "header"]
)
def test_a_trickle_ends_too(border: Store, server: FeedServer, monkeypatch: pytest.MonkeyPatch, head: bytes):
    monkeypatch.setattr(feeds, "TOTAL_SECONDS", 0.3)
    server.answers["/counts.csv"] = trickling(head)
    assert found(border, feed(server)) == "an answer that does not end"


def test_an_answer_that_was_given_up_does_not_pile_up(
    border: Store, server: FeedServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(feeds, "TOTAL_SECONDS", 0.3)
    server.answers["/counts.csv"] = trickling(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    asked = Feed(name="slow-service", url=f"{server.url}/counts.csv")
    found(border, asked)
    assert found(border, asked) == "an earlier answer that still has not ended"
    assert len(server.asked) == 1


def test_a_packed_answer_in_chunks_is_read_whole(border: Store, server: FeedServer):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        packed = gzip.compress(GOOD)
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
        )
        for at in range(len(packed)):
            handler.wfile.write(b"1\r\n" + packed[at : at + 1] + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    server.answers["/counts.csv"] = answer
    assert pull(border, feed(server), NOW).stored == 1


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x.csv", "http://", "https://127.0.0.1:99999/", "http://a..b/"]
)
def test_an_address_that_cannot_be_reached_is_recorded(border: Store, url: str):
    assert found(border, Feed(name="gone", url=url))


def test_neither_secret_nor_address_is_told_anywhere(
    border: Store, server: FeedServer, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    server.answers["/counts.csv"] = serving(b"no", 403)
    asked = Feed(name="gone", url=f"{server.url}/counts.csv?token=t0ken", authorization=SECRET)
    told = [repr(pull(border, asked, NOW)), repr(border.audit.read(10)), repr(asked.authorization)]
    dead = Feed(name="gone", url="http://u:t0ken@127.0.0.1:1/x.csv", authorization=SECRET)
    told += [repr(pull(border, dead, NOW)), repr(border.uploads.recent(10))]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("service")]
    assert all("s3cr3t" not in text and "t0ken" not in text for text in [*told, *ours])
