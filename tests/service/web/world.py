"""A small world for the API's tests: one country, two regions of two crossings, one published issue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd

from forecast.explain import Explanation, HolidayEffect
from forecast.outlook import Chances, Outlook, Yardstick
from forecast.paths import Paths
from forecast.places import Place, Places
from forecast.quantiles import QUANTILE_LEVELS
from service.access import create_key
from service.clock import FixedClock
from service.settings import Settings
from service.store import Store
from service.store.blocks import checksum
from service.store.records import (
    NO_PLAN,
    BandTrust,
    Issue,
    OutlookScore,
    PublishedForecast,
    QualityFlag,
    Role,
    Score,
    Upload,
)
from service.store.scenario_records import ScenarioBlock, ScenarioRecord
from tests.service.web.planned import plan_of_world

NOW = datetime(2022, 9, 27, 6, 0, tzinfo=UTC)
CUTOFF = date(2022, 9, 26)
HORIZON = 10
DAYS = 30
COUNTRY = Place("veldania", "Veldania", "country", time_zone="Asia/Almaty")
WEST = Place("west-quarrel", "West Quarrel", "region", "veldania", "Asia/Oral")
EAST = Place("east-murmur", "East Murmur", "region", "veldania", "Asia/Almaty")
LEVELS_OF = {"amberford": 1_000, "birchgate": 3_000, "cindermoor": 50_000, "dovebridge": 70_000}
CROSSINGS = (
    Place("amberford", "Amberford", parent=WEST.id, time_zone="Asia/Oral", country="KZ", neighbour="RU"),
    Place("birchgate", "Birchgate", parent=WEST.id, time_zone="Asia/Oral", country="KZ", neighbour="RU"),
    Place("cindermoor", "Cindermoor", parent=EAST.id, time_zone="Asia/Almaty", country="KZ", neighbour="RU"),
    Place("dovebridge", "Dovebridge", parent=EAST.id, time_zone="Asia/Almaty", country="KZ", neighbour="RU"),
)
PLACES = (COUNTRY, WEST, EAST, *CROSSINGS)


class FixedSettings(Settings):
    """Settings whose clock stands still."""

    @property
    def clock(self) -> FixedClock:  # type: ignore[override]
        return FixedClock(NOW)


@dataclass(frozen=True)
class World:
    """The store, and a key for everyone who may ask."""

    store: Store
    keys: dict[str, str]
    issue: Issue

    def headers(self, who: str) -> dict[str, str]:
        """The Authorization header of one of them."""
        return {"Authorization": f"Bearer {self.keys[who]}"}


GRANTS: dict[str, tuple[Role, tuple[str, ...]]] = {
    "west planner": ("planner", (WEST.id,)),
    "east planner": ("planner", (EAST.id,)),
    "amberford planner": ("planner", ("amberford",)),
    "planner of all": ("planner", (COUNTRY.id,)),
    "planner of both": ("planner", (WEST.id, EAST.id)),
    "analyst": ("analyst", ()),
    "operator": ("operator", ()),
    "amberford reporter": ("reporter", ("amberford",)),
}


def build_world(
    store: Store,
    places: Sequence[Place] = PLACES,
    levels: Mapping[str, int] = LEVELS_OF,
    grants: Mapping[str, tuple[Role, tuple[str, ...]]] = GRANTS,
) -> World:
    """Fill an empty store with places, counts about the crossings' levels, one issue and keys."""
    store.places.put(places, at=NOW - timedelta(days=60))
    accept_counts(store, levels)
    issue = publish(store, levels=levels)
    store.scenarios.put(
        *scenario_of_all(issue, published(sample_paths(issue.cutoff, levels), store.places.all()))
    )
    keys = {
        who: create_key(store, role, granted, now=NOW - timedelta(days=1), by="test")[1]
        for who, (role, granted) in grants.items()
    }
    return World(store, keys, issue)


def counted(crossing: str, day: int, levels: Mapping[str, int] = LEVELS_OF) -> float:
    """The count of a crossing, `day` days before the cutoff: no two are alike."""
    return levels[crossing] + 7 * (day % 7) + day


def accept_counts(store: Store, levels: Mapping[str, int]) -> None:
    """Thirty days of counts, each known the next morning, and a remark for each crossing."""
    rows = [
        {
            "place": crossing,
            "measure": "arrivals",
            "date": pd.Timestamp(CUTOFF - timedelta(days=day)),
            "value": counted(crossing, day, levels),
            "status": "reported",
            "source": "test",
            "unit": "people/day",
            "recorded_at": pd.Timestamp(NOW - timedelta(days=day, hours=1)),
        }
        for crossing in levels
        for day in range(DAYS)
    ]
    names = {place.id: place.name for place in store.places.all()}
    upload = Upload(
        "upload-1", NOW - timedelta(hours=1), "test", "counts.csv", "0" * 64, "accepted", len(rows)
    )
    remarks = [
        QualityFlag(crossing, "arrivals", CUTOFF, "jump", f"{names[crossing]} {level}", NOW, upload.id)
        for crossing, level in levels.items()
    ]
    store.observations.accept(upload, pd.DataFrame(rows), remarks)


def sample_paths(cutoff: date = CUTOFF, levels: Mapping[str, int] = LEVELS_OF) -> Paths:
    """A hundred futures of the crossings."""
    rng = np.random.default_rng(7)
    level = np.array(list(levels.values()))[None, :, None]
    noise = rng.integers(0, 400, (100, len(levels), HORIZON))
    return Paths(tuple(levels), cutoff, level + noise)


def published(paths: Paths, places: Places) -> list[PublishedForecast]:
    """What an issue with these paths says of the crossings, the regions and the country."""
    totals = [place.id for place in places.totals]
    every = paths.joined(paths.totals(totals, places.summing(totals, paths.ids)))
    quantiles = every.quantiles()
    return [
        PublishedForecast(
            place_id=place_id,
            measure="arrivals",
            values=quantiles.values[row],
            baseline=quantiles.values[row] * 1.5,
            modes=("calm",) * 3 + ("surge",) * (HORIZON - 3),
            flags=("members-pending: prophet",),
            weights={"ets": 0.5, "weekly_naive": 0.5},
            outlook=outlook_of(row, float(quantiles.values[row, 0, 11])),
            trust=trust_of(row),
            explanation=explanation_of(row, quantiles.values[row, 0, 11]) if row < len(paths.ids) else None,
        )
        for row, place_id in enumerate(every.ids)
    ]


def outlook_of(row: int, level: float) -> Outlook:
    """Chances for the first week alone, as the horizon is short; no two places have the same."""
    chances = Chances(0.1001 + row / 1_000, ((0.05, 0.1501, 0.5, 0.2, 0.0999 - row / 1_000),))
    yardstick = Yardstick((np.log1p(level),) * 7, 0.5, 0.93 * level, ((-0.3, -0.0953, 0.0953, 0.3),))
    return Outlook(yardstick, chances, Chances(0.05, ((0.2,) * 5,)))


def trust_of(row: int, label: str = "skilful") -> tuple[BandTrust, ...]:
    """The days 1 to 7 of a label, in all modes; on surge days, too few."""
    relative = 0.6171 + row / 1_000 + (label == "lost")
    return (
        BandTrust(1, 7, None, 40, relative, label),  # type: ignore[arg-type]
        BandTrust(1, 7, "surge", 3, 1.9, "unproven"),
    )


def explanation_of(row: int, level: float) -> Explanation:
    """Factors by hand, with a holiday on the second day."""
    holidays = (1.0, 1.4) + (1.0,) * (HORIZON - 2)
    effect = HolidayEffect(CUTOFF + timedelta(days=2), ("KZ: Day of the Steppe",), 1.4)
    return Explanation(
        level=0.97 * level,
        weekday=(0.9, 0.95, 1.0, 1.0, 1.05, 1.2, 0.9007 + row / 1_000),
        season=tuple(1 + day / 100 for day in range(HORIZON)),
        holidays=holidays,
        effects=(effect,),
        weights={"ets": 0.25, "weekly_naive": 0.75},
        scores={"ets": 0.9, "weekly_naive": 0.8},
    )


def issue_of(cutoff: date = CUTOFF, *, at: datetime = NOW, name: str = "issue-1") -> Issue:
    """An issue's facts."""
    return Issue(
        id=name,
        cutoff=cutoff,
        as_of=at - timedelta(minutes=5),
        issued_at=at - timedelta(minutes=1),
        horizon=HORIZON,
        levels=QUANTILE_LEVELS,
        measures=("arrivals",),
        model_version="0.1.0",
        calendar_version="holidays 0.1",
        configuration={"paths": 100},
        configuration_hash="c" * 64,
        seed=1,
        last_observation=10_000,
        checksum="a" * 64,
    )


def publish(
    store: Store,
    issue: Issue | None = None,
    *,
    scores: Iterable[Score | OutlookScore] | None = None,
    levels: Mapping[str, int] = LEVELS_OF,
    planned: bool = True,
) -> Issue:
    """Publish one issue, with its plan and scores of the crossings and totals for its first days."""
    issue = issue or issue_of()
    paths = sample_paths(issue.cutoff, levels)
    forecasts = published(paths, store.places.all())
    vintage = store.observations.vintage()
    plan = (
        plan_of_world(issue.cutoff, tuple(levels.items()), tuple(store.places.all())) if planned else NO_PLAN
    )
    found = checksum(forecasts, {"arrivals": paths}, plan)
    issue = replace(issue, last_observation=vintage, checksum=found)
    told = [*scores_of(issue, forecasts), *outlook_scores_of(issue, forecasts)] if scores is None else scores
    store.issues.publish(issue, forecasts, {"arrivals": paths}, scores=list(told), plan=plan, keep_paths=1)
    return issue


def scenario_of_all(
    issue: Issue, forecasts: list[PublishedForecast]
) -> tuple[ScenarioRecord, list[ScenarioBlock]]:
    """A scenario of everybody, twice as many people everywhere."""
    crossings = [one.place_id for one in forecasts if one.explanation is not None]
    record = ScenarioRecord(
        id="scenario-1",
        issue_id=issue.id,
        created_at=NOW,
        actor="key-1",
        title=f"Twice as many at {' and '.join(crossings)}",
        assumptions=(
            {"kind": "multiply", "places": crossings, "multiple": 2.0, "words": " ".join(crossings)},
        ),
        places=frozenset(crossings),
        touched={place: tuple(range(HORIZON)) for place in crossings},
        shut={},
        last_capacity=0,
        model_version="0.1.0",
        last_target=issue.cutoff + timedelta(days=HORIZON),
    )
    blocks = [
        ScenarioBlock(one.place_id, "demand", one.values, 2 * one.values, one.values, one.values.mean(axis=1))
        for one in forecasts
    ]
    return record, blocks


def scores_of(issue: Issue, forecasts: list[PublishedForecast]) -> list[Score]:
    """Made-up scores, each number of a place far from every other place's."""
    return [
        Score(
            issue_id=issue.id,
            place_id=forecast.place_id,
            measure="arrivals",
            horizon=horizon,
            target_date=issue.cutoff + timedelta(days=horizon),
            as_of=NOW,
            observed=float(np.round(forecast.values[horizon - 1, 11] + 0.5)),
            mode="calm",
            wis=0.011 * forecast.values[0, 11],
            wis_log=0.1,
            overprediction=0.003 * forecast.values[0, 11],
            underprediction=0.002 * forecast.values[0, 11],
            dispersion=0.006 * forecast.values[0, 11],
            bias=0.25,
            baseline_wis=0.022 * forecast.values[0, 11],
            baseline_wis_log=0.2,
            covered={0.5: True, 0.8: True, 0.95: horizon > 1},
        )
        for forecast in forecasts
        for horizon in (1, 2)
    ]


def outlook_scores_of(issue: Issue, forecasts: list[PublishedForecast]) -> list[OutlookScore]:
    """Made-up scores of the first week's outlooks, no two places' alike: no surge, and an increase."""
    return [
        OutlookScore(
            issue_id=issue.id,
            place_id=forecast.place_id,
            measure="arrivals",
            kind=kind,
            first=1,
            last=7,
            target_date=issue.cutoff + timedelta(days=7),
            as_of=NOW,
            outcome=outcome,
            score=0.1301 + row / 100,
            reference=0.2602 + row / 50,
        )
        for row, forecast in enumerate(forecasts)
        for kind, outcome in (("surge", 0), ("change", 3))
    ]
