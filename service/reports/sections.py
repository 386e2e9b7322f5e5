"""The sections of a report: what each says in sentences and points around its tables."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from forecast.places import Place
from service.alerts.wording import told as alert_words
from service.reports import tables
from service.reports.contents import (
    AlertNote,
    Choice,
    Correction,
    EventNote,
    Named,
    Outlook,
    PlaceForecast,
    PlanRow,
    QualityKind,
    QualityNote,
    Record,
    Report,
    Said,
)
from service.reports.page import Figure, Section
from service.reports.sentences import not_planned
from service.reports.words import UNTOLD, Words, is_number

SHORTAGES_TOLD = 3
SAFE = 0.95


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


def plan(report: Report, words: Words) -> Section:
    """What to have ready, the safest first, and what being short costs."""
    title = words.say("What to have ready")
    if not report.plan:
        return Section(title, (not_planned(words),))
    return Section(
        title,
        sentences=(
            words.say(
                "The columns say in how many of 100 cases a figure suffices, the safest first. "
                "Do not plan below the {level} figure without a reserve.",
                level=words.language.level(SAFE),
            ),
        ),
        points=(*_shortages(report.plan, words), *_costs(report.plan, words)),
        grids=tables.plan_grids(report.plan, words),
        remarks=tuple(_more("plan", report, words)),
    )


def _shortages(rows: Sequence[PlanRow], words: Words) -> Iterator[str]:
    """What being short costs, for the first rows of booths and of beds."""
    for what in ("booths", "beds"):
        for row in [one for one in rows if one.what == what][:SHORTAGES_TOLD]:
            yield _shortage(row, words)


def _shortage(row: PlanRow, words: Words) -> str:
    unmet = {one.safety: words.number(one.unmet, 1) for one in row.levels}
    told = {
        "place": words.name(row.place),
        "few": unmet.get(SAFE, UNTOLD),
        "many": unmet.get(0.5, UNTOLD),
        "safe": words.language.level(SAFE),
        "even": words.language.level(0.5),
    }
    if row.what == "booths":
        return words.say(
            "{place}: with the {safe} figure {few} booths are missing on average, "
            "with the {even} figure {many}.",
            **told,
        )
    return words.say(
        "{place}: with the {safe} figure {few} people find no bed there on average, "
        "with the {even} figure {many}.",
        **told,
    )


def _costs(rows: Sequence[PlanRow], words: Words) -> Iterator[str]:
    """How bad one too few is held to be, once for all places of which it is told alike."""
    for costs, alike in _by_costs(rows, "booths"):
        yield words.say(
            "{places}: one booth too few counts as much as {costs} too many.",
            places=words.names(alike),
            costs=words.language.number(costs, 1),
        )
    for costs, alike in _by_costs(rows, "beds"):
        yield words.say(
            "{places}: one bed too few counts as much as {costs} too many.",
            places=words.names(alike),
            costs=words.language.number(costs, 1),
        )


def _by_costs(rows: Sequence[PlanRow], what: str) -> list[tuple[float, list[Named]]]:
    places: dict[float, list[Named]] = {}
    for row in rows:
        if row.what == what and row.short_costs is not None:
            places.setdefault(row.short_costs, []).append(row.place)
    return list(places.items())


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


def waits_and_houses(report: Report, words: Words) -> Section:
    """The longest waits and the fullest houses, with their chances."""
    waits, houses = report.waits, report.houses
    return Section(
        words.say("Longest waits and full houses"),
        grids=(
            *((tables.wait_grid(waits, words), tables.crowd_grid(waits, words)) if waits else ()),
            *((tables.house_grid(houses, words), tables.bed_grid(houses, words)) if houses else ()),
        ),
        remarks=(*_more("waits", report, words), *_more("houses", report, words)),
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


def alerts(report: Report, words: Words) -> Section:
    """The alerts that stood in the week."""
    title = words.say("Alerts of the week")
    if not report.alerts:
        return Section(title, (words.say("There were no alerts."),))
    points = tuple(_alert(one, words) for one in report.alerts)
    return Section(title, points=points, remarks=tuple(_more("alerts", report, words)))


def _alert(note: AlertNote, words: Words) -> str:
    place = None
    if note.place is not None:
        place = Place(note.place.id, words.name(note.place), note.place.level)
    told = alert_words(note.alert, place, words.language).subject
    first = words.language.day(words.local_day(note.alert.raised_at))
    if note.alert.ended_at is None:
        return words.say("{subject} (since {day}).", subject=told, day=first)
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
        remarks=tuple(_more("quality", report, words)),
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


def _more(what: str, report: Report, words: Words) -> Iterator[str]:
    """How many rows are not shown, and where they are."""
    more = report.left_out.get(what, 0)
    if more:
        yield words.count(
            "{number} more is not shown here; the service shows all.",
            "{number} more are not shown here; the service shows all.",
            more,
        )
