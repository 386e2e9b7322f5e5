"""The week that was: its alerts, hits and misses, and how good its counts are."""

from collections.abc import (
    Iterable,
    Iterator,
    Sequence,
)
from datetime import (
    date,
)

from forecast.places import (
    Place,
)
from service.alerts.wording import told as alert_words
from service.reports import tables
from service.reports.contents import (
    AlertNote,
    Named,
    QualityKind,
    QualityNote,
    Record,
    Report,
    Said,
)
from service.reports.page import (
    Section,
)
from service.reports.sections.remarks import (
    more,
)
from service.reports.words import (
    Words,
)


def alerts(report: Report, words: Words) -> Section:
    """The alerts that stood in the week."""
    title = words.say("Alerts of the week")
    if not report.alerts:
        return Section(title, (words.say("There were no alerts."),))
    points = tuple(_alert(one, words) for one in report.alerts)
    return Section(title, points=points, remarks=tuple(more("alerts", report, words)))


def _alert(note: AlertNote, words: Words) -> str:
    place = None
    if note.place is not None:
        place = Place(note.place.id, words.name(note.place), note.place.level)
    told = alert_words(note.alert, place, words.language).subject
    first = words.language.day(words.local_day(note.alert.raised_at))
    if note.alert.ended_at is None:
        return words.say("{subject} (raised on {day}).", subject=told, day=first)
    over = words.language.day(words.local_day(note.alert.ended_at))
    return words.say("{subject} ({first} to {last}, over).", subject=told, first=first, last=over)


def record(report: Report, words: Words) -> Section:
    """Last week's hits and misses, the misses as plain as the hits."""
    title, found = words.say("Our last report: what we said and what came"), report.record
    if found is None:
        return Section(
            title,
            (words.say("This is the first report; the next one says how right it was."),),
        )
    elsewhere = any(miss.place.id != report.place.id for miss in found.misses)
    own = words.say(
        "{place}: what the report of week {week} said, and what came", **_of_week(report, found, words)
    )
    missed = words.say("The misses, the worst first, crossings too")
    return Section(
        title,
        sentences=tuple(_verdicts(found, words)),
        grids=(
            tables.said_grid(own, found.days, words, own=report.place),
            *((tables.said_grid(missed, found.misses, words, own=report.place),) if elsewhere else ()),
        ),
    )


def _of_week(report: Report, found: Record, words: Words) -> dict[str, str]:
    return {"place": words.name(report.place), "week": str(int(found.week.split("-W")[1]))}


def _verdicts(found: Record, words: Words) -> Iterator[str]:
    if not found.judged:
        yield words.say(
            "None of the days can be judged: their counts have not come, or are too small to tell."
        )
        return
    if found.misses:
        yield _worst(found.misses[0], words)
    yield words.say(
        "{misses} of {judged} days were missed, crossings too; {hits} lay between the {level} figures.",
        level=words.language.level(0.8),
        hits=words.language.number(found.hits),
        judged=words.language.number(found.judged),
        misses=words.language.number(found.judged - found.hits),
    )
    yield words.say(
        "Of these days, {most} lay between the {wide} figures, {half} between the {narrow} figures.",
        most=words.language.level(found.coverage.get("0.95", 0.0)),
        half=words.language.level(found.coverage.get("0.5", 0.0)),
        wide=words.language.level(0.95),
        narrow=words.language.level(0.5),
    )
    if found.skill is not None:
        yield _skill(found.skill, words)


def _worst(said: Said, words: Words) -> str:
    told = {
        "place": words.name(said.place),
        "day": words.language.day(said.date),
        "came": words.number(said.came),
    }
    if said.verdict == "more":
        return words.say(
            "Worst miss: {place}, {day}: we said up to {upper} people, {came} came.",
            upper=words.cell(said.upper_80),
            **told,
        )
    return words.say(
        "Worst miss: {place}, {day}: we said at least {lower} people, {came} came.",
        lower=words.cell(said.lower_80),
        **told,
    )


def _skill(skill: float, words: Words) -> str:
    share = words.language.level(abs(round(skill, 2)))
    if skill >= 0:
        return words.say(
            "The errors were {share} smaller than those of repeating the week before.", share=share
        )
    return words.say("The errors were {share} LARGER than those of repeating the week before.", share=share)


def quality(report: Report, words: Words) -> Section:
    """How good the counts are that all this rests on."""
    title = words.say("How good the counts are")
    if not report.quality:
        return Section(
            title, (words.say("The counts of the last seven days are whole, and none looks odd."),)
        )
    return Section(
        title,
        points=tuple(_quality(kind, days, places, words) for kind, days, places in _alike(report.quality)),
        remarks=tuple(more("quality", report, words)),
    )


def _alike(notes: Iterable[QualityNote]) -> list[tuple[QualityKind, tuple[date, ...], list[Named]]]:
    """Places of which the same is to be told of the same days."""
    places: dict[tuple[QualityKind, tuple[date, ...]], list[Named]] = {}
    for note in notes:
        places.setdefault((note.kind, note.days), []).append(note.place)
    return [(kind, days, alike) for (kind, days), alike in places.items()]


def _quality(kind: QualityKind, days: Sequence[date], places: Sequence[Named], words: Words) -> str:
    told = {"place": words.names(places), "days": words.days(days)}
    match kind:
        case "missing":
            return words.say("{place}: no count has come for {days}.", **told)
        case "late":
            return words.say("{place}: counts came late for {days}.", **told)
        case "partial":
            return words.say("{place}: counted only in part on {days}.", **told)
        case "revised":
            return words.say("{place}: counts were revised for {days}.", **told)
        case "suspicious":
            return words.say("{place}: counts look odd on {days}; ask whether they are right.", **told)
