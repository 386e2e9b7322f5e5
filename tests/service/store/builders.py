"""A small register, counts, issues and scores for the store's tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from forecast.explain import Explanation, HolidayEffect
from forecast.outlook import Chances, Outlook, Yardstick
from forecast.paths import Paths
from forecast.places import Place
from service.store import Store, blocks
from service.store.records import (
    BandTrust,
    CapacityRecord,
    Issue,
    OutlookScore,
    PublishedForecast,
    Score,
    Upload,
)
from service.store.scenario_records import ScenarioBlock, ScenarioRecord

NOW = datetime(2022, 9, 26, 5, 30, tzinfo=UTC)
DAY = date(2022, 9, 20)
CUTOFF = date(2022, 9, 25)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
REGISTER = (
    Place("land", "Land", "country", country="KZ"),
    Place("west", "West", "region", "land", country="KZ"),
    Place("east", "East", "region", "land", country="KZ"),
    Place("bridge", "Bridge", parent="west", country="KZ", neighbour="RU", capacity=900.0),
    Place("ferry", "Ferry", parent="west", country="KZ", neighbour="RU"),
    Place("pass", "Pass", parent="east", time_zone="Asia/Oral", country="KZ", neighbour="RU"),
)


OUTLOOK = Outlook(
    Yardstick((4.6,) * 7, 0.405465, 101.25, ((-0.3, -0.1, 0.1, 0.3),)),
    Chances(0.125, ((0.1, 0.2, 0.4, 0.2, 0.1),)),
    Chances(0.05, ((0.2, 0.2, 0.2, 0.2, 0.2),)),
)
TRUST = (BandTrust(1, 7, None, 40, 0.75, "skilful"), BandTrust(1, 7, "surge", 3, 2.0, "unproven"))
EXPLANATION = Explanation(
    level=812.5,
    weekday=(0.9, 0.95, 1.0, 1.0, 1.05, 1.2, 0.9),
    season=(1.01, 1.02, 1.03),
    holidays=(1.0, 1.4, 1.0),
    effects=(HolidayEffect(date(2022, 9, 27), ("KZ: Nauryz holiday",), 1.4),),
    weights={"ets": 0.75},
    scores={"ets": 0.9},
)


def capacity(
    place: str, first: date = DAY, *, recorded_at: datetime = NOW, withdrawn: bool = False, **fields: Any
) -> CapacityRecord:
    """A version of a crossing's capacity, or of a region's where its fields are given."""
    usual = {} if "beds" in fields else {"booths": 4, "service_rate": 40}
    document = {"place": place, "valid_from": first.isoformat(), **usual, **fields}
    until = fields.get("valid_until")
    last = None if until is None else date.fromisoformat(until)
    return CapacityRecord(place, first, last, document, recorded_at, "test", withdrawn)


def days(count: int, first: date = DAY) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(count)]


def counts(
    place: str,
    values: Iterable[float | None],
    *,
    first: date = DAY,
    status: str | Iterable[str] = "reported",
    recorded_at: datetime = NOW,
    measure: str = "arrivals",
) -> pd.DataFrame:
    """Counts of consecutive days; None for a day without a number."""
    numbers = [np.nan if value is None else float(value) for value in values]
    return pd.DataFrame(
        {
            "place": place,
            "measure": measure,
            "date": pd.to_datetime(days(len(numbers), first)),
            "value": numbers,
            "status": status if isinstance(status, str) else list(status),
            "source": "test",
            "unit": None,
            "recorded_at": pd.Series([pd.Timestamp(recorded_at)] * len(numbers), dtype="datetime64[ns, UTC]"),
        }
    )


def upload(name: str = "u1", **changes: Any) -> Upload:
    facts = {
        "received_at": NOW,
        "source": "test",
        "name": "counts.csv",
        "sha256": "00",
        "state": "accepted",
        "rows": 1,
    }
    return Upload(name, **{**facts, **changes})


def accept(store: Store, *frames: pd.DataFrame) -> int:
    """Store counts as one upload with a name of its own."""
    number = len(store.uploads.recent(10_000)) + 1
    return store.observations.accept(upload(f"upload-{number}"), pd.concat(frames, ignore_index=True))


def forecast(place_id: str, *, level: float = 100.0, horizon: int = 3, **changes: Any) -> PublishedForecast:
    steps = np.linspace(0.5, 1.5, len(LEVELS))
    values = level * steps * np.arange(1, horizon + 1)[:, None]
    facts = {
        "values": values,
        "baseline": values * 1.2,
        "modes": ("calm",) * horizon,
        "weights": {"ets": 0.75},
    }
    return PublishedForecast(place_id, **{"measure": "arrivals", **facts, **changes})


def sample_paths(*ids: str, cutoff: date = CUTOFF, horizon: int = 3, seed: int = 1) -> Paths:
    generator = np.random.default_rng(seed)
    return Paths(ids, cutoff, generator.poisson(100, size=(20, len(ids), horizon)))


def issue(
    issue_id: str,
    forecasts: Iterable[PublishedForecast] = (),
    paths: Mapping[str, Paths] | None = None,
    **changes: Any,
) -> Issue:
    """An issue that bears its content's checksum."""
    facts: dict[str, Any] = {
        "cutoff": CUTOFF,
        "as_of": NOW,
        "issued_at": NOW + timedelta(minutes=5),
        "horizon": 3,
        "levels": LEVELS,
        "measures": ("arrivals",),
        "model_version": "0.1.0",
        "calendar_version": "0.109",
        "configuration": {"members": ["ets"], "paths": 20},
        "configuration_hash": "c0ffee",
        "seed": 1,
        "last_observation": 0,
        "checksum": blocks.checksum(forecasts, paths or {}),
    }
    return Issue(issue_id, **{**facts, **changes})


def publish(
    store: Store, issue_id: str, *places: str, paths: Mapping[str, Paths] | None = None, **changes: Any
) -> Issue:
    """Publish forecasts of places under an id."""
    forecasts = [forecast(place) for place in places]
    keys = ("lease", "kept", "scores", "keep_paths")
    options = {key: changes.pop(key) for key in keys if key in changes}
    published = issue(issue_id, forecasts, paths, **changes)
    store.issues.publish(published, forecasts, paths or {}, **options)
    return published


def score(issue_id: str, place_id: str, **changes: Any) -> Score:
    facts: dict[str, Any] = {
        "measure": "arrivals",
        "horizon": 1,
        "target_date": CUTOFF + timedelta(days=1),
        "as_of": NOW,
        "observed": 90.0,
        "mode": "calm",
        "wis": 12.5,
        "wis_log": 0.125,
        "overprediction": 2.5,
        "underprediction": 0.0,
        "dispersion": 10.0,
        "bias": 0.25,
        "baseline_wis": 25.0,
        "baseline_wis_log": 0.25,
        "covered": {0.5: False, 0.8: True},
    }
    return Score(issue_id, place_id, **{**facts, **changes})


def scenario_record(scenario_id: str, issue_id: str, *places: str, **changes: Any) -> ScenarioRecord:
    facts: dict[str, Any] = {
        "created_at": NOW,
        "actor": "key-1",
        "title": "A harder week",
        "assumptions": ({"kind": "multiply", "places": list(places), "multiple": 2.0},),
        "places": frozenset(places),
        "touched": dict.fromkeys(places, (0, 1, 2)),
        "shut": {},
        "last_capacity": 3,
        "model_version": "0.1.0",
        "last_target": CUTOFF + timedelta(days=3),
    }
    return ScenarioRecord(**{"id": scenario_id, "issue_id": issue_id, **facts, **changes})


def scenario_block(place: str, measure: str = "demand", *, level: float = 100.0) -> ScenarioBlock:
    values = level * np.linspace(0.5, 1.5, len(LEVELS)) * np.ones((3, 1))
    return ScenarioBlock(
        place,
        measure,
        values,
        2 * values,
        values - 100,
        np.array([1.5, 0.0, -2.5]),
        np.full((5, 3), 2 * int(level)),
    )


def outlook_score(issue_id: str, place_id: str, **changes: Any) -> OutlookScore:
    facts: dict[str, Any] = {
        "measure": "arrivals",
        "kind": "surge",
        "first": 1,
        "last": 7,
        "target_date": CUTOFF + timedelta(days=7),
        "as_of": NOW,
        "outcome": 1,
        "score": 0.25,
        "reference": 0.5,
    }
    return OutlookScore(issue_id, place_id, **{**facts, **changes})
