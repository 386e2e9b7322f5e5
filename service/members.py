"""Configurations as documents, and the members that they may name, as the service calls them."""

from forecast.documents import configuration_from_toml as configuration_from_document
from forecast.documents import toml_of as document_of
from forecast.members import MemberError, installed, names, own_members

__all__ = [
    "MemberError",
    "configuration_from_document",
    "document_of",
    "installed",
    "names",
    "own_members",
]
