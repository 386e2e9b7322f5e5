"""Mail to a server, with exact knowledge of the last byte: before it nothing can have been taken."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from service.addresses import AddressError
from service.mail.letters import addresses_of
from service.mail.outcomes import SENT, Outcome, told
from service.settings import Smtp
from service.store.mail_records import Letter

PATIENCE = 4
"""Waits for one answer that a whole letter, or a connection with its login, may take."""
_DOTS = re.compile(rb"^\.", re.MULTILINE)


class UnreachableError(Exception):
    """No letter gets through to the server for now; the message says why, and holds no secret."""


class _AnsweredError(Exception):
    """The server's answer to a command was not the one that lets a letter pass."""

    def __init__(self, stage: str, code: int, text: bytes) -> None:
        super().__init__(stage, code)
        said = f"to {stage} the server answered {code} {text.decode(errors='replace')}"
        final = 500 <= code <= 599
        self.outcome = Outcome("failed" if final else "deferred", told(said))


@dataclass(slots=True)
class Mailer:
    """One connection that serves letter after letter, and is given up after the first that fails."""

    smtp: Smtp
    name: str
    """The name by which this host greets."""
    _server: smtplib.SMTP | None = field(default=None, init=False)

    def send(self, letter: Letter) -> Outcome:
        """Hand one letter to the server."""
        try:
            sender, recipient = addresses_of(letter)
        except AddressError as error:
            return Outcome("failed", told(str(error)))
        try:
            server = self._connected()
        except UnreachableError as error:
            return Outcome("deferred", str(error), closed=True)
        with _watched(server, PATIENCE * self.smtp.timeout_seconds):
            outcome = _hand_over(server, sender, recipient, letter.content)
        if outcome is not SENT:
            self.close()
        return outcome

    def close(self) -> None:
        """End the connection."""
        server, self._server = self._server, None
        if server is not None:
            with _watched(server, self.smtp.timeout_seconds), suppress(OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None and not self._answers(self._server):
            self.close()
        if self._server is None:
            self._server = connect(self.smtp, name=self.name)
        return self._server

    def _answers(self, server: smtplib.SMTP) -> bool:
        """Whether the connection still stands; servers end those that carried many letters."""
        with _watched(server, self.smtp.timeout_seconds), suppress(OSError):
            return server.noop()[0] == 250
        return False


def connect(smtp: Smtp, *, name: str) -> smtplib.SMTP:
    """A connection to the server, secured and logged in as the settings say; raises UnreachableError."""
    trust = _trust(smtp)
    server = _new(smtp, name, trust)
    try:
        with _watched(server, PATIENCE * smtp.timeout_seconds):
            _open(server, smtp, trust)
    except (OSError, ValueError) as error:
        server.close()
        raise UnreachableError(_why(error)) from None
    return server


def _new(smtp: Smtp, name: str, trust: ssl.SSLContext) -> smtplib.SMTP:
    # given no host, they do not connect yet
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(local_hostname=name, timeout=smtp.timeout_seconds, context=trust)
    return smtplib.SMTP(local_hostname=name, timeout=smtp.timeout_seconds)


def _open(server: smtplib.SMTP, smtp: Smtp, trust: ssl.SSLContext) -> None:
    # the name that the certificate is checked against; `connect` does not keep it
    server._host = smtp.host  # type: ignore[attr-defined]
    code, text = server.connect(smtp.host, smtp.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, text)
    server.ehlo_or_helo_if_needed()
    if smtp.security == "starttls":
        code, text = server.starttls(context=trust)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        server.ehlo_or_helo_if_needed()
    if smtp.user is not None and smtp.password is not None:
        server.login(smtp.user, smtp.password.get_secret_value())


def _trust(smtp: Smtp) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if smtp.authorities is not None:
        try:
            context.load_verify_locations(smtp.authorities)
        except OSError as error:
            raise UnreachableError(f"smtp.authorities cannot be read ({type(error).__name__})") from None
    return context


def _hand_over(server: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> Outcome:
    try:
        _expect("MAIL", server.mail(sender, [f"SIZE={len(content)}"] if server.has_extn("size") else ()))
        _expect("RCPT", server.rcpt(recipient))
        _expect("DATA", server.docmd("DATA"), wanted=3)
        server.send(_DOTS.sub(b"..", content))
    except _AnsweredError as error:
        return error.outcome
    except OSError as error:
        return Outcome("deferred", f"before the letter was whole: {_why(error)}")
    # From here on the server may have the whole letter. Nothing but its own word says that it has not.
    try:
        server.send(b".\r\n")
        code, text = server.getreply()
    except OSError as error:
        return Outcome("uncertain", f"after the last byte: {_why(error)}")
    if 400 <= code <= 599:
        return _AnsweredError("the letter", code, text).outcome
    if 200 <= code <= 299:
        return SENT
    return Outcome("uncertain", told(f"after the last byte: an answer without meaning, {code}"))


def _expect(stage: str, answer: tuple[int, bytes], *, wanted: int = 2) -> None:
    """Raise where the answer is not of the wanted hundred."""
    if answer[0] // 100 != wanted:
        raise _AnsweredError(stage, *answer)


@contextmanager
def _watched(server: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cut the connection where the block lasts longer: a server that dribbles outlives every timeout."""
    over = threading.Event()

    def watch() -> None:
        if over.wait(seconds):
            return
        while not over.wait(0.2):  # while a TLS connection is being made there is nothing to cut yet
            _cut(server)

    watching = threading.Thread(target=watch, name="smtp-watch", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _cut(server: smtplib.SMTP) -> None:
    connection = server.sock
    if connection is not None:
        with suppress(OSError):
            # The plain socket's: that of TLS would first let a waiting thread go on in the clear.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _why(error: Exception) -> str:
    """What went wrong, in words that hold neither address nor password."""
    if isinstance(error, UnicodeError):
        return "the mail server's name, user or password holds letters that SMTP cannot carry"
    if isinstance(error, ssl.SSLCertVerificationError):
        return told(f"the mail server's certificate is not trusted: {error.verify_message}")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the mail server refused the login ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the mail server does not offer what the settings ask for (STARTTLS or a login)"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return told(f"the mail server refused the connection: {error.smtp_code} {text}")
    if isinstance(error, TimeoutError):
        return "the mail server did not answer in time"
    if isinstance(error, socket.gaierror):
        return "the mail server's name is not known"
    if isinstance(error, ConnectionRefusedError):
        return "nothing answers at the mail server's port"
    return f"the connection to the mail server failed ({type(error).__name__})"
