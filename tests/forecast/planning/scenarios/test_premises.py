"""Premises: met, not met or open by the counts of the days that a scenario speaks of."""

import numpy as np
import pytest

from forecast.planning.scenarios.premises import judged

PATHS = np.stack([np.full((2, 8), people) for people in (80, 100, 130)])
NOTHING = np.zeros((2, 8), dtype=bool)
TOUCHED = NOTHING.copy()
TOUCHED[0, 1:7] = True


def counts(people: float, known: int = 7):
    observed = np.full((2, 8), np.nan)
    observed[:, :known] = people
    return observed


def judge(observed, **changes):
    given = {"touched": TOUCHED, "shut": NOTHING, "assumed_shut": NOTHING}
    return judged(observed, PATHS, **{**given, **changes})


@pytest.mark.parametrize(
    ("people", "state"), [(100, "met"), (125, "met"), (75, "met"), (126, "not met"), (74, "not met")]
)
def test_a_premise_is_met_within_a_quarter_of_the_median(people, state):
    found = judge(counts(people))
    assert (found.state, found.known_days, found.observed, found.assumed) == (state, 6, 6 * people, 600)


def test_below_five_known_days_it_is_open():
    assert judge(counts(100, known=5)).state == "open"
    assert judge(counts(100, known=6)).state == "met"
    assert judge(counts(100, known=1)).reason == "no day of it is known yet"


def test_a_day_counts_once_all_of_its_crossings_are_known():
    both = TOUCHED.copy()
    both[1, 1:4] = True
    observed = counts(100)
    observed[1, 2] = np.nan
    assert judge(observed, touched=both).known_days == 5


def test_an_assumed_closure_that_was_not_reported_is_not_met_at_once():
    closing = NOTHING.copy()
    closing[0, 1:3] = True
    observed = counts(100, known=3)
    assert judge(observed, assumed_shut=closing).state == "not met"
    assert judge(observed, assumed_shut=closing, shut=closing).state == "open"


def test_what_no_count_can_show_is_not_judged():
    assert judge(counts(100), touched=NOTHING).state == "not judged"
