"""A small border with counts that a seed names, for tests of cycles and jobs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd

from forecast.places import Place
from service.settings import Settings
from service.store.records import Upload

FIRST_DAY = date(2024, 1, 1)
REGISTER = (
    Place("land", "Land", "country", country="KZ"),
    Place("west", "West", "region", parent="land", country="KZ"),
    Place("east", "East", "region", parent="land", country="KZ"),
    Place("bridge", "Bridge", parent="west", country="KZ", neighbour="RU"),
    Place("ferry", "Ferry", parent="west", country="KZ", neighbour="RU"),
    Place("pass", "Pass", parent="east", country="KZ", neighbour="RU"),
)
CROSSINGS = tuple(place.id for place in REGISTER if place.level == "crossing")
FAST = ("weekly_naive", "root")


@dataclass(frozen=True)
class Border:
    """The register and the counts of `days` days, each known at 03:00 UTC of the day after it."""

    days: int = 90
    seed: int = 7
    measures: tuple[str, ...] = ("arrivals",)

    def frame(self) -> pd.DataFrame:
        generator = np.random.default_rng(self.seed)
        dates = pd.date_range(FIRST_DAY, periods=self.days, freq="D")
        weekly = 1 + 0.3 * np.sin(2 * np.pi * dates.dayofweek.to_numpy() / 7)
        parts = [
            pd.DataFrame(
                {
                    "place": place,
                    "measure": measure,
                    "date": dates,
                    "value": generator.poisson(level * weekly).astype(float),
                    "status": "reported",
                    "source": "test",
                    "unit": "people/day",
                    "recorded_at": dates.tz_localize("UTC") + pd.Timedelta(hours=27),
                }
            )
            for measure in self.measures
            for place, level in zip(CROSSINGS, (40, 300, 1500), strict=True)
        ]
        return pd.concat(parts, ignore_index=True)

    @property
    def morning_after(self) -> datetime:
        """06:00 UTC of the day after the last one, when its counts are known."""
        return datetime(FIRST_DAY.year, 1, 1, 6, tzinfo=UTC) + timedelta(days=self.days)

    def fill(self, store) -> None:
        store.places.put(REGISTER, at=datetime(2023, 12, 1, tzinfo=UTC))
        accept(store, self.frame())


def accept(store, frame: pd.DataFrame, *, at: datetime | None = None) -> int:
    """Bring counts into a store as one upload; `at` sets the instant at which they become known."""
    if at is not None:
        frame = frame.assign(recorded_at=pd.Timestamp(at))
    received_at = frame["recorded_at"].max().to_pydatetime()
    name = f"upload-{np.random.default_rng().integers(1 << 60):x}"
    upload = Upload(name, received_at, "test", "counts.csv", name, "accepted", len(frame))
    return store.observations.accept(upload, frame)


def rows(place: str, measure: str, counts: dict[date, float], status: str = "reported") -> pd.DataFrame:
    """Counts of one crossing by day, to be given an instant by `accept`."""
    return pd.DataFrame(
        {
            "place": place,
            "measure": measure,
            "date": pd.to_datetime(list(counts)),
            "value": list(counts.values()),
            "status": status,
            "source": "test",
            "unit": "people/day",
        }
    )


def fast_settings(**changes: object) -> Settings:
    """Settings under which a cycle of the small border takes a fraction of a second."""
    return Settings(**{"members": FAST, "paths": 100, "processes": 1, "scheduler": False, **changes})
