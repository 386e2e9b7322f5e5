"""What a report says to do now: booths to open, beds to have ready, buses to order."""

from collections.abc import (
    Iterator,
)

from service.reports.contents import (
    Action,
    BedOrder,
    BoothOrder,
    BusOrder,
    Report,
)
from service.reports.words import (
    Words,
    is_number,
)


def action_of(report: Report, words: Words) -> str:
    """What to order, open and hold now, for 95 of 100 cases."""
    return " ".join(_action(report, report.action, words))


def _action(report: Report, action: Action, words: Words) -> Iterator[str]:
    if not action.planned:
        yield from _unplanned(report, words)
        return
    yield _orders(action, words)
    if action.booths is not None:
        yield from _about_booths(action.booths, words)
    if action.beds is not None:
        yield from _about_beds(action.beds, words)
    if action.buses is not None:
        yield _buses(action.buses, words)


def _orders(action: Action, words: Words) -> str:
    """The one sentence of what to do."""
    booths, beds = action.booths, action.beds
    if booths is None and beds is None:
        return words.say("Nothing needs to be added: the registered booths suffice.")
    told = _of_booths(booths, words) | _of_beds(beds, words)
    if booths is None:
        return words.say(
            "Have {beds} beds ready in {region} by {night}; the registered booths suffice.", **told
        )
    everything = _beyond(booths)
    if beds is None:
        if everything:
            return words.say("Have all {limit} booths open at {crossing} from {day} on.", **told)
        return words.say("Have {booths} booths open at {crossing} from {day} on.", **told)
    if everything:
        return words.say(
            "Have all {limit} booths open at {crossing} from {day} on, "
            "and {beds} beds ready in {region} by {night}.",
            **told,
        )
    return words.say(
        "Have {booths} booths open at {crossing} from {day} on, "
        "and {beds} beds ready in {region} by {night}.",
        **told,
    )


def _of_booths(booths: BoothOrder | None, words: Words) -> dict[str, str]:
    if booths is None:
        return {}
    return {
        "booths": words.number(booths.booths),
        "limit": words.number(booths.limit),
        "crossing": words.name(booths.place),
        "day": words.language.day(booths.first),
    }


def _of_beds(beds: BedOrder | None, words: Words) -> dict[str, str]:
    if beds is None:
        return {}
    return {
        "beds": words.number(beds.beds),
        "region": words.name(beds.place),
        "night": words.language.day(beds.day),
    }


def _beyond(booths: BoothOrder) -> bool:
    return isinstance(booths.booths, int | float) and booths.booths > booths.limit


def _buses(order: BusOrder, words: Words) -> str:
    return words.count(
        "Order {number} bus for {region}, to be there on {day}.",
        "Order {number} buses for {region}, to be there on {day}.",
        int(order.buses) if isinstance(order.buses, int | float) else 0,
        region=words.name(order.place),
        day=words.language.day(order.day),
    )


def _about_booths(booths: BoothOrder, words: Words) -> Iterator[str]:
    if _beyond(booths):
        yield words.say(
            "{booths} booths would be needed on {day}; with the {limit} there are, "
            "the wait is {hours} hours on average over all cases.",
            booths=words.number(booths.booths),
            day=words.language.day(booths.fullest),
            limit=words.number(booths.limit),
            hours=words.hours(booths.wait),
        )
    if booths.more:
        yield words.count(
            "{number} more crossing needs more booths than are registered; the table below names it.",
            "{number} more crossings need more booths than are registered; the table below names them.",
            booths.more,
        )


def _about_beds(beds: BedOrder, words: Words) -> Iterator[str]:
    if isinstance(beds.beds, int | float) and beds.beds > beds.there:
        yield words.say(
            "Only {there} beds are there: find {lacking} more.",
            there=words.number(beds.there),
            lacking=words.number(beds.beds - beds.there),
        )
    if beds.more:
        yield words.count(
            "{number} more region lacks beds; the table below names it.",
            "{number} more regions lack beds; the table below names them.",
            beds.more,
        )


def _unplanned(report: Report, words: Words) -> Iterator[str]:
    """What can be said where no capacity is registered, or the issue came without a plan."""
    fullest = report.headline.fullest
    if fullest is not None and is_number(fullest.upper()):
        yield words.say(
            "Be ready for up to {upper} people on {day}.",
            upper=words.number(fullest.upper()),
            day=words.language.day(fullest.date),
        )
    yield not_planned(words)


def not_planned(words: Words) -> str:
    """That there is no plan, and why."""
    return words.say("Booths, beds and buses are not planned here: no capacities are registered.")
