"""Forecasting methods of others, found by the entry point group `forecast.members`, and those of the library.

A package names its own: `[project.entry-points."forecast.members"]`, then `name = "module:object"`, where
the object is a member or a class of one.
"""

import json
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from forecast.members import MEMBERS, Member
from forecast.pipeline import Configuration

GROUP = "forecast.members"


class MemberError(ValueError):
    """A member that is not there or cannot be used; the message says which one and why."""


def installed() -> dict[str, EntryPoint]:
    """The entry points of own members by their name, not yet imported."""
    return {point.name: point for point in entry_points(group=GROUP)}


def names() -> tuple[str, ...]:
    """The names of all members there are, the library's first."""
    return (*MEMBERS, *sorted(name for name in installed() if name not in MEMBERS))


def own_members(wanted: Iterable[str]) -> dict[str, Member]:
    """The own members among these names, imported; raises MemberError for a name that nothing bears."""
    found = installed()
    own: dict[str, Member] = {}
    for name in wanted:
        if name in MEMBERS:
            continue
        if name not in found:
            raise MemberError(_unknown(name))
        own[name] = _loaded(name, found[name])
    return own


def _unknown(name: str) -> str:
    near = get_close_matches(name, names(), n=3)
    wanted = f"did you mean {' or '.join(near)}" if near else f"choose among {', '.join(names())}"
    return f"there is no member {name!r}: {wanted}, or install what brings it (entry point group {GROUP})"


def _loaded(name: str, point: EntryPoint) -> Member:
    """A member as its entry point has it; a class is called without arguments."""
    try:
        found = point.load()
        member: Member = found() if isinstance(found, type) else found
    except Exception as error:
        raise MemberError(
            f"member {name!r} cannot be used: {point.value} raised {type(error).__name__}: {error}"
        ) from error
    if getattr(member, "name", None) != name:
        raise MemberError(
            f"member {name!r} cannot be used: {point.value} calls itself {getattr(member, 'name', None)!r}"
        )
    return member


def configuration_from_document(document: str) -> Configuration:
    """The configuration of a TOML document; raises ValueError that says what is wrong with it."""
    found = tomllib.loads(document)
    own_members(found.get("members", ()))
    return Configuration(**{**found, **({"members": tuple(found["members"])} if "members" in found else {})})


def document_of(configuration: Configuration) -> str:
    """A configuration as the TOML document that gives it back."""
    settings = configuration.as_dict()
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
