"""The register of capacities: appended, read as known at an instant, replaced and taken back."""

from datetime import date, timedelta

import pytest

from forecast.planning.registers import CapacityError
from service.store.capacities import in_force
from service.store.records import Scope
from tests.service.store.builders import DAY, NOW, capacity

HOUR = timedelta(hours=1)
LATER = DAY + timedelta(days=10)
HOUSES = {
    "beds": 300,
    "bed_share": 0.4,
    "stays": [{"kind": "stay", "weight": 10, "mean_nights": 14}],
}


def rate(store, place="ferry", day=DAY, **known):
    crossing = store.capacities.known(**{"as_of": NOW, **known}).crossing(place, day)
    return crossing and crossing.rates[0]


def test_capacities_come_back_as_values_and_as_the_documents_they_were(border):
    ferry, east = capacity("ferry"), capacity("east", overflow=["west"], **HOUSES)
    assert border.capacities.put([ferry, east], at=NOW) == 2
    registers = border.capacities.known(as_of=NOW)
    assert registers.crossing("ferry", DAY).booths.tolist() == [[4] * 24] * 7
    assert registers.region("east", LATER).overflow == ("west",)
    assert registers.of("ferry", DAY - timedelta(days=1)) is None
    assert [record.document for record in border.capacities.records(as_of=NOW)] == [
        east.document,
        ferry.document,
    ]
    assert list(border.capacities.known(as_of=NOW - HOUR)) == []


def test_what_is_known_already_is_not_put_again_also_where_a_default_is_spelt_out(border):
    border.capacities.put([capacity("ferry")], at=NOW)
    again = capacity("ferry", recorded_at=NOW + HOUR, lanes=1, valid_until=None)
    assert border.capacities.put([again], at=NOW + HOUR) == 0
    assert border.capacities.vintage() == 1


def test_a_version_of_the_same_first_day_replaces_and_the_old_one_stays_readable(border):
    border.capacities.put([capacity("ferry")], at=NOW)
    faster = capacity("ferry", recorded_at=NOW + HOUR, service_rate=50)
    assert border.capacities.put([faster], at=NOW + HOUR) == 1
    assert (rate(border), rate(border, as_of=NOW + HOUR)) == (40, 50)
    assert rate(border, as_of=NOW + HOUR, last_capacity=1) == 40


def test_a_later_version_ends_the_one_before_from_its_first_day(border):
    border.capacities.put([capacity("ferry"), capacity("ferry", LATER, service_rate=60)], at=NOW)
    assert [rate(border, day=LATER + timedelta(days=n)) for n in (-1, 0, 99)] == [40, 60, 60]


def test_in_force_on_a_day_is_the_version_begun_last_unless_it_has_ended():
    ends = LATER + timedelta(days=2)
    old, new = capacity("ferry"), capacity("ferry", LATER, valid_until=ends.isoformat())
    known = [new, old, capacity("east", ends, **HOUSES)]
    assert in_force(known, DAY - timedelta(days=1)) == {}
    assert in_force(known, DAY) == {"ferry": old}
    assert in_force(known, ends - timedelta(days=1)) == {"ferry": new}
    assert list(in_force(known, ends + timedelta(days=1))) == ["east"]


def test_what_is_taken_back_is_gone_and_can_be_put_again(border):
    border.capacities.put([capacity("ferry")], at=NOW)
    border.capacities.put([capacity("ferry", recorded_at=NOW + HOUR, withdrawn=True)], at=NOW + HOUR)
    assert (rate(border), rate(border, as_of=NOW + HOUR)) == (40, None)
    again = capacity("ferry", recorded_at=NOW + 2 * HOUR)
    assert border.capacities.put([again], at=NOW + 2 * HOUR) == 1
    assert border.capacities.put([capacity("pass", withdrawn=True)], at=NOW + 2 * HOUR) == 0


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (capacity("ferry", date(2022, 9, 25), recorded_at=NOW + HOUR), "ferry: valid_from: found 2022-09-25"),
        (capacity("moon"), "moon: place: found moon"),
        (capacity("east"), "booths: found a field of a crossing"),
        (capacity("east", overflow=["ferry"], **HOUSES), "east: overflow: found ferry"),
        (capacity("ferry", recorded_at=NOW - HOUR, lanes=9), "recorded_at: found .* wanted an instant from"),
    ],
)
def test_a_register_that_would_contradict_itself_is_refused_whole(border, second, message):
    border.capacities.put([capacity("ferry", valid_until="2022-09-30")], at=NOW)
    with pytest.raises(CapacityError, match=message):
        border.capacities.put([capacity("pass"), second], at=NOW + HOUR)
    assert border.capacities.vintage() == 1


def test_a_reader_sees_the_capacities_of_the_own_places(border):
    border.capacities.put([capacity("ferry"), capacity("pass"), capacity("west", **HOUSES)], at=NOW)

    def seen(*places):
        records = border.capacities.records(Scope(places=frozenset(places)), as_of=NOW)
        return [record.place_id for record in records]

    assert (seen("west"), seen("pass"), seen()) == (["ferry", "west"], ["pass"], [])
