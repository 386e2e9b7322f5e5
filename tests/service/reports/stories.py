"""A border of two weeks by hand: what was said of each day, what came, and the reports of both Mondays."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from forecast.events import Event
from forecast.outlook import Chances, Outlook, Yardstick
from service.reports.contents import Report
from service.reports.reading import report_of
from service.reports.weekly import Press
from service.settings import Settings
from service.store import Store
from service.store.records import Issue, PublishedForecast, Score
from tests.service.alerts.matters import morning, place_all
from tests.service.store import builders

SETTINGS = Settings(mail_sender="Arrivals <arrivals@border.example>", mail_contact="desk@border.example")
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
SPREAD = np.array([0.5, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5])
HORIZON = 28
SUNDAY, NEXT_SUNDAY = date(2022, 9, 18), date(2022, 9, 25)
WEEK, NEXT_WEEK = "2022-W38", "2022-W39"
SAID = {"bridge": 1_000.0, "ferry": 500.0, "pass": 300.0, "west": 1_500.0, "east": 300.0, "land": 1_800.0}


def outlook(
    surge: float | None = 0.0,
    *,
    changes: Sequence[float] = (0.0, 0.1, 0.8, 0.1, 0.0),
    usual: float = 1_500.0,
    lately: float | None = 1_500.0,
) -> Outlook:
    """An outlook by hand; `changes` are the chances from the largest decrease to the largest increase."""
    yardstick = Yardstick((float(np.log1p(usual)),) * 7, 0.4, lately, ((-0.3, -0.1, 0.1, 0.3),))
    return Outlook(yardstick, Chances(surge, (tuple(changes),)), Chances(0.05, ((0.2,) * 5,)))


def says(
    place_id: str, level: float, *, modes: str | Sequence[str] = "calm", ahead: Outlook | None = None
) -> PublishedForecast:
    """A forecast of so many people every day: within 20 % in 80 % of cases, within 50 % in 95 %."""
    return PublishedForecast(
        place_id,
        measure="arrivals",
        values=np.tile(level * SPREAD, (HORIZON, 1)),
        baseline=np.tile(level * SPREAD * 1.2, (HORIZON, 1)),
        modes=(modes,) * HORIZON if isinstance(modes, str) else tuple(modes),
        weights={"ets": 1.0},
        outlook=outlook() if ahead is None else ahead,
    )


def issue(
    store: Store,
    cutoff: date,
    *forecasts: PublishedForecast,
    scores: Iterable[Score] = (),
    name: str | None = None,
    **changes: object,
) -> Issue:
    """Publish what is said on the morning after a cutoff; without forecasts, the ordinary of each place."""
    said = forecasts or tuple(says(place, level) for place, level in SAID.items())
    facts = {
        "cutoff": cutoff,
        "as_of": morning(cutoff) - timedelta(minutes=20),
        "issued_at": morning(cutoff) - timedelta(minutes=10),
        "horizon": HORIZON,
        "levels": LEVELS,
        **changes,
    }
    made = builders.issue(name or f"issue-{cutoff}", said, {}, **facts)
    made = replace(made, last_observation=store.observations.vintage())
    store.issues.publish(made, said, {}, scores=list(scores))
    return made


def count(
    store: Store,
    place: str,
    values: Sequence[float | None],
    *,
    last: date,
    status: str | Sequence[str] = "reported",
    known_at: datetime | None = None,
) -> None:
    """Counts of days up to a last one, known two hours before the morning after it."""
    first = last - timedelta(days=len(values) - 1)
    at = morning(last) - timedelta(hours=2) if known_at is None else known_at
    builders.accept(store, builders.counts(place, values, first=first, status=status, recorded_at=at))


def history(store: Store, **levels: float) -> None:
    """Four weeks of the same count every day up to the first Sunday."""
    for place, level in ({"bridge": 1_000.0, "ferry": 500.0, "pass": 300.0} | levels).items():
        count(store, place, [level] * 28, last=SUNDAY)


def begun(
    store: Store, *forecasts: PublishedForecast, place: str = "west", events: Sequence[Event] = ()
) -> Store:
    """The border with four weeks of counts, events that were known, and the report of the first Monday."""
    place_all(store)
    history(store)
    store.events.put(events, at=morning(SUNDAY) - timedelta(days=3))
    issue(store, SUNDAY, *forecasts, last_event=len(events))
    Press(store, SETTINGS, morning(SUNDAY), "job").make(place, WEEK)
    return store


def report(store: Store, place: str = "west", *, now: datetime | None = None, **settings: object) -> Report:
    """The report of the second Monday."""
    wanted = SETTINGS.model_copy(update=settings)
    return report_of(store, wanted, place, NEXT_WEEK, now=morning(NEXT_SUNDAY) if now is None else now)


def score(made: Issue, place: str, horizon: int, *, wis: float, baseline: float) -> Score:
    """A score by hand of a place's day."""
    return Score(
        issue_id=made.id,
        place_id=place,
        measure="arrivals",
        horizon=horizon,
        target_date=made.cutoff + timedelta(days=horizon),
        as_of=morning(NEXT_SUNDAY),
        observed=1_500.0,
        mode="calm",
        wis=wis,
        wis_log=0.1,
        overprediction=0.0,
        underprediction=0.0,
        dispersion=wis,
        bias=0.0,
        baseline_wis=baseline,
        baseline_wis_log=0.2,
        covered={0.5: True, 0.8: True, 0.95: True},
    )
