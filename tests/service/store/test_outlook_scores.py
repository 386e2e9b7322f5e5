"""Scores of outlooks: appended, the newest of each part counts, and only those in scope are told."""

from datetime import timedelta

import pytest

from service.store import Scope
from tests.service.store.builders import CUTOFF, NOW, outlook_score, publish

LATER = NOW + timedelta(days=1)


@pytest.fixture
def scored(border):
    publish(border, "first", "ferry", "pass", "west")
    return border


def append(store, *scores):
    publish(store, f"with-{store.doctor()['rows']['issue']}", scores=scores)


def test_a_score_comes_back_as_it_was_appended(scored):
    append(scored, outlook_score("first", "ferry"))
    (row,) = scored.outlook_scores.read().to_dict("records")
    assert row == {
        "issue_id": "first",
        "place_id": "ferry",
        "measure": "arrivals",
        "kind": "surge",
        "first": 1,
        "last": 7,
        "target_date": CUTOFF + timedelta(days=7),
        "as_of": NOW,
        "outcome": 1,
        "score": 0.25,
        "reference": 0.5,
    }


def test_of_two_scores_of_a_part_the_newest_counts(scored):
    append(scored, outlook_score("first", "ferry", outcome=0))
    append(scored, outlook_score("first", "ferry", outcome=1, as_of=LATER))
    append(scored, outlook_score("first", "ferry", outcome=0, as_of=NOW - timedelta(days=1)))
    assert list(scored.outlook_scores.read()["outcome"]) == [1]
    assert scored.doctor()["rows"]["outlook_score"] == 3


def test_each_part_place_measure_and_issue_has_its_own_score(scored):
    publish(scored, "second", "ferry")
    change = {"kind": "change", "outcome": 4}
    append(
        scored,
        outlook_score("first", "ferry"),
        outlook_score("first", "ferry", **change),
        outlook_score("first", "ferry", **change, first=8, last=14),
        outlook_score("first", "pass"),
        outlook_score("first", "ferry", measure="departures"),
        outlook_score("second", "ferry"),
    )
    assert len(scored.outlook_scores.read()) == 6


def test_scores_can_be_narrowed_and_those_out_of_scope_are_not_told(scored):
    late = CUTOFF + timedelta(days=14)
    append(
        scored,
        *(outlook_score("first", place) for place in ("ferry", "pass", "west")),
        outlook_score("first", "pass", kind="change", first=8, last=14, target_date=late),
    )
    read = scored.outlook_scores.read
    assert len(read(place_id="pass")) == 2
    assert len(read(measure="departures")) == 0
    assert len(read(days=(late, None))) == 1
    assert len(read(days=(None, CUTOFF + timedelta(days=7)))) == 3
    assert list(read(Scope(places=frozenset({"west"})))["place_id"]) == ["ferry", "west"]
    assert read(Scope()).empty
