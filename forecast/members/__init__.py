"""The forecasting methods that an ensemble is made of."""

from forecast.members.analog import Analog
from forecast.members.count import Count
from forecast.members.ets import Structural
from forecast.members.glm import CountRegression
from forecast.members.one_by_one import OneByOne, Series, series_of
from forecast.members.prophet import ProphetMethod
from forecast.members.protocol import Context, Member, Span
from forecast.members.smooth import Components, Passed, Smooth
from forecast.members.weekly_naive import WeeklyNaive
from forecast.smoothing import LOG, ROOT, Regression, Smoothing

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

__all__ = [
    "MEMBERS",
    "Analog",
    "Components",
    "Context",
    "Count",
    "Member",
    "OneByOne",
    "Passed",
    "Series",
    "Smooth",
    "Span",
    "WeeklyNaive",
    "series_of",
]
