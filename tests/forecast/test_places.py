"""The register as a tree."""

import numpy as np
import pytest

from forecast.places import Place, Places

ORAL = Place("oral", "Oral", parent="west")
SYRYM = Place("syrym", "Syrym", parent="west")
ABAI = Place("abai", "Abai", parent="north")
PLACES = Places(
    [
        ORAL,
        Place("land", "Land", level="country"),
        Place("west", "West", level="region", parent="land"),
        Place("north", "North", level="region", parent="land"),
        ABAI,
        SYRYM,
        Place("alone", "Alone"),
    ]
)


def test_crossings_keep_the_registers_order_and_totals_go_upwards():
    assert [place.id for place in PLACES.crossings] == ["oral", "abai", "syrym", "alone"]
    assert [place.id for place in PLACES.totals] == ["west", "north", "land"]


def test_ancestors_are_told_nearest_first():
    assert PLACES.ancestors("syrym") == ("west", "land")
    assert PLACES.ancestors("alone") == ()


def test_the_region_of_a_place_is_itself_or_what_holds_it():
    assert [PLACES.region(place) for place in ("oral", "west", "land", "alone")] == [
        "west",
        "west",
        None,
        None,
    ]


def test_summing_says_which_crossings_make_a_total():
    summing = PLACES.summing(["land", "west"], ["abai", "oral", "alone"])
    np.testing.assert_array_equal(summing, [[True, True, False], [False, True, False]])
    assert PLACES.summing([], ["abai"]).shape == (0, 1)


def test_places_are_found_by_id():
    assert "oral" in PLACES
    assert "none" not in PLACES
    assert PLACES["oral"] is ORAL
    assert len(PLACES) == 7


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ([ABAI], "'abai' lies in 'north', which is not registered"),
        ([Place("a", "A"), Place("a", "B")], "'a' is registered twice"),
        ([Place("a", "A"), Place("b", "B", parent="a")], "crossing 'b' cannot lie in crossing 'a'"),
        (
            [Place("a", "A", level="region"), Place("b", "B", level="country", parent="a")],
            "country 'b' cannot lie in region 'a'",
        ),
    ],
)
def test_a_tree_that_does_not_hold_is_refused(places, message):
    with pytest.raises(ValueError, match=message):
        Places(places)


def test_a_place_follows_the_holidays_of_both_its_sides_once():
    assert Place("a", "A", country="kz", neighbour="RU").countries == ("KZ", "RU")
    assert Place("a", "A", country="KZ", neighbour="kz").countries == ("KZ",)
    assert Place("a", "A", neighbour="ru").countries == ("RU",)
    assert Place("a", "A").countries == ()
