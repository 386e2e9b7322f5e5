"""The days ahead of the place, and of the crossings that matter."""

from collections.abc import (
    Iterator,
    Sequence,
)

from service.reports import tables
from service.reports.contents import (
    Choice,
    Outlook,
    PlaceForecast,
    Report,
)
from service.reports.page import (
    Figure,
    Section,
)
from service.reports.words import (
    Words,
)


def ahead(report: Report, words: Words, figures: Sequence[Figure]) -> Section:
    """The next four weeks of the report's place."""
    own = report.own
    title = words.say("The next four weeks")
    if not any(day.ends for day in own.days):
        return Section(title, (words.say("The forecast of this place is not told."),))
    return Section(
        title,
        sentences=tuple(_outlook(own.outlook, words)),
        figures=tuple(figures),
        grids=(tables.week_grid(own, words), tables.day_grid(own, words)),
        remarks=tuple(_how_to_read(report, words)),
    )


def _outlook(outlook: Outlook | None, words: Words) -> Iterator[str]:
    if outlook is None:
        return
    if outlook.surge is not None:
        yield words.say(
            "The chance of a surge within 7 days is {chance}.", chance=words.language.share(outlook.surge)
        )
    for days, chances in outlook.changes.items():
        if chances and None not in chances.values():
            told = {kind: words.language.share(chance or 0.0) for kind, chance in chances.items()}
            yield words.say(
                "Days {days} against the last seven: large increase {large_increase}, increase {increase}, "
                "about the same {stable}, decrease {decrease}, large decrease {large_decrease}.",
                days=days,
                **told,
            )


def _how_to_read(report: Report, words: Words) -> Iterator[str]:
    yield words.say(
        "Plan by the upper figures. If the forecasts are right, the count lies between the {narrow} figures "
        "on 8 days of 10, and between the {wide} figures on 19 of 20.",
        narrow=words.language.level(0.8),
        wide=words.language.level(0.95),
    )
    if report.small_counts:
        yield words.say(
            "To protect people, numbers below {number} are shown as <{number}, and some others as a dash.",
            number=words.language.number(report.small_counts),
        )


def crossings(report: Report, words: Words, figures: Sequence[Figure]) -> Section:
    """The crossings that matter, and why these."""
    shown = report.forecasts[1:]
    return Section(
        words.say("The crossings that matter"),
        sentences=(
            words.say(
                "{shown} of {all} crossings are shown: first those in surge, then those likely over capacity "
                "within a week, then the largest.",
                shown=words.language.number(len(shown)),
                all=words.language.number(report.crossings),
            ),
        ),
        points=tuple(_chosen(one, words) for one in shown),
        figures=tuple(figures),
        grids=tuple(tables.day_grid(one, words) for one in shown),
    )


def _chosen(forecast: PlaceForecast, words: Words) -> str:
    surge = forecast.outlook.surge if forecast.outlook is not None else None
    told = {
        "place": words.name(forecast.place),
        "why": ", ".join(_why(one, words) for one in forecast.chosen),
    }
    if surge is None:
        return words.say("{place}: {why}.", **told)
    chance = words.language.share(surge)
    return words.say("{place}: {why}; chance of a surge within 7 days {chance}.", chance=chance, **told)


def _why(choice: Choice, words: Words) -> str:
    match choice:
        case "surge":
            return words.say("a surge has begun")
        case "capacity":
            return words.say("likely over capacity")
        case _:
            return words.say("among the largest")
