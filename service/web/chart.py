"""The start page's fan chart, from the answers that the API gives."""

from collections.abc import Sequence
from datetime import date

from forecast.plots import Fan
from forecast.plots.fans import GAP
from service.published.observed import ObservedDay
from service.web.answers import ForecastDay, Number

INTERVALS = (0.95, 0.8, 0.5)


def fan_of(
    title: str,
    cutoff: date,
    observed: Sequence[ObservedDay],
    days: Sequence[ForecastDay],
    *,
    stamp: str | None = None,
) -> Fan:
    """What the chart of a place shows; what is withheld is a gap."""
    return Fan(
        title=title,
        cutoff=cutoff,
        observed={day.date: float(day.value) for day in observed if day.value is not None},
        days=[day.target_date for day in days],
        median=[_number(day.median) for day in days],
        bands={level: _ends(days, level) for level in INTERVALS},
        lost=[day.target_date for day in days if day.trust == "lost"],
        stamp=stamp,
    )


def _ends(days: Sequence[ForecastDay], level: float) -> tuple[list[float], list[float]]:
    ends = [(day.intervals or {}).get(f"{level:g}", (None, None)) for day in days]
    # a lower end that is too small to tell is drawn at nobody, so that the upper one is seen
    lows = [0.0 if low is None and high is not None else _number(low) for low, high in ends]
    return lows, [_number(high) for _, high in ends]


def _number(value: Number | None) -> float:
    return GAP if value is None else float(value)
