"""All that an issue depends on besides its panel."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from typing import Any

from forecast import defaults
from forecast.calendars import Calendars
from forecast.combine import Weighing, Widening
from forecast.ensemble import Capacities
from forecast.events import ALWAYS_KNOWN, Event, check
from forecast.members import MEMBERS, Member, MemberError, OneByOne, identity, member_of, settings_of


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that an issue depends on besides its panel; the `slow_series` largest get the slow members.

    `members` are names, of the library's or of own ones found by entry point, or members themselves.
    `events` and `calendars` stand beside those of the panel and its register, and before them: an event with
    the id of a registered one takes its place. `weighing` and `widening` are what the ensemble may do.
    """

    horizon: int = defaults.HORIZON
    paths: int = defaults.PATHS
    seed: int = defaults.SEED
    members: tuple[str | Member, ...] = defaults.MEMBERS
    slow_series: int = defaults.SLOW_SERIES
    events: tuple[Event, ...] = ()
    calendars: Calendars = Calendars()  # noqa: RUF009 - frozen
    weighing: Weighing = Weighing()  # noqa: RUF009 - frozen
    widening: Widening = Widening()  # noqa: RUF009 - frozen

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
        _check_events(self.events)

    @property
    def capacities(self) -> Capacities:
        """What the ensemble may use."""
        return Capacities(self.slow_series, self.weighing, self.widening)

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
        """The settings as plain JSON values; what is as usual beyond the first five is left out.

        Of own members their classes, versions and settings are told too.
        """
        chosen = self.chosen
        further = {
            "settings": {member.name: own for member in chosen if (own := changed_settings(member))},
            "events": [_event(event) for event in sorted(self.events, key=lambda event: event.id)],
            "calendars": _calendars(self.calendars),
            "weighing": _changed(self.weighing, Weighing()),
            "widening": _changed(self.widening, Widening()),
            "own": {member.name: identity(member) for member in chosen if member.name not in MEMBERS},
        }
        return {
            "horizon": self.horizon,
            "paths": self.paths,
            "seed": self.seed,
            "members": list(self.names),
            "slow_series": self.slow_series,
        } | {name: value for name, value in further.items() if value}

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


def changed_settings(member: Member) -> dict[str, Any]:
    """An own member's settings; of a library member those that were changed."""
    settings = settings_of(member)
    usual = settings_of(MEMBERS[member.name]) if member.name in MEMBERS else {}
    return {
        name: float(value) if isinstance(usual.get(name), float) else value
        for name, value in settings.items()
        if name not in usual or usual[name] != value
    }


def _check_events(events: tuple[Event, ...]) -> None:
    twice = [id for id, times in Counter(event.id for event in events).items() if times > 1]
    if twice:
        raise ValueError(f"event {twice[0]!r} is given twice; give each event an id of its own")
    check(events)


def _event(event: Event) -> dict[str, Any]:
    """An event as plain values, without what is left open."""
    recorded = None if event.recorded_at == ALWAYS_KNOWN else event.recorded_at.astimezone(UTC).isoformat()
    told = {
        "id": event.id,
        "kind": event.kind,
        "place": event.place,
        "first": event.first.isoformat(),
        "last": event.last and event.last.isoformat(),
        "multiple": None if event.multiple is None else float(event.multiple),
        "note": event.note or None,
        "recorded_at": recorded,
        "withdrawn": event.withdrawn or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _calendars(calendars: Calendars) -> dict[str, Any]:
    """Calendars as plain values."""
    told = {
        "countries": {place: list(codes) for place, codes in calendars.countries.items()},
        "holidays": {
            code: [day.isoformat() for day in sorted(set(days))] for code, days in calendars.holidays.items()
        },
    }
    return {name: value for name, value in told.items() if value}


def _changed(settings: Weighing | Widening, usual: Weighing | Widening) -> dict[str, float]:
    """The numbers that are not as usual."""
    before = asdict(usual)
    return {name: float(value) for name, value in asdict(settings).items() if value != before[name]}
