"""Named feasts of a country: when each is kept, year by year, and how far around it the counts may move."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from forecast.calendars.countries import Calendar, plain

APART = 7
LONGEST = 8
IN_LIEU = 2
WINDOW = (-2, 2)
# Pattern of a name, the feast it belongs to (the first match counts), and the feast's window.
FAMILIES: tuple[tuple[str, str, tuple[int, int]], ...] = (
    (r"(lunar|chinese|korean) new year|spring festival", "lunar new year", (-6, 10)),
    (r"orthodox (easter|good friday|holy)", "orthodox easter", (-4, 5)),
    (r"easter|good friday|holy (thursday|saturday)|maundy thursday", "easter", (-4, 5)),
    (r"eid al-fitr|ramazan|ramadan bayram|oraza ait", "eid al-fitr", (-3, 4)),
    (r"eid al-adha|kurban|feast of (the )?sacrifice", "eid al-adha", (-3, 4)),
    (r"christmas|boxing day", "christmas", (-5, 7)),
    (r"thanksgiving", "thanksgiving", (-3, 4)),
)
# Days that only stretch a break have no name of their own to learn from.
NAMELESS = re.compile(
    r"^day off|^((additional|alternative|bank|bridge|public|special|substitute|temporary) )+(day |holi)", re.I
)
REMARK = re.compile(r"\((observed|.*substitut|in lieu)|^(first|second) weekday after|^29 of", re.I)
EASTER = {"thursday": -1, "following": 1, "good friday": 0, "saturday": 1, "monday": 3}
ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4}


@dataclass(frozen=True, slots=True)
class Feast:
    """A feast by name, the day it began on each time, how many days it lasts, and its window.

    The window's first and last day are counted from the day on which the feast began.
    """

    name: str
    begins: tuple[date, ...]
    lasts: int
    window: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    """One day of a feast, the first day that it speaks for, and how well (lower is better)."""

    day: date
    begin: date
    doubt: int


def feasts(calendar: Calendar) -> tuple[Feast, ...]:
    """The feasts of a calendar, by name."""
    kept: dict[str, list[_Kept]] = {}
    for day, labels in calendar.labels.items():
        for label in labels:
            if not NAMELESS.match(plain(label)):
                name, found = _kept(day, label)
                kept.setdefault(name, []).append(found)
    return tuple(_feast(name, kept[name]) for name in sorted(kept))


def _kept(day: date, label: str) -> tuple[str, _Kept]:
    """The feast that a label names, and what the day says of its first day."""
    text = re.sub(r"^the ", "", plain(label).lower())
    name = _family(text)
    shift = _easter_shift(text) if name.endswith("easter") else _shift(text)
    doubt = IN_LIEU if REMARK.search(re.sub(r"^the ", "", label, flags=re.I)) else 1 if shift else 0
    return name, _Kept(day, day - timedelta(days=shift), doubt)


def _family(text: str) -> str:
    for pattern, name, _ in FAMILIES:
        if re.search(pattern, text):
            return name
    text = re.sub(
        r"^((first|second|third|fourth|fifth) )?(day (of|following|after|preceding)|weekday after) ", "", text
    )
    return re.sub(r"^the |( eve| day)+$", "", text)


def _easter_shift(text: str) -> int:
    """Days since Good Friday, from which every day of Easter is counted; Sunday is the plain name."""
    return next((days for word, days in EASTER.items() if word in text), 2)


def _shift(text: str) -> int:
    """Days since the feast's first day, as far as the wording tells."""
    if text.endswith(" eve") or text.startswith("day preceding "):
        return -1
    if text == "boxing day":
        return 1
    ordinal = re.match(r"^(first|second|third|fourth|fifth) day (of|following|after) ", text)
    if ordinal:
        return ORDINALS[ordinal[1]] + (ordinal[2] != "of")
    return int(bool(re.match(r"^day (following|after) ", text)))


def _feast(name: str, kept: Sequence[_Kept]) -> Feast:
    times = _times(kept)
    begins = tuple(min((one.doubt, one.begin) for one in time)[1] for time in times)
    lasts = max(_lasts(time, begin) for time, begin in zip(times, begins, strict=True))
    before, after = next((window for _, family, window in FAMILIES if family == name), WINDOW)
    return Feast(name, begins, lasts, (before, max(after, lasts + 1)))


def _lasts(time: Sequence[_Kept], begin: date) -> int:
    """How many days a feast is kept, without days off in lieu: the shape of the break tells of those."""
    end = max((one.day for one in time if one.doubt < IN_LIEU), default=begin)
    return min(max((end - begin).days + 1, 1), LONGEST)


def _times(kept: Iterable[_Kept]) -> list[list[_Kept]]:
    """The days of a feast, parted where more than a week lies between."""
    ordered = sorted(kept, key=lambda one: one.day)
    times = [ordered[:1]]
    for before, after in pairwise(ordered):
        if (after.day - before.day).days > APART:
            times.append([])
        times[-1].append(after)
    return times
