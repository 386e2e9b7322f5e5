"""The register of recipients: one live row an address, and who is told about which place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forecast.places import Place
from service.store import StoreError
from service.store.mail_records import Recipient

NOW = datetime(2022, 9, 26, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
PLACES = (
    Place("kz", "Kazakhstan", "country"),
    Place("west", "West", "region", "kz"),
    Place("syrym", "Syrym", parent="west"),
    Place("east", "East", "region", "kz"),
)


def a_recipient(recipient_id, *places, kinds=("report", "alert"), **facts):
    given = {"address": f"{recipient_id}@desk.example", "language": "en", "created_at": NOW, **facts}
    return Recipient(id=recipient_id, kinds=frozenset(kinds), places=frozenset(places), **given)


@pytest.fixture
def register(store):
    store.places.put(PLACES, at=NOW)
    return store.recipients


def ids(recipients):
    return [one.id for one in recipients]


def test_a_recipient_is_kept_with_the_domain_in_small_letters(register):
    (added,) = register.add(a_recipient("to-1", "west", address=" Duty@Desk.EXAMPLE "))
    assert added.address == "Duty@desk.example"
    assert register.get("to-1") == added
    assert register.all() == (added,)
    assert register.get("to-2") is None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"address": "duty@desk.example\r\nBcc: all@desk.example"}, "no address"),
        ({"address": "Duty desk <duty@desk.example>"}, "no address"),
        ({"address": "duty"}, "no address"),
        ({"language": "xx"}, "no language"),
        ({"kinds": frozenset()}, "report or alert"),
        ({"kinds": frozenset({"gossip"})}, "report or alert"),
        ({"places": frozenset()}, "needs the places"),
        ({"places": frozenset({"nowhere"})}, "'nowhere' is not registered"),
        ({"places": frozenset({"syrym"})}, "region or country"),
    ],
)
def test_what_is_wrong_is_refused_with_all_that_came_with_it(register, wrong, why):
    with pytest.raises(StoreError, match=why):
        register.add(a_recipient("to-1", "west"), replace(a_recipient("to-2", "west"), **wrong))
    assert register.all(ended=True) == ()


def test_an_address_is_registered_once_at_a_time_however_it_is_written(register):
    register.add(a_recipient("to-1", "west", address="duty@desk.example"))
    with pytest.raises(StoreError, match="registered already"):
        register.add(a_recipient("to-2", "east", address="DUTY@desk.example"))
    register.end("to-1", at=LATER)
    register.add(a_recipient("to-2", "east", address="DUTY@desk.example"))
    assert ids(register.all()) == ["to-2"]
    assert ids(register.all(ended=True)) == ["to-1", "to-2"]
    assert register.get("to-1").ended_at == LATER


def test_who_comes_in_the_place_of_another_ends_him(register):
    register.add(a_recipient("to-1", "west", address="duty@desk.example"))
    new = a_recipient("to-2", "east", address="duty@desk.example", created_at=LATER)
    register.add(new, instead_of=["to-1"])
    assert register.all() == (new,)
    assert register.get("to-1").ended_at == LATER


def test_nobody_leaves_twice(register):
    register.add(a_recipient("to-1", "west"))
    assert register.end("to-1", at=NOW).ended_at == NOW
    for gone in ("to-1", "to-9"):
        with pytest.raises(StoreError, match=f"there is no recipient '{gone}'"):
            register.end(gone, at=LATER)


@pytest.fixture
def readers(register):
    register.add(
        a_recipient("country", "kz"),
        a_recipient("west", "west"),
        a_recipient("reports", "west", "east", kinds=("report",)),
        a_recipient("crossing", "syrym", kinds=("alert",)),
        a_recipient("gone", "west"),
    )
    register.end("gone", at=NOW)
    return register


@pytest.mark.parametrize(
    ("place", "topic", "told"),
    [
        ("kz", "report", ["country"]),
        ("west", "report", ["reports", "west"]),
        ("east", "report", ["reports"]),
        ("syrym", "alert", ["country", "crossing", "west"]),
        ("west", "alert", ["country", "west"]),
        ("east", "alert", ["country"]),
        ("kz", "alert", ["country"]),
        ("", "alert", ["country", "crossing", "west"]),
        ("unknown", "alert", []),
    ],
)
def test_reports_go_to_those_who_name_the_place_and_alerts_to_those_around_it(readers, place, topic, told):
    assert ids(readers.of(place, topic)) == told
