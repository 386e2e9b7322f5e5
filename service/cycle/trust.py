"""Trust by horizon: whether forecasts so far ahead have of late been better than the weekly naive."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pandas as pd

from service.store import Store
from service.store.records import TRUST_DAYS, BandTrust, Trust

BANDS = ((1, 7), (8, 14), (15, 28), (29, 90))
LEAST_DAYS = 14
"""Scored days below which nothing is said: each weekday twice, so that no single one decides."""

Trusted = Mapping[tuple[str, str], tuple[BandTrust, ...]]
"""By measure and place."""


def trust_at(store: Store, cutoff: date) -> dict[tuple[str, str], tuple[BandTrust, ...]]:
    """What the scores known to the store say of the 60 days up to a cutoff, by measure and place."""
    sums = store.scores.sums(BANDS, first=cutoff - timedelta(days=TRUST_DAYS - 1), last=cutoff)
    return {
        (str(measure), str(place_id)): tuple(_bands(own))
        for (measure, place_id), own in sums.groupby(["measure", "place_id"])
    }


def _bands(sums: pd.DataFrame) -> Iterator[BandTrust]:
    for band, all_modes in sums.groupby("band"):
        first, last = BANDS[int(str(band))]
        for mode, own in [(None, all_modes), *all_modes.groupby("mode")]:
            days = int(own["target_date"].nunique())
            relative = _relative(own)
            label = _label(days, relative)
            yield BandTrust(first, last, None if mode is None else str(mode), days, relative, label)


def _relative(sums: pd.DataFrame) -> float | None:
    """Our score over the baseline's; None where the baseline made no error at all."""
    beside = float(sums["baseline_wis"].sum())
    return round(float(sums["wis"].sum()) / beside, 4) if beside > 0 else None


def _label(days: int, relative: float | None) -> Trust:
    if relative is None or days < LEAST_DAYS:
        return "unproven"
    return "skilful" if relative < 1 else "lost"
