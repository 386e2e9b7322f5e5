"""Plans as rows of a CSV: one for each place and day, every single number in a column with its unit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.web import fans
from service.web.plan_answers import BedsAnswer, StaffAnswer, WaitsAnswer

Plans = WaitsAnswer | StaffAnswer | BedsAnswer
HEAD = (
    *fans.ISSUE_COLUMNS,
    *("place", "name", "level", "region", "time_zone", "target_date", "horizon", "suppressed", "flags"),
)
_SHORT = {"intervals": "", "levels": "", "quantiles": "quantile"}


def columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What has a number in any row; what nobody has, or is withheld everywhere, makes no column."""
    return list(dict.fromkeys([*HEAD, *(name for row in rows for name in row if row[name] is not None)]))


def rows(answer: Plans) -> Iterator[dict[str, Any]]:
    """A row for each place and day, complete in itself."""
    issue = answer.issue.model_dump() | {"issue": answer.issue.id}
    del issue["id"]
    for one in answer.places:
        place = one.place.model_dump() | {"place": one.place.id}
        del place["id"]
        beside = one.model_dump(exclude={"place", "days", "suppressed", "flags"})
        for day in one.days:
            numbers = beside | day.model_dump(exclude={"target_date", "horizon", "suppressed", "flags"})
            when = day.model_dump(include={"target_date", "horizon", "suppressed"})
            when["flags"] = (*one.flags, *day.flags)
            yield {**issue, **place, **when, **_flat(numbers, answer.units)}


def _flat(values: Mapping[str, Any], units: Mapping[str, str]) -> dict[str, Any]:
    return {
        f"{path} [{units[name]}]" if name in units else path: value
        for name, inner in values.items()
        for path, value in _leaves(name, inner)
    }


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every single value under a name, its path joined by underscores as in the CSV of forecasts."""
    if isinstance(value, tuple):  # the ends of an interval, whose level ends the path
        name, _, level = path.rpartition("_")
        ends = (f"{name}_lower_{level}", f"{name}_upper_{level}")
        yield from zip(ends, value, strict=True)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            safety = one.pop("safety") if isinstance(one, dict) else None
            yield from _leaves(f"{path}_{at:02d}" if safety is None else f"{path}_{safety:g}", one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            short = _SHORT.get(name, name)
            yield from _leaves(f"{path}_{short}" if short else path, inner)
    else:
        yield path, value
