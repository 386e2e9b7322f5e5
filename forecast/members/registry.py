"""The members by name: the library's, and those of others, found by the entry point group `forecast.members`.

A package names its own: `[project.entry-points."forecast.members"]`, then `name = "module:object"`, where
the object is a member or a class of one. An entry point is imported only when its name is asked for.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from forecast.members.analog import Analog
from forecast.members.count import Count
from forecast.members.ets import Structural
from forecast.members.glm import CountRegression
from forecast.members.one_by_one import OneByOne
from forecast.members.prophet import ProphetMethod
from forecast.members.protocol import Member
from forecast.members.smooth import Smooth
from forecast.members.weekly_naive import WeeklyNaive
from forecast.smoothing import LOG, ROOT, Regression, Smoothing

GROUP = "forecast.members"

MEMBERS: dict[str, Member] = {
    member.name: member
    for member in (
        WeeklyNaive(),
        Smooth("root", Smoothing(ROOT)),
        Smooth("log", Smoothing(LOG)),
        Smooth("slow", Smoothing(LOG, Regression(gain=0.02, half_life=1000.0)), season=6.0),
        Analog(),
        Count(),
        OneByOne(Structural()),
        OneByOne(ProphetMethod()),
        OneByOne(CountRegression()),
    )
}


class MemberError(ValueError):
    """A member that is not there or cannot be used; the message says which one and why."""


def installed() -> dict[str, EntryPoint]:
    """The entry points of own members by their name, not yet imported."""
    return {point.name: point for point in entry_points(group=GROUP)}


def names() -> tuple[str, ...]:
    """The names of all members there are, the library's first."""
    return (*MEMBERS, *sorted(name for name in installed() if name not in MEMBERS))


def member_of(name: str) -> Member:
    """The member of a name; raises MemberError for one that nothing bears or that cannot be imported."""
    return MEMBERS[name] if name in MEMBERS else own_members([name])[name]


def own_members(wanted: Iterable[str]) -> dict[str, Member]:
    """The own members among these names, imported; raises MemberError for a name that nothing bears."""
    own = [name for name in wanted if name not in MEMBERS]
    found = installed() if own else {}
    for name in own:
        if name not in found:
            raise MemberError(_unknown(name))
    return {name: _loaded(name, found[name]) for name in own}


def version_of(member: Member) -> str:
    """The version that an own member gives itself, else that of the package that brings it; "" without."""
    told = getattr(member, "version", None)
    if told is not None:
        return str(told)
    point = installed().get(member.name)
    own = point is not None and point.dist is not None and point.module == type(member).__module__
    return point.dist.version if own and point and point.dist else ""


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
