"""The forecasting methods that an ensemble is made of."""

from forecast.members.analog import Analog
from forecast.members.count import Count
from forecast.members.identity import fingerprint, identity
from forecast.members.one_by_one import Method, OneByOne, Series, series_of
from forecast.members.protocol import Context, Member, Span
from forecast.members.registry import (
    GROUP,
    MEMBERS,
    MemberError,
    installed,
    member_of,
    names,
    own_members,
)
from forecast.members.settings import settings_of, settled_of, with_settings
from forecast.members.smooth import Components, Passed, Smooth
from forecast.members.weekly_naive import WeeklyNaive

__all__ = [
    "GROUP",
    "MEMBERS",
    "Analog",
    "Components",
    "Context",
    "Count",
    "Member",
    "MemberError",
    "Method",
    "OneByOne",
    "Passed",
    "Series",
    "Smooth",
    "Span",
    "WeeklyNaive",
    "fingerprint",
    "identity",
    "installed",
    "member_of",
    "names",
    "own_members",
    "series_of",
    "settings_of",
    "settled_of",
    "with_settings",
]
