"""`arrivals capacities` as an operator types it."""

import json
from datetime import UTC, date, datetime

import pytest

from tests.service.cli.test_registers import Desk, border, desk

__all__ = ["border", "desk"]

SYRYM = {"place": "syrym", "valid_from": "2022-09-01", "booths": 4, "service_rate": 25, "booths_limit": 6}
WEST = {
    "place": "west",
    "valid_from": "2022-09-01",
    "beds": 300,
    "bed_share": 0.4,
    "stays": [
        {"kind": "onward_land", "weight": 60, "mean_nights": 1.5},
        {"kind": "stay", "weight": 40, "mean_nights": 14},
    ],
}


@pytest.fixture
def registered(border: Desk) -> Desk:
    assert (
        border.type("capacities", "import", border.file("c.json", json.dumps([SYRYM, WEST]))).exit_code == 0
    )
    return border


def capacity(border: Desk, place: str, day: date = date(2022, 10, 15)):
    with border.store() as store:
        return store.capacities.known(as_of=datetime(2022, 9, 28, 3, tzinfo=UTC)).of(place, day)


def test_a_file_is_registered_once_and_written_down(border: Desk):
    file = border.file("c.json", json.dumps({"capacities": [SYRYM, WEST]}))
    assert "2 versions read, 2 new or changed" in border.type("capacities", "import", file).output
    assert "2 versions read, 0 new or changed" in border.type("capacities", "import", file).output
    with border.store() as store:
        entry = store.audit.read(1)[0]
    assert (entry.actor, entry.action, entry.detail["count"]) == ("cli", "capacities.write", 2)


def test_a_check_says_what_would_happen_and_registers_nothing(border: Desk):
    said = border.type("capacities", "import", "--check", border.file("c.json", json.dumps(SYRYM)))
    assert (said.exit_code, "nothing wrong" in said.output) == (0, True)
    assert capacity(border, "syrym") is None


def test_a_wrong_file_is_refused_whole_with_row_and_field(border: Desk):
    wrong = [SYRYM, WEST | {"bed_share": 1.5}]
    said = border.type("capacities", "import", border.file("c.json", json.dumps(wrong)))
    assert said.exit_code == 1
    assert "bed_share" in said.output
    assert "1.5, at west" in said.output
    assert capacity(border, "syrym") is None


def test_the_list_says_each_in_a_few_words(registered: Desk):
    said = registered.type("capacities", "list").output
    assert "4-4 of 6 booths, up to 2400 people/day" in said
    assert "300 beds, 40% of arrivals need one" in said
    assert "west" not in registered.type("capacities", "list", "--place", "syrym").output
    assert "syrym" not in registered.type("capacities", "list", "--on", "2022-08-31").output


def test_a_version_is_withdrawn_by_place_and_first_day(registered: Desk):
    assert registered.type("capacities", "withdraw", "syrym", "2022-09-01").exit_code == 0
    assert capacity(registered, "syrym") is None
    said = registered.type("capacities", "withdraw", "syrym", "2022-09-01")
    assert (said.exit_code, "syrym: valid_from: found 2022-09-01" in said.output) == (2, True)


def test_lengths_of_stay_make_a_new_version_from_a_day_on(registered: Desk):
    # Of ten, five leave after one night; of the five still there, two after the second.
    file = registered.file("stays.csv", "nights,count,still_present\n1,5,0\n2,2,3\n")
    said = registered.type("capacities", "stays", "west", file, "--from", "2022-10-01", "--kind", "stay")
    assert said.exit_code == 0, said.output
    land, stay = capacity(registered, "west").stays
    assert stay.survival[:3] == pytest.approx([1, 0.5, 0.3])
    before = capacity(registered, "west", date(2022, 9, 30)).stays
    assert land.survival.tolist() == before[0].survival.tolist()
    assert len(before[1].survival) > 100


def test_departures_move_the_shares_of_those_who_stay_and_go_on(registered: Desk):
    said = registered.type(
        "capacities", "transit", "west", "--from", "2022-10-01", "--stay", "30", "--land", "270"
    )
    assert said.exit_code == 0, said.output
    land, stay = capacity(registered, "west").stays
    assert 0.6 < land.weight / (land.weight + stay.weight) < 0.9
    assert "onward_land: " in said.output
    assert "80% interval" in said.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["transit", "west", "--from", "2022-10-01"], "nobody was seen"),
        (["transit", "west", "--from", "2022-10-01", "--air", "3"], "no onward_air"),
        (["transit", "west", "--from", "2022-08-01", "--stay", "3"], "a capacity in force"),
        (["transit", "syrym", "--from", "2022-10-01", "--stay", "3"], "the stays of guests are its own"),
        (["transit", "nowhere", "--from", "2022-10-01", "--stay", "3"], "found nowhere on 2022-10-01"),
    ],
)
def test_what_cannot_be_revised_ends_with_one_line(registered: Desk, words: list[str], message: str):
    said = registered.type("capacities", *words)
    assert (said.exit_code, message in said.output) == (2, True), said.output


def test_a_wrong_file_of_lengths_is_refused_by_row(registered: Desk):
    file = registered.file("stays.csv", "nights,count\n1,-5\n")
    said = registered.type("capacities", "stays", "west", file, "--from", "2022-10-01")
    assert (said.exit_code, "count" in said.output) == (1, True)
