from datetime import timedelta

import pytest

from service.store import Scope, uploads
from service.store.records import QualityFlag, Reason
from tests.service.store.builders import DAY, NOW, accept, counts, upload

REASONS = (Reason(3, "date", "2022-09-31", "a day as YYYY-MM-DD"), Reason(0, None, "CSV", "a header"))


def flag(place, **changes):
    facts = {"measure": "arrivals", "date": DAY, "kind": "jump", "detail": "5 times", "raised_at": NOW}
    return QualityFlag(place, **{**facts, **changes})


def test_a_refused_upload_is_kept_with_its_reasons_and_its_bytes(store):
    refused = upload("bad", state="refused", rows=7, reasons=REASONS)
    store.uploads.refuse(refused, b"\xff\x00 not a table")
    assert store.uploads.get("bad") == refused
    assert store.uploads.content("bad") == b"\xff\x00 not a table"
    assert store.observations.vintage() == 0


def test_the_oldest_refused_bytes_make_room_and_their_reasons_stay(store, monkeypatch):
    monkeypatch.setattr(uploads, "KEPT_BYTES", 250)
    for number in range(4):
        store.uploads.refuse(upload(f"bad-{number}", state="refused", reasons=REASONS), b"x" * 100)
    kept = [store.uploads.content(f"bad-{number}") for number in range(4)]
    assert kept == [None, None, b"x" * 100, b"x" * 100]
    assert store.uploads.get("bad-0").reasons == REASONS


def test_an_accepted_upload_says_how_many_rows_were_new(border):
    accept(border, counts("ferry", [1, 2]))
    border.observations.accept(upload("second", rows=3), counts("ferry", [1, 2, 3]))
    assert (border.uploads.get("second").rows, border.uploads.get("second").stored) == (3, 1)
    assert border.uploads.content("second") is None


def test_an_upload_without_rows_is_noted_all_the_same(border):
    assert border.observations.accept(upload("empty"), counts("ferry", [])) == 0
    assert border.uploads.get("empty").stored == 0


def test_the_newest_uploads_come_first_and_can_be_narrowed_to_a_state(border):
    for number in range(3):
        border.uploads.refuse(upload(f"bad-{number}", state="refused"), b"")
    border.observations.accept(upload("good"), counts("ferry", [1]))
    assert [one.id for one in border.uploads.recent(2)] == ["good", "bad-2"]
    assert [one.id for one in border.uploads.recent(2, "refused")] == ["bad-2", "bad-1"]


def test_an_upload_is_taken_once(border):
    border.observations.accept(upload("same"), counts("ferry", [1]))
    with pytest.raises(Exception, match=r"(?i)unique"):
        border.observations.accept(upload("same"), counts("ferry", [2]))
    assert border.observations.vintage() == 1


def test_what_is_not_there_is_none(store):
    assert store.uploads.get("nothing") is None
    assert store.uploads.content("nothing") is None


def test_flags_come_with_their_upload_and_are_read_newest_first(border):
    raised = (flag("ferry", upload_id="u1"), flag("pass", kind="silence", date=DAY + timedelta(days=3)))
    border.observations.accept(upload("u1"), counts("ferry", [1]), raised)
    assert border.quality() == raised[::-1]


def test_flags_can_be_narrowed_to_place_measure_and_days(border):
    raised = (flag("ferry"), flag("ferry", measure="waiting"), flag("pass", date=DAY + timedelta(days=3)))
    border.observations.accept(upload("u1"), counts("ferry", [1]), raised)
    assert border.quality(place_id="pass") == raised[2:]
    assert border.quality(measure="waiting") == raised[1:2]
    assert border.quality(days=(DAY + timedelta(days=1), None)) == raised[2:]
    assert border.quality(days=(None, DAY), limit=1) == raised[1:2]


def test_flags_out_of_scope_are_not_told(border):
    border.observations.accept(upload("u1"), counts("ferry", [1]), (flag("ferry"), flag("pass")))
    assert border.quality(Scope(places=frozenset({"east"}))) == (flag("pass"),)
    assert border.quality(Scope()) == ()
