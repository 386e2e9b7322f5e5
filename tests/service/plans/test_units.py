"""Units that readers get, and words."""

import pytest

from forecast.planning.plan import PLAN_MEASURES
from service.plans import units, words


def test_waits_are_told_in_hours_and_all_else_as_it_is_planned():
    assert {name: units.TOLD[name] for name in PLAN_MEASURES if units.TOLD[name] != PLAN_MEASURES[name]} == {
        "mean_wait": "hours",
        "longest_wait": "hours",
    }
    assert units.told("longest_wait", 90.0) == 1.5
    assert units.told("beds_needed", 90.0) == 90
    assert units.planned("mean_wait", 1.5) == 90
    assert units.planned("queue", 1.5) == 1.5


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (20, 0.33), (60, 1), (100.4, 1.67)])
def test_hours_are_told_to_half_a_minute(minutes: float, hours: float):
    assert units.hours(minutes) == hours


def crossing(**changes):
    content = {"spilled": [0.0], "capped": [0.0]}
    return content | changes


def test_a_days_words_say_what_may_happen_and_how_likely():
    assert words.of_waits(crossing(), 0, full=0.5) == (
        "more people may come than the registered booths pass (50 of 100 cases)",
    )
    told = words.of_waits(crossing(spilled=[1.0], capped=[0.1]), 0, full=0.0)
    assert told == (
        "the queue may spill over its room (more than 99 of 100 cases)",
        "waits above 168 hours are told as 168",
    )
    assert words.of_waits(crossing(spilled=[0.05]), 0, full=0.05) == ()
    assert words.of_waits(crossing(), 0, full=None) == ()


def test_days_at_capacity_are_named_and_those_without_a_queue_told_apart():
    days = [f"2022-09-{day}" for day in range(20, 27)]
    assert words.of_crossing(days, days[-1:]) == (
        "ran at capacity on 2 days before and 2022-09-22, 2022-09-23, 2022-09-24, 2022-09-25, 2022-09-26",
        "no queue was reported on 2022-09-26, so more people may want to cross than are planned for",
    )
    assert words.of_crossing([], []) == ()


def test_full_houses_and_people_without_a_bed_are_told():
    assert words.of_beds(0.8, 12.4) == (
        "houses may be full (80 of 100 cases)",
        "on average 12 people without a bed, for the regions that help are full",
    )
    assert words.of_beds(0.01, 0.2) == ()
    assert words.of_beds(None, None) == ()


def test_a_roster_that_holds_the_level_needs_no_words():
    assert words.of_staff({"statement": [None, "all 3 booths, and ..."]}, 0) == ()
    assert words.of_staff({"statement": [None, "all 3 booths"]}, 1) == (
        "no roster holds the level: all 3 booths",
    )


@pytest.mark.parametrize(("level", "at"), [(0.5, 1), (0.95, 2), (0.949, 2), (0.01, 0)])
def test_a_level_is_read_at_the_published_one_next_to_it(level: float, at: int):
    assert units.position((0.05, 0.5, 0.95), level) == at
