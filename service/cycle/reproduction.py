"""A published issue made again from what it was made of, and where the two differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.calendars import HOLIDAYS_VERSION
from forecast.hindcasts import Run
from forecast.paths import Paths
from service.cycle.computation import (
    configuration_from,
    forecast_all,
    in_blocks,
    libraries,
    model_version,
    safety_from,
)
from service.cycle.plan_parts import plan_or_reason
from service.cycle.reading import Vintage
from service.store import Store
from service.store.blocks import checksum, plan_words, published
from service.store.records import PLAN_KINDS, Issue, PublishedForecast, PublishedPlan


@dataclass(frozen=True, slots=True, eq=False)
class Remade:
    """An issue's content, made again."""

    forecasts: tuple[PublishedForecast, ...]
    paths: Mapping[str, Paths]
    plan: PublishedPlan

    @property
    def checksum(self) -> str:
        """What the issue bears if its content is the same."""
        return checksum(self.forecasts, self.paths, self.plan)


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Whether an issue made again agrees with what was published, and what differs if not."""

    issue: Issue
    checksum: str
    surroundings: tuple[str, ...]
    content: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether every byte is the same."""
        return self.checksum == self.issue.checksum


def remade(store: Store, issue: Issue, run: Run[Any, Any]) -> Remade:
    """An issue made again from its vintage, configuration and seed, and from nothing kept.

    Raises ValueError where its configuration cannot be used here, as when a member is not installed.
    """
    places, vintage = store.places.all(as_of=issue.as_of), Vintage.of(issue)
    panels = vintage.panels(store, issue.measures, places)
    configuration = configuration_from(issue.configuration)
    made = forecast_all(panels, configuration, places=places, run=run)
    basis = vintage.basis(store, panels, places, safety=safety_from(issue.configuration))
    plan, _ = plan_or_reason(basis, made, configuration, run=run)
    return Remade(*in_blocks(made, {}), plan)


def reproduce(store: Store, issue: Issue, run: Run[Any, Any]) -> Reproduction:
    """Make an issue again, and say where the numbers and what made them differ from those published.

    Raises ValueError where its configuration cannot be used here.
    """
    again = remade(store, issue, run)
    surroundings = (*_surroundings(issue), *_own_members(issue))
    content = () if again.checksum == issue.checksum else tuple(_differences(store, issue, again))
    return Reproduction(issue, again.checksum, surroundings, content)


def _surroundings(issue: Issue) -> Iterator[str]:
    """A sentence on each version that is not the one the issue was made by."""
    if issue.model_version != model_version():
        yield f"model version: published by {issue.model_version}, made again by {model_version()}"
    if issue.calendar_version != HOLIDAYS_VERSION:
        yield f"calendar: published by {issue.calendar_version}, made again by {HOLIDAYS_VERSION}"
    now = libraries()
    for name, before in issue.libraries.items():
        if now.get(name) != before:
            yield f"library {name}: published by {before}, made again by {now.get(name, 'none')}"
    if not issue.libraries:
        yield "libraries: the issue is from before their versions were recorded"


def _own_members(issue: Issue) -> Iterator[str]:
    """A sentence on each own member whose class or version is not the one of the issue."""
    before: Mapping[str, Any] = issue.configuration.get("own", {})
    now: Mapping[str, Any] = configuration_from(issue.configuration).as_dict().get("own", {})
    for name, told in before.items():
        for part, value in told.items():
            found = now.get(name, {}).get(part)
            if found != value:
                yield f"member {name}: {part} {value or 'none'} published it, made again by {found or 'none'}"


def _differences(store: Store, issue: Issue, again: Remade) -> Iterator[str]:
    """A sentence on each kind of content that differs."""
    before = {(one.measure, one.place_id): one for one in store.issues.forecasts(issue.id)}
    after = {(one.measure, one.place_id): one for one in again.forecasts}
    for missing in sorted(before.keys() ^ after.keys()):
        yield f"{missing[0]} of {missing[1]}: {'made' if missing in after else 'published'} only"
    shared = sorted(before.keys() & after.keys())
    yield from _moved([(key, before[key], after[key]) for key in shared])
    yield from _paths(store, issue, again)
    yield from _plan(store, issue, again)


def _moved(pairs: list[tuple[tuple[str, str], PublishedForecast, PublishedForecast]]) -> Iterator[str]:
    apart = {}
    for key, one, other in pairs:
        values = published(other.values)
        apart[key] = float(np.abs(one.values - values).max()) if one.values.shape == values.shape else np.inf
    moved = {key: most for key, most in apart.items() if most > 0}
    if moved:
        (measure, place_id), most = max(moved.items(), key=lambda one: one[1])
        yield (
            f"quantiles: {len(moved)} of {len(pairs)} series differ, "
            f"most {measure} of {place_id}, by {most:.1f}"
        )
    told = [key for key, one, other in pairs if (one.modes, one.flags) != (other.modes, other.flags)]
    if told:
        yield f"modes or flags: {len(told)} of {len(pairs)} series differ, first {' of '.join(told[0])}"


def _paths(store: Store, issue: Issue, again: Remade) -> Iterator[str]:
    for measure, made in again.paths.items():
        kept = store.issues.paths(issue.id, measure)
        if kept is not None and not (kept.ids == made.ids and np.array_equal(kept.values, made.values)):
            yield f"sample paths of {measure} differ"


def _plan(store: Store, issue: Issue, again: Remade) -> Iterator[str]:
    made = {(one.kind, one.place_id): plan_words(one) for one in again.plan.blocks}
    for kind in PLAN_KINDS:
        kept = {one.place_id: plan_words(one) for one in store.plans.blocks(issue.id, kind)}
        own = {place_id: words for (of, place_id), words in made.items() if of == kind}
        apart = [one for one in sorted(kept.keys() | own.keys()) if kept.get(one) != own.get(one)]
        if apart:
            yield f"plan, {kind}: {len(apart)} places differ, first {apart[0]}"
