"""What a planner should know of a planned day, in words."""

from collections.abc import Sequence
from typing import Any

from forecast.planning.queues import LONGEST_HOURS

WORTH_SAYING = 0.05  # of a chance


def of_crossing(full: Sequence[str], censored: Sequence[str]) -> tuple[str, ...]:
    """What holds for all days of a crossing's waits: days at capacity, and those of unknown demand."""
    found = []
    if full:
        found.append(f"ran at capacity on {_days(full)}")
    if censored:
        days = _days(censored)
        found.append(
            f"no queue was reported on {days}, so more people may want to cross than are planned for"
        )
    return tuple(found)


def of_waits(content: dict[str, Any], day: int, *, full: float | None) -> tuple[str, ...]:
    """What may happen at a crossing on a day, from 0; the chance that it is `full` may not be told."""
    found = []
    if full is not None and full > WORTH_SAYING:
        found.append(f"more people may come than the registered booths pass ({cases(full)})")
    if content["spilled"][day] > WORTH_SAYING:
        found.append(f"the queue may spill over its room ({cases(content['spilled'][day])})")
    if content["capped"][day] > 0:
        found.append(f"waits above {LONGEST_HOURS:.0f} hours are told as {LONGEST_HOURS:.0f}")
    return tuple(found)


def of_staff(content: dict[str, Any], day: int) -> tuple[str, ...]:
    """Whether a roster holds the service level on a day, from 0."""
    said = content["statement"][day]
    return () if said is None else (f"no roster holds the level: {said}",)


def of_beds(full: float | None, without: float | None) -> tuple[str, ...]:
    """Whether houses may be full, and people are expected to be without a bed; neither may be told."""
    found = []
    if full is not None and full > WORTH_SAYING:
        found.append(f"houses may be full ({cases(full)})")
    if without is not None and without >= 0.5:
        found.append(f"on average {without:,.0f} people without a bed, for the regions that help are full")
    return tuple(found)


def cases(chance: float) -> str:
    """A chance as cases out of a hundred; some hundred paths make nothing certain."""
    if chance > 0.99:
        return "more than 99 of 100 cases"
    return f"{chance * 100:.0f} of 100 cases"


def _days(days: Sequence[str], most: int = 5) -> str:
    """The last days of a list."""
    more = f"{len(days) - most} days before and " if len(days) > most else ""
    return more + ", ".join(days[-most:])
