"""All that an issue depends on besides its panel."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from forecast import defaults
from forecast.members import MEMBERS, Member, MemberError, OneByOne, identity, member_of, settings_of


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that an issue depends on besides its panel; the `slow_series` largest get the slow members.

    `members` are names, of the library's or of own ones found by entry point, or members themselves.
    """

    horizon: int = defaults.HORIZON
    paths: int = defaults.PATHS
    seed: int = defaults.SEED
    members: tuple[str | Member, ...] = defaults.MEMBERS
    slow_series: int = defaults.SLOW_SERIES

    def __post_init__(self) -> None:
        chosen = self.chosen
        object.__setattr__(self, "members", tuple(map(_shortly, self.members)))
        twice = [name for name, times in Counter(self.names).items() if times > 1]
        if twice:
            raise MemberError(f"member {twice[0]!r} is named twice; give each member a name of its own")
        if all(isinstance(member, OneByOne) for member in chosen):
            raise ValueError("members must hold a fast one, such as weekly_naive")
        if self.horizon < 1 or self.paths < 2:
            raise ValueError("horizon must be at least 1 and paths at least 2")

    @property
    def chosen(self) -> tuple[Member, ...]:
        """The members themselves; raises MemberError for one that is not there or is none."""
        return tuple(member_of(one) if isinstance(one, str) else _checked(one) for one in self.members)

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names."""
        return tuple(one if isinstance(one, str) else one.name for one in self.members)

    def fast(self) -> "Configuration":
        """The same without the members that do one series at a time."""
        both = zip(self.members, self.chosen, strict=True)
        return replace(self, members=tuple(one for one, member in both if not isinstance(member, OneByOne)))

    def as_dict(self) -> dict[str, Any]:
        """The settings as plain JSON values; of own members also their classes, versions and settings."""
        told: dict[str, Any] = {
            "horizon": self.horizon,
            "paths": self.paths,
            "seed": self.seed,
            "members": list(self.names),
            "slow_series": self.slow_series,
        }
        settings = {member.name: own for member in self.chosen if (own := _own_settings(member))}
        own = {member.name: identity(member) for member in self.chosen if _is_own(member)}
        return told | ({"settings": settings} if settings else {}) | ({"own": own} if own else {})

    @property
    def hash(self) -> str:
        """The SHA-256 of the settings' canonical JSON."""
        canonical = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def _shortly(one: str | Member) -> str | Member:
    """The name of a member that is just as the library has it."""
    return one.name if not isinstance(one, str) and MEMBERS.get(one.name) == one else one


def _checked(member: Member) -> Member:
    """A member that was handed in; raises MemberError if it lacks a part or takes a library member's name."""
    if isinstance(member, type):
        raise MemberError(f"member {member.__name__} is a class; hand in {member.__name__}(...)")
    if not isinstance(member, Member):
        lacking = [part for part in ("name", "slow", "stride", "hindcast") if not hasattr(member, part)]
        raise MemberError(f"{member!r} is no member: it lacks {', '.join(lacking)}")
    if not isinstance(member.name, str) or not member.name:
        raise MemberError(f"{member!r} is no member: its name must be a text, not {member.name!r}")
    same = MEMBERS.get(member.name)
    if same is not None and _kind(same) is not _kind(member):
        raise MemberError(f"member {member.name!r} bears the name of the library's; call it otherwise")
    if member.slow and not isinstance(member, OneByOne):
        raise MemberError(
            f"member {member.name!r} is slow; make it a one-series method and hand in OneByOne(it)"
        )
    return member


def _kind(member: Member) -> type:
    return type(member.method) if isinstance(member, OneByOne) else type(member)


def _is_own(member: Member) -> bool:
    return member.name not in MEMBERS


def _own_settings(member: Member) -> dict[str, Any]:
    """An own member's settings; of a library member those that were changed."""
    settings = settings_of(member)
    usual = settings_of(MEMBERS[member.name]) if member.name in MEMBERS else {}
    return {name: value for name, value in settings.items() if name not in usual or usual[name] != value}
