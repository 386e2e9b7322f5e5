"""Registered facts of two issues beside each other."""

from dataclasses import replace
from datetime import date

import pytest

from forecast.events import Event
from forecast.places import Place, Places
from service.plans.registered import Registered, capacity_reasons, configuration_reasons, event_reasons
from tests.service.web.world import issue_of

PLACES = Places(
    [
        Place("land", "Land", "country"),
        Place("west", "West", "region", "land"),
        Place("gate", "Gate", parent="west"),
        Place("ferry", "Ferry", parent="west"),
    ]
)
FIRST = date(2022, 10, 1)
KEY = ("gate", FIRST)


def events(*now: Event, before: tuple[Event, ...] = ()) -> Registered:
    return Registered(({one.id: one for one in before}, {one.id: one for one in now}), ({}, {}))


@pytest.mark.parametrize(
    ("of", "place", "concerned"),
    [
        (None, "gate", True),
        ("land", "gate", True),
        ("west", "gate", True),
        ("gate", "west", True),
        ("ferry", "gate", False),
        ("gone", "gate", False),
    ],
)
def test_an_event_concerns_what_it_is_of_what_lies_in_it_and_what_holds_it(of, place, concerned):
    event = Event("x", "opening", FIRST, place=of)
    told = list(event_reasons(events(event), PLACES[place], PLACES))
    assert told == (["event registered: x (opening, 2022-10-01)"] if concerned else [])


def test_a_note_alone_is_no_change():
    event = Event("x", "closure", FIRST, FIRST, "gate")
    known = events(replace(event, note="why"), before=(event,))
    assert list(event_reasons(known, PLACES["gate"], PLACES)) == []


def capacities(before: dict, now: dict) -> Registered:
    return Registered(({}, {}), (before, now))


def test_a_capacity_is_told_by_the_fields_that_differ_from_what_held_before():
    held = {"beds": 10, "booths": [1, 2], "valid_until": None}
    later = held | {"beds": 12, "booths": [2, 2], "valid_until": date(2022, 12, 31)}
    (told,) = capacity_reasons(
        capacities({("gate", date(2022, 1, 1)): held}, {("gate", date(2022, 1, 1)): held, KEY: later}),
        ["gate"],
    )
    assert told == (
        "capacity of gate from 2022-10-01: "
        "beds 12 (was 10), booths changed, valid_until 2022-12-31 (was none)"
    )


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({}, {KEY: {"beds": 1}}, "capacity of gate from 2022-10-01: registered"),
        ({KEY: {"beds": 1}}, {}, "capacity of gate from 2022-10-01 withdrawn"),
    ],
)
def test_a_first_and_a_withdrawn_capacity_are_told(before, now, said):
    assert list(capacity_reasons(capacities(before, now), ["gate"])) == [said]
    assert list(capacity_reasons(capacities(before, now), ["ferry"])) == []


def test_settings_and_versions_that_differ_are_told():
    before = replace(issue_of(), configuration={"paths": 100, "members": ["ets"], "seed": 1})
    now = replace(
        before,
        configuration={"paths": 500, "members": ["ets", "glm"], "seed": 1},
        calendar_version="holidays 0.2",
    )
    assert list(configuration_reasons(before, now)) == [
        "calendar holidays 0.2 (was holidays 0.1)",
        "configuration: paths 500 (was 100)",
        "configuration: members ets glm (was ets)",
    ]
    assert list(configuration_reasons(before, before)) == []
