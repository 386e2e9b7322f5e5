"""What is known of a letter when a server answers, refuses, hangs or hangs up, at each of its stages."""

import shutil
import smtplib
import ssl
import subprocess
import threading

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from service.mail.outcomes import SENT
from service.mail.smtp import Mailer, UnreachableError, connect
from service.settings import Smtp
from tests.service.mail.builders import a_letter, a_message, long_message
from tests.service.mail.servers import (
    AFTER_THE_LAST_BYTE,
    BEFORE_THE_LAST_BYTE,
    FAULTS,
    REFUSALS,
    Misbehaving,
    id_of,
    mail_server,
    nobody,
)


def server_on(port, **given):
    return Smtp(**{"host": "localhost", "port": port, "security": "none", "timeout_seconds": 10, **given})


def sent(port, *letters, **given):
    mailer = Mailer(server_on(port, **given), name="border.example")
    try:
        return [mailer.send(letter) for letter in letters]
    finally:
        mailer.close()


def through(fault):
    """The outcome of one letter that meets a fault, and what the server took."""
    patience = {"timeout_seconds": 0.3} if fault.startswith("hang") else {}
    with mail_server() as (port, taker), Misbehaving(port, lambda: fault) as host:
        (outcome,) = sent(host.port, a_letter(message=long_message()), **patience)
        return outcome, taker


def test_a_letter_arrives_byte_for_byte_in_an_envelope_of_its_own():
    letter = a_letter()
    with mail_server() as (port, taker):
        assert sent(port, letter) == [SENT]
    (envelope,) = taker.envelopes
    assert envelope.content == letter.content
    assert b"\r\n.. a line" not in envelope.content.replace(b"\r\n.. a line that begins", b"")
    assert envelope.mail_from == "arrivals@border.example"
    assert envelope.rcpt_tos == ["duty-desk@west.example"]


def test_lines_of_dots_alone_do_not_end_a_letter():
    letter = a_letter(message=a_message("first\n.\nlast\n"))
    with mail_server() as (port, taker):
        sent(port, letter)
    assert taker.envelopes[0].content.endswith(b"first\r\n.\r\nlast\r\n")


def test_one_connection_carries_letter_after_letter():
    greetings = []
    with mail_server() as (port, taker), Misbehaving(port, lambda: None) as host:
        host._talk = lambda connection, talk=host._talk: (greetings.append(1), talk(connection))
        assert sent(host.port, a_letter("2022-W38"), a_letter("2022-W39")) == [SENT, SENT]
    assert len(greetings) == 1
    assert len(taker.copies) == 2


def test_a_connection_that_the_server_ended_between_two_letters_is_made_anew():
    with mail_server() as (port, taker):
        mailer = Mailer(server_on(port), name="border.example")
        assert mailer.send(a_letter("2022-W38")) is SENT
        mailer._server.sock.close()
        assert mailer.send(a_letter("2022-W39")) is SENT
        mailer.close()
    assert len(taker.copies) == 2


def test_where_nobody_listens_the_letter_waits_and_nothing_else_is_tried():
    with nobody() as port:
        (outcome,) = sent(port, a_letter())
    assert (outcome.state, outcome.closed) == ("deferred", True)


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_refusal_is_temporary_or_final_as_the_server_says(fault):
    outcome, taker = through(fault)
    of_the_letter = fault.endswith("5") and not fault.startswith("greeting")
    assert outcome.state == ("failed" if of_the_letter else "deferred")
    assert outcome.closed == fault.startswith("greeting")
    assert ("450" if fault.endswith("4") else "554") in outcome.reason
    assert not taker.envelopes


@pytest.mark.parametrize(("fault", "state"), [("end-4", "deferred"), ("end-5", "failed")])
def test_the_answer_to_the_whole_letter_counts(fault, state):
    outcome, taker = through(fault)
    assert outcome.state == state
    assert not taker.envelopes


@pytest.mark.parametrize("fault", BEFORE_THE_LAST_BYTE)
def test_what_breaks_off_before_the_last_byte_was_certainly_not_taken(fault):
    outcome, taker = through(fault)
    assert outcome.state == "deferred"
    assert not taker.envelopes


@pytest.mark.parametrize("fault", ["drop-body", "hang-body"])
def test_what_breaks_off_in_the_body_is_never_said_to_be_sent(fault):
    # a small letter is gone into the network's buffers by then: it may be uncertain, and it may wait
    outcome, taker = through(fault)
    assert outcome.state in ("deferred", "uncertain")
    assert not taker.envelopes


@pytest.mark.parametrize("fault", AFTER_THE_LAST_BYTE)
def test_what_breaks_off_after_the_last_byte_is_uncertain(fault):
    outcome, taker = through(fault)
    assert outcome.state == "uncertain"
    assert len(taker.envelopes) == (0 if fault.endswith("untaken") else 1)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_reason_holds_an_address_or_more_than_a_line(fault):
    outcome, _ = through(fault)
    assert outcome.reason
    assert "@" not in outcome.reason
    assert len(outcome.reason.splitlines()) == 1
    assert len(outcome.reason) <= 220


def test_a_server_that_dribbles_is_cut_off():
    class Dribbling(Misbehaving):
        def _talk(self, connection):
            with connection:
                try:
                    while True:
                        connection.sendall(b"2")
                        self.over.wait(0.05)
                except OSError:
                    self.over.set()

    with mail_server() as (port, _), Dribbling(port, lambda: None) as host:
        host.over = threading.Event()
        (outcome,) = sent(host.port, a_letter(), timeout_seconds=0.2)
        assert (outcome.state, outcome.closed) == ("deferred", True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, signed by itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("certificate")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(["openssl", *words.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secured(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def login(server, session, envelope, mechanism, given):
    right = isinstance(given, LoginPassword) and given == LoginPassword(b"arrivals", b"right-password")
    return AuthResult(success=right, handled=False)


def test_a_letter_goes_out_by_starttls_with_a_login(secured, certificate):
    given = {"security": "starttls", "authorities": certificate[0]}
    options = {
        "tls_context": secured,
        "require_starttls": True,
        "authenticator": login,
        "auth_required": True,
    }
    with mail_server(**options) as (port, taker):
        named = {"user": "arrivals", "password": "right-password"}
        assert sent(port, a_letter(), **given, **named) == [SENT]
        (outcome,) = sent(port, a_letter(), **given, user="arrivals", password="wrong-password")
    assert (outcome.state, outcome.closed) == ("deferred", True)
    assert "login (535)" in outcome.reason
    assert "wrong-password" not in outcome.reason
    assert len(taker.envelopes) == 1


def test_a_letter_goes_out_by_tls_from_the_first_byte(secured, certificate):
    with mail_server(ssl_context=secured) as (port, taker):
        given = {"security": "tls", "authorities": certificate[0]}
        assert sent(port, a_letter(), **given) == [SENT]
    assert len(taker.envelopes) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(secured, security):
    options = {"ssl_context": secured} if security == "tls" else {"tls_context": secured}
    with mail_server(**options) as (port, taker):
        (outcome,) = sent(port, a_letter(), security=security)
    assert outcome.state == "deferred"
    assert "not trusted" in outcome.reason
    assert not taker.envelopes


def test_a_certificate_of_another_host_is_refused(secured, certificate):
    with mail_server(tls_context=secured) as (port, _):
        given = {"host": "127.0.0.1", "security": "starttls", "authorities": certificate[0]}
        (outcome,) = sent(port, a_letter(), **given)
    assert "not trusted" in outcome.reason


def test_a_server_without_starttls_gets_no_letter_in_the_clear():
    with mail_server() as (port, taker):
        (outcome,) = sent(port, a_letter(), security="starttls")
    assert (outcome.state, outcome.closed) == ("deferred", True)
    assert not taker.envelopes


def test_settings_that_cannot_work_make_letters_wait_and_say_why(secured, certificate, tmp_path):
    with mail_server(tls_context=secured, authenticator=login) as (port, _):
        (outcome,) = sent(port, a_letter(), security="starttls", authorities=tmp_path / "none.pem")
        assert (outcome.state, outcome.closed) == ("deferred", True)
        assert outcome.reason == "smtp.authorities cannot be read (FileNotFoundError)"
        given = {"security": "starttls", "authorities": certificate[0]}
        (outcome,) = sent(port, a_letter(), **given, user="arrivals", password="пароль")
    assert (outcome.state, outcome.closed) == ("deferred", True)
    assert "holds letters that SMTP cannot carry" in outcome.reason


def test_a_letter_of_which_the_server_says_that_it_is_too_large_fails_before_it_is_sent():
    with mail_server(data_size_limit=100) as (port, _):
        (outcome,) = sent(port, a_letter())
    assert outcome.state == "failed"
    assert "552" in outcome.reason


def test_the_server_sees_the_name_of_the_senders_domain_and_not_this_host(monkeypatch):
    monkeypatch.setattr("socket.getfqdn", lambda *_: pytest.fail("it asks the network for its own name"))
    with mail_server() as (port, _):
        connected = connect(server_on(port), name="border.example")
        assert connected.local_hostname == "border.example"
        connected.close()


def test_a_connection_that_fails_says_so_without_a_secret():
    with nobody() as port, pytest.raises(UnreachableError, match="nothing answers at the mail server's port"):
        connect(server_on(port), name="border.example")
    assert issubclass(smtplib.SMTPException, OSError)  # what the one `except` rests on


def test_the_id_is_read_from_the_bytes():
    letter = a_letter()
    assert id_of(letter.content) == letter.message_id
