"""A world with two issues, and what became known between them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from forecast.events import Event
from service.ingest import CapacityDesk, read_capacities
from service.ingest.capacities import register
from service.plans.reading import Desk
from service.store import Store
from service.store.records import Issue, Upload
from tests.service.web.world import CUTOFF, NOW, WEST, build_world, issue_of, publish

BOOTHS = {
    "place": "amberford",
    "valid_from": "2022-09-01",
    "booths": 4,
    "service_rate": 40,
    "booths_limit": 8,
}
DAY = timedelta(days=1)


def count(store: Store, name: str, counts: dict[tuple[str, date], float], at: pd.Timestamp) -> None:
    """Take in counts or beds, known from an instant on."""
    rows = [
        {
            "place": place,
            "measure": "occupied_beds" if place == WEST.id else "arrivals",
            "date": pd.Timestamp(day),
            "value": value,
            "status": "reported",
            "source": "test",
            "unit": "people/day",
            "recorded_at": at,
        }
        for (place, day), value in counts.items()
    ]
    upload = Upload(name, at.to_pydatetime(), "test", name, "1" * 64, "accepted", len(rows))
    store.observations.accept(upload, pd.DataFrame(rows), [])


def seen(store: Store, issue: Issue) -> Issue:
    """An issue that saw all that is registered by now."""
    return replace(issue, last_event=store.events.vintage(), last_capacity=store.capacities.vintage())


def put_capacity(store: Store, document: dict[str, object], *, days: int) -> None:
    """Register a capacity so many days from now."""
    desk = CapacityDesk.of(store, now=NOW + days * DAY - timedelta(hours=1), actor="test")
    read = read_capacities(json.dumps([document]).encode(), desk)
    assert isinstance(read, tuple), read
    register(store, read, desk)


@pytest.fixture(scope="module")
def two_issues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The second issue, a day later, saw a new count, a revision, a late count, beds, events, capacities."""
    path: Path = tmp_path_factory.mktemp("plans") / "arrivals.db"
    with Store.open(f"sqlite:///{path}") as store:
        build_world(store)
        before = NOW - timedelta(hours=1)
        store.events.put(
            [
                Event(
                    "feast",
                    "surge-expected",
                    CUTOFF + 3 * DAY,
                    CUTOFF + 4 * DAY,
                    WEST.id,
                    2.0,
                    recorded_at=before,
                ),
                Event("works", "disruption", CUTOFF, recorded_at=before, place="birchgate"),
                Event("far", "closure", CUTOFF + DAY, recorded_at=before, place="cindermoor"),
            ],
            at=NOW,
        )
        put_capacity(store, BOOTHS, days=0)
        publish(store, seen(store, issue_of(at=NOW + timedelta(hours=1), name="first")))
        after = NOW + timedelta(hours=20)
        counted = {("amberford", CUTOFF + DAY): 3_000.0, ("birchgate", CUTOFF + DAY): 3_200.0}
        revised = {("amberford", CUTOFF): 1_500.0, ("birchgate", CUTOFF - 40 * DAY): 77.0}
        count(store, "second", counted | revised | {(WEST.id, CUTOFF + DAY): 640.0}, pd.Timestamp(after))
        store.events.put(
            [
                Event(
                    "feast",
                    "surge-expected",
                    CUTOFF + 3 * DAY,
                    CUTOFF + 6 * DAY,
                    WEST.id,
                    2.0,
                    recorded_at=after,
                ),
                Event("works", "disruption", CUTOFF, recorded_at=after, place="birchgate", withdrawn=True),
                Event("repairs", "closure", CUTOFF + 5 * DAY, recorded_at=after, place="amberford"),
            ],
            at=after,
        )
        put_capacity(store, BOOTHS | {"booths": 5, "booths_limit": 9}, days=1)
        late = issue_of(CUTOFF + DAY, at=NOW + DAY, name="second")
        publish(store, replace(seen(store, late), model_version="0.3.0"))
        yield store


@pytest.fixture
def desk(two_issues: Store) -> Desk:
    """Where one who sees everything reads the second issue."""
    issue = two_issues.issues.get("second")
    assert issue is not None
    return Desk(two_issues, issue, two_issues.places.all())
