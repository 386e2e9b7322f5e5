"""Random borders at which few people arrive, and how their counts come in: late, partial, corrected."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from forecast.places import Place
from service.store import Store
from service.store.records import Upload

FIRST = date(2024, 2, 10)
HISTORY = 50  # days that are known before anybody looks; the live ones go from March to April
LIVE = 3
LEVELS, SHARES = (2, 9, 30, 60, 200), (0.2, 0.1, 0.3, 0.2, 0.2)


@dataclass(frozen=True)
class Row:
    """A row of counts as it was sent."""

    place: str
    day: date
    value: float | None
    status: str
    recorded_at: datetime

    @property
    def people(self) -> float:
        """What the row adds to a total."""
        return 0.0 if self.status == "closed" or self.value is None else self.value


@dataclass(frozen=True)
class Story:
    """A register, and the uploads in the order in which they came; each is one instant."""

    places: tuple[Place, ...]
    uploads: tuple[tuple[Row, ...], ...]

    @property
    def crossings(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.level == "crossing")

    @property
    def totals(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.level != "crossing")

    def lies_in(self, place_id: str, total: str) -> bool:
        parents = {place.id: place.parent for place in self.places}
        at: str | None = place_id
        while at is not None and at != total:
            at = parents[at]
        return at == total


def morning(day: int) -> datetime:
    """When the counts of the live day so many begin to come: the next morning."""
    return datetime(FIRST.year, FIRST.month, FIRST.day, 3, tzinfo=UTC) + timedelta(days=HISTORY + day + 1)


def story(seed: int) -> Story:
    """The border of a seed."""
    rng = np.random.default_rng(seed)
    places = tuple(_register(rng))
    crossings = [place.id for place in places if place.level == "crossing"]
    levels = {crossing: float(rng.choice(LEVELS, p=SHARES)) for crossing in crossings}
    uploads = [_history(rng, levels)]
    for day in range(LIVE):
        uploads += _live(rng, day, levels)
    return Story(places, tuple(uploads))


def _register(rng: np.random.Generator) -> Iterator[Place]:
    yield Place("land", "Land", "country")
    for region in range(rng.integers(1, 4)):
        yield Place(f"r{region}", f"Region {region}", "region", "land")
        for crossing in range(rng.integers(1, 5)):
            yield Place(f"r{region}c{crossing}", f"Crossing {region}-{crossing}", parent=f"r{region}")
    if rng.random() < 0.3:
        yield Place("lonely", "Lonely", parent="land")


def _history(rng: np.random.Generator, levels: dict[str, float]) -> tuple[Row, ...]:
    known_at = morning(-1)
    return tuple(
        Row(crossing, FIRST + timedelta(days=day), float(rng.poisson(level)), "reported", known_at)
        for crossing, level in levels.items()
        for day in range(HISTORY)
    )


def _live(rng: np.random.Generator, day: int, levels: dict[str, float]) -> Iterator[tuple[Row, ...]]:
    """A morning's uploads: some places together, some before their day is over, some days corrected."""
    reports: list[tuple[str, date, str]] = []
    today = FIRST + timedelta(days=HISTORY + day)
    for crossing in levels:
        if rng.random() < 0.25:
            reports.append((crossing, today, "partial"))
        if rng.random() < 0.9:
            reports.append((crossing, today, "closed" if rng.random() < 0.1 else "reported"))
        if rng.random() < 0.25:
            earlier = today - timedelta(days=int(rng.integers(0, 4)))
            reports.append((crossing, earlier, "closed" if rng.random() < 0.1 else "reported"))
    order = rng.permutation(len(reports))
    cuts = np.flatnonzero(rng.random(max(0, len(order) - 1)) < 0.6) + 1
    for number, some in enumerate(np.split(order, cuts)):
        at = morning(day) + timedelta(minutes=number)
        rows = {}
        for which in some.tolist():
            crossing, when, status = reports[which]
            # a correction may be of another size altogether, from few to many and back
            level = float(rng.choice(LEVELS)) if rng.random() < 0.2 else levels[crossing]
            value = None if status == "closed" else float(rng.poisson(level))
            rows[crossing, when] = Row(crossing, when, value, status, at)
        if rows:
            yield tuple(rows.values())


def accept(store: Store, rows: tuple[Row, ...], number: int) -> None:
    """Bring one upload in."""
    frame = pd.DataFrame([_facts(row) for row in rows])
    name = f"upload-{number}"
    store.observations.accept(
        Upload(name, rows[0].recorded_at, "test", "counts.csv", name, "accepted", len(rows)), frame
    )


def _facts(row: Row) -> dict[str, Any]:
    return {
        "place": row.place,
        "measure": "arrivals",
        "date": pd.Timestamp(row.day),
        "value": np.nan if row.value is None else row.value,
        "status": row.status,
        "source": "test",
        "unit": "people/day",
        "recorded_at": pd.Timestamp(row.recorded_at),
    }
