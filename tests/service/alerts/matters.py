"""A border whose issues say what a test wants: chances of surges, waits over the limit, beds taken."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from forecast.outlook import Chances, Outlook, Yardstick
from forecast.paths import Paths
from forecast.places import Place
from service.settings import Settings
from service.store import Store
from service.store.blocks import checksum
from service.store.mail_records import Alert, Matter, Recipient
from service.store.records import Issue, PlanBlock, PublishedForecast, PublishedPlan
from tests.service.store import builders

FIRST = date(2022, 9, 20)
HORIZON = 8
PATHS = 20
SETTINGS = Settings()
PLACES = (
    Place("land", "Land", "country"),
    Place("west", "West", "region", "land"),
    Place("east", "East", "region", "land"),
    Place("bridge", "Bridge", parent="west"),
    Place("ferry", "Ferry", parent="west"),
    Place("pass", "Pass", parent="east"),
)
CROSSINGS = ("bridge", "ferry", "pass")


def morning(cutoff: date) -> datetime:
    """The instant at which an issue of this cutoff is looked at."""
    return datetime(cutoff.year, cutoff.month, cutoff.day, 1, tzinfo=UTC) + timedelta(days=1)


def day(ahead: int) -> date:
    """A day of the story."""
    return FIRST + timedelta(days=ahead)


def place_all(store: Store) -> Store:
    """The register of the border."""
    store.places.put(PLACES, at=morning(FIRST) - timedelta(days=100))
    return store


def outlook(chance: float | None, lately: float = 100.0) -> Outlook:
    return Outlook(
        Yardstick((4.6,) * 7, 0.4, lately, ((-0.3, -0.1, 0.1, 0.3),)), Chances(chance, ()), Chances(0.05, ())
    )


def forecast(
    place_id: str, chance: float | None = 0.0, *, begun: bool = False, level: float = 100.0
) -> PublishedForecast:
    """A place's forecast with this chance of a surge; `begun` puts it into one."""
    plain = builders.forecast(place_id, level=level, horizon=HORIZON)
    modes = ("surge" if begun else "calm",) * HORIZON
    return replace(plain, modes=modes, outlook=outlook(chance, level))


def waits(
    place_id: str, share: float, *, capacity: float = 1_000.0
) -> tuple[PlanBlock, dict[str, npt.NDArray[np.int64]]]:
    """A crossing's plan for 500 people a day; this share of paths waits ten hours on the second, else one."""
    late = np.arange(PATHS) < round(share * PATHS)
    minutes = np.full((PATHS, HORIZON), 60)
    minutes[late, 1] = 600
    demand = np.full((PATHS, HORIZON), 500)
    return PlanBlock("waits", place_id, {"capacity": [capacity] * HORIZON}), {
        "longest_wait": minutes,
        "demand": demand,
    }


def beds(place_id: str, by_then: Sequence[float], *, held: float = 300.0) -> PlanBlock:
    """A region's plan in which houses are full by the n-th day with this chance."""
    full = [*by_then, *[by_then[-1]] * (HORIZON - len(by_then))]
    quantiles = [[held * step for step in (0.5, 0.7, 0.9, 1.0, 1.2)]] * HORIZON
    content = {"beds": [held] * HORIZON, "full_by_then": full, "quantiles": {"beds_needed": quantiles}}
    return PlanBlock("beds", place_id, content)


def publish(
    store: Store,
    ahead: int,
    surges: Mapping[str, float] | None = None,
    *,
    begun: Sequence[str] = (),
    waiting: Mapping[str, float] | None = None,
    housed: Mapping[str, Sequence[float]] | None = None,
    capacity: float = 1_000.0,
    **changes: object,
) -> Issue:
    """Publish an issue of a day of the story that says so of its next week."""
    chances = dict.fromkeys((*CROSSINGS, "west", "east", "land"), 0.0) | dict(surges or {})
    forecasts = [forecast(place, chance, begun=place in begun) for place, chance in chances.items()]
    planned = {place: waits(place, share, capacity=capacity) for place, share in (waiting or {}).items()}
    blocks = [block for block, _ in planned.values()]
    blocks += [beds(place, by_then) for place, by_then in (housed or {}).items()]
    cutoff = day(ahead)
    paths = {
        measure: Paths(
            tuple(planned), cutoff, np.stack([values[measure] for _, values in planned.values()], 1)
        )
        for measure in ("demand", "longest_wait")
        if planned
    }
    plan = PublishedPlan(tuple(blocks), paths)
    facts = {
        "cutoff": cutoff,
        "as_of": morning(cutoff) - timedelta(minutes=20),
        "issued_at": morning(cutoff) - timedelta(minutes=10),
        "horizon": HORIZON,
        "checksum": checksum(forecasts, {}, plan),
    }
    issue = builders.issue(f"issue-{ahead}", forecasts, {}, **{**facts, **changes})
    store.issues.publish(issue, forecasts, {}, plan=plan)
    return issue


def recipient(name: str, *places: str, kinds: Sequence[str] = ("alert",)) -> Recipient:
    """A duty desk that is told about places."""
    return Recipient(
        id=f"to-{name}",
        address=f"{name}@desk.example",
        language="en",
        kinds=frozenset(kinds),  # type: ignore[arg-type]
        places=frozenset(places),
        created_at=morning(FIRST) - timedelta(days=10),
    )


def alert(kind: str = "surge", place: str = "bridge", **facts: object) -> Alert:
    """An alert as it may stand."""
    detail = {"begun": False, "upper": 1_500.0, "day": "2022-09-23", "level": 0.95, "lately": 400.0}
    plain = Alert(
        Matter(kind, place),  # type: ignore[arg-type]
        morning(FIRST),
        cutoff=FIRST,
        chance=0.6,
        threshold=0.3,
        detail=detail,
        number=1,
    )
    return replace(plain, **facts)  # type: ignore[arg-type]
