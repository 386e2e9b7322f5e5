from dataclasses import replace
from datetime import timedelta

import pytest

from service.cycle.judgement import Judge, OverrideError, make_override
from service.store.asked import Asked
from tests.service.store.builders import CUTOFF, NOW, REGISTER, publish

JUDGE = Judge(None, "key-1", NOW)
SENT = {"place": "ferry", "first": str(CUTOFF + timedelta(days=1)), "median": 300, "reason": "A train comes."}


@pytest.fixture
def issued(sqlite_store):
    sqlite_store.places.put(REGISTER, at=NOW)
    publish(sqlite_store, "older", "ferry", cutoff=CUTOFF - timedelta(days=1))
    publish(sqlite_store, "newest", "ferry", "west")
    return sqlite_store


def make(store, *, now=NOW, **changes):
    judge = replace(JUDGE, places=store.places.all(), now=now)
    return make_override(store, {**SENT, **changes}, judge)


def test_an_override_is_stored_as_it_was_understood(issued):
    made = make(issued, last=str(CUTOFF + timedelta(days=2)), lower=200, upper=450.5)
    assert issued.overrides.page(Asked(), 10) == (made,)
    assert (made.issue_id, made.measure, made.actor, made.recorded_at) == ("newest", "arrivals", "key-1", NOW)
    assert (made.last - made.first).days == 1
    assert (made.lower, made.median, made.upper) == (200.0, 300.0, 450.5)


def test_without_a_last_day_it_is_of_one(issued):
    made = make(issued)
    assert made.first == made.last
    assert (made.lower, made.upper) == (None, None)


def test_an_override_of_an_older_issue_names_it(issued):
    assert make(issued, issue="older").issue_id == "older"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"place": "nowhere"}, "place"),
        ({"place": None}, "place"),
        ({"place": "pass"}, "measure"),
        ({"measure": "departures"}, "measure"),
        ({"issue": "none"}, "issue"),
        ({"issue": 3}, "issue"),
        ({"first": None}, "first"),
        ({"first": "tomorrow"}, "first"),
        ({"first": str(CUTOFF)}, "first"),
        ({"first": str(CUTOFF + timedelta(days=4))}, "first"),
        ({"last": str(CUTOFF)}, "first"),
        ({"last": str(CUTOFF + timedelta(days=9))}, "first"),
        ({"median": None}, "median"),
        ({"median": "many"}, "median"),
        ({"median": -1}, "median"),
        ({"median": 1e12}, "median"),
        ({"median": float("nan")}, "median"),
        ({"median": True}, "median"),
        ({"lower": 100}, "lower"),
        ({"lower": 400, "upper": 500}, "median"),
        ({"reason": ""}, "reason"),
        ({"reason": None}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "two\nlines"}, "reason"),
        ({"colour": "red"}, '"colour"'),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_stored(issued, changes, field):
    with pytest.raises(OverrideError) as refused:
        make(issued, **changes)
    assert refused.value.field.strip("'\"") == field.strip("'\"")
    assert issued.overrides.page(Asked(), 10) == ()


def test_a_day_that_is_over_at_its_place_is_not_overridden_any_more(issued):
    over = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    assert make(issued, now=over - timedelta(seconds=1)).recorded_at < over
    with pytest.raises(OverrideError, match="a day that is not over at its place"):
        make(issued, now=over)


def test_without_an_issue_there_is_nothing_to_override(sqlite_store):
    sqlite_store.places.put(REGISTER, at=NOW)
    with pytest.raises(OverrideError, match="issue"):
        make(sqlite_store)
