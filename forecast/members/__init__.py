"""The forecasting methods that an ensemble is made of."""

from forecast.members.ets import Structural
from forecast.members.one_by_one import OneByOne, Series, series_of
from forecast.members.prophet import ProphetMethod
from forecast.members.protocol import Context, Fitted, Member
from forecast.members.random_walk import RandomWalk
from forecast.members.weekly_naive import WeeklyNaive

MEMBERS: dict[str, Member] = {
    member.name: member
    for member in (WeeklyNaive(), RandomWalk(), OneByOne(Structural()), OneByOne(ProphetMethod()))
}

__all__ = [
    "MEMBERS",
    "Context",
    "Fitted",
    "Member",
    "OneByOne",
    "RandomWalk",
    "Series",
    "WeeklyNaive",
    "series_of",
]
