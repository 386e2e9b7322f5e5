"""Members' settings as plain values, and members with other ones."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from difflib import get_close_matches
from math import isfinite
from types import FunctionType
from typing import Any

import numpy as np

from forecast.members.one_by_one import OneByOne
from forecast.members.protocol import Member
from forecast.members.registry import MEMBERS, MemberError

GIVEN = ("name", "slow", "stride", "version")
"""What every member has; no settings of it."""


def settings_of(member: Member) -> dict[str, Any]:
    """A member's settings as plain JSON values, by field; of a one-series method, the method's."""
    settled = settled_of(member)
    return {name: _plain(value, name, member) for name, value in _fields(settled) if name not in GIVEN}


def settled_of(member: Member) -> Any:
    """Where a member's settings are: itself, or the method that it wraps."""
    return member.method if isinstance(member, OneByOne) else member


def _fields(settled: Any) -> list[tuple[str, Any]]:
    if is_dataclass(settled):
        return [(field.name, getattr(settled, field.name)) for field in fields(settled)]
    return sorted(getattr(settled, "__dict__", {}).items())


def _plain(value: Any, name: str, member: Member) -> Any:
    """A setting as JSON has it; raises MemberError where it has no form that lasts."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each, name, member) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(each, name, member) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return {
            "array": str(value.dtype),
            "shape": list(value.shape),
            "bytes": hashlib.sha256(value.tobytes()).hexdigest(),
        }
    told = place_of(value) if isinstance(value, type | FunctionType) else repr(value)
    if " at 0x" in told:
        raise MemberError(
            f"member {member.name!r}: {name} is {told}, which is called otherwise in the next process; "
            "make it a number, a text or a frozen dataclass, or keep it out of the fields"
        )
    return told


def place_of(named: Any) -> str:
    """Where a class or function is defined."""
    return f"{named.__module__}:{named.__qualname__}"


def with_settings(member: Member, settings: Mapping[str, Any]) -> Member:
    """A member with some settings changed; raises MemberError for one that it lacks or that does not fit."""
    now = settings_of(member)
    changed = {name: value for name, value in settings.items() if not _equal(now.get(name), value)}
    fitting = {name: _fitting(member, now, name, value) for name, value in changed.items()}
    if not fitting:
        return member
    if isinstance(member, OneByOne):
        return replace(member, method=replace(member.method, **fitting))  # type: ignore[type-var]
    return replace(member, **fitting)  # type: ignore[type-var]


def _equal(now: Any, value: Any) -> bool:
    """Whether a setting stays as it is; true and 1 are two things."""
    if isinstance(now, list) and isinstance(value, list | tuple):
        return now == list(value)
    return bool(now == value) and isinstance(now, bool) == isinstance(value, bool)


def _fitting(member: Member, now: Mapping[str, Any], name: str, value: Any) -> Any:
    """A new value of a setting in the type of the present one."""
    about = f"settings.{member.name}.{name}"
    settable = (
        [field.name for field in fields(settled_of(member)) if field.init] if _is_record(member) else []
    )
    if name not in now or name not in settable:
        near = get_close_matches(name, settable, n=1)
        known = [known for known in now if known in settable]
        wanted = f"did you mean {near[0]}" if near else f"it has {', '.join(known) or 'none'}"
        raise MemberError(f"{about}: {member.name} has no such setting; {wanted}")
    usual = getattr(settled_of(member), name)
    if isinstance(usual, tuple) and isinstance(value, list | tuple) and value:
        return tuple(_alike(about, usual[0] if usual else each, each, member) for each in value)
    return _alike(about, usual, value, member)


def _is_record(member: Member) -> bool:
    return is_dataclass(settled_of(member))


def _alike(about: str, usual: Any, value: Any, member: Member) -> Any:
    """The value as a number, text or truth as the usual one is; of the library's members above 0."""
    if isinstance(usual, bool | str):
        fits, wanted = type(value) is type(usual), "true or false" if isinstance(usual, bool) else "a text"
    elif isinstance(usual, int | float):
        fits, wanted = _is_number(value, whole=isinstance(usual, int)), "a number"
        if member.name in MEMBERS:
            fits, wanted = fits and value > 0, "a number above 0"
    else:
        raise MemberError(f"{about}: {usual!r} can be changed in Python only, by handing in the member")
    if not fits:
        raise MemberError(f"{about}: found {value!r}, wanted {wanted}, such as {usual!r}")
    return float(value) if isinstance(usual, float) else value


def _is_number(value: Any, *, whole: bool) -> bool:
    kinds = (int,) if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and isfinite(value)
