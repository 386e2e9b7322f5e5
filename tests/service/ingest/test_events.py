"""Files of events: checked by row, against the register and against each other."""

import json
from datetime import UTC, date, datetime

import pytest

from forecast.events import Event, EventError
from forecast.places import Place, Places
from service.ingest import Desk, Refusal, event_from, read_events, withdrawn

NOW = datetime(2022, 9, 28, 3, tzinfo=UTC)
REGISTER = Places([Place("west", "West", "region"), Place("syrym", "Syrym", parent="west"),
                   Place("aksai", "Aksai", parent="west")])  # fmt: skip
HEAD = "id,kind,first,last,place,multiple,note,recorded_at\n"
KNOWN = Event("bridge", "closure", date(2022, 10, 1), date(2022, 10, 5), "syrym", recorded_at=NOW)


def desk(*known, register=REGISTER, everywhere=True):
    return Desk(register, known, NOW, everywhere)


def read(text, *known, name="events.csv", **rights):
    return read_events(text.encode(), name=name, desk=desk(*known, **rights))


def refused(text, *known, **rights):
    refusal = read(HEAD + text, *known, **rights)
    assert isinstance(refusal, Refusal), refusal
    return [(reason.row, reason.column, reason.found, reason.wanted) for reason in refusal.reasons]


def test_a_row_becomes_an_event_known_from_now_on_or_from_the_instant_it_names():
    text = HEAD + (
        "repairs,closure,2022-10-01,2022-10-09,syrym,,new bridge,\n"
        "call-up,surge-expected,2022-09-21,,,8,,2022-09-21T06:00:00Z\n"
    )
    assert read(text) == (
        Event("repairs", "closure", date(2022, 10, 1), date(2022, 10, 9), "syrym", None, "new bridge", NOW),
        Event("call-up", "surge-expected", date(2022, 9, 21), multiple=8.0,
              recorded_at=datetime(2022, 9, 21, 6, tzinfo=UTC)),
    )  # fmt: skip


def test_json_says_the_same_as_csv_with_or_without_its_envelope():
    rows = [{"id": "x", "kind": "disruption", "first": "2022-10-01", "place": "west", "multiple": 2.5}]
    wanted = (Event("x", "disruption", date(2022, 10, 1), place="west", multiple=2.5, recorded_at=NOW),)
    assert read(json.dumps(rows), name="events.json") == wanted
    assert read(json.dumps({"events": rows}), name="events.json") == wanted
    assert event_from(rows[0], desk()) == wanted


@pytest.mark.parametrize(
    ("row", "column", "found", "wanted"),
    [
        ("X y,closure,2022-10-01,,,,,", "id", "X y", "small letters"),
        ("x,strike,2022-10-01,,,,,", "kind", "strike", "one of closure, opening"),
        ("x,closure,01.10.2022,,,,,", "first", "01.10.2022", "a day as YYYY-MM-DD"),
        ("x,closure,,,,,,", "first", "", "a day as YYYY-MM-DD"),
        ("x,closure,2022-10-05,2022-10-01,,,,", "last", "2022-10-01", "give a day from first on"),
        ("x,opening,2022-10-05,2022-10-09,,,,", "last", "2022-10-09", "leave last empty"),
        ("x,closure,2022-10-05,,,3,,", "multiple", "3", "leave it empty"),
        ("x,disruption,2022-10-05,,,-3,,", "multiple", "-3", "a number above 0, at most 100"),
        ("x,closure,2022-10-05,,syrim,,,", "place", "syrim", "a registered place, such as syrym"),
        ("x,closure,2022-10-05,,,,,2022-09-29T00:00:00Z", "recorded_at", "2022-09-29 00:00:00+00:00",
         "an instant up to now"),
        ("bridge,closure,2022-10-03,,syrym,,,2022-09-01T00:00:00Z", "recorded_at",
         "2022-09-01 00:00:00+00:00",
         "2022-09-28T03:00:00+00:00"),
        ("x,closure,2022-10-03,,syrym,,,", "first", "2022-10-03", "'bridge' does too; end the one before"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_with_its_field_and_remedy(row, column, found, wanted):
    good = "fine,disruption,2022-10-01,,,,,\n"
    ((number, field, quote, remedy),) = refused(f"{good}{row}\n", KNOWN)
    assert (number, field, quote) == (2, column, found)
    assert wanted in remedy


def test_closures_of_one_file_that_overlap_are_refused_and_a_known_one_may_be_moved():
    twice = "x,closure,2022-11-01,2022-11-05,aksai,,,\ny,closure,2022-11-05,,aksai,,,\n"
    assert [(row, column) for row, column, *_ in refused(twice)] == [(2, "first")]
    moved = read(f"{HEAD}bridge,closure,2022-10-03,2022-10-09,syrym,,,\n", KNOWN)
    assert moved[0].last == date(2022, 10, 9)


def test_an_id_stands_once_in_a_file():
    rows = refused("x,closure,2022-10-01,,syrym,,,\nx,opening,2022-11-01,,syrym,,,\n")
    assert rows == [(2, "id", "x, which stands in row 1 too", "each id once")]


@pytest.mark.parametrize(
    ("text", "column"),
    [("id,kind\nx,closure\n", "first"), ("id,kind,first,wheather\nx,closure,2022-10-01,fine\n", "wheather")],
)
def test_columns_that_are_missing_or_not_known_are_named(text, column):
    refusal = read(text)
    assert [(reason.row, reason.column) for reason in refusal.reasons] == [(0, column)]


def test_an_empty_file_is_refused():
    assert refused("")[0][:3] == (0, None, "no rows")


def test_a_sender_bound_to_places_speaks_of_those_only():
    own = {"register": Places([Place("aksai", "Aksai")]), "everywhere": False}
    assert isinstance(read(f"{HEAD}x,closure,2022-10-01,,aksai,,,\n", **own), tuple)
    rows = refused("x,closure,2022-10-01,,syrym,,,\ny,disruption,2022-10-01,,,,,\n", **own)
    assert [(row, column) for row, column, *_ in rows] == [(1, "place"), (2, "place")]
    taken = refused("bridge,closure,2022-12-01,,aksai,,,\n", KNOWN, **own)
    assert taken[0][:3] == (1, "id", "bridge")


def test_a_known_event_is_withdrawn_and_another_is_refused():
    (event,) = withdrawn(["bridge"], desk(KNOWN))
    assert event.withdrawn
    with pytest.raises(EventError, match="'nothing' is not registered"):
        withdrawn(["nothing"], desk(KNOWN))
    with pytest.raises(EventError, match="'bridge' is not registered"):
        withdrawn(["bridge"], desk(KNOWN, register=Places([Place("aksai", "Aksai")]), everywhere=False))


def test_all_that_is_wrong_with_a_row_is_told_at_once_and_other_rows_are_checked_too():
    found = refused(
        "A B,strike,2022-13-01,,nowhere,0,,\n"
        "opens,opening,2022-10-05,2022-10-01,moon,5,,\n"
        "ok,closure,2022-10-01,,syrym,,,\n"
    )
    assert [(row, column) for row, column, _, _ in found] == [
        (1, "id"), (1, "kind"), (1, "first"), (1, "multiple"), (1, "place"),
        (2, "place"), (2, "last"), (2, "multiple"),
    ]  # fmt: skip


def test_an_id_that_stands_twice_is_told_beside_another_rows_wrong_cell():
    found = refused("x,closure,2022-10-01,,,,,\nx,closure,2023-10-01,,,,,\ny,closure,never,,,,,\n")
    assert [(row, column) for row, column, _, _ in found] == [(2, "id"), (3, "first")]
