"""What a publication stop withholds, and from whom."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.places import Place
from service.disclosure import disclosure
from service.store import Store

NOW = datetime(2022, 9, 27, 6, 0, tzinfo=UTC)
PLACES = (
    Place("kz", "Kazakhstan", "country"),
    Place("west", "West", "region", "kz"),
    Place("north", "North", "region", "kz"),
    Place("syrym", "Syrym", parent="west"),
    Place("taskala", "Taskala", parent="west"),
    Place("kairak", "Kairak", parent="north"),
)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.places.put(PLACES, at=NOW)
        yield store


def stop(store: Store, place_id: str, at: datetime = NOW) -> None:
    store.places.stop(place_id, at=at, by="test", reason="patrols")


def test_nothing_is_withheld_where_nothing_is_stopped(register: Store) -> None:
    assert disclosure(register).withheld == frozenset()


def test_a_stopped_crossing_is_withheld_with_the_totals_that_give_it_away(register: Store) -> None:
    stop(register, "syrym")
    assert disclosure(register).withheld == {"syrym", "west", "kz"}


def test_a_stopped_region_is_withheld_with_its_crossings_and_the_country(register: Store) -> None:
    stop(register, "west")
    assert disclosure(register).withheld == {"west", "syrym", "taskala", "kz"}


def test_whoever_has_clearance_sees_all(register: Store) -> None:
    stop(register, "syrym")
    assert disclosure(register, clearance=True).withheld == frozenset()


def test_a_resumed_crossing_is_told_again(register: Store) -> None:
    stop(register, "syrym")
    register.places.resume("syrym", at=NOW + timedelta(hours=1), by="test")
    assert disclosure(register).withheld == frozenset()


def test_the_version_changes_with_every_stop_and_differs_by_clearance(register: Store) -> None:
    versions = [disclosure(register).version]
    stop(register, "syrym")
    versions.append(disclosure(register).version)
    stop(register, "kairak")
    versions.append(disclosure(register).version)
    versions.append(disclosure(register, clearance=True).version)
    assert len(set(versions)) == 4
    assert disclosure(register).version == versions[2]


def test_a_table_keeps_its_rows_and_loses_the_numbers_of_withheld_places(register: Store) -> None:
    stop(register, "syrym")
    table = pd.DataFrame({"place": ["syrym", "kairak"], "value": [5.0, 6.0], "day": ["a", "b"]})
    told = disclosure(register).frame(table, ["value"])
    assert told["suppressed"].tolist() == [True, False]
    assert np.isnan(told["value"].iloc[0])
    assert told["value"].iloc[1] == 6.0
    assert told["day"].tolist() == ["a", "b"]
