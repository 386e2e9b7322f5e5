"""What becomes of one try to send a letter, and the ways in which letters go out."""

from dataclasses import dataclass
from typing import Literal, Protocol

from service.addresses import without_addresses
from service.store.mail_records import Letter

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: `deferred` and `failed` mean certainly not taken, `uncertain` that it may have been.

    `closed` says that nothing else will get through for now.
    """

    state: Literal["sent", "deferred", "failed", "uncertain"]
    reason: str = ""
    closed: bool = False


SENT = Outcome("sent")


class Transport(Protocol):
    """A way out for letters; it raises nothing for what goes wrong on the way."""

    def send(self, letter: Letter) -> Outcome:
        """Try to hand over one letter."""
        ...

    def close(self) -> None:
        """Let go of what is held open between letters."""
        ...


def told(text: str) -> str:
    """What another host said, fit to be stored and shown: one line, cut, without addresses."""
    line = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST_REASON])
    return without_addresses(" ".join(line.split()))[:LONGEST_REASON]
