"""Uploads through the one door: whole or not at all, idempotent, corrections as new vintages."""

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from service.ingest import Delivery, receive, take
from service.ingest.taking import receive_file
from service.store import Store
from service.store.records import Upload
from tests.service.ingest.borders import NOW, days, file_of, registered, stored

COUNTS = b"crossing,date,arrivals,departures\nsyrym,2022-09-26,2600,900\nsyrym,2022-09-27,2700,\n"


@pytest.fixture
def border(store: Store) -> Store:
    return registered(store)


@pytest.fixture
def sqlite_border(sqlite_store: Store) -> Store:
    return registered(sqlite_store)


def taken(store: Store, content: bytes, *, now: datetime = NOW, history: bool = False) -> Upload:
    return take(store, content, name="counts.csv", source="test", now=now, history=history)


def test_counts_of_a_file_are_stored_with_source_unit_and_instant(border: Store):
    upload = taken(border, COUNTS)
    assert (upload.state, upload.rows, upload.stored, upload.source) == ("accepted", 2, 3, "test")
    assert stored(border) == {"2022-09-26": 2600, "2022-09-27": 2700}
    assert stored(border, measure="departures") == {"2022-09-26": 900}
    assert border.uploads.get(upload.id) == upload
    known = border.observations.known("arrivals", ["syrym"], date(2022, 9, 26), date(2022, 9, 26))
    assert known["recorded_at"].iloc[0] == NOW


def test_the_same_file_twice_changes_nothing(border: Store):
    taken(border, COUNTS)
    vintage = border.observations.vintage()
    again = taken(border, COUNTS, now=NOW + timedelta(hours=1))
    assert (again.state, again.stored) == ("accepted", 0)
    assert border.observations.vintage() == vintage


def test_a_correction_is_a_new_vintage_beside_the_old_one(border: Store):
    taken(border, COUNTS)
    later = NOW + timedelta(hours=1)
    upload = taken(
        border, b"crossing,date,arrivals\nsyrym,2022-09-26,3000\nsyrym,2022-09-27,2700\n", now=later
    )
    assert upload.stored == 1
    assert stored(border)["2022-09-26"] == 3000
    before = border.observations.known("arrivals", ["syrym"], date(2022, 9, 26), date(2022, 9, 26), as_of=NOW)
    assert before["value"].tolist() == [2600]


def test_a_status_alone_is_news(border: Store):
    running = b"crossing,date,arrivals,status\nsyrym,2022-09-28,500,partial\n"
    assert taken(border, running).stored == 1
    over = b"crossing,date,arrivals\nsyrym,2022-09-28,500\n"
    assert taken(border, over, now=NOW + timedelta(days=1)).stored == 1


def test_a_closed_day_without_a_count_is_stored_once(border: Store):
    closed = b"crossing,date,arrivals,status\nsyrym,2022-09-27,,closed\n"
    assert [taken(border, closed).stored for _ in range(2)] == [1, 0]
    assert np.isnan(stored(border)["2022-09-27"])


def test_a_refused_file_leaves_the_store_as_it_was_and_is_kept_with_its_reasons(border: Store):
    taken(border, COUNTS)
    vintage = border.observations.vintage()
    content = b"crossing,date,arrivals\nsyrym,2022-09-25,1\nnowhere,2022-09-25,1\nsyrym,2022-09-30,1\n"
    upload = taken(border, content)
    assert upload.state == "refused"
    assert [(reason.row, reason.column) for reason in upload.reasons] == [(2, "crossing"), (3, "date")]
    assert border.observations.vintage() == vintage
    assert border.uploads.content(upload.id) == content
    assert border.uploads.get(upload.id) == upload


def test_what_cannot_be_text_in_a_database_is_kept_escaped(border: Store):
    content = json.dumps([{"crossing": "\x00\ud800", "date": "2022-09-25", "arrivals": 1}]).encode()
    upload = take(border, content, name="a\x00b\udcff.json", source="x\x00", now=NOW)
    assert upload.reasons[0].found == "\\x00\\ud800"
    assert border.uploads.get(upload.id) == upload


def test_a_reporter_writes_its_own_crossings_only(sqlite_border: Store):
    content = file_of([("syrym", date(2022, 9, 26), 5), ("lars", date(2022, 9, 26), 5)])
    upload = take(
        sqlite_border, content, name="x.csv", source="key", now=NOW, allowed=frozenset({"lars", "west"})
    )
    assert [(reason.row, reason.column) for reason in upload.reasons] == [(1, "crossing")]


def test_json_and_csv_with_the_same_counts_store_the_same(sqlite_border: Store):
    taken(sqlite_border, COUNTS)
    rows = [
        {"crossing": "syrym", "date": "2022-09-26", "arrivals": 2600, "departures": 900},
        {"crossing": "syrym", "date": "2022-09-27", "arrivals": 2700},
    ]
    document = json.dumps({"observations": rows}).encode()
    assert take(sqlite_border, document, name="upload.json", source="api", now=NOW).stored == 0


def test_history_brings_each_vintage_with_its_own_instant(border: Store):
    history = (
        b"crossing,date,arrivals,recorded_at\n"
        b"syrym,2022-09-01,100,2022-09-02T06:00:00Z\n"
        b"syrym,2022-09-01,100,2022-09-03T06:00:00Z\n"
        b"syrym,2022-09-01,140,2022-09-09T06:00:00Z\n"
        b"syrym,2022-09-01,100,2022-09-12T06:00:00Z\n"
    )
    # The unchanged second vintage says nothing; the return to the first value does.
    assert [taken(border, history, history=True).stored for _ in range(2)] == [3, 0]
    day = date(2022, 9, 1)
    values = [
        border.observations.known(
            "arrivals", ["syrym"], day, day, as_of=datetime(2022, 9, at, 12, tzinfo=UTC)
        )["value"].tolist()
        for at in (1, 2, 10, 20)
    ]
    assert values == [[], [100], [140], [100]]


def test_a_source_in_the_file_stands_before_that_of_the_delivery(sqlite_border: Store):
    taken(sqlite_border, b"crossing,date,arrivals,source\nsyrym,2022-09-26,5,test\nsyrym,2022-09-27,5,\n")
    assert len(stored(sqlite_border)) == 2


def test_a_delivery_beyond_its_bound_is_refused_unread_and_not_kept(sqlite_border: Store, tmp_path):
    file = tmp_path / "big.csv"
    file.write_bytes(COUNTS)
    delivery = Delivery("big.csv", "test", NOW, largest=len(COUNTS) - 1)
    for upload in (
        receive(sqlite_border, COUNTS, delivery).upload,
        receive_file(sqlite_border, file, Delivery("big.csv", "test", NOW, largest=10)).upload,
    ):
        assert upload.state == "refused"
        assert "bytes" in upload.reasons[0].found
        assert not sqlite_border.uploads.content(upload.id)


def test_a_placeholder_zero_is_believed_and_marked_once(sqlite_border: Store):
    usual = [("syrym", day, 1000 + 10 * number) for number, day in enumerate(days("2022-08-01", 50))]
    taken(sqlite_border, file_of(usual))
    zero = file_of([("syrym", date(2022, 9, 20), 0)])
    for _ in range(2):
        assert taken(sqlite_border, zero).state == "accepted"
    (flag,) = sqlite_border.quality()
    assert (flag.place_id, flag.measure, flag.date, flag.kind) == (
        "syrym",
        "arrivals",
        date(2022, 9, 20),
        "jump",
    )


def levels(crossing: str, factor: int) -> list[tuple[str, date, int]]:
    """Sixty days around 1,000 of one crossing, multiplied from the thirty-first on."""
    return [
        (crossing, day, (1000 + 37 * (number % 7)) * (factor if number >= 30 else 1))
        for number, day in enumerate(days("2022-07-01", 60))
    ]


def test_a_lasting_jump_that_no_neighbour_shares_is_marked_as_a_change_of_definition(sqlite_border: Store):
    rows = [*levels("syrym", 2), *levels("taskala", 1), *levels("aksai", 1), *levels("shagan", 1)]
    taken(sqlite_border, file_of(rows))
    changed = [flag for flag in sqlite_border.quality() if flag.kind == "definition-change"]
    assert [(flag.place_id, flag.date) for flag in changed] == [("syrym", date(2022, 7, 31))]


def test_a_lasting_jump_of_all_neighbours_is_no_change_of_definition(sqlite_border: Store):
    rows = [row for crossing in ("syrym", "taskala", "aksai", "shagan") for row in levels(crossing, 2)]
    taken(sqlite_border, file_of(rows))
    assert [flag for flag in sqlite_border.quality() if flag.kind == "definition-change"] == []


def test_a_change_that_comes_day_by_day_is_marked_once_and_not_before_it_has_lasted(sqlite_border: Store):
    rows = [*levels("syrym", 2), *levels("taskala", 1), *levels("aksai", 1), *levels("shagan", 1)]
    taken(sqlite_border, file_of(row for row in rows if row[1] < date(2022, 7, 31)))
    marked = {}
    for day in days("2022-07-31", 14):
        taken(sqlite_border, file_of(row for row in rows if row[1] == day))
        marked[day.isoformat()] = sum(flag.kind == "definition-change" for flag in sqlite_border.quality())
    assert marked["2022-08-07"] == 0
    assert marked["2022-08-13"] == 1
