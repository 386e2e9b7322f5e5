"""A real mail server on loopback, and a host in front of it that misbehaves at a stage of one's choice."""

import socket
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from email import message_from_bytes

from aiosmtpd.controller import Controller

REFUSALS = ("greeting-4", "greeting-5", "mail-4", "mail-5", "rcpt-4", "rcpt-5", "data-4", "data-5")
ANSWERS = ("end-4", "end-5")
BEFORE_THE_LAST_BYTE = ("drop-greeting", "drop-mail", "drop-rcpt", "drop-data", "hang-mail", "hang-data")
DURING_THE_BODY = ("drop-body", "hang-body")
AFTER_THE_LAST_BYTE = ("drop-untaken", "hang-untaken", "drop-taken", "hang-taken", "cut-reply", "odd-reply")
KILLS = ("kill-mail", "kill-data", "kill-body", "kill-untaken", "kill-taken", "kill-answered")
FAULTS = (*REFUSALS, *ANSWERS, *BEFORE_THE_LAST_BYTE, *DURING_THE_BODY, *AFTER_THE_LAST_BYTE)


class Taker:
    """What a server took, by Message-ID, with the envelope's addresses."""

    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 taken"

    @property
    def copies(self):
        return Counter(id_of(envelope.content) for envelope in self.envelopes)


class FreePort(Controller):
    """A controller on a port that was free."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def id_of(content):
    return message_from_bytes(content)["Message-ID"].strip()


@contextmanager
def mail_server(**options):
    """A real server on a free port; gives its port and what it takes."""
    taker = Taker()
    controller = FreePort(taker, hostname="127.0.0.1", port=0, server_hostname="localhost", **options)
    controller.start()
    try:
        yield controller.port, taker
    finally:
        controller.stop()


@contextmanager
def nobody():
    """A port on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


class GoneError(Exception):
    """One of the two sides has hung up."""


class Lines:
    """A socket read by lines."""

    def __init__(self, connection):
        self.connection, self.file = connection, connection.makefile("rb")

    def line(self):
        line = self.file.readline()
        if not line.endswith(b"\n"):
            raise GoneError
        return line

    def reply(self):
        """The lines of one reply."""
        lines = [self.line()]
        while lines[-1][3:4] == b"-":
            lines.append(self.line())
        return b"".join(lines)

    def send(self, content):
        try:
            self.connection.sendall(content)
        except OSError:
            raise GoneError from None

    def drain(self):
        """Read and say nothing, until the other side hangs up."""
        while self.file.read(65_536):
            pass


class Misbehaving:
    """Passes a conversation on to a mail server, but for one fault each: `fault()` names it, or none.

    `whole` counts by Message-ID how often the last byte of a letter came, `refused` how often it was answered
    by a refusal that its sender could read.
    """

    def __init__(self, port, fault, kill=lambda name: None):
        self.upstream, self.fault, self.kill = port, fault, kill
        self.whole, self.refused, self.met = Counter(), Counter(), []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._talks = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def port(self):
        return self._listening.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        # a closed socket does not wake a thread that accepts; shutting it down does
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join(10)
        for talk in self._talks:
            talk.join(10)

    def _accept(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            talk = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            self._talks.append(talk)
            talk.start()

    def _talk(self, connection):
        with connection, socket.create_connection(("127.0.0.1", self.upstream)) as onward:
            try:
                Talk(self, Lines(connection), Lines(onward)).hold()
            except (GoneError, OSError):
                return


class Talk:
    """One conversation with its sender, and the fault of the letter in hand."""

    def __init__(self, host, client, server):
        self.host, self.client, self.server = host, client, server
        self.fault, self.name = None, None

    def hold(self):
        self.draw()
        greeting = self.server.reply()
        self.meet("greeting")
        self.client.send(greeting)
        begun = False
        while True:
            line = self.client.line()
            verb = line.split()[0].upper().decode()
            if verb in ("EHLO", "HELO"):
                self.name = line.split()[1].decode()
            if verb == "MAIL":
                if begun:
                    self.draw()
                begun = True
            self.meet(verb.lower())
            self.server.send(line)
            answer = self.server.reply()
            self.client.send(answer)
            if verb == "DATA" and answer.startswith(b"354"):
                self.letter()
            if verb == "QUIT":
                raise GoneError

    def draw(self):
        self.fault = self.host.fault()
        self.host.met.append(self.fault)

    def meet(self, stage):
        """Do what the fault says, if it is one of this stage; end the conversation by it."""
        kind, _, at = (self.fault or "").partition("-")
        if self.fault in (f"{stage}-4", f"{stage}-5"):
            code = {"4": b"450 try later", "5": b"554 no <desk@place.example>"}[at]
            self.client.send(code + b"\r\n")
            raise GoneError
        if at != stage:
            return
        if kind == "kill":
            self.host.kill(self.name)
            self.client.drain()
        if kind == "hang":
            self.client.drain()
        raise GoneError

    def letter(self):
        lines = []
        while (line := self.client.line()) != b".\r\n":
            lines.append(line)
            if len(lines) == 20:
                self.meet("body")
        self.whole(lines)

    def whole(self, lines):
        message_id = id_of(b"".join(lines))
        self.host.whole[message_id] += 1
        self.meet("untaken")
        if self.fault in ("end-4", "end-5"):
            self.host.refused[message_id] += 1
            self.meet("end")
        self.server.send(b"".join([*lines, b".\r\n"]))
        answer = self.server.reply()
        self.meet("taken")
        if self.fault == "cut-reply":
            self.client.send(b"250-taken\r\n25")
            raise GoneError
        if self.fault == "odd-reply":
            self.client.send(b"what?\r\n")
            raise GoneError
        self.client.send(answer)
        self.meet("answered")
