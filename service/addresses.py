"""Addresses of mail: which texts are one, and how they are kept out of what is logged."""

import re

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*")
_MAILBOX = re.compile(r"(?P<name>[^<>\"\\]*)<(?P<address>[^<>]*)>")
_ANYWHERE = re.compile(r"[^\s<>@]+@[^\s<>@]+")
LONGEST, LONGEST_LOCAL = 254, 64
"""Characters of an address, and of its part before the @ (RFC 5321, 4.5.3.1)."""


class AddressError(ValueError):
    """A text that is no address of mail; the message says what was wanted."""


def address_of(text: str) -> str:
    """An address as it is stored, its domain in small letters; raises AddressError."""
    local, _, domain = text.strip().rpartition("@")
    found = f"{local}@{domain.lower()}"
    if not _ADDRESS.fullmatch(found) or len(found) > LONGEST or len(local) > LONGEST_LOCAL:
        raise AddressError(f"{_shown(text)} is no address of mail; write name@domain, in plain letters")
    return found


def mailbox_of(text: str) -> tuple[str, str]:
    """The name, which may be empty, and the address of `Name <name@domain>`; raises AddressError."""
    match = _MAILBOX.fullmatch(text.strip())
    name = match["name"] if match else ""
    if not name.isprintable():
        raise AddressError(f"{_shown(text)} has a name that cannot be printed")
    return name.strip(), address_of(match["address"] if match else text)


def without_addresses(text: str) -> str:
    """A text with every address in it blanked."""
    return _ANYWHERE.sub("***", text)


def _shown(text: str) -> str:
    return ascii(text[:80])
