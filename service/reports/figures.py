"""The report's fan charts: of its place and of the crossings that matter, in words as well as lines."""

from collections.abc import Iterator, Sequence
from datetime import date

from forecast.plots import Fan, FanWords
from forecast.plots.fans import GAP
from service.charts import Size, fan_picture
from service.languages import Language
from service.reports.contents import Day, PlaceForecast, Quantity, Report
from service.reports.page import Figure
from service.reports.words import Words, is_number

LEVELS = (0.5, 0.8, 0.95)
MAILED: Size = (4.8, 3.1)  # inches: on a phone's 343 points letters of 10.5 are still read
PRINTED: Size = (7.0, 2.6)
_SHARP = 144  # points an inch, so that a phone's finer screen shows sharp lines


def figures_of(report: Report, language: Language) -> tuple[Figure, ...]:
    """A chart of the place and of each crossing that matters; none where no number is told."""
    words = Words(language, report.small_counts, report.place.time_zone)
    stamp = words.say("SYNTHETIC") if report.synthetic else None
    drawn = [one for one in report.forecasts if any(is_number(day.median) for day in one.days)]
    fans = [_fan(forecast, report.issue.cutoff, language, stamp=stamp) for forecast in drawn]
    return tuple(
        _figure(f"fan-{number}", forecast, fan, words)
        for number, (forecast, fan) in enumerate(zip(drawn, fans, strict=True))
    )


def _figure(name: str, forecast: PlaceForecast, fan: Fan, words: Words) -> Figure:
    return Figure(
        name=name,
        caption=words.say("{place}: arrivals a day", place=words.name(forecast.place)),
        alt=" ".join(_in_words(forecast, fan.cutoff, words)),
        png=fan_picture(fan, MAILED, form="png", dpi=_SHARP),
        svg=fan_picture(fan, PRINTED, letters=True),
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
        words=_chart_words(language),
    )


def _ends(days: Sequence[Day], level: float) -> tuple[list[float], list[float]]:
    return [_drawn(day.lower(level), small=0.0) for day in days], [_drawn(day.upper(level)) for day in days]


def _drawn(quantity: Quantity, *, small: float = GAP) -> float:
    """Where a quantity is drawn; what is not told leaves a gap, but a band may begin at the ground."""
    if quantity == "small":
        return small
    return GAP if quantity is None else float(quantity)


def _chart_words(language: Language) -> FanWords:
    return FanWords(
        counted=language.say("counted"),
        median=language.say("middle"),
        interval=lambda level: language.say("{level} of cases", level=language.level(level)),
        lost=language.say("no skill of late"),
        number=language.number,
        month=language.short_day,
    )


def _in_words(forecast: PlaceForecast, cutoff: date, words: Words) -> Iterator[str]:
    """What the chart shows, for those who do not see it: the numbers to plan for first."""
    yield words.say(
        "Chart: counts of the last weeks up to {day}, and the forecast of the days after.",
        day=words.language.full_day(cutoff),
    )
    for week in forecast.weeks:
        if is_number(week.fullest.upper()) and is_number(week.fullest.median):
            yield words.say(
                "{first} to {last}: fullest on {day}, up to {upper} people, middle {median}.",
                first=words.language.short_day(week.first),
                last=words.language.short_day(week.last),
                day=words.language.day(week.fullest.date),
                upper=words.cell(week.fullest.upper()),
                median=words.cell(week.fullest.median),
            )
    counted = [one for one in forecast.observed if is_number(one.value)]
    if counted:
        yield words.say(
            "Last count: {count} people on {day}.",
            count=words.cell(counted[-1].value),
            day=words.language.day(counted[-1].date),
        )
