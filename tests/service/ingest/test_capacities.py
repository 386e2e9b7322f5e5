"""Files of capacities: checked by document, against the places and against the versions known."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from forecast.places import Place, Places
from forecast.planning.registers import CapacityError
from service.ingest import CapacityDesk, Refusal, read_capacities
from service.ingest.capacities import revised, withdrawn
from service.store.records import CapacityRecord

NOW = datetime(2022, 9, 28, 3, tzinfo=UTC)
PLACES = Places([Place("land", "Land", "country"), Place("west", "West", "region", "land"),
                 Place("east", "East", "region", "land"), Place("syrym", "Syrym", parent="west"),
                 Place("aksai", "Aksai", parent="west")])  # fmt: skip
CROSSING = {"place": "syrym", "valid_from": "2022-09-01", "booths": 4, "service_rate": 40}
REGION = {
    "place": "west", "valid_from": "2022-09-01", "beds": 300, "bed_share": 0.4, "overflow": ["east"],
    "stays": [{"kind": "stay", "weight": 25, "mean_nights": 14}],
}  # fmt: skip
WITH_BOOTHS = '{"place": "syrym", "valid_from": "2022-09-01", "service_rate": 4, "booths": %s}'


def known(document, **changed):
    first = date.fromisoformat(document["valid_from"])
    until = document.get("valid_until")
    last = date.fromisoformat(until) if until else None
    return CapacityRecord(document["place"], first, last, dict(document), NOW, "test", **changed)


def desk(*versions):
    return CapacityDesk(PLACES, versions, NOW, "operator")


def read(content, *versions):
    text = content if isinstance(content, str) else json.dumps(content)
    return read_capacities(text.encode(), desk(*versions))


def refused(content, *versions):
    refusal = read(content, *versions)
    assert isinstance(refusal, Refusal), refusal
    return [(reason.row, reason.column, reason.found, reason.wanted) for reason in refusal.reasons]


@pytest.mark.parametrize("form", [lambda one: one, lambda one: [one], lambda one: {"capacities": [one]}])
def test_one_document_a_list_and_an_envelope_say_the_same(form):
    (record,) = read(form(CROSSING))
    assert record == CapacityRecord("syrym", date(2022, 9, 1), None, CROSSING, NOW, "operator")


def test_a_document_may_say_when_it_became_known_and_the_register_keeps_the_rest():
    (record,) = read({**REGION, "recorded_at": "2022-08-30T06:00:00Z"})
    assert record.recorded_at == datetime(2022, 8, 30, 6, tzinfo=UTC)
    assert record.document == REGION


@pytest.mark.parametrize(
    ("document", "field", "found", "wanted"),
    [
        (CROSSING | {"booths": -2}, "booths", "-2, at syrym", "0 to 1"),
        (CROSSING | {"boots": 2}, "boots", "a field of that name, at syrym", "only the fields of a crossing"),
        (CROSSING | {"service_rate": 0}, "service_rate", "[0.0], at syrym", "each 0.01 to 100000"),
        (CROSSING | {"place": "syrim"}, "place", "syrim, at syrim", "such as syrym"),
        (CROSSING | {"place": "west"}, "booths", "a field of a crossing, at west", "fields of a region"),
        (CROSSING | {"place": "land"}, "place", "the country land, at land", "a crossing or a region"),
        (CROSSING | {"valid_until": "2022-09-27"}, "valid_until", "2022-09-27, at syrym", "from 2022-09-28"),
        (CROSSING | {"valid_until": "2022-08-01"}, "valid_until", "2022-08-01, at syrym", "valid_from"),
        (CROSSING | {"recorded_at": "2022-09-29T00:00:00Z"}, "recorded_at", "2022-09-29T00:00:00Z, at syrym",
         "up to now"),
        (CROSSING | {"recorded_at": 5}, "recorded_at", "5, at syrym", "an instant"),
        (REGION | {"overflow": ["north"]}, "overflow", "north, at west", "registered regions"),
        (REGION | {"overflow": ["syrym"]}, "overflow", "syrym, at west", "registered regions"),
        (REGION | {"overflow": ["west"]}, "overflow", "west, at west", "other regions"),
        (REGION | {"bed_share": 1.2}, "bed_share", "1.2, at west", "0 to 1"),
        ([], "document", "a list of 0", "an object"),
        (7, "document", "7", "an object"),
    ],
)  # fmt: skip
def test_a_wrong_document_is_refused_with_its_row_field_place_and_remedy(document, field, found, wanted):
    ((row, column, quote, remedy),) = refused([CROSSING | {"place": "aksai"}, document])
    assert (row, column, quote) == (2, field, found)
    assert wanted in remedy


@pytest.mark.parametrize(
    ("text", "column", "found"),
    [
        ("", None, "broken JSON"),
        ("[]", None, "a list of 0"),
        ("null", None, "nothing"),
        ("[" * 100_000, None, "broken JSON"),
        ('{"place": "syrym", "place": "aksai"}', None, "an object names a field twice"),
        ('{"capacities": [], "capacity": 1}', "capacity", "a field of that name"),
        (WITH_BOOTHS % "NaN", "booths", "nan"),
        (WITH_BOOTHS % "1e999", "booths", "inf"),
        (WITH_BOOTHS % ("9" * 400), "booths", "a very large number"),
    ],
)  # fmt: skip
def test_text_that_holds_no_capacities_is_refused(text, column, found):
    row = refused(text)[0]
    assert row[1] == column
    assert found in row[2]


def test_bytes_that_are_no_text_are_refused():
    assert isinstance(read_capacities(b"\xff\xfe\x00", desk()), Refusal)


def test_a_place_and_first_day_stand_once_in_a_file():
    ((row, column, found, _),) = refused([CROSSING, CROSSING | {"booths": 5}])
    assert (row, column, found) == (2, "valid_from", "2022-09-01 at syrym, which stands in row 1 too")


def test_validity_that_overlaps_is_refused_within_the_file_and_against_what_is_known():
    until = CROSSING | {"valid_until": "2022-10-05"}
    within = CROSSING | {"valid_from": "2022-10-01"}
    ((row, column, found, wanted),) = refused([until, within])
    assert (row, column, found) == (2, "valid_from", "2022-10-01, at syrym")
    assert "2022-09-01 until 2022-10-05" in wanted
    assert refused(within, known(until))[0][:2] == (1, "valid_from")
    assert not isinstance(read(CROSSING | {"booths": 5}, known(until)), Refusal)


def test_what_was_known_before_it_ended_may_be_sent_again():
    over = CROSSING | {"valid_until": "2022-09-20"}
    assert not isinstance(read(over, known(over)), Refusal)
    assert refused(over | {"booths": 5}, known(over))[0][1] == "valid_until"


def test_a_known_version_is_taken_back_and_another_is_not():
    record = withdrawn("syrym", date(2022, 9, 1), desk(known(CROSSING)))
    assert (record.withdrawn, record.recorded_at, record.actor) == (True, NOW, "operator")
    with pytest.raises(CapacityError, match="syrym: valid_from: found 2022-09-02"):
        withdrawn("syrym", date(2022, 9, 2), desk(known(CROSSING)))


def test_a_revision_keeps_the_rest_of_the_version_in_force_and_its_end():
    day, until = date(2022, 10, 3), REGION | {"valid_until": "2022-12-31"}
    (new,) = revised("west", day, {"beds": 400}, desk(known(REGION)))
    assert new.document == REGION | {"beds": 400, "valid_from": "2022-10-03"}
    before, after = revised("west", day, {"beds": 400}, desk(known(until)))
    assert (before.valid_until, before.document["valid_until"]) == (day - timedelta(days=1), "2022-10-02")
    assert (after.valid_from, after.valid_until) == (day, date(2022, 12, 31))


@pytest.mark.parametrize(("place", "day"), [("east", date(2022, 10, 1)), ("west", date(2022, 8, 31))])
def test_there_is_nothing_to_revise_where_no_version_is_in_force(place, day):
    with pytest.raises(CapacityError, match=f"found {place} on {day}"):
        revised(place, day, {"beds": 5}, desk(known(REGION)))


def test_a_revision_that_cannot_be_is_refused_by_field():
    with pytest.raises(CapacityError, match="west: beds: found -5"):
        revised("west", date(2022, 10, 1), {"beds": -5}, desk(known(REGION)))
