"""How published forecasts did against the counts that came: every score, or means by horizon and mode."""

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd
from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from service.published.numbers import number
from service.published.scores import NUMBERS, quantile_scores
from service.published.shadow_scores import shadow_scores
from service.store.records import Measure
from service.web import asked, context, score_answers
from service.web.guard import requires
from service.web.outlook_scores import outlook_scores
from service.web.override_scores import override_scores
from service.web.problems import Fault, refuse
from service.web.queries import ScoresQuery
from service.web.representation import asked_format, csv_response, json_response

blueprint = APIBlueprint("scores", __name__, tag="Scores")
Rows = list[Any]
_MODELS: dict[str, type[BaseModel]] = {
    "scores": score_answers.ScoreGroup,
    "rows": score_answers.ScoreRow,
    "outlooks": score_answers.OutlookGroup,
    "outlook_rows": score_answers.OutlookRow,
    "overrides": score_answers.OverrideGroup,
    "override_rows": score_answers.OverrideRow,
}
_COVERED = "covered_"
BANDS = ((1, 7), (8, 14), (15, 21), (22, 28), (29, 90))


@blueprint.get("/scores")
@blueprint.input(ScoresQuery, location="query", arg_name="query")
@blueprint.output(score_answers.ScoresAnswer)
@requires("scores.read")
def scores(query: ScoresQuery) -> Response:
    """How past forecasts did: the weighted interval score, skill against the baseline, and coverage.

    Means by place, horizon and mode, and of outlooks by place, kind and horizon; `raw=true` gives every
    single score. One of them with `of`; a CSV holds one of them. Days whose counts are too
    small to tell are left out of all. Overrides are told beside the forecasts they were made on, and with
    `configuration` what a proposed configuration would have published, beside what was.
    """
    wanted = asked_format(query.format)
    _check_shadow(query.configuration)
    place_id = context.visible(query.place).id if query.place else None
    measure = asked.measure_named(query.measure)
    parts: dict[str, Rows] = {}
    whole = query.of is None and wanted == "json" and query.configuration is None
    if query.of in (None, "quantiles"):
        parts["rows" if query.raw else "scores"] = _quantile_scores(query, measure, place_id)
    if query.of == "outlooks" or whole:
        parts["outlook_rows" if query.raw else "outlooks"] = outlook_scores(query, measure, place_id)
    if query.of == "overrides" or whole:
        found = override_scores(query, measure, place_id)
        if found or query.of == "overrides":
            parts["override_rows" if query.raw else "overrides"] = found
    if wanted == "json":
        about = {"measure": measure.id, "unit": measure.unit, "configuration": query.configuration}
        return json_response(score_answers.ScoresAnswer.model_validate({**about, **parts}))
    (name,) = parts
    left_out = {"coverage"} if query.configuration else {"coverage", "published_wis"}
    columns = ("measure", *(field for field in _MODELS[name].model_fields if field not in left_out))
    return csv_response(columns, ({"measure": measure.id} | dict(row) for row in parts[name]))


def _check_shadow(configuration: str | None) -> None:
    """End the request unless the key may read scores of shadows, and there is such a configuration."""
    if configuration is None:
        return
    if not context.reader().may("shadows.read"):
        refuse(403, "Forbidden", "Scores of proposed configurations are told to analysts and operators.")
    if context.store().models.get(configuration) is None:
        wanted = "the id of a proposed configuration"
        fault = Fault(location="query", field="configuration", wanted=wanted)
        refuse(404, "No such configuration", f"configuration must be {wanted}.", [fault])


def _quantile_scores(query: ScoresQuery, measure: Measure, place_id: str | None) -> Rows:
    days = (query.first, query.last)
    if query.configuration is None:
        told = quantile_scores(
            context.store(), context.hearer(), measure=measure.id, place_id=place_id, days=days
        )
    else:
        asked_for = (measure.id, place_id, days)
        told = shadow_scores(context.store(), context.hearer(), query.configuration, asked=asked_for)
    if query.raw:
        return [_raw(row) for row in told.sort_values("target_date").tail(query.limit).to_dict("records")]
    return list(_groups(told))[: query.limit]


def _raw(row: dict[Hashable, Any]) -> score_answers.ScoreRow:
    hidden = row["suppressed"]
    return score_answers.ScoreRow(
        issue=row["issue_id"],
        place=row["place_id"],
        level=context.visible(row["place_id"]).level,
        target_date=pd.Timestamp(row["target_date"]).date(),
        horizon=row["horizon"],
        mode=None if hidden else row["mode"],
        as_of=pd.Timestamp(row["as_of"]).to_pydatetime(),
        suppressed=hidden,
        **{name: number(row[name]) if name == "observed" else _rounded(row[name]) for name in NUMBERS},
        published_wis=None if hidden else _rounded(row.get("published_wis", float("nan"))),
    )


def _groups(told: pd.DataFrame) -> Iterator[score_answers.ScoreGroup]:
    if told.empty:
        return
    band = pd.cut(told["horizon"], [0, *(last for _, last in BANDS)], labels=[f"{a}-{b}" for a, b in BANDS])
    mode = told["mode"].where(~told["suppressed"])  # a mode tells of a surge that the stop keeps back
    by = told.assign(band=band, mode=mode).groupby(
        ["place_id", "band", "mode"], observed=True, dropna=False, sort=True
    )
    for (place, name, kind), group in by:
        yield _group(str(place), str(name), kind if isinstance(kind, str) else None, group)


def _group(place: str, band: str, mode: str | None, group: pd.DataFrame) -> score_answers.ScoreGroup:
    hidden = bool(group["suppressed"].any())
    return score_answers.ScoreGroup(
        place=place,
        level=context.visible(place).level,
        horizon=band,
        mode=mode,
        forecasts=len(group),
        suppressed=hidden,
        wis=_mean(group["wis"]),
        skill=_skill(group["wis"], group["baseline_wis"]),
        wis_log=_mean(group["wis_log"]),
        skill_log=_skill(group["wis_log"], group["baseline_wis_log"]),
        bias=_mean(group["bias"]),
        coverage=None if hidden else _coverage(group.filter(like=_COVERED)),
        published_wis=_mean(group["published_wis"]) if "published_wis" in group and not hidden else None,
    )


def _coverage(covered: pd.DataFrame) -> dict[str, float]:
    """The share of hits by interval level, from one column of hits per level."""
    shares = covered.astype(float).mean()
    return {str(name).removeprefix(_COVERED): round(float(share), 4) for name, share in shares.items()}


def _mean(values: "pd.Series[Any]") -> float | None:
    return _rounded(float(values.mean()))


def _skill(score: "pd.Series[Any]", baseline: "pd.Series[Any]") -> float | None:
    """1 - score / baseline over the same forecasts; None where the baseline made no error at all."""
    beside = float(baseline.mean())
    return _rounded(1 - float(score.mean()) / beside) if beside > 0 else None


def _rounded(value: float) -> float | None:
    return None if pd.isna(value) else round(float(value), 4)
