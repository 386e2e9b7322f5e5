"""Mail on the console, to look at while setting the service up."""

import sys
from typing import TextIO

from service.mail.letters import read
from service.mail.outcomes import SENT, Outcome
from service.store.mail_records import Letter

_SHOWN = ("From", "To", "Date", "Subject", "Message-ID")


class Console:
    """Writes the head and the text of each letter; its other parts by name."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, letter: Letter) -> Outcome:
        """Write one letter."""
        stream = self._stream or sys.stdout
        try:
            stream.write(_shown(letter))
            stream.flush()
        except OSError as error:
            return Outcome("deferred", f"the console cannot be written ({type(error).__name__})", closed=True)
        return SENT

    def close(self) -> None:
        """The console is not ours to close."""


def _shown(letter: Letter) -> str:
    message = read(letter)
    head = [f"{name}: {message[name]}" for name in _SHOWN]
    text = message.get_body(("plain",))
    body = str(text.get_content()).splitlines() if text is not None else []
    names = [f"[attached: {part.get_filename()}]" for part in message.iter_attachments()]
    return "\n".join(map(_printable, ["", *head, "", *body, *names, ""])) + "\n"


def _printable(line: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\t" else " " for sign in line)
