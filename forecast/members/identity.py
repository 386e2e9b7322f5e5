"""What tells one member from another: its class, settings, version, and for what is kept also its code."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import singledispatch
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from forecast.members.protocol import Member
from forecast.members.registry import version_of
from forecast.members.settings import place_of, settings_of, settled_of

LIBRARY = "forecast"


def identity(member: Member) -> dict[str, Any]:
    """An own member's class and version as plain values; its settings are told by `settings_of`."""
    return {"class": place_of(type(settled_of(member))), "version": version_of(member)}


def fingerprint(member: Member) -> str:
    """A text that is another one where anything differs that a member's forecasts may depend on.

    An own member's holds its code too, as far as it lies in the member's package: a notebook's cell that was
    changed and run again makes another member.
    """
    settled = settled_of(member)
    if _of_library(type(settled)):
        return repr(member)
    hasher = hashlib.sha256()
    for piece in _code(type(settled), set()):
        hasher.update(piece)
    told = identity(member) | {"name": member.name, "settings": settings_of(member)}
    return json.dumps(told | {"code": hasher.hexdigest()}, sort_keys=True)


def _package(named: Any) -> str:
    return str(getattr(named, "__module__", None) or "").partition(".")[0]


def _of_library(kind: type) -> bool:
    return _package(kind) == LIBRARY


@singledispatch
def _code(found: Any, seen: set[int]) -> Iterator[bytes]:
    """The bytes of what code is made of, each piece once; of constants their repr."""
    if isinstance(found, np.ndarray):
        yield found.tobytes()
    elif found is None or isinstance(found, bool | int | float | str | bytes):
        yield repr(found).encode()
    elif isinstance(found, tuple | list):
        for each in found:
            yield from _code(each, seen)
    elif isinstance(found, Mapping):
        yield from _code(list(found.items()), seen)
    elif isinstance(found, frozenset):
        yield repr(sorted(map(repr, found))).encode()


@_code.register
def _(found: type, seen: set[int]) -> Iterator[bytes]:
    for kind in found.__mro__:
        if kind is object or id(kind) in seen or _of_library(kind):
            continue
        seen.add(id(kind))
        if _package(kind) == _package(found):
            for name, value in sorted(vars(kind).items()):
                inner = getattr(value, "fget", None) or getattr(value, "__func__", value)
                if isinstance(inner, FunctionType) or not name.startswith("__"):
                    yield name.encode()
                    yield from _code(inner, seen)


@_code.register
def _(found: FunctionType, seen: set[int]) -> Iterator[bytes]:
    if id(found) in seen:
        return
    seen.add(id(found))
    yield from _code(found.__code__, seen)
    for default in found.__defaults__ or ():
        yield from _code(default, seen)
    for name in sorted(_names(found.__code__)):
        value = found.__globals__.get(name)
        own = _package(value) == _package(found) if callable(value) else True
        if value is not None and own and not isinstance(value, ModuleType):
            yield from _code(getattr(value, "__wrapped__", value), seen)


@_code.register
def _(found: CodeType, seen: set[int]) -> Iterator[bytes]:
    yield found.co_code
    yield repr(found.co_names).encode()
    for constant in found.co_consts:
        yield from _code(constant, seen)


def _names(code: CodeType) -> set[str]:
    """The global names that code and what is nested in it mention."""
    nested = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, nested))
