from dataclasses import replace
from datetime import timedelta

import pytest

from forecast.places import Place
from service.store import EVERYTHING, Scope, StoreError
from tests.service.store.builders import NOW, REGISTER

LATER = NOW + timedelta(days=1)


def scope(*places: str) -> Scope:
    return Scope(places=frozenset(places))


def test_places_come_back_as_they_were_put_in_the_order_of_the_register(border):
    assert tuple(border.places.all()) == REGISTER


def test_a_place_put_again_is_changed_and_keeps_its_rank(border):
    wider = replace(border.places.all()["ferry"], capacity=1200.0)
    border.places.put([wider], at=LATER)
    assert [place.id for place in border.places.all()] == [place.id for place in REGISTER]
    assert border.places.all()["ferry"] == wider


def test_a_child_may_be_put_before_its_parent_in_one_call(store):
    store.places.put(reversed(REGISTER), at=NOW)
    assert set(store.places.all()) == set(REGISTER)


def test_a_place_in_an_unknown_parent_is_refused_and_nothing_is_kept(border):
    with pytest.raises(ValueError, match="lies in 'north', which is not registered"):
        border.places.put(
            [Place("gate", "Gate", parent="west"), Place("dam", "Dam", parent="north")], at=LATER
        )
    assert "gate" not in border.places.all()


def test_a_crossing_cannot_become_a_region(border):
    with pytest.raises(ValueError, match="crossing 'ferry' cannot become a region"):
        border.places.put([Place("ferry", "Ferry", "region", "land")], at=LATER)


def test_the_register_can_be_read_as_it_was(border):
    border.places.put([replace(border.places.all()["ferry"], parent="east")], at=LATER)
    assert border.places.all(as_of=NOW)["ferry"].parent == "west"
    assert border.places.all(as_of=LATER)["ferry"].parent == "east"


def test_before_its_first_registration_a_place_was_as_that_says(border):
    border.places.put([Place("gate", "Gate", parent="west")], at=LATER)
    assert border.places.all(as_of=NOW - timedelta(days=9))["gate"].parent == "west"


def test_putting_the_same_place_again_writes_no_history(border):
    before = border.doctor()["rows"]["place_version"]
    border.places.put(REGISTER, at=LATER)
    assert border.doctor()["rows"]["place_version"] == before


@pytest.mark.parametrize(
    ("granted", "visible"),
    [
        (("land",), {"land", "west", "east", "bridge", "ferry", "pass"}),
        (("west",), {"west", "bridge", "ferry"}),
        (("west", "pass"), {"west", "bridge", "ferry", "pass"}),
        (("pass",), {"pass"}),
        (("nowhere",), set()),
        ((), set()),
    ],
)
def test_a_scope_covers_the_places_granted_and_all_that_lies_in_them(border, granted, visible):
    assert border.places.scope_ids(scope(*granted)) == visible
    assert {place.id for place in border.places.all(scope(*granted))} == visible


def test_everything_covers_every_place(border):
    assert border.places.scope_ids(EVERYTHING) == {place.id for place in REGISTER}


def test_a_place_says_nothing_of_a_parent_outside_of_the_scope(border):
    assert border.places.all(scope("west"))["west"].parent is None
    assert border.places.all(scope("west"))["ferry"].parent == "west"


def test_a_scope_is_no_pattern_and_no_statement(border):
    assert border.places.scope_ids(scope("%", "west' OR '1'='1", "WEST")) == frozenset()


def test_a_stop_of_publication_holds_until_it_is_resumed(border):
    border.places.stop("ferry", at=NOW, by="operator", reason="patrols seen")
    (stop,) = border.places.stops()
    assert (stop.place_id, stop.stopped_at, stop.by, stop.reason) == (
        "ferry",
        NOW,
        "operator",
        "patrols seen",
    )
    border.places.resume("ferry", at=LATER, by="operator")
    assert border.places.stops() == ()


def test_the_newest_stop_counts_and_the_history_stays(border):
    for at in (NOW, LATER):
        border.places.stop("ferry", at=at, by="operator", reason=f"since {at:%d}")
    assert [stop.reason for stop in border.places.stops()] == ["since 27"]
    assert border.doctor()["rows"]["publication_event"] == 2


def test_an_unknown_place_cannot_be_stopped(border):
    with pytest.raises(StoreError, match="place 'gate' is not registered"):
        border.places.stop("gate", at=NOW, by="operator", reason="")
