"""How analysts' overrides did beside the forecasts they were made on."""

from collections.abc import Sequence
from itertools import groupby
from statistics import fmean
from typing import Any

from service.published import overrides
from service.published.numbers import number
from service.store.asked import Asked
from service.store.model_records import OverrideScore
from service.store.records import Measure
from service.web import context
from service.web.queries import ScoresQuery
from service.web.score_answers import OverrideGroup, OverrideRow


def override_scores(query: ScoresQuery, measure: Measure, place_id: str | None) -> list[Any]:
    """The scores of overrides: by override, or with `raw` by override and day."""
    asked = Asked(context.scope(), place_id, measure.id, query.first, query.last)
    told = overrides.scores(context.store(), context.hearer(), asked)
    if query.raw:
        return [_row(one) for one in told[-query.limit :]]
    ordered = sorted(told, key=lambda one: one.override_id)
    groups = [_group(list(own)) for _, own in groupby(ordered, key=lambda one: one.override_id)]
    return sorted(groups, key=lambda group: (group.last, group.override))[-query.limit :]


def _row(one: OverrideScore) -> OverrideRow:
    return OverrideRow(
        override=one.override_id,
        place=one.place_id,
        level=context.visible(one.place_id).level,
        target_date=one.target_date,
        horizon=one.horizon,
        as_of=one.as_of,
        observed=number(one.observed),
        wis=round(one.wis, 4),
        model_wis=round(one.model_wis, 4),
    )


def _group(own: Sequence[OverrideScore]) -> OverrideGroup:
    wis, model_wis = fmean(one.wis for one in own), fmean(one.model_wis for one in own)
    return OverrideGroup(
        override=own[0].override_id,
        place=own[0].place_id,
        level=context.visible(own[0].place_id).level,
        first=min(one.target_date for one in own),
        last=max(one.target_date for one in own),
        days=len(own),
        wis=round(wis, 4),
        model_wis=round(model_wis, 4),
        skill=round(1 - wis / model_wis, 4) if model_wis > 0 else None,
    )
