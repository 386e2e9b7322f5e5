"""The tables of what to have ready, of waits and of houses, upper figures first."""

from collections.abc import (
    Sequence,
)

from service.reports.contents import (
    HouseRow,
    PlanRow,
    WaitRow,
)
from service.reports.page import (
    Grid,
)
from service.reports.words import (
    UNTOLD,
    Words,
)

SAFETIES = (0.99, 0.95, 0.8, 0.5)


def plan_grids(rows: Sequence[PlanRow], words: Words) -> tuple[Grid, ...]:
    """What to have ready, a table each of booths, beds and buses."""
    captions = {
        "booths": words.say("Booths to have open, in the fullest hour of the fullest day"),
        "beds": words.say("Beds to have ready, on the fullest night"),
        "buses": words.say("Buses to have ready, on the fullest day"),
    }
    kinds = [(caption, [row for row in rows if row.what == what]) for what, caption in captions.items()]
    return tuple(_plan_grid(caption, kind, words) for caption, kind in kinds if kind)


def _plan_grid(caption: str, rows: Sequence[PlanRow], words: Words) -> Grid:
    levels = tuple(words.language.level(safety) for safety in SAFETIES)
    columns = {
        words.say("registered"): [row.registered for row in rows],
        words.say("there are"): [row.there for row in rows],
    }
    counted = {head: held for head, held in columns.items() if any(one is not None for one in held)}
    return Grid(
        caption,
        (words.say("Suffices in"), *levels, *counted),
        tuple(
            (*_plan_row(row, words), *(words.cell(held[at]) for held in counted.values()))
            for at, row in enumerate(rows)
        ),
    )


def _plan_row(row: PlanRow, words: Words) -> tuple[str, ...]:
    levels = {one.safety: words.cell(one.level) for one in row.levels}
    return (words.at(row.place, row.day), *(levels.get(safety, UNTOLD) for safety in SAFETIES))


def wait_grid(rows: Sequence[WaitRow], words: Words) -> Grid:
    """The longest waits in hours, and the chances that anyone waits longer than some hours."""
    limits = tuple(rows[0].late) if rows else ()
    return Grid(
        words.say(
            "Longest wait in hours on the worst day with the registered booths, "
            "and the chance that anyone waits longer"
        ),
        (
            words.say("Shorter in"),
            words.language.level(0.95),
            words.language.level(0.8),
            words.language.level(0.5),
            *(words.say("over {hours} h", hours=words.language.number(float(limit))) for limit in limits),
        ),
        tuple(
            (
                words.at(row.place, row.day),
                *(words.hours(one) for one in (row.upper_95, row.upper_80, row.median)),
                *(words.language.share(row.late[limit]) for limit in limits),
            )
            for row in rows
        ),
    )


def crowd_grid(rows: Sequence[WaitRow], words: Words) -> Grid:
    """What crossings can pass on the worst day, and the chances that this or the room is too little."""
    return Grid(
        words.say("People whom the registered booths can pass, and the chances that they are too few"),
        (
            words.say("On the worst day"),
            words.say("booths pass"),
            words.say("more come"),
            words.say("queue outgrows its room"),
        ),
        tuple(
            (
                words.at(row.place, row.day),
                words.cell(row.capacity),
                words.language.share(row.full_chance),
                words.language.share(row.spill_chance),
            )
            for row in rows
        ),
    )


def house_grid(rows: Sequence[HouseRow], words: Words) -> Grid:
    """Beds needed on the fullest night beside those there are, and the chances that houses are full."""
    return Grid(
        words.say("Beds needed on the night when full houses are likeliest, and the chance of it"),
        (
            words.say("Fewer in"),
            words.language.level(0.95),
            words.language.level(0.8),
            words.language.level(0.5),
            words.say("there are"),
            words.say("full"),
        ),
        tuple(
            (
                words.at(row.place, row.day),
                *(words.cell(one) for one in (row.needed_upper_95, row.needed_upper_80, row.needed_median)),
                words.cell(row.beds),
                words.language.share(row.full_chance),
            )
            for row in rows
        ),
    )


def bed_grid(rows: Sequence[HouseRow], words: Words) -> Grid:
    """The chances of full houses by the ends of spans of days, and how many people are then without a bed."""
    spans = tuple(dict.fromkeys(span for row in rows for span in row.full_by))
    heads = tuple(
        words.say("full within {days} days", days=words.language.number(int(span))) for span in spans
    )
    return Grid(
        words.say("The chance of full houses, and people without a bed even after other regions have helped"),
        (words.say("Night"), *heads, words.say("no bed, up to"), words.say("no bed, on average")),
        tuple(
            (
                words.at(row.place, row.day),
                *(_chance(row.full_by.get(span), words) for span in spans),
                words.cell(row.without_bed_upper_95),
                words.cell(row.without_bed, 1),
            )
            for row in rows
        ),
    )


def _chance(chance: float | None, words: Words) -> str:
    return UNTOLD if chance is None else words.language.share(chance)
