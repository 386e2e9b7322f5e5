"""Whether a configuration in shadow may be put in force: long enough beside the issues, and no worse."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from forecast.comparison import Compared, compared
from service.store import Store
from service.store.model_records import ModelRecord

DAYS = 60
"""Target days, back from the newest, whose scores count."""
LEAST_DAYS = 14
"""Scored days below which nothing is promoted: each weekday twice, as for trust."""
KEYS = ["issue_id", "place_id", "measure", "horizon", "observed"]
"""What both scores are of: a count that was corrected since a shadow ended is no longer the shadow's."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the published scores of a shadow say, and why it may not be promoted yet; empty if it may."""

    compared: Compared | None
    days: int
    objections: tuple[str, ...]

    def beside(self, horizon: int, in_force: int) -> "Evidence":
        """The same, with an objection to a configuration that forecasts fewer days than the one in force."""
        if horizon >= in_force:
            return self
        told = f"it forecasts {horizon} days, and the one in force {in_force}"
        return replace(self, objections=(*self.objections, told))


def evidence_of(store: Store, record: ModelRecord, *, last: date) -> Evidence:
    """How a configuration did in shadow beside what was published from the same vintages.

    Issues from before the configuration in force became so are left out: they are another's.
    """
    frames = _pairs(store, record, last)
    found = None if frames[0].empty else compared(*frames, names=(record.id, "the one in force"))
    days = 0 if found is None else found.days
    return Evidence(found, days, tuple(_objections(found, days)))


def _objections(found: Compared | None, days: int) -> list[str]:
    told = []
    if days < LEAST_DAYS:
        told.append(f"it has {days} scored days in shadow, and {LEAST_DAYS} are wanted")
    if found is not None and found.worse:
        told.append(f"it is worse: {found.verdict}")
    return told


def _pairs(store: Store, record: ModelRecord, last: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    first = last - timedelta(days=DAYS - 1)
    shadow = store.scores.of_shadow(record.id).brief(first=first, last=last)
    published = store.scores.brief(first=first, last=last)
    crossings = {place.id for place in store.places.all().crossings}
    allowed = set(_issues(store, record, first, last))
    shadow = shadow[shadow["issue_id"].isin(allowed) & shadow["place_id"].isin(crossings)]
    beside = shadow[KEYS].merge(published, on=KEYS)
    shadow = shadow.merge(beside[KEYS], on=KEYS)
    return _as_compared(shadow), _as_compared(beside)


def _issues(store: Store, record: ModelRecord, first: date, last: date) -> list[str]:
    """The issues that it ran beside, made since the configuration in force became so."""
    force = store.models.in_force()
    shadows = store.shadows.covering(record.id, first, last)
    return [
        one.issue_id for one in shadows if force is None or force.since is None or one.made_at > force.since
    ]


def _as_compared(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores as `compared` takes them, each measure of a crossing a series of its own."""
    return scores.assign(
        crossing=scores["measure"].astype(str) + " of " + scores["place_id"].astype(str),
        cutoff=scores["target_date"] - pd.to_timedelta(scores["horizon"], "D"),
    )
