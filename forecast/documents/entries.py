"""The entries of a document, each checked for what it may be."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from math import isfinite
from typing import Any, TypeVar

T = TypeVar("T")

LEAST = {"horizon": 1, "paths": 2, "seed": 0, "slow_series": 0}
MOST = {"horizon": 366, "paths": 100_000, "seed": 2**63 - 1, "slow_series": 1_000_000}


class ConfigurationError(ValueError):
    """A configuration that cannot be used; the message names the key, what was found, and what is wanted."""


def known(found: Mapping[str, Any], allowed: Sequence[str], at: str) -> None:
    """Raise ConfigurationError for a key that is not among those allowed."""
    for key in found:
        if key not in allowed:
            near = get_close_matches(key, allowed, n=1)
            wanted = f"did you mean {near[0]}?" if near else f"allowed are {', '.join(allowed)}"
            raise ConfigurationError(f"{at + '.' if at else ''}{key}: there is no such key; {wanted}")


def refusing(make: Callable[[], T], at: str = "") -> T:
    """What is made, its refusal as one of the configuration."""
    try:
        return make()
    except ConfigurationError:
        raise
    except ValueError as error:
        raise ConfigurationError(f"{at}: {error}" if at else str(error)) from error


def wrong(found: Any, wanted: str, at: str) -> ConfigurationError:
    """A refusal that says what was found and what is wanted."""
    return ConfigurationError(f"{at}: found {_shown(found)}, wanted {wanted}")


def _shown(found: Any) -> str:
    return found.isoformat() if isinstance(found, date) else repr(found)


def whole(found: Any, at: str) -> int:
    """A whole number within the bounds of its key."""
    least, most = LEAST[at], MOST[at]
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise wrong(found, f"a whole number from {least} to {most}", at)
    return found


def number(found: Any, at: str) -> float:
    """A number."""
    if not isinstance(found, int | float) or isinstance(found, bool) or not isfinite(found):
        raise wrong(found, "a number", at)
    return float(found)


def text(found: Any, at: str) -> str:
    """A text that is not empty."""
    if not isinstance(found, str) or not found:
        raise wrong(found, "a text in quotes", at)
    return found


def truth(found: Any, at: str) -> bool:
    """True or false."""
    if not isinstance(found, bool):
        raise wrong(found, "true or false", at)
    return found


def one_of(found: Any, allowed: Sequence[str], at: str) -> str:
    """One of some texts."""
    if found in allowed:
        return str(found)
    near = get_close_matches(str(found), allowed, n=1)
    raise wrong(found, f"one of {', '.join(allowed)}" + (f"; did you mean {near[0]}?" if near else ""), at)


def texts(found: Any, at: str) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(found, list | tuple) or not found:
        raise wrong(found, 'a list of texts, such as ["root", "log"]', at)
    return tuple(text(one, f"{at}[{place}]") for place, one in enumerate(found))


def days(found: Any, at: str) -> tuple[date, ...]:
    """A list of days."""
    if not isinstance(found, list | tuple) or not found:
        raise wrong(found, "a list of days, such as [2026-03-23]", at)
    return tuple(day(one, f"{at}[{place}]") for place, one in enumerate(found))


def day(found: Any, at: str) -> date:
    """A TOML date, or a text of one as JSON has it."""
    try:
        told = date.fromisoformat(found) if isinstance(found, str) else found
    except ValueError:
        told = None
    if not isinstance(told, date) or isinstance(told, datetime):
        raise wrong(found, "a day such as 2026-03-01", at)
    return told


def instant(found: Any, at: str) -> datetime:
    """A TOML instant, or a text of one as JSON has it, in UTC."""
    try:
        told = datetime.fromisoformat(found) if isinstance(found, str) else found
    except ValueError:
        told = None
    if not isinstance(told, datetime) or told.tzinfo is None:
        raise wrong(found, "an instant with its offset such as 2026-03-01T18:00:00Z", at)
    return told.astimezone(UTC)


def table_of(found: Any, at: str) -> Mapping[str, Any]:
    """A table."""
    if not isinstance(found, Mapping):
        raise wrong(found, f"a table [{at}]", at)
    return found


def untold(found: Any, at: str) -> Any:
    """What a setting may be."""
    if isinstance(found, Mapping | date):
        raise wrong(found, "a number, a text, or a list of them", at)
    return found
