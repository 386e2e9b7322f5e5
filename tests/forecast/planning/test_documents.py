"""Documents of capacities: read into values field by field, or refused with field, place and remedy."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from forecast.places import Place, Places
from forecast.planning import stays
from forecast.planning.documents import DEFAULTS, NEEDED, UNITS, filled, lengths_of, level_of, version_of
from forecast.planning.registers import CapacityError, Cost, CrossingCapacity, RegionCapacity

PLACES = Places(
    [
        Place("land", "Land", "country"),
        Place("west", "West", "region", "land"),
        Place("east", "East", "region", "land"),
        Place("syrym", "Syrym", parent="west"),
    ]
)
CROSSING = {"place": "syrym", "valid_from": "2022-09-01", "booths": 4, "service_rate": 40}
STAY = {"kind": "stay", "weight": 25, "mean_nights": 14}
REGION = {"place": "west", "valid_from": "2022-09-01", "beds": 300, "bed_share": 0.4, "stays": [STAY]}
NIGHTS = [1.0] * 8 + [2.0] * 16


def crossing(**fields):
    capacity = version_of(CROSSING | fields, PLACES).capacity
    assert isinstance(capacity, CrossingCapacity)
    return capacity


def region(**fields):
    capacity = version_of(REGION | fields, PLACES).capacity
    assert isinstance(capacity, RegionCapacity)
    return capacity


def told(**form):
    return {"stays": [{"kind": "stay", "weight": 1, **form}]}


def refused(document):
    with pytest.raises(CapacityError) as caught:
        version_of(document, PLACES)
    return caught.value


def test_a_document_becomes_a_version_with_its_days():
    version = version_of(CROSSING | {"valid_until": "2022-09-30"}, PLACES)
    assert (version.place_id, version.valid_from, version.valid_until) == (
        "syrym", date(2022, 9, 1), date(2022, 9, 30),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("booths", "monday_night", "sunday_noon"),
    [(6, 6, 6), ([1] * 8 + [5] * 16, 1, 5), ([[1] * 24] * 6 + [[3] * 24], 1, 3)],
)
def test_booths_are_one_number_or_by_hour_or_by_weekday_and_hour(booths, monday_night, sunday_noon):
    grid = crossing(booths=booths).booths
    assert (grid.shape, grid[0, 0], grid[6, 12]) == ((7, 24), monday_night, sunday_noon)


def test_rates_are_one_or_by_the_number_of_open_booths():
    assert crossing().rates == (40,)
    assert crossing(service_rate=[50, 48.5]).rates == (50, 48.5)


def test_the_profile_is_even_unless_given_and_sums_to_one_exactly():
    assert crossing().profile.sum(axis=1) == pytest.approx(np.ones(7))
    nearly = [round(1 / 24, 4)] * 24
    assert crossing(profile=nearly).profile.sum(axis=1) == pytest.approx(np.ones(7), abs=1e-12)


def test_the_limit_of_booths_is_the_most_rostered_unless_given():
    assert crossing(booths=[2] * 12 + [7] * 12).booths_limit == 7
    assert crossing(booths_limit=9).booths_limit == 9
    assert crossing(booths=0).booths_limit == 1


def test_every_field_reaches_its_value():
    told = {
        "staff_hours_limit": 90, "other_post": 120, "queue_room": 800, "walking": 10,
        "people_per_vehicle": 1.4, "metres_per_vehicle": 20, "lanes": 2, "peakedness": 3,
        "service_variability": 0.8, "wait_target": 60, "service_level": 0.9,
    }  # fmt: skip
    capacity = crossing(**told, costs={"short": 5, "over": 2})
    assert {name: getattr(capacity, name) for name in told} == told
    assert capacity.cost == Cost(5, 2)
    houses = region(
        overflow=["east"], bus_seats=30, costs={"short": 9, "over": 3}, bus_costs={"short": 1, "over": 1}
    )
    assert (houses.beds, houses.bed_share, houses.overflow, houses.bus_seats) == (300, 0.4, ("east",), 30)
    assert (houses.bed_cost, houses.bus_cost) == (Cost(9, 3), Cost(1, 1))


def test_stays_are_told_by_their_mean_by_survival_or_by_lengths():
    share = [0.8, 0.3, 0.1]
    lengths = {"lengths": {"1": 6, "3": 2}, "still_present": {"2": 2}}
    told = [{"kind": "onward_land", "weight": 60, "mean_nights": 1.5},
            {"kind": "onward_air", "weight": 15, "survival": share},
            {"kind": "stay", "weight": 25, **lengths}]  # fmt: skip
    land, air, stay = region(stays=told).stays
    assert land.survival.tolist() == stays.exponential(1.5).tolist()
    assert air.survival.tolist() == share
    # Ten at first; six leave after a night, of the four left two are lost sight of before the last two go.
    assert stay.survival[:4] == pytest.approx([1, 0.4, 0.4, 0])
    assert [one.weight for one in (land, air, stay)] == [60, 15, 25]


def test_lengths_are_rows_by_nights():
    assert lengths_of({"10": 3, "2": 5}, {"2": 1, "20": 4}) == [(2, 5, 1), (10, 3, 0), (20, 0, 4)]


def test_what_is_left_out_takes_the_default_that_is_told():
    assert filled(CROSSING)["people_per_vehicle"] == crossing().people_per_vehicle == 3
    assert filled(REGION)["bus_seats"] == region().bus_seats == 45
    assert filled(CROSSING | {"lanes": 2})["lanes"] == 2
    for level in ("crossing", "region"):
        beside = {"place", "valid_from", "valid_until"}
        assert {*NEEDED[level], *DEFAULTS[level]} - beside <= {*UNITS[level]}


def test_what_a_document_leaves_out_is_what_the_registers_take_for_it():
    crossing, region = version_of(CROSSING).capacity, version_of(REGION).capacity
    told = ("booths", "rates", "profile", "booths_limit", "beds", "bed_share", "stays")
    for found in (crossing, region):
        given = {one.name: getattr(found, one.name) for one in dataclasses.fields(found) if one.name in told}
        usual = type(found)(**given)
        beside = [one.name for one in dataclasses.fields(found) if one.name not in told]
        assert [getattr(found, name) for name in beside] == [getattr(usual, name) for name in beside]


def test_without_places_the_fields_tell_the_level():
    assert (level_of(CROSSING), level_of(REGION)) == ("crossing", "region")
    assert isinstance(version_of(REGION | {"place": "anywhere"}).capacity, RegionCapacity)


@pytest.mark.parametrize(
    ("changed", "field", "found", "wanted"),
    [
        ({"booths": -1}, "booths", "-1", "0 to 1"),
        ({"booths": 2.5}, "booths", "2.5", "whole numbers"),
        ({"booths": [1, 2]}, "booths", "a list of 2", "24 by hour"),
        ({"booths": [[1] * 24] * 6 + [[1] * 23]}, "booths", "a list of 7", "24 by hour"),
        ({"booths": True}, "booths", "True", "a number"),
        ({"booths": "4"}, "booths", "4", "a number"),
        ({"booths": {"monday": 4}}, "booths", "an object of 1", "a number"),
        ({"booths": float("nan")}, "booths", "nan", "a number"),
        ({"booths": 10**400}, "booths", "a very large number", "at most"),
        ({"booths": 5, "booths_limit": 4}, "booths", "5", "booths_limit"),
        ({"booths_limit": 4.5}, "booths_limit", "4.5", "a whole number"),
        ({"service_rate": []}, "service_rate", "[]", "each 0.01 to 100000"),
        ({"service_rate": [40, 10]}, "service_rate", "[40.0, 10.0]", "no more booths"),
        ({"service_rate": [40] * 2_000}, "service_rate", "2000 rates", "at most"),
        ({"service_rate": float("inf")}, "service_rate", "inf", "a number"),
        ({"profile": 1}, "profile", "1", "24 shares"),
        ({"profile": [0.1] * 24}, "profile", "a day of 2.4", "sum to 1"),
        ({"profile": [2.0, -1.0] + [0.0] * 22}, "profile", "2.0", "0 to 1"),
        ({"people_per_vehicle": 0}, "people_per_vehicle", "0", "0.1 to 100"),
        ({"service_level": 1.5}, "service_level", "1.5", "0.01 to 0.999"),
        ({"wait_target": None}, "wait_target", "nothing", "a number"),
        ({"costs": {"short": 3}}, "costs", "an object of 1", "short"),
        ({"costs": {"short": -3, "over": 1}}, "costs.short", "-3", "0 to"),
        ({"costs": 3}, "costs", "3", "short"),
        ({"boots": 3}, "boots", "a field of that name", "booths"),
        ({"beds": 3}, "beds", "a field of a region", "only the fields of a crossing"),
        ({"valid_from": "2022-9-1"}, "valid_from", "2022-9-1", "YYYY-MM-DD"),
        ({"valid_from": "2022-02-30"}, "valid_from", "2022-02-30", "YYYY-MM-DD"),
        ({"valid_from": 20220901}, "valid_from", "20220901", "YYYY-MM-DD"),
        ({"valid_until": "2022-08-31"}, "valid_until", "2022-08-31", "2022-09-01"),
        ({"place": "syrim"}, "place", "syrim", "such as syrym"),
        ({"place": "land"}, "place", "the country land", "a crossing or a region"),
        ({"place": 7}, "place", "7", "a name"),
        ({"place": None}, "place", "nothing", "a name"),
        ({"place": "west"}, "booths", "a field of a crossing", "only the fields of a region"),
    ],
)  # fmt: skip
def test_a_crossing_that_cannot_be_is_refused_by_field(changed, field, found, wanted):
    error = refused(CROSSING | changed)
    assert (error.field, str(error.found)) == (field, found)
    assert wanted in error.wanted


@pytest.mark.parametrize(
    ("changed", "field", "found", "wanted"),
    [
        ({"beds": -5}, "beds", "-5", "0 to"),
        ({"beds": 5.5}, "beds", "5.5", "a whole number"),
        ({"bed_share": 1.1}, "bed_share", "1.1", "0 to 1"),
        ({"overflow": "east"}, "overflow", "east", "a list"),
        ({"overflow": ["eest"]}, "overflow", "eest", "or east"),
        ({"overflow": ["syrym"]}, "overflow", "syrym", "registered regions"),
        ({"overflow": ["west"]}, "overflow", "west", "other regions"),
        ({"overflow": ["east", "east"]}, "overflow", "['east', 'east']", "each region once"),
        ({"stays": []}, "stays", "none", "each of"),
        ({"stays": {}}, "stays", "an object of 0", "a list"),
        ({"stays": [STAY, STAY]}, "stays", "['stay', 'stay']", "at most once"),
        ({"stays": [STAY | {"kind": "swim"}]}, "stays.kind", "swim", "onward_land"),
        ({"stays": [STAY | {"weight": 0}]}, "stays.weight", "0", "1e-06 to"),
        ({"stays": [STAY | {"mean_nights": 0}]}, "stays.mean_nights", "0", "above 0"),
        ({"stays": [STAY | {"survival": [0.5]}]}, "stays", "kind, weight, mean_nights, survival", "one of"),
        ({"stays": [{"kind": "stay", "weight": 1}]}, "stays", "kind, weight", "one of"),
        (told(survival=[0.5, 0.7]), "stays.survival", "other numbers",
         "falling"),
        (told(survival=[]), "stays.survival", "a list of 0", "shares"),
        (told(lengths=[1]), "stays.lengths", "a list of 1", "by whole"),
        (told(lengths={"1.5": 1}), "stays.lengths", "1.5", "whole"),
        (told(lengths={"9999": 1}), "stays.lengths", "9999", "0 to 3650"),
        (told(lengths={}), "stays.lengths", "nobody who left", "at least"),
        ({"stays": [STAY | {"still_present": {"1": 3}}]}, "stays", "kind, weight, mean_nights, still_present",
         "one of"),
        ({"booths": 4}, "booths", "a field of a crossing", "only the fields of a region"),
    ],
)  # fmt: skip
def test_a_region_that_cannot_be_is_refused_by_field(changed, field, found, wanted):
    error = refused(REGION | changed)
    assert (error.field, str(error.found)) == (field, found)
    assert wanted in error.wanted


@pytest.mark.parametrize("field", ["place", "valid_from", "booths", "service_rate"])
def test_what_a_crossing_needs_is_asked_for(field):
    error = refused({name: value for name, value in CROSSING.items() if name != field})
    assert (error.field, error.found) == (field, "nothing")


def test_the_refusal_names_the_place():
    assert str(refused(CROSSING | {"booths": -1})).startswith("syrym: booths: found -1, wanted")
    assert refused(CROSSING | {"booths": -1}).place == "syrym"


@pytest.mark.parametrize("document", [None, 5, "syrym", [CROSSING]])
def test_what_is_no_object_is_no_document(document):
    assert refused(document).field == "document"
