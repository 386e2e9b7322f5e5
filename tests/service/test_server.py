import socket
import threading
from http.client import HTTPConnection

import pytest

from service.server import Server


class Page:
    """A fake application that answers when it is let."""

    def __init__(self, size=100_000):
        self.asked, self.let = threading.Event(), threading.Event()
        self.size = size

    def __call__(self, environ, start_response):
        self.asked.set()
        assert self.let.wait(20)
        start_response("200 OK", [("Content-Length", str(self.size))])
        return [b"x" * self.size]


@pytest.fixture
def page():
    return Page()


@pytest.fixture
def running(page):
    server = Server.bind(page, "127.0.0.1", 0, threads=2, largest=1_000_000)
    stopping = threading.Event()
    thread = threading.Thread(target=server.run, args=(stopping,), kwargs={"grace_seconds": 5})
    host, port = server.address.removeprefix("http://").rsplit(":", 1)
    thread.start()
    yield (host, int(port)), stopping, thread
    page.let.set()
    stopping.set()
    thread.join(20)


def asking(address, answers):
    def ask():
        connection = HTTPConnection(*address, timeout=20)
        connection.request("GET", "/")
        answers.append(len(connection.getresponse().read()))

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def refused(address):
    try:
        socket.create_connection(address, timeout=5).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False


def test_a_free_port_is_taken_and_told(running):
    (host, port), _, _ = running
    assert host == "127.0.0.1"
    assert port > 0


def test_an_answer_that_is_being_made_is_finished_after_the_end_was_asked_for(page, running):
    address, stopping, thread = running
    answers = []
    client = asking(address, answers)
    assert page.asked.wait(20)
    stopping.set()
    while not refused(address):
        pass
    page.let.set()
    client.join(20)
    thread.join(20)
    assert answers == [page.size]
    assert not thread.is_alive()


def test_a_request_that_is_being_sent_is_still_answered(page, running):
    address, stopping, thread = running
    page.let.set()
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhello")
        asking(address, []).join(20)  # by now the server has read the first half
        stopping.set()
        while not refused(address):
            pass
        client.sendall(b"world")
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200 OK")
    thread.join(20)
    assert not thread.is_alive()


def test_an_idle_connection_does_not_hold_up_the_end(page, running):
    address, stopping, thread = running
    page.let.set()
    connection = HTTPConnection(*address, timeout=20)
    connection.request("GET", "/")
    connection.getresponse().read()
    stopping.set()
    thread.join(4)  # less than the grace
    assert not thread.is_alive()


def test_a_port_that_is_taken_is_refused(running):
    (host, port), _, _ = running
    with pytest.raises(OSError, match="in use"):
        Server.bind(Page(), host, port, threads=1, largest=1000)


def test_an_address_of_the_newer_kind_is_written_in_brackets():
    try:
        server = Server.bind(Page(), "::1", 0, threads=1, largest=1000)
    except OSError:
        pytest.skip("this machine has no ::1")
    assert server.address.startswith("http://[::1]:")
    stopping = threading.Event()
    stopping.set()
    server.run(stopping, grace_seconds=1)
