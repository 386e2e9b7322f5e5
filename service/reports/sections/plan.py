"""What to have ready and what being short costs; the longest waits and full houses."""

from collections.abc import (
    Iterator,
    Sequence,
)

from service.reports import plan_tables
from service.reports.contents import (
    Named,
    PlanRow,
    Report,
)
from service.reports.orders import (
    not_planned,
)
from service.reports.page import (
    Section,
)
from service.reports.sections.remarks import (
    more,
)
from service.reports.words import (
    UNTOLD,
    Words,
)

SHORTAGES_TOLD = 3
SAFE = 0.95


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
        grids=plan_tables.plan_grids(report.plan, words),
        remarks=tuple(more("plan", report, words)),
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


def waits_and_houses(report: Report, words: Words) -> Section:
    """The longest waits and the fullest houses, with their chances."""
    waits, houses = report.waits, report.houses
    return Section(
        words.say("Longest waits and full houses"),
        grids=(
            *((plan_tables.wait_grid(waits, words), plan_tables.crowd_grid(waits, words)) if waits else ()),
            *((plan_tables.house_grid(houses, words), plan_tables.bed_grid(houses, words)) if houses else ()),
        ),
        remarks=(*more("waits", report, words), *more("houses", report, words)),
    )
