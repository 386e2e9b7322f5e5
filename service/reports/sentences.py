"""The sentences at a report's head and foot: what comes, what is amiss, what it is for."""

from collections.abc import (
    Iterator,
)

from service.reports.contents import (
    Headline,
    Report,
)
from service.reports.words import (
    Words,
)

ABOUT = (0.95, 1.05)
CALM = (0.7, 1.4)
UNCHANGED = (0.8, 1.25)
MOST_NAMES = 4


def subject_of(report: Report, words: Words) -> str:
    """One line on what comes, or that a report is corrected."""
    place, (year, week) = words.name(report.place), report.week.split("-W")
    told = {"place": place, "week": int(week), "year": year}
    if report.correction is not None:
        return words.say("Correction: {place}, week {week}", **told)
    match report.headline.course:
        case "surge":
            return words.say("{place}, week {week}: a surge has begun", **told)
        case "surge-likely":
            return words.say("{place}, week {week}: a surge is likely", **told)
        case "rising":
            return words.say("{place}, week {week}: arrivals are rising", **told)
        case "falling" | "collapse":
            return words.say("{place}, week {week}: arrivals are falling", **told)
        case "closed":
            return words.say("{place}, week {week}: closed", **told)
        case _ if report.headline.surging:
            return words.say("{place}, week {week}: a surge at some crossings", **told)
        case _:
            return words.say("{place}, week {week}: what comes and what to have ready", **told)


def title_of(report: Report, words: Words) -> str:
    """What the report is, of which place and week."""
    year, week = report.week.split("-W")
    return words.say(
        "{place}: arrivals, week {week} of {year}", place=words.name(report.place), week=int(week), year=year
    )


def subtitle_of(report: Report, words: Words) -> str:
    """When it was made, and from what."""
    return words.say(
        "Made on {at} from the counts up to {day}.",
        at=words.instant(report.made_at),
        day=words.language.full_day(report.issue.cutoff),
    )


def headline_of(report: Report, words: Words) -> str:
    """What comes, in plain words, beside what is ordinary and beside last week."""
    return " ".join(_headline(report, report.headline, words))


def _headline(report: Report, headline: Headline, words: Words) -> Iterator[str]:
    yield _course(words.name(report.place), headline, words)
    if headline.surging:
        yield _surging(headline, words)
    if headline.fullest is not None:
        yield words.say(
            "Plan for up to {upper} people on {day}, the fullest of the next seven days; "
            "the middle of the forecast is {median}.",
            day=words.language.day(headline.fullest.date),
            upper=words.number(headline.fullest.upper()),
            median=words.number(headline.fullest.median),
        )
    if headline.times_ordinary is not None:
        yield _beside_ordinary(headline.times_ordinary, words)
    if headline.times_lately is not None and not _stays(headline):
        yield _beside_lately(headline.times_lately, words)


def _surging(headline: Headline, words: Words) -> str:
    """The crossings in surge, the first few by name."""
    told, more = headline.surging[:MOST_NAMES], len(headline.surging) - MOST_NAMES
    if more <= 0:
        return words.say("Crossings in surge: {crossings}.", crossings=words.names(told))
    return words.count(
        "Crossings in surge: {crossings} and {number} more.",
        "Crossings in surge: {crossings} and {number} more.",
        more,
        crossings=words.names(told),
    )


def _course(place: str, headline: Headline, words: Words) -> str:
    match headline.course:
        case "surge":
            return words.say("{place}: a surge of arrivals has begun.", place=place)
        case "surge-likely":
            return words.say("{place}: a surge of arrivals is likely within a week.", place=place)
        case "rising":
            return words.say("{place}: arrivals are rising.", place=place)
        case "falling":
            return words.say("{place}: arrivals are falling.", place=place)
        case "collapse":
            return words.say("{place}: far fewer people come than is ordinary.", place=place)
        case "closed":
            return words.say("{place}: closed for the next week, as registered.", place=place)
        case "unknown":
            return words.say("{place}: what comes cannot be told this week.", place=place)
        case "steady":
            return _steady(place, headline, words)


def _steady(place: str, headline: Headline, words: Words) -> str:
    """Calm is said only of an ordinary level without a surge at a crossing."""
    low, high = CALM
    if not _stays(headline):
        return words.say("{place}: arrivals show no clear rise or fall.", place=place)
    if headline.surging or not low < (headline.times_ordinary or 1.0) < high:
        return words.say("{place}: arrivals stay about where they are.", place=place)
    return words.say("{place}: calm; arrivals stay about where they are.", place=place)


def _stays(headline: Headline) -> bool:
    """Whether the next week is told to be about as the last one was."""
    low, high = UNCHANGED
    return headline.course == "steady" and low <= (headline.times_lately or 1.0) <= high


def _beside_ordinary(times: float, words: Words) -> str:
    if ABOUT[0] <= times <= ABOUT[1]:
        return words.say("The next seven days against ordinary days: about as many people.")
    return words.say(
        "The next seven days against ordinary days: {times} times as many people.",
        times=words.language.number(times, 1),
    )


def _beside_lately(times: float, words: Words) -> str:
    if ABOUT[0] <= times <= ABOUT[1]:
        return words.say("The next seven days against the last seven: about as many people.")
    return words.say(
        "The next seven days against the last seven: {times} times as many people.",
        times=words.language.number(times, 1),
    )


def notices_of(report: Report, words: Words) -> Iterator[str]:
    """What is to be known before all else: a correction first, old or poor figures, synthetic counts."""
    if report.correction is not None:
        yield words.say(
            "CORRECTION. An earlier report of this week was wrong: {note}",
            note=" ".join(report.correction.note.split()),
        )
    if report.issue.stale:
        yield words.count(
            "These figures are {number} hour old, because no newer forecast was made. "
            "Ask before you rely on them.",
            "These figures are {number} hours old, because no newer forecast was made. "
            "Ask before you rely on them.",
            round(report.issue.age_hours),
        )
    if report.issue.degraded:
        yield words.say("The forecasts are simple ones that repeat last week. Plan for more than they say.")
    if report.synthetic:
        yield words.say("DEMONSTRATION: all counts in this report are synthetic.")


def closing_of(report: Report, words: Words) -> Iterator[str]:
    """What the report is for and not for, whom to ask, and which issue its figures are of."""
    yield words.say(
        "This report is for planning reception: booths, buses, beds and waiting conditions "
        "at border crossings."
    )
    yield words.say(
        "It is not for stopping, deterring or tracing people, not for judging who may enter, "
        "and not for enforcement. It rests on counts per crossing and day; "
        "nothing is held about any person or nationality."
    )
    yield words.say("Questions, errors, remarks: {contact}", contact=report.contact)
    yield words.say(
        "To get no more of these reports, write to {unsubscribe}.", unsubscribe=report.unsubscribe
    )
    yield words.say(
        "All figures are of issue {issue}, published on {at}, version {version}. Times are those of {zone}.",
        issue=report.issue.id,
        at=words.instant(report.issue.issued_at),
        version=report.issue.model_version,
        zone=report.place.time_zone,
    )
