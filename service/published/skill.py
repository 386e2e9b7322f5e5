"""What a reader is told of skill, and which days are withheld for want of it."""

from dataclasses import dataclass
from datetime import timedelta

from service.published.reader import Reader
from service.store.records import TRUST_DAYS, Issue, PublishedForecast

REPEATED = 14
"""Days up to the cutoff that the baseline repeats where it stands in."""


@dataclass(frozen=True, slots=True)
class ToldBand:
    """How forecasts so far ahead did of late, beside the weekly naive; figures are None where withheld."""

    horizon: str
    mode: str | None
    days: int | None
    relative: float | None
    trust: str


def bands(issue: Issue, forecast: PublishedForecast, reader: Reader) -> list[ToldBand]:
    """Trust by horizon; the word alone where a count that was scored is not told."""
    if reader.disclosure.withholds(forecast.place_id):
        return []
    told = figures_told(issue, forecast, reader)
    return [
        ToldBand(
            horizon=f"{band.first}-{band.last}",
            mode=band.mode,
            days=band.days if told else None,
            relative=band.relative if told else None,
            trust=band.trust,
        )
        for band in forecast.trust
        if band.first <= len(forecast.values)
    ]


def untrusted(issue: Issue, forecast: PublishedForecast, horizon: int, *, reader: Reader) -> str | None:
    """Why a day's numbers are withheld for want of skill, if they are: only where the reader says so."""
    if not reader.withhold_untrusted:
        return None
    known = forecast.skill_on(horizon)
    if known is None or known.trust != "lost":
        return None
    reason = (
        f"withheld: {known.first}-{known.last} days ahead forecasts were of late no better than the baseline"
    )
    if not figures_told(issue, forecast, reader):
        return reason
    return f"{reason} (relative score {known.relative} over {known.days} days)"


def rests_on_hidden(issue: Issue, forecast: PublishedForecast, reader: Reader) -> bool:
    """Whether a forecast repeats counts of late, as a fallback does, of which one is not told."""
    if not any(flag.startswith("fallback") for flag in forecast.flags):
        return False
    first = issue.cutoff - timedelta(days=REPEATED - 1)
    return reader.disclosure.small.hides_any(forecast.measure, forecast.place_id, first, issue.cutoff)


def figures_told(issue: Issue, forecast: PublishedForecast, reader: Reader) -> bool:
    """Whether every count that the skill was learnt from is told."""
    first = issue.cutoff - timedelta(days=TRUST_DAYS - 1)
    return not reader.disclosure.small.hides_any(forecast.measure, forecast.place_id, first, issue.cutoff)
