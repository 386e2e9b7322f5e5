"""Why a place's forecast is what it is: level, weekday, season, holidays, mode, and the members' parts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from forecast.explain import Explanation
from service.published import forecasts, outlooks, skill
from service.published.numbers import number
from service.store.records import Issue, PublishedForecast
from service.web import answers, asked, context, fans, told
from service.web.answers import Answer
from service.web.guard import requires
from service.web.queries import ExplanationQuery
from service.web.representation import asked_format, csv_response, json_response

blueprint = APIBlueprint("explanation", __name__, tag="Forecasts")


class ExplainedDay(Answer):
    """The factors of one day ahead; 1 is no effect, null is not known or withheld."""

    target_date: date
    horizon: int
    mode: str | None
    trust: str | None
    weekday: float | None
    season: float | None
    holidays: float | None
    names: tuple[str, ...] = Field(description="The holidays, and the days beside them, that matter.")


class MemberPart(Answer):
    """One method's part in the ensemble."""

    member: str
    weight: float = Field(description="Its share.")
    score: float | None = Field(
        description="Its score of late over the quick methods' middle one; null if unknown or withheld."
    )


class ExplanationAnswer(Answer):
    """A forecast taken apart; `level` is null for totals, for the baseline, and where withheld."""

    issue: answers.IssueRef
    place: answers.PlaceRef
    measure: str
    unit: str
    suppressed: bool
    flags: tuple[str, ...]
    level: answers.Number | None = Field(description="People a day at the cutoff, all factors taken out.")
    weekday: tuple[float, ...] | None = Field(description="Seven factors, Monday first.")
    days: list[ExplainedDay]
    members: list[MemberPart]
    trust: list[answers.TrustBand]


_COLUMNS = (
    *fans.ISSUE_COLUMNS, *fans.PLACE_COLUMNS, "suppressed", "flags", "level", *ExplainedDay.model_fields,
)  # fmt: skip


@blueprint.get("/forecasts/explanation")
@blueprint.input(ExplanationQuery, location="query", arg_name="query")
@blueprint.output(ExplanationAnswer)
@requires("forecasts.read")
def explanation(query: ExplanationQuery) -> Response:
    """Why a forecast is what it is: the ordinary level, what weekday, season and holidays do to it, the mode.

    Beside them the methods' weights and scores, and the skill by horizon. A region's and a country's
    forecast is the sum of its crossings': ask for these.
    """
    wanted = asked_format(query.format)
    place = context.visible(query.place)
    measure = asked.measure_named(query.measure)
    issue = asked.issue_named(query.issue, query.as_of)
    held = context.store().issues.explained(issue.id, measure.id, place.id, context.scope())
    if held is None:
        asked.no_forecast(measure.id)
        raise AssertionError  # the request has ended
    hidden = context.told().withholds(place.id)
    context.audit_short_horizon([place], issue=issue.id, measure=measure.id, explanation=True)
    answer = ExplanationAnswer(
        issue=answers.IssueRef.of(issue),
        place=answers.PlaceRef.of(place, context.register()),
        measure=measure.id,
        unit=measure.unit,
        **(_withheld(issue, held) if hidden else _told(issue, held)),
    )
    return json_response(answer) if wanted == "json" else csv_response(_COLUMNS, _rows(answer))


def _withheld(issue: Issue, held: PublishedForecast) -> dict[str, Any]:
    unknown = dict.fromkeys(("mode", "trust", "weekday", "season", "holidays"))
    days = [
        ExplainedDay(target_date=forecasts.target(issue, ahead), horizon=ahead, names=(), **unknown)
        for ahead in range(1, len(held.values) + 1)
    ]
    nothing: dict[str, Any] = {"flags": (), "level": None, "weekday": None, "members": [], "trust": []}
    return {**nothing, "suppressed": True, "days": days}


def _told(issue: Issue, held: PublishedForecast) -> dict[str, Any]:
    why, reader = held.explanation, context.hearer()
    level = number(outlooks.of_last_week(issue, held, why.level, reader=reader)) if why else None
    return {
        "suppressed": bool(why) and level is None,
        "flags": held.flags,
        "level": level,
        "weekday": why.weekday if why else None,
        "days": [_day(issue, held, ahead) for ahead in range(1, len(held.values) + 1)],
        "members": list(_members(held, scored=skill.figures_told(issue, held, reader))),
        "trust": told.bands(issue, held),
    }


def _day(issue: Issue, held: PublishedForecast, horizon: int) -> ExplainedDay:
    day = forecasts.target(issue, horizon)
    why = held.explanation
    return ExplainedDay(
        target_date=day,
        horizon=horizon,
        mode=held.modes[horizon - 1],
        trust=held.trust_on(horizon),
        weekday=why.weekday[day.weekday()] if why else None,
        season=_factor(why.season, horizon) if why else None,
        holidays=_factor(why.holidays, horizon) if why else None,
        names=_names(why, day) if why else (),
    )


def _factor(factors: tuple[float, ...], horizon: int) -> float | None:
    return factors[horizon - 1] if horizon <= len(factors) else None


def _names(why: Explanation, day: date) -> tuple[str, ...]:
    return tuple(name for effect in why.effects if effect.date == day for name in effect.names)


def _members(held: PublishedForecast, *, scored: bool) -> Iterator[MemberPart]:
    weights = held.explanation.weights if held.explanation else held.weights
    scores = held.explanation.scores if held.explanation and scored else {}
    for member in sorted(weights, key=lambda name: (-weights[name], name)):
        yield MemberPart(member=member, weight=round(weights[member], 4), score=scores.get(member))


def _rows(answer: ExplanationAnswer) -> Iterator[dict[str, Any]]:
    head = answer.issue.model_dump() | answer.place.model_dump() | {"issue": answer.issue.id}
    head |= {"place": answer.place.id, "measure": answer.measure, "unit": answer.unit, "level": answer.level}
    for day in answer.days:
        yield head | {"suppressed": answer.suppressed, "flags": answer.flags} | dict(day)
