"""One look at what matters: raises and ends alerts, and lays the letters about them into the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from service.alerts.expected import Weighing, expected
from service.alerts.hysteresis import Step, step
from service.alerts.letters import Post
from service.alerts.operation import Ground, degraded, implausible, late_jobs, silent
from service.alerts.signals import Look, Signal
from service.alerts.telling import is_muted
from service.settings import Settings
from service.store import Store
from service.store.alerts import Settlement, Standing
from service.store.mail_records import AlertKind, Matter
from service.store.records import Issue

AT_ANY_TIME: frozenset[AlertKind] = frozenset({"silent", "job-late"})
"""Kinds that are looked at whenever; the others once an issue."""
NEWS = timedelta(hours=48)  # an issue that is older tells of days that are mostly past

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look did: the issue that it judged, if that was new, and what came of it."""

    issue: str | None = None
    raised: int = 0
    ended: int = 0
    letters: int = 0

    def as_detail(self) -> dict[str, Any]:
        """The record for the ledger."""
        return {"issue": self.issue, "raised": self.raised, "ended": self.ended, "letters": self.letters}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look saw: signals of any time, and those of an issue that was not judged yet."""

    now: datetime
    at_any_time: tuple[Signal, ...]
    issue: Issue | None
    of_issue: tuple[Signal, ...]
    quiet_issues: int


def watch(store: Store, settings: Settings, *, now: datetime) -> Watched:
    """Judge the newest issue, once, and at every call what is silent or late.

    What is raised, what ends and the letters are written in one transaction: whoever is killed has done
    nothing, and of two who look at once one finds it done.
    """
    issue = store.issues.latest()
    fresh = issue is not None and now - issue.issued_at < NEWS
    standing = store.alerts.standing(issue.id if issue else None, now=now)
    news = issue if fresh and not standing.judged else None
    seen = _look(Ground(store, store.places.all(), settings, now), standing, news, settings=settings)
    settled = _settlement(_steps(seen, standing), standing)
    if news is None and settled == Settlement():  # nothing to write: no writer need wait for it
        return Watched()
    decide = partial(_decide, seen, Post.read(store, settings, now=now))
    settled = store.alerts.settle(decide, issue_id=news.id if news else None, now=now)
    watched = _told(settled, news)
    log.info("watched", **watched.as_detail())
    return watched


def _look(ground: Ground, standing: Standing, news: Issue | None, *, settings: Settings) -> _Seen:
    quiet = {alert.matter.place_id for alert in standing.open if alert.matter.kind == "silent"}
    at_any_time = (*silent(ground, quiet), *late_jobs(ground))
    of_issue = tuple(_of_issue(ground, news, standing)) if news is not None else ()
    return _Seen(ground.now, at_any_time, news, of_issue, settings.alerts.quiet_issues)


def _of_issue(ground: Ground, issue: Issue, standing: Standing) -> tuple[Signal, ...]:
    """All that an issue says, and what is amiss with it or came since the one before."""
    weighing = Weighing(issue, ground.places, ground.settings.alerts)
    ahead = tuple(expected(ground.store, weighing, withhold_untrusted=ground.settings.withhold_untrusted))
    surging = {alert.matter.place_id for alert in standing.open if alert.matter.kind == "surge"}
    surging |= {one.matter.place_id for one in ahead if one.matter.kind == "surge" and one.loud}
    marks = implausible(ground, issue, surging=surging)
    return (*ahead, *marks, *degraded(ground, issue))


def _steps(seen: _Seen, standing: Standing) -> tuple[Step, ...]:
    """What the look changes: of any time, and of the issue unless that was judged meanwhile."""
    by_matter = {alert.matter: alert for alert in standing.open}
    always = {matter: alert for matter, alert in by_matter.items() if matter.kind in AT_ANY_TIME}
    steps = [step(always, seen.at_any_time, Look(seen.now), quiet_looks=1)]
    if seen.issue is not None and not standing.judged:
        others = {matter: alert for matter, alert in by_matter.items() if matter.kind not in AT_ANY_TIME}
        look = Look(seen.now, seen.issue.id, seen.issue.cutoff)
        steps.append(step(others, seen.of_issue, look, quiet_looks=seen.quiet_issues))
    return tuple(steps)


def _settlement(steps: Sequence[Step], standing: Standing) -> Settlement:
    """The alerts that are other than they stand, and the new ones with their numbers."""
    before = {alert.number: alert for alert in standing.open}
    kept = [alert for one in steps for alert in (*one.going_on, *one.ended) if alert != before[alert.number]]
    raised = [alert for one in steps for alert in one.raised]
    new = (replace(alert, number=standing.next_number + at) for at, alert in enumerate(raised))
    return Settlement(tuple(new), tuple(kept))


def _decide(seen: _Seen, post: Post, standing: Standing) -> Settlement:
    settled = _settlement(_steps(seen, standing), standing)
    heard = [
        one
        for one in settled.raised
        if not is_muted(one.matter, standing.mutes, post.places) and not _is_implied(one.matter, standing)
    ]
    return replace(settled, letters=post.letters(heard))


def _is_implied(matter: Matter, standing: Standing) -> bool:
    """Whether an alert that was told says as much: long waits come of more people than pass."""
    waits = {alert.matter.place_id for alert in standing.open if alert.matter.kind == "wait"}
    return matter.kind == "arrivals" and matter.place_id in waits


def _told(settled: Settlement, news: Issue | None) -> Watched:
    ended = sum(alert.ended_at is not None for alert in settled.changed)
    return Watched(news.id if news else None, len(settled.raised), ended, len(settled.letters))
