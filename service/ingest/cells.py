"""What one cell means; a `ValueError` says what was wanted in its place."""

import re
from datetime import UTC, date, datetime

from forecast.panel import STATUSES, Status

# Far enough for any register, and within what pandas can hold to the nanosecond.
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
LARGEST_COUNT = 10_000_000
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")
_SOURCE = re.compile(r"\w[\w .:/-]{0,59}")


def day(text: str) -> date | None:
    """A local civil day, written YYYY-MM-DD."""
    wanted = "a day as YYYY-MM-DD, such as 2022-09-27"
    if not _DAY.fullmatch(text):
        raise ValueError(wanted)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day that the calendar has, as YYYY-MM-DD") from None
    if not EARLIEST <= found <= LATEST:
        raise ValueError(f"a day from {EARLIEST} to {LATEST}")
    return found


def count(text: str) -> float:
    """A number of people or the like; an empty cell is a missing count, NaN."""
    if not text:
        return float("nan")
    if not _NUMBER.fullmatch(text):
        raise ValueError(_wanted_number(text))
    found = float(text) if len(text) < 40 else LARGEST_COUNT + 1.0
    if found > LARGEST_COUNT:
        raise ValueError(f"a number of at most {LARGEST_COUNT}")
    return found


def _wanted_number(text: str) -> str:
    """The remedy for text that is not a number."""
    if re.fullmatch(r"-[0-9.]+", text):
        return "a number of at least 0"
    if re.fullmatch(r"[0-9]{1,3}([ ,'._\u00a0\u202f][0-9]{3})+", text):
        return "digits without thousands separators"
    return "digits such as 5210, or an empty cell where no count is known"


def status(text: str) -> Status | None:
    """Whether the count is whole; None where the cell is empty."""
    if not text:
        return None
    for known in STATUSES:
        if text == known:
            return known
    raise ValueError(f"one of {', '.join(STATUSES)}, or an empty cell for reported")


def source(text: str) -> str:
    """Who the count comes from, in the file's own words."""
    if text and not _SOURCE.fullmatch(text):
        raise ValueError("at most 60 letters, digits, spaces or . : / - and a letter or digit first")
    return text


def instant(text: str) -> datetime | None:
    """The instant at which a count became known, with its offset from UTC."""
    wanted = "an instant with its offset, such as 2022-09-28T06:00:00Z"
    if not _INSTANT.fullmatch(text):
        raise ValueError(wanted)
    try:
        found = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(wanted) from None
    if not EARLIEST <= found.date() <= LATEST:
        raise ValueError(f"an instant from {EARLIEST} to {LATEST}")
    return found


def plain(text: str) -> str:
    """A word that is checked later, against the measure of its row."""
    return text
