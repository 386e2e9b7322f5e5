"""Configurations as documents, whose own members are found by entry point."""

import json
import tomllib

from forecast.configuration import Configuration
from forecast.members import MemberError, installed, names, own_members

__all__ = [
    "MemberError",
    "configuration_from_document",
    "document_of",
    "installed",
    "names",
    "own_members",
]


FIELDS = ("horizon", "paths", "seed", "members", "slow_series")


def configuration_from_document(document: str) -> Configuration:
    """The configuration of a TOML document; raises ValueError that says what is wrong with it."""
    found = tomllib.loads(document)
    return Configuration(**{**found, **({"members": tuple(found["members"])} if "members" in found else {})})


def document_of(configuration: Configuration) -> str:
    """A configuration as the TOML document that gives it back."""
    settings = configuration.as_dict()
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items() if name in FIELDS)
