"""How published forecasts and outlooks did, as a reader is told it."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from service.published.reader import Reader
from service.store import Store

# forecast plus error is the count: all of these are withheld with it
NUMBERS = (
    "observed", "wis", "baseline_wis", "wis_log", "baseline_wis_log",
    "overprediction", "underprediction", "dispersion", "bias",
)  # fmt: skip
OUTLOOK_NUMBERS = ("outcome", "score", "reference")
BEFORE = 7  # days up to the cutoff whose mean an outlook's changes are from
FARTHEST = 28
"""Days ahead beyond which a total may have been forecast without a place that is small today."""
Window = tuple[date | None, date | None]


def quantile_scores(
    store: Store, reader: Reader, *, measure: str, place_id: str | None = None, days: Window = (None, None)
) -> pd.DataFrame:
    """The newest scores of forecasts in scope, as the store reads them, with a column `suppressed`.

    NaN where a place is withheld. Days whose counts are too small to tell are left out altogether, and so are
    totals too far ahead: without a place that came later, they would tell its count.
    """
    first, last = days
    table = store.scores.read(reader.scope, place_id=place_id, measure=measure, first=first, last=last)
    return told(table, store, reader, measure)


def told(table: pd.DataFrame, store: Store, reader: Reader, measure: str) -> pd.DataFrame:
    """Scores of forecasts of a measure, as the store reads them, through the door that withholds."""
    small = reader.disclosure.small.among(measure, table[["place_id", "target_date"]])
    far = (table["horizon"] > FARTHEST).to_numpy(dtype=bool)
    if reader.disclosure.small.threshold and far.any():
        totals = [place.id for place in store.places.all().totals]
        small |= far & table["place_id"].isin(totals).to_numpy(dtype=bool)
    return reader.disclosure.frame(_without(table, small), NUMBERS, place="place_id")


def outlook_scores(
    store: Store, reader: Reader, *, measure: str, place_id: str | None = None, days: Window = (None, None)
) -> pd.DataFrame:
    """The newest scores of outlooks in scope, in the same way.

    An outlook is left out where any day is too small to tell of those it was about, or of the week before.
    """
    table = store.outlook_scores.read(reader.scope, place_id=place_id, measure=measure, days=days)
    small = np.zeros(len(table), dtype=bool)
    for last in table["last"].unique():
        rows = (table["last"] == last).to_numpy()
        about = table.loc[rows, ["place_id", "target_date"]]
        small[rows] = reader.disclosure.small.among(measure, about, days=int(last) + BEFORE)
    return reader.disclosure.frame(_without(table, small), OUTLOOK_NUMBERS, place="place_id")


def _without(table: pd.DataFrame, small: npt.NDArray[np.bool_]) -> pd.DataFrame:
    return table.loc[~small].reset_index(drop=True)
