"""Registers: what capacities can be, and which is in force on a day."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.planning.registers import (
    CapacityError,
    Cost,
    CrossingCapacity,
    RegionCapacity,
    Registers,
    Stay,
    Version,
)

DAY = date(2022, 9, 20)
CROSSING = CrossingCapacity(
    booths=np.full((7, 24), 4), rates=(50.0, 48.0, 45.0), profile=np.full((7, 24), 1 / 24), booths_limit=6
)
REGION = RegionCapacity(beds=300, bed_share=0.4, stays=(Stay("stay", 1.0, np.array([0.8, 0.4, 0.1])),))


def refused(field, **changed):
    with pytest.raises(CapacityError) as caught:
        replace(CROSSING if hasattr(CROSSING, next(iter(changed))) else REGION, **changed)
    assert caught.value.field == field
    return str(caught.value)


def test_booths_pass_what_their_rate_by_number_says_and_the_last_rate_holds_for_more():
    assert CROSSING.totals.tolist() == [0, 50, 96, 135, 180, 225, 270]
    assert CROSSING.passes(np.array([[0, 3], [6, 1]])).tolist() == [[0, 135], [270, 50]]


def test_of_two_posts_in_series_the_smaller_counts():
    assert replace(CROSSING, other_post=150.0).totals.tolist() == [0, 50, 96, 135, 150, 150, 150]


def test_the_level_to_plan_to_weighs_being_short_against_being_over():
    assert Cost(short=3, over=1).level == 0.75


@pytest.mark.parametrize("costs", [(-1, 1), (0, 0), (float("nan"), 1), (1, float("inf"))])
def test_costs_that_cannot_be_are_refused(costs):
    with pytest.raises(CapacityError, match="costs"):
        Cost(*costs)


def test_a_crossing_that_cannot_be_is_refused_by_field():
    below = CROSSING.booths.copy()
    below[2, 3] = -1
    assert "found -1" in refused("booths", booths=below)
    assert "found 9" in refused("booths", booths=np.full((7, 24), 9))
    refused("booths", booths=np.full(24, 4))
    refused("booths_limit", booths_limit=0)
    refused("rates", rates=())
    refused("rates", rates=(50.0, 0.0))
    refused("rates", rates=(1e-300,))
    refused("rates", rates=(50.0, 20.0))
    refused("wait_target", wait_target=0.0)
    refused("service_level", service_level=1.0)
    refused("other_post", other_post=float("nan"))
    refused("lanes", lanes=0)


def test_a_profile_holds_shares_of_a_day():
    refused("profile", profile=np.full((7, 24), 1 / 20))
    refused("profile", profile=np.full(24, 1 / 24))
    above = np.full((7, 24), 1 / 24)
    above[0, 0] = 1.2
    assert "found 1.2" in refused("profile", profile=above)


def test_a_region_that_cannot_be_is_refused_by_field():
    refused("beds", beds=-1)
    refused("bed_share", bed_share=1.1)
    refused("overflow", overflow=("a", "b", "a"))
    refused("stays", stays=())
    refused("stays", stays=REGION.stays * 2)
    refused("bus_seats", bus_seats=0)


@pytest.mark.parametrize("survival", [[0.5, 0.6], [1.1, 0.2], [0.5, -0.1], []])
def test_of_a_stay_fewer_are_left_every_night(survival):
    with pytest.raises(CapacityError, match=r"stays\.survival"):
        Stay("stay", 1.0, np.array(survival))


def version(first, last=None, *, beds=300):
    return Version("north", first, replace(REGION, beds=beds), last)


def test_the_newest_version_that_has_begun_is_in_force():
    registers = Registers([version(date(2022, 10, 1), beds=500), version(DAY)])
    assert registers.region("north", date(2022, 9, 19)) is None
    assert registers.region("north", DAY).beds == 300
    assert registers.region("north", date(2022, 9, 30)).beds == 300
    assert registers.region("north", date(2022, 10, 1)).beds == 500


def test_a_version_ends_with_its_last_day():
    registers = Registers([version(DAY, date(2022, 9, 25))])
    assert registers.region("north", date(2022, 9, 25)).beds == 300
    assert registers.region("north", date(2022, 9, 26)) is None


def test_a_region_has_no_booths():
    assert Registers([version(DAY)]).crossing("north", DAY) is None


def test_a_version_does_not_end_before_it_begins():
    with pytest.raises(CapacityError, match="valid_until"):
        version(DAY, date(2022, 9, 19))


@pytest.mark.parametrize("second", [version(DAY), version(date(2022, 9, 25))])
def test_versions_that_overlap_are_refused(second):
    with pytest.raises(CapacityError, match=r"north: valid_from: found .* wanted a day outside"):
        Registers([version(DAY, date(2022, 9, 25)), second])
