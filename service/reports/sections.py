"""The sections of a report: what each says in sentences and points around its tables."""

from collections.abc import Iterator, Sequence

from forecast.places import Place
from service.alerts.wording import told as alert_words
from service.reports import tables
from service.reports.contents import (
    AlertNote,
    Choice,
    Correction,
    EventNote,
    HouseRow,
    Outlook,
    PlaceForecast,
    PlanRow,
    QualityNote,
    Record,
    Report,
    Said,
    WaitRow,
)
from service.reports.page import Figure, Section
from service.reports.words import Words, is_number

SHORTAGES_TOLD = 3
WORTH_SAYING = 0.01  # of a chance


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
        yield words.say("There is no report of an earlier week to compare forecasts with.")


def _registered(report: Report, words: Words) -> Iterator[str]:
    yield from (_event(event, words) for event in report.since.events)
    if report.since.capacities:
        yield words.say("Capacities newly registered: {places}.", places=words.names(report.since.capacities))


def _event(event: EventNote, words: Words) -> str:
    """An event in a whole sentence, with where and when in front."""
    told = {"where": _where(event, words), "when": _when(event, words)}
    if event.withdrawn:
        return words.say("{where}, {when}: an event was withdrawn.", **told)
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
    return words.say("{first} to {last}", first=first, last=words.language.short_day(event.last))


def plan(report: Report, words: Words) -> Section:
    """What to have ready, the safest first, and what being short costs."""
    title = words.say("What to have ready")
    if not report.plan:
        return Section(title, (words.say("No capacities are registered here, so nothing is planned."),))
    return Section(
        title,
        sentences=(
            words.say(
                "The first figure suffices in 99 of 100 cases, the last in 50. "
                "Never plan below the figure for 95 of 100 cases without a reserve."
            ),
        ),
        points=tuple(_shortages(report.plan, words)),
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
        "half": unmet.get(0.5, ""),
        "most": unmet.get(0.95, ""),
        "costs": words.language.number(row.short_costs or 0.0, 1),
    }
    if row.what == "booths":
        return words.say(
            "{place}: booths that lack on average are {half} if one plans for 50 of 100 cases, {most} for 95. "
            "One too few counts as bad as {costs} too many.",
            **told,
        )
    return words.say(
        "{place}: people without a bed of the region are on average {half} if one plans for 50 of 100 cases, "
        "{most} for 95. One bed too few counts as bad as {costs} too many.",
        **told,
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
        "Plan by the upper figures. If the forecast is right, the count lies within the 80 % interval on 8 days "
        "of 10 and within the 95 % interval on 19 of 20."
    )
    if report.small_counts:
        yield words.say(
            "To protect people, numbers below {number} are shown as <{number}, and some others not at all.",
            number=words.language.number(report.small_counts),
        )


def waits_and_houses(report: Report, words: Words) -> Section:
    """The longest waits and the fullest houses, with their chances."""
    waits, houses = report.waits, report.houses
    return Section(
        words.say("Longest waits and full houses"),
        points=(*_crowded(waits, words), *_full(houses, words)),
        grids=(
            *((tables.wait_grid(waits, words),) if waits else ()),
            *((tables.house_grid(houses, words),) if houses else ()),
        ),
        remarks=(*_more("waits", report, words), *_more("houses", report, words)),
    )


def _crowded(rows: Sequence[WaitRow], words: Words) -> Iterator[str]:
    for row in rows:
        if row.full_chance >= WORTH_SAYING:
            yield words.say(
                "{place}, {day}: more people than the {capacity} whom its booths pass: chance {chance}; "
                "queue beyond its room: {spill}.",
                place=words.name(row.place),
                day=words.language.day(row.day),
                capacity=words.number(row.capacity),
                chance=words.language.share(row.full_chance),
                spill=words.language.share(row.spill_chance),
            )


def _full(rows: Sequence[HouseRow], words: Words) -> Iterator[str]:
    for row in rows:
        week, fortnight = row.full_by.get("7"), row.full_by.get("14")
        if week is not None and fortnight is not None and fortnight >= WORTH_SAYING:
            yield words.say(
                "{place}: houses full on some night within 7 days: {week}, within 14 days: {fortnight}.",
                place=words.name(row.place),
                week=words.language.share(week),
                fortnight=words.language.share(fortnight),
            )
        if row.full_chance >= WORTH_SAYING:
            yield words.say(
                "{place}, {day}: without a bed even after other regions have helped: up to {upper} people, "
                "on average {mean}.",
                place=words.name(row.place),
                day=words.language.day(row.day),
                upper=words.number(row.without_bed_upper_95),
                mean=words.number(row.without_bed, 1),
            )


def crossings(report: Report, words: Words, figures: Sequence[Figure]) -> Section:
    """The crossings that matter, and why these."""
    shown = report.forecasts[1:]
    return Section(
        words.say("The crossings that matter"),
        sentences=(
            words.say(
                "{shown} of {all} crossings are shown: first those in which a surge has begun, then those that "
                "are likely over capacity within a week, then the largest.",
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
        case "largest":
            return words.say("among the largest")
        case "place":
            return words.say("the place of this report")


def alerts(report: Report, words: Words) -> Section:
    """The alerts that stood in the week."""
    title = words.say("Alerts of the week")
    if not report.alerts:
        return Section(title, (words.say("There were none."),))
    points = tuple(_alert(one, words) for one in report.alerts)
    return Section(title, points=points, remarks=tuple(_more("alerts", report, words)))


def _alert(note: AlertNote, words: Words) -> str:
    place = note.place and Place(note.place.id, words.name(note.place), note.place.level)
    told = alert_words(note.alert, place, words.language)
    subject, sentences = told.subject, " ".join(told.sentences)
    since_day = words.language.day(note.alert.raised_at.date())
    if note.alert.ended_at is not None:
        over = words.language.day(note.alert.ended_at.date())
        return words.say("{subject} ({first} to {last}, over).", subject=subject, first=since_day, last=over)
    return words.say(
        "{subject} (since {day}). {sentences}", subject=subject, day=since_day, sentences=sentences
    )


def record(report: Report, words: Words) -> Section:
    """Last week's hits and misses, the misses as plain as the hits."""
    title, found = words.say("Last week: what we said and what came"), report.record
    if found is None:
        return Section(
            title,
            (words.say("This is the first report of this place; the next one says how right it was."),),
        )
    own = words.say(
        "{place}: what the report of week {week} said, and what came", **_of_week(report, found, words)
    )
    missed = words.say("Misses, the worst first, crossings too")
    return Section(
        title,
        sentences=tuple(_verdicts(found, words)),
        grids=(
            tables.said_grid(own, found.days, words, own=report.place),
            *((tables.said_grid(missed, found.misses, words, own=report.place),) if found.misses else ()),
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
        "{hits} of {judged} days lay within the 80 % interval; {misses} were missed.",
        hits=words.language.number(found.hits),
        judged=words.language.number(found.judged),
        misses=words.language.number(found.judged - found.hits),
    )
    yield words.say(
        "Within the 50 % interval lay {half}, within the 95 % interval {most} of the days.",
        half=words.language.level(found.coverage.get("0.5", 0.0)),
        most=words.language.level(found.coverage.get("0.95", 0.0)),
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
            upper=words.number(said.upper_80),
            **told,
        )
    return words.say(
        "Worst miss: {place}, {day}: we said at least {lower} people, {came} came.",
        lower=words.number(said.lower_80),
        **told,
    )


def _skill(skill: float, words: Words) -> str:
    share = words.language.level(abs(round(skill, 2)))
    if skill >= 0:
        return words.say("The forecast erred {share} less than one that repeats the last week.", share=share)
    return words.say("The forecast erred {share} MORE than one that repeats the last week.", share=share)


def quality(report: Report, words: Words) -> Section:
    """How good the counts are that all this rests on."""
    title = words.say("How good the counts are")
    if not report.quality:
        return Section(
            title, (words.say("The counts of the last seven days are whole, and none looks odd."),)
        )
    return Section(
        title,
        points=tuple(_quality(note, words) for note in report.quality),
        remarks=tuple(_more("quality", report, words)),
    )


def _quality(note: QualityNote, words: Words) -> str:
    told = {"place": words.name(note.place), "days": words.days(note.days)}
    match note.kind:
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
            "{number} more is not shown here; the service tells all.",
            "{number} more are not shown here; the service tells all.",
            more,
        )
