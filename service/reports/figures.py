"""The report's fan charts: of its place and of the crossings that matter, in words as well as lines."""

from collections.abc import Iterator, Sequence
from datetime import date

from forecast.plots import Fan, FanWords
from forecast.plots.fan import GAP
from service.charts import Size, fan_picture
from service.languages import Language
from service.mail.envelope import plain
from service.reports.contents import Day, PlaceForecast, Quantity, Report
from service.reports.page import Figure

LEVELS = (0.5, 0.8, 0.95)
MAILED: Size = (4.8, 3.4)  # inches: on a phone's 343 points letters of 10.5 are still read
PRINTED: Size = (7.0, 3.1)
_SHARP = 170  # points an inch, so that a phone's finer screen shows sharp lines
_MOST_DRAWN = 5


def figures_of(report: Report, language: Language) -> tuple[Figure, ...]:
    """A chart of the place and of each crossing that matters; none where no number is told."""
    drawn = [one for one in report.forecasts if any(_is_number(day.median) for day in one.days)]
    stamp = language.say("SYNTHETIC") if report.synthetic else None
    return tuple(
        _figure(
            forecast,
            _fan(forecast, report.issue.cutoff, language, stamp=stamp),
            language,
            name=f"fan-{number}",
        )
        for number, forecast in enumerate(drawn[:_MOST_DRAWN])
    )


def _figure(forecast: PlaceForecast, fan: Fan, language: Language, *, name: str) -> Figure:
    return Figure(
        name=name,
        caption=language.say("{place}: arrivals a day", place=plain(forecast.place.name)),
        alt=" ".join(_in_words(forecast, fan.cutoff, language)),
        png=fan_picture(fan, MAILED, form="png", dpi=_SHARP),
        svg=fan_picture(fan, PRINTED),
    )


def _fan(forecast: PlaceForecast, cutoff: date, language: Language, *, stamp: str | None) -> Fan:
    return Fan(
        title=language.say("people a day"),
        cutoff=cutoff,
        observed={one.date: _drawn(one.value) for one in forecast.observed},
        days=[day.date for day in forecast.days],
        median=[_drawn(day.median) for day in forecast.days],
        bands={level: _ends(forecast.days, level) for level in LEVELS},
        lost=[day.date for day in forecast.days if day.trust == "lost"],
        stamp=stamp,
        words=_words(language),
    )


def _ends(days: Sequence[Day], level: float) -> tuple[list[float], list[float]]:
    return [_drawn(day.lower(level), small=0.0) for day in days], [_drawn(day.upper(level)) for day in days]


def _drawn(quantity: Quantity, *, small: float = GAP) -> float:
    """Where a quantity is drawn; what is not told leaves a gap, but a band may begin at the ground."""
    if quantity == "small":
        return small
    return GAP if quantity is None else float(quantity)


def _words(language: Language) -> FanWords:
    return FanWords(
        counted=language.say("counted"),
        median=language.say("median"),
        interval=lambda level: language.say("{level} of cases", level=language.level(level)),
        lost=language.say("no skill of late"),
        number=language.number,
        month=language.short_day,
    )


def _in_words(forecast: PlaceForecast, cutoff: date, language: Language) -> Iterator[str]:
    """What the chart shows, for those who do not see it: the numbers to plan for first."""
    yield language.say(
        "Chart: counts of the last weeks up to {day}, and the forecast of the days after.",
        day=language.full_day(cutoff),
    )
    week = forecast.weeks[0].fullest if forecast.weeks else None
    if week is not None and _is_number(week.upper()) and _is_number(week.median):
        yield language.say(
            "Fullest of the next seven days: {day}, up to {upper} people in 95 of 100 cases, median {median}.",
            day=language.day(week.date),
            upper=language.number(_drawn(week.upper())),
            median=language.number(_drawn(week.median)),
        )
    yield from _last_count(forecast, language)


def _last_count(forecast: PlaceForecast, language: Language) -> Iterator[str]:
    counted = [one for one in forecast.observed if _is_number(one.value)]
    if counted:
        yield language.say(
            "Last count: {count} people on {day}.",
            count=language.number(_drawn(counted[-1].value)),
            day=language.day(counted[-1].date),
        )


def _is_number(quantity: Quantity) -> bool:
    return isinstance(quantity, (int, float))
