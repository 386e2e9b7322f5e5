"""What changed since the report before, and what of it was wrong."""

from collections.abc import (
    Iterator,
)

from service.reports import tables
from service.reports.contents import (
    Correction,
    EventNote,
    Report,
)
from service.reports.page import (
    Section,
)
from service.reports.words import (
    Words,
    is_number,
)


def corrected(correction: Correction, words: Words) -> Section:
    """The figures that were wrong, old and new side by side."""
    title = words.say("What is corrected")
    if not correction.differences:
        return Section(title, (words.say("None of the figures to plan by has changed."),))
    return Section(title, grids=(tables.difference_grid(correction.differences, words),))


def since(report: Report, words: Words) -> Section:
    """What changed since last week."""
    found = report.since
    moved = found.moved
    return Section(
        words.say("What changed since last week"),
        sentences=tuple(_counted(report, words)),
        points=tuple(_registered(report, words)),
        grids=(tables.moved_grid(moved, words),) if moved else (),
    )


def _counted(report: Report, words: Words) -> Iterator[str]:
    last, before = report.since.last_week, report.since.week_before
    if is_number(last) and is_number(before):
        yield words.say(
            "{last} people came in the last seven days, {before} in the seven before.",
            last=words.number(last),
            before=words.number(before),
        )
    elif is_number(last):
        yield words.say("{last} people came in the last seven days.", last=words.number(last))
    else:
        yield words.say("The counts of the last seven days are not complete, or too small to tell.")
    if report.record is None:
        yield words.say("There is no earlier report to compare with.")


def _registered(report: Report, words: Words) -> Iterator[str]:
    yield from (_event(event, words) for event in report.since.events)
    if report.since.capacities:
        yield words.say("Capacities newly registered: {places}.", places=words.names(report.since.capacities))


def _event(event: EventNote, words: Words) -> str:
    """An event in a whole sentence, with where and when in front."""
    told = {"where": _where(event, words), "when": _when(event, words)}
    if event.withdrawn:
        return words.say("{where}, {when}: a registered event was withdrawn.", **told)
    match event.kind:
        case "closure":
            return words.say("{where}, {when}: closure registered.", **told)
        case "opening":
            return words.say("{where}, {when}: opening registered.", **told)
        case "disruption":
            return words.say("{where}, {when}: disruption registered.", **told)
        case "surge-expected" if event.multiple is not None:
            times = words.language.number(event.multiple, 1)
            return words.say(
                "{where}, {when}: a surge is expected, up to {times} times the ordinary.", times=times, **told
            )
        case "surge-expected":
            return words.say("{where}, {when}: a surge is expected.", **told)


def _where(event: EventNote, words: Words) -> str:
    return words.say("Everywhere") if event.place is None else words.name(event.place)


def _when(event: EventNote, words: Words) -> str:
    first = words.language.short_day(event.first)
    if event.last is None or event.last == event.first:
        return words.say("from {first}", first=first) if event.last is None else first
    return words.span(event.first, event.last)
