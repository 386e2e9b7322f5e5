"""What a reader is told of skill and outlook, and which days are withheld for want of skill."""

import numpy as np

from forecast.outlook import CHANGES, SURGE_DAYS, WEEKS
from service.store.records import PublishedForecast
from service.web import context
from service.web.answers import ChangeChances, OutlookAnswer, TrustBand
from service.web.representation import number

KINDS = tuple(kind.replace(" ", "_") for kind in reversed(CHANGES))
"""The five kinds of change as names of fields, the largest increase first."""


def withheld(forecast: PublishedForecast, horizon: int) -> str | None:
    """Why a day's numbers are withheld for want of skill, if they are: only where the settings say so."""
    if not context.wiring().settings.withhold_untrusted:
        return None
    known = forecast.skill_on(horizon)
    if known is None or known.trust != "lost":
        return None
    return (
        f"withheld: {known.first}-{known.last} days ahead forecasts were of late no better than the baseline "
        f"(relative score {known.relative} over {known.days} days)"
    )


def bands(forecast: PublishedForecast) -> list[TrustBand]:
    """Trust by horizon, as an answer says it."""
    return [
        TrustBand(
            horizon=f"{band.first}-{band.last}",
            mode=band.mode,
            days=band.days,
            relative=band.relative,
            trust=band.trust,
        )
        for band in forecast.trust
        if band.first <= len(forecast.values)
    ]


def outlook(forecast: PublishedForecast) -> OutlookAnswer | None:
    """The outlook of a forecast, without what rests on withheld days; None where the issue has none."""
    told = forecast.outlook
    if told is None:
        return None
    return OutlookAnswer(
        surge=None if _untold(forecast, 1, SURGE_DAYS) else told.chances.surge,
        reference=number(told.yardstick.reference),
        changes=[_changes(forecast, week, shares) for week, shares in enumerate(told.chances.changes)],
    )


def _changes(forecast: PublishedForecast, week: int, shares: tuple[float, ...]) -> ChangeChances:
    first, last = WEEKS[week]
    shown = [None] * len(shares) if _untold(forecast, first, last) else [*reversed(shares)]
    edges = forecast.outlook.yardstick.edges[week] if forecast.outlook else ()
    return ChangeChances(
        days=f"{first}-{last}",
        edges=tuple(np.exp(edges).round(3).tolist()),
        **dict(zip(KINDS, shown, strict=True)),
    )


def _untold(forecast: PublishedForecast, first: int, last: int) -> bool:
    """Whether any day of a stretch that the issue covers is withheld."""
    return any(withheld(forecast, horizon) for horizon in range(first, min(last, len(forecast.values)) + 1))
