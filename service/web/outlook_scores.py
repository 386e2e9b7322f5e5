"""How published outlooks did: every score, or means by place, kind and days ahead."""

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from forecast.outlook import CHANGES
from service.published import scores
from service.store.records import Measure
from service.web import context
from service.web.queries import ScoresQuery
from service.web.score_answers import OutlookGroup, OutlookRow


def outlook_scores(query: ScoresQuery, measure: Measure, place_id: str | None) -> list[Any]:
    """The scores of outlooks that a query asks for: rows with `raw`, else means."""
    days = (query.first, query.last)
    told = scores.outlook_scores(
        context.store(), context.hearer(), measure=measure.id, place_id=place_id, days=days
    )
    if query.raw:
        return [_row(row) for row in told.tail(query.limit).to_dict("records")]
    return list(_groups(told))[: query.limit]


def _row(row: dict[Hashable, Any]) -> OutlookRow:
    hidden = bool(row["suppressed"])
    return OutlookRow(
        issue=row["issue_id"],
        place=row["place_id"],
        level=context.visible(row["place_id"]).level,
        kind=row["kind"],
        horizon=f"{row['first']}-{row['last']}",
        target_date=row["target_date"],
        as_of=row["as_of"],
        suppressed=hidden,
        outcome=None if hidden else _outcome(row["kind"], int(row["outcome"])),
        score=None if hidden else round(row["score"], 4),
        reference=None if hidden else round(row["reference"], 4),
    )


def _outcome(kind: str, outcome: int) -> str:
    return CHANGES[outcome] if kind == "change" else ("no", "yes")[outcome]


def _groups(told: pd.DataFrame) -> Iterator[OutlookGroup]:
    for (place, kind, first, last), group in told.groupby(["place_id", "kind", "first", "last"], sort=True):
        hidden = bool(group["suppressed"].any())
        score, reference = float(group["score"].mean()), float(group["reference"].mean())
        yield OutlookGroup(
            place=str(place),
            level=context.visible(str(place)).level,
            kind=str(kind),
            horizon=f"{first}-{last}",
            forecasts=len(group),
            suppressed=hidden,
            score=None if hidden else round(score, 4),
            reference=None if hidden else round(reference, 4),
            skill=None if hidden or reference <= 0 else round(1 - score / reference, 4),
        )
