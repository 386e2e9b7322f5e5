"""The made-up capacities: the committed bytes, and what the story of September 2022 asks of them."""

import json
from datetime import date

import pytest

from forecast.places import Places
from forecast.planning.documents import version_of
from forecast.planning.registers import Registers
from service.demo import CAPACITIES_FILE, PLACES_FILE, registers, story
from service.ingest import read_places

PLATEAU, BURST, BEFORE = date(2022, 9, 24), date(2022, 9, 28), date(2022, 8, 20)


@pytest.fixture(scope="module")
def places() -> Places:
    read = read_places(PLACES_FILE.read_bytes(), name=PLACES_FILE.name)
    assert isinstance(read, tuple)
    return Places(read)


@pytest.fixture(scope="module")
def committed(places: Places) -> Registers:
    documents = json.loads(CAPACITIES_FILE.read_text())["capacities"]
    told = [{name: one[name] for name in one if name != "recorded_at"} for one in documents]
    return Registers(version_of(document, places) for document in told)


def capacity(committed: Registers, place: str, day: date) -> float:
    crossing = committed.crossing(place, day)
    assert crossing is not None
    return float(crossing.passes(crossing.booths)[day.weekday()].sum())


def total(committed: Registers, day: date) -> float:
    return sum(capacity(committed, place, day) for place in registers.CROSSINGS)


def test_the_generator_gives_the_committed_bytes() -> None:
    assert registers.to_json(registers.documents()) == CAPACITIES_FILE.read_bytes()


def test_they_say_that_they_are_made_up() -> None:
    assert "SYNTHETIC" in json.loads(CAPACITIES_FILE.read_text())["note"]


def test_every_crossing_and_region_has_one_on_every_day_of_the_story(
    places: Places, committed: Registers
) -> None:
    for place in places:
        for day in (story.FIRST_DAY, BEFORE, PLATEAU, BURST, story.LAST_DAY):
            assert (committed.of(place.id, day) is None) == (place.level == "country")


def test_what_was_said_of_the_plateau_and_of_the_burst_is_what_the_booths_pass(committed: Registers) -> None:
    said, burst = story.SURGE[PLATEAU][0], story.SURGE[BURST][0]
    assert total(committed, PLATEAU) == pytest.approx(said, rel=0.03)
    assert total(committed, BURST) == pytest.approx(burst, rel=0.05)


def test_an_ordinary_day_and_the_summers_peak_pass_without_a_queue(committed: Registers) -> None:
    summer = 1.8 * story.ORDINARY_TOTAL
    for place, share in story.ORDINARY_SHARES.items():
        busiest = max(story.WEEKDAYS) ** story.WEEKDAY_STRENGTH[place]
        assert story.ORDINARY_TOTAL * share * busiest < capacity(committed, place, date(2022, 9, 10))
        assert summer * share < capacity(committed, place, date(2022, 7, 20))


def test_the_register_and_the_generators_sums_agree(committed: Registers) -> None:
    for place in registers.CROSSINGS:
        for day in (BEFORE, PLATEAU, BURST, date(2022, 11, 1)):
            assert registers.daily_capacity(place, day) == pytest.approx(capacity(committed, place, day))
    for region in registers.REGIONS:
        found = committed.region(region, BURST)
        assert found is not None
        assert registers.beds(region, BURST) == found.beds


def test_the_burst_became_known_after_the_plateau() -> None:
    assert registers.KNOWN[registers.ALL_OPEN] > "2022-09-27T06"
    assert registers.KNOWN[registers.ALL_OPEN] < registers.ALL_OPEN
