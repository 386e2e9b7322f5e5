"""From every measure's panel at one vintage, through the library, to what is published."""

import hashlib
from collections.abc import Iterator, Mapping, MutableMapping
from importlib.metadata import version
from typing import Any

from forecast import pipeline
from forecast.arrays import FloatArray
from forecast.documents import configuration_from_dict
from forecast.hindcasts import Run
from forecast.panel import Panel
from forecast.paths import Paths
from forecast.pipeline import Configuration, Forecasts
from forecast.places import Places
from forecast.planning.plan import PlanSettings
from service.cycle.trust import Trusted
from service.settings import Settings
from service.store.records import PublishedForecast

PLAN_SAFETY = "plan_safety"
LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "prophet")
"""What an issue's last digits may depend on besides the model's own version and the calendar's."""


class Kept(MutableMapping[str, FloatArray]):
    """Hindcasts of earlier nights, which notes the ones still in use so that the store can drop the rest."""

    def __init__(self, known: Mapping[str, FloatArray]):
        self._known = dict(known)
        self._used: set[str] = set()

    def __getitem__(self, key: str) -> FloatArray:
        hindcast = self._known[key]
        self._used.add(key)
        return hindcast

    def __setitem__(self, key: str, hindcast: FloatArray) -> None:
        self._used.add(key)
        self._known[key] = hindcast

    def __delitem__(self, key: str) -> None:
        del self._known[key]
        self._used.discard(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    @property
    def used(self) -> dict[str, FloatArray]:
        """The hindcasts that were read or made."""
        return {key: self._known[key] for key in sorted(self._used)}


def configuration_of(settings: Settings, *, fast: bool) -> Configuration:
    """The settings' configuration; a `fast` one leaves the one-series members for later."""
    return Configuration(
        horizon=settings.horizon,
        paths=settings.paths,
        seed=settings.seed,
        members=settings.members,
        slow_series=0 if fast else settings.slow_series,
    )


def configuration_from(recorded: Mapping[str, Any]) -> Configuration:
    """The configuration that an issue recorded; raises ValueError where it cannot be used here."""
    return configuration_from_dict({name: value for name, value in recorded.items() if name != PLAN_SAFETY})


def safety_from(recorded: Mapping[str, Any]) -> float:
    """The safety of an issue's rosters; issues from before it was recorded have the default."""
    return float(recorded.get(PLAN_SAFETY, PlanSettings().safety))


def as_recorded(configuration: Configuration, settings: Settings) -> tuple[dict[str, Any], str]:
    """The configuration of an issue and its plan as plain values, and the hash of both."""
    safety = settings.plan_safety
    told = hashlib.sha256(f"{configuration.hash} {PLAN_SAFETY}={safety:g}".encode()).hexdigest()
    return configuration.as_dict() | {PLAN_SAFETY: safety}, told


def forecast_all(
    panels: Mapping[str, Panel],
    configuration: Configuration,
    *,
    places: Places,
    run: Run[Any, Any],
    kept: MutableMapping[str, FloatArray] | None = None,
) -> tuple[Forecasts, ...]:
    """The forecasts of each measure, in the panels' order."""
    return tuple(
        pipeline.issue(panel, configuration, places=places, run=run, kept=kept) for panel in panels.values()
    )


def published(forecasts: Forecasts, trusted: Trusted) -> Iterator[PublishedForecast]:
    """What readers will see of a measure's forecasts, place by place."""
    for row, place_id in enumerate(forecasts.quantiles.ids):
        status = forecasts.status[row]
        yield PublishedForecast(
            place_id=place_id,
            measure=forecasts.measure,
            values=forecasts.quantiles.values[row],
            baseline=forecasts.baseline.values[row],
            modes=status.modes,
            flags=status.flags,
            weights=status.weights,
            outlook=forecasts.outlooks[row],
            trust=trusted.get((forecasts.measure, place_id), ()),
            explanation=forecasts.explanations[row],
        )


def in_blocks(
    made: tuple[Forecasts, ...], trusted: Trusted
) -> tuple[tuple[PublishedForecast, ...], dict[str, Paths]]:
    """All forecasts and sample paths of an issue, as the store takes them.

    What is trusted comes from published scores: it stands beside the numbers and is no part of the checksum.
    """
    rows = tuple(row for forecasts in made for row in published(forecasts, trusted))
    return rows, {forecasts.measure: forecasts.paths for forecasts in made}


def fallbacks(made: tuple[Forecasts, ...]) -> tuple[str, ...]:
    """A sentence on every crossing's series that got the baseline, with the reason."""
    return tuple(
        f"{forecasts.measure} of {place_id}: {flag}"
        for forecasts in made
        for place_id, status in zip(forecasts.paths.ids, forecasts.status, strict=False)
        for flag in status.flags
        if flag.startswith("fallback")
    )


def model_version() -> str:
    """The version of the code that makes the forecasts."""
    return version("arrivals")


def libraries() -> dict[str, str]:
    """The versions of the libraries that the numbers come from."""
    return {name: version(name) for name in LIBRARIES}
