"""What is asked and answered about alerts, mutes and letters that did not arrive."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from forecast.places import Places
from service.alerts.wording import told
from service.languages import SOURCE, language
from service.store.mail_records import ALERT_KINDS, Alert, AlertKind, Dispatch, Mute
from service.web.answers import Answer, Number, PlaceRef
from service.web.queries import Instant, Name, Query

LONGEST_REASON = 500
LARGEST_NUMBER = 2**31 - 1
UNITS: dict[str, str] = {
    "surge": "people/day",
    "arrivals": "people/day",
    "wait": "hours",
    "beds": "beds",
}


class AlertsQuery(Query):
    """Which alerts."""

    state: Literal["open", "ended", "all"] = Field("open", description="open, ended or all.")
    place: Name | None = Field(None, description="One place by id, and what lies in it.")
    kind: AlertKind | None = Field(None, description=f"One of {', '.join(ALERT_KINDS)}.")
    since: Instant | None = Field(None, description="Only alerts raised at this instant or later.")
    limit: int = Field(100, ge=1, le=1_000, description="At most so many alerts, the newest.")


class NumberPath(Query):
    """An alert, or a mute, by its number."""

    number: int = Field(ge=1, le=LARGEST_NUMBER)


class MuteBody(BaseModel):
    """What is to be muted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: Name | None = Field(description="A place with all that lies in it; null: the service as a whole.")
    kind: AlertKind | None = Field(None, description="One kind of alert; null: all kinds.")
    until: Instant = Field(description="The instant at which mail goes out again, at most a year ahead.")
    reason: str = Field(min_length=1, max_length=LONGEST_REASON, description="Why; others read it.")


class AlertAnswer(Answer):
    """One alert: a matter that asks for a decision."""

    number: int
    kind: AlertKind
    place: PlaceRef | None = Field(description="Null where it concerns the service as a whole.")
    about: str | None = Field(description="What of it: the job that is late, for example.")
    raised_at: datetime
    ended_at: datetime | None = Field(description="Null while it is open.")
    issue: str | None = Field(description="The issue that raised it.")
    cutoff: date | None = Field(description="The cutoff of the newest issue that it was held against.")
    chance: float | None = Field(
        description="The chance within 7 days, by the newest issue that did not find it over; null: observed."
    )
    threshold: float | None = Field(description="The chance from which it is raised.")
    upper: Number | None = Field(description="The figure to plan for; null where none is told.")
    unit: str | None = Field(description="Its unit.")
    level: float | None = Field(description="Its quantile level.")
    day: date | None = Field(description="The day that the figure, the mark or the missing count is of.")
    likely_from: date | None = Field(description="The first day by which the chance reaches the threshold.")
    subject: str = Field(description="One line on what is the matter.")
    sentences: list[str] = Field(description="What, how likely, by when, and what to do.")
    look: str = Field(description="The path that says more.")
    muted: bool = Field(description="Whether mail about it is muted.")
    acknowledged_at: datetime | None
    acknowledged_by: str | None

    @classmethod
    def of(cls, alert: Alert, places: Places, *, muted: bool) -> "AlertAnswer":
        """An alert whose detail holds nothing but what may be told."""
        known = {place.id: place for place in places}
        place = known.get(alert.matter.place_id)
        words = told(alert, place, language(SOURCE))
        detail = alert.detail
        return cls(
            number=alert.number,
            kind=alert.matter.kind,
            place=PlaceRef.of(place, places) if place is not None else None,
            about=alert.matter.subject or None,
            raised_at=alert.raised_at,
            ended_at=alert.ended_at,
            issue=alert.issue_id,
            cutoff=alert.cutoff,
            chance=alert.chance,
            threshold=alert.threshold,
            upper=detail.get("upper"),
            unit=UNITS.get(alert.matter.kind),
            level=detail.get("level") if detail.get("upper") is not None else None,
            day=detail.get("day") or detail.get("missed"),
            likely_from=detail.get("from"),
            subject=words.subject,
            sentences=list(words.sentences),
            look=words.look,
            muted=muted,
            acknowledged_at=alert.acknowledged_at,
            acknowledged_by=alert.acknowledged_by,
        )


class UndeliveredAnswer(Answer):
    """A letter that did not arrive, or may not have."""

    number: int
    kind: str = Field(description="report, correction, alert or test.")
    place: str | None
    period: str = Field(description="The week of a report, or the first alert of a letter.")
    recipient: str = Field(description="The recipient's id; addresses are told by `arrivals recipients`.")
    state: str = Field(description="failed, or uncertain: it may have arrived and is not sent again.")
    reason: str | None
    queued_at: datetime

    @classmethod
    def of(cls, dispatch: Dispatch) -> "UndeliveredAnswer":
        """A letter without its content."""
        letter = dispatch.letter
        return cls(
            number=dispatch.number,
            kind=letter.kind,
            place=letter.place_id or None,
            period=letter.period,
            recipient=letter.recipient,
            state=dispatch.state,
            reason=dispatch.reason,
            queued_at=letter.queued_at,
        )


class AlertsAnswer(Answer):
    """Alerts, newest first."""

    alerts: list[AlertAnswer]
    undelivered: list[UndeliveredAnswer] | None = Field(
        description="Letters that did not arrive; null for roles that are not told of mail."
    )


class MuteAnswer(Answer):
    """One mute."""

    number: int
    place: str | None = Field(description="Null: the service as a whole.")
    kind: str | None = Field(description="Null: all kinds.")
    until: datetime
    muted_at: datetime
    actor: str
    reason: str

    @classmethod
    def of(cls, number: int, mute: Mute) -> "MuteAnswer":
        """A stored mute."""
        return cls(
            number=number,
            place=mute.place_id or None,
            kind=mute.kind or None,
            until=mute.until,
            muted_at=mute.muted_at,
            actor=mute.actor,
            reason=mute.reason,
        )


class MutesAnswer(Answer):
    """What is muted now, oldest first."""

    mutes: list[MuteAnswer]


def mute_body() -> dict[str, Any]:
    """What `POST /v1/alerts/mutes` takes, for the OpenAPI document."""
    text = {"type": "string", "minLength": 1}
    fields = {
        "place": {"type": ["string", "null"], "minLength": 1, "maxLength": 100},
        "kind": {"enum": [*ALERT_KINDS, None], "default": None},
        "until": {"type": "string", "format": "date-time"},
        "reason": text | {"maxLength": LONGEST_REASON},
    }
    schema = {
        "type": "object",
        "required": ["place", "until", "reason"],
        "additionalProperties": False,
        "properties": fields,
    }
    example = {"place": "syrym", "kind": "wait", "until": "2022-09-28T00:00:00Z", "reason": "Being seen to."}
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}
