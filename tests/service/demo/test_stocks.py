"""The synthetic queues and beds: the committed bytes, and what was reported of waits and full houses."""

import gzip
from datetime import date

import pandas as pd
import pytest

from service.demo import STOCKS_FILE, registers, stocks

SURGE = [str(day) for day in stocks.WAITS]


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    return pd.read_csv(STOCKS_FILE, parse_dates=["date", "recorded_at"])


@pytest.fixture(scope="module")
def waits(committed: pd.DataFrame) -> pd.DataFrame:
    """Hours that the last in the queue waits, as the capacities of the register tell: [day, crossing]."""
    queues = committed[committed["measure"] == "waiting"].copy()
    people = [_people(*row) for row in zip(queues["place"], queues["value"], queues["unit"], strict=True)]
    hourly = [
        registers.daily_capacity(place, day.date()) / 24
        for place, day in zip(queues["place"], queues["date"], strict=True)
    ]
    queues["hours"] = [standing / passed for standing, passed in zip(people, hourly, strict=True)]
    return queues.pivot(index="date", columns="place", values="hours")


@pytest.fixture(scope="module")
def beds(committed: pd.DataFrame) -> pd.DataFrame:
    """Occupied beds: [day, region]."""
    rows = committed[committed["measure"] == "occupied_beds"]
    return rows.pivot(index="date", columns="place", values="value")


def _people(place: str, value: float, unit: str) -> float:
    works = registers.CROSSINGS[place]
    vehicles = {"km": value * 1_000 / works.metres, "vehicles": value, "people": value / works.people}[unit]
    return vehicles * works.people


def test_the_generator_gives_the_committed_bytes() -> None:
    assert stocks.to_csv(stocks.stocks()) == gzip.decompress(STOCKS_FILE.read_bytes())


def test_every_crossing_and_region_reports_every_day_before_it_is_known(committed: pd.DataFrame) -> None:
    assert committed.groupby("place").size().eq(len(stocks.DAYS)).all()
    assert committed["place"].nunique() == 16
    local = committed["recorded_at"].dt.tz_convert("Asia/Oral").dt.tz_localize(None)
    assert ((local - committed["date"]) > pd.Timedelta(days=1)).all()


def test_before_and_after_the_surge_nobody_stands(waits: pd.DataFrame) -> None:
    quiet = waits.drop(pd.to_datetime(SURGE))
    assert (quiet == 0).all(axis=None)


def test_waits_are_ten_to_twelve_hours_at_first_and_two_to_twenty_eight_by_place_later(
    waits: pd.DataFrame,
) -> None:
    assert waits["2022-09-22":"2022-09-25"].median().between(8, 14).sum() >= 4
    late = waits["2022-09-27":"2022-09-28"].drop(columns="aksai").stack()
    assert 1 < late.min() < 4
    assert 24 < late.max() < 32
    assert 48 < waits["aksai"].max() < 84  # the article: up to three days


def test_the_queues_told_are_those_that_were_reported(committed: pd.DataFrame) -> None:
    told = committed.set_index(["place", "date"])["value"]
    assert 30 <= told["syrym", pd.Timestamp("2022-09-27")] <= 40
    assert told["aksai", pd.Timestamp("2022-09-27")] == pytest.approx(2_300, rel=0.1)


def test_houses_have_room_in_calm_and_two_northern_regions_full_on_the_26th(beds: pd.DataFrame) -> None:
    capacity = pd.Series({region: registers.beds(region, date(2022, 9, 10)) for region in beds})
    calm = (beds["2022-09-10":"2022-09-20"] / capacity).mean()
    assert calm.between(0.35, 0.8).all()
    full = beds.loc["2022-09-26"] >= capacity
    assert set(full.index[full]) >= {"north-kazakhstan", "kostanay"}
    for region in beds:
        assert all(count <= registers.beds(region, day.date()) for day, count in beds[region].items())
