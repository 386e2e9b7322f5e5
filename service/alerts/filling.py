"""How soon houses are full at the pace at which they fill: what is reported runs ahead of any forecast."""

from collections.abc import Sequence
from datetime import timedelta

from service.store import Store
from service.store.records import Issue

NIGHTS = 3  # a day's change and the one before: a weekend's guests alone are no trend
STOCK = "occupied_beds"


def last_nights(store: Store, issue: Issue, place_ids: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """The beds that were occupied in the last three nights up to a cutoff, where all three are known."""
    first = issue.cutoff - timedelta(days=NIGHTS - 1)
    known = store.observations.known(STOCK, place_ids, first, issue.cutoff, as_of=issue.as_of)
    counted = known[(known["status"] == "reported") & known["value"].notna()]
    nights = {str(place): rows["value"].tolist() for place, rows in counted.groupby("place")}
    return {place: tuple(values) for place, values in nights.items() if len(values) == NIGHTS}


def days_left(occupied: Sequence[float], beds: float) -> float | None:
    """Days until so many beds are taken at the mean pace of some nights, 0 if they are; None for never."""
    if not occupied:
        return None
    free = beds - occupied[-1]
    if free <= 0:
        return 0.0
    pace = (occupied[-1] - occupied[0]) / (len(occupied) - 1)
    return free / pace if pace > 0 else None
