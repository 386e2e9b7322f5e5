"""The tables of forecasts, of what was said and came, and of corrections, upper figures first."""

from collections.abc import (
    Iterable,
)

from service.reports.contents import (
    Difference,
    Moved,
    Named,
    PlaceForecast,
    Said,
    Verdict,
)
from service.reports.page import (
    Grid,
)
from service.reports.sources import (
    FORTNIGHT,
)
from service.reports.words import (
    Words,
)


def day_grid(forecast: PlaceForecast, words: Words) -> Grid:
    """The next fourteen days: upper ends, median, lower ends."""
    rows = [
        (
            words.language.day(day.date),
            *(words.cell(one) for one in (day.upper(0.95), day.upper(0.8), day.median)),
            *(words.cell(one) for one in (day.lower(0.8), day.lower(0.95))),
        )
        for day in forecast.days[:FORTNIGHT]
    ]
    caption = words.say("{place}: people a day, day by day", place=words.name(forecast.place))
    return Grid(caption, (words.say("Day"), *_ends(words)), tuple(rows))


def week_grid(forecast: PlaceForecast, words: Words) -> Grid:
    """The next four weeks, by the fullest day of each."""
    rows = [
        (
            words.say(
                "{first} to {last}, fullest: {day}",
                first=words.language.short_day(week.first),
                last=words.language.short_day(week.last),
                day=words.language.day(week.fullest.date),
            ),
            *(words.cell(one) for one in (week.fullest.upper(0.95), week.fullest.upper(0.8))),
            words.cell(week.fullest.median),
            *(words.cell(one) for one in (week.fullest.lower(0.8), week.fullest.lower(0.95))),
        )
        for week in forecast.weeks
    ]
    caption = words.say("{place}: the fullest day of each week", place=words.name(forecast.place))
    return Grid(caption, (words.say("Week"), *_ends(words)), tuple(rows))


def _ends(words: Words) -> tuple[str, ...]:
    levels = {"wide": words.language.level(0.95), "narrow": words.language.level(0.8)}
    return (
        words.say("{level} up to", level=levels["wide"]),
        words.say("{level} up to", level=levels["narrow"]),
        words.say("middle"),
        words.say("{level} at least", level=levels["narrow"]),
        words.say("{level} at least", level=levels["wide"]),
    )


def moved_grid(moved: Iterable[Moved], words: Words) -> Grid:
    """What last week's report said of a day, and what this one says."""
    return Grid(
        words.say("The fullest day ahead, in this report and in the last one"),
        (
            words.say("Day"),
            words.say("up to, now"),
            words.say("up to, before"),
            words.say("middle, now"),
            words.say("middle, before"),
        ),
        tuple(
            (
                words.at(one.place, one.date),
                *(words.cell(value) for value in (one.upper_now, one.upper_before)),
                *(words.cell(value) for value in (one.median_now, one.median_before)),
            )
            for one in moved
        ),
    )


def said_grid(caption: str, said: Iterable[Said], words: Words, *, own: Named) -> Grid:
    """What was said of days with its 80 % interval, what came, and whether that is a hit."""
    _, upper, middle, lower, _ = _ends(words)
    heads = (words.say("Day"), upper, middle, lower)
    return Grid(
        caption,
        (*heads, words.say("came"), words.say("hit or miss")),
        tuple(
            (
                words.language.day(one.date) if one.place.id == own.id else words.at(one.place, one.date),
                *(words.cell(value) for value in (one.upper_80, one.median, one.lower_80, one.came)),
                verdict(one.verdict, words),
            )
            for one in said
        ),
        worded=frozenset({5}),
    )


def verdict(found: Verdict | None, words: Words) -> str:
    """A verdict in a word or two."""
    match found:
        case "hit":
            return words.say("hit")
        case "more":
            return words.say("MISS: more came")
        case "fewer":
            return words.say("MISS: fewer came")
        case None:
            return words.say("cannot be told")


def difference_grid(differences: Iterable[Difference], words: Words) -> Grid:
    """Figures that a correction changes, the wrong one and the right one side by side."""
    return Grid(
        words.say("What the earlier report said, and what is right"),
        (words.say("Figure"), words.say("was"), words.say("is")),
        tuple((_figure(one, words), words.cell(one.was), words.cell(one.now)) for one in differences),
    )


def _figure(one: Difference, words: Words) -> str:
    told = {"place": words.name(one.place), "day": words.language.day(one.date)}
    match one.what:
        case "upper":
            return words.say("{place}, {day}: people, up to", **told)
        case "median":
            return words.say("{place}, {day}: people, middle", **told)
        case "booths":
            return words.say("{place}, {day}: booths", **told)
        case "beds":
            return words.say("{place}, {day}: beds", **told)
        case "buses":
            return words.say("{place}, {day}: buses", **told)
