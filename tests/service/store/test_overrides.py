from datetime import timedelta

import pytest

from service.store import EVERYTHING, Scope, StoreError
from service.store.asked import Asked
from service.store.model_records import Override, OverrideScore
from tests.service.store.builders import CUTOFF, NOW, publish

LATER = NOW + timedelta(days=1)


def override(override_id="o1", place="ferry", *, days=(1, 2), **changes):
    facts = {
        "issue_id": "first",
        "measure": "arrivals",
        "median": 300.0,
        "reason": "a train",
        "actor": "key-1",
    }
    first, last = (CUTOFF + timedelta(days=ahead) for ahead in days)
    return Override(
        **{
            "id": override_id,
            "place_id": place,
            "first": first,
            "last": last,
            "recorded_at": NOW,
            **facts,
            **changes,
        }
    )


@pytest.fixture
def issued(border):
    """A store with two issues, a day apart."""
    publish(border, "first", "ferry")
    publish(border, "second", "ferry", cutoff=CUTOFF + timedelta(days=1))
    return border


def ids(overrides):
    return [one.id for one in overrides]


def beside(store, issue_id, as_of=LATER, scope=EVERYTHING):
    told = store.issues.get(issue_id)
    return ids(store.overrides.beside(told, scope, measure="arrivals", as_of=as_of))


def test_an_override_comes_back_as_it_was_made(issued):
    made = override(lower=200.0, upper=450.5)
    issued.overrides.put(made)
    assert issued.overrides.get("o1") == made
    assert issued.overrides.get("o2") is None
    assert issued.overrides.get("o1", Scope(places=frozenset({"east"}))) is None
    assert issued.overrides.get("o1", Scope(places=frozenset({"west"}))) == made


def test_an_override_stands_beside_its_own_issue_and_later_ones_alone(issued):
    issued.overrides.put(override())
    issued.overrides.put(override("o2", issue_id="second", days=(2, 3)))
    assert beside(issued, "first") == ["o1"]
    assert beside(issued, "second") == ["o1", "o2"]
    assert beside(issued, "second", scope=Scope(places=frozenset({"east"}))) == []


def test_an_override_of_days_that_are_over_stands_beside_no_later_issue(issued):
    issued.overrides.put(override(days=(1, 1)))
    assert beside(issued, "first") == ["o1"]
    assert beside(issued, "second") == []


def test_an_override_is_known_from_when_it_was_made_until_it_is_withdrawn(issued):
    issued.overrides.put(override())
    issued.overrides.withdraw("o1", at=LATER, actor="key-1", reason="no train")
    assert beside(issued, "first", NOW - timedelta(seconds=1)) == []
    assert beside(issued, "first", NOW) == ["o1"]
    assert beside(issued, "first", LATER) == []
    assert issued.overrides.get("o1").withdrawn_at == LATER
    assert ids(issued.overrides.page(Asked(), 10)) == ["o1"]
    assert issued.overrides.page(Asked(), 10, as_of=LATER) == ()


@pytest.mark.parametrize(("override_id", "told"), [("o1", "is withdrawn already"), ("o9", "is none")])
def test_what_does_not_hold_is_not_withdrawn(issued, override_id, told):
    issued.overrides.put(override())
    issued.overrides.withdraw("o1", at=LATER, actor="key-1", reason="")
    with pytest.raises(StoreError, match=told):
        issued.overrides.withdraw(override_id, at=LATER, actor="key-1", reason="")


def test_overrides_are_found_by_place_measure_and_days(issued):
    issued.overrides.put(override())
    issued.overrides.put(override("o2", "bridge", days=(3, 3)))
    assert ids(issued.overrides.page(Asked(), 10)) == ["o2", "o1"]
    assert ids(issued.overrides.page(Asked(), 1)) == ["o2"]
    assert ids(issued.overrides.page(Asked(place_id="ferry"), 10)) == ["o1"]
    assert ids(issued.overrides.page(Asked(measure="departures"), 10)) == []
    assert ids(issued.overrides.page(Asked(first=CUTOFF + timedelta(days=3)), 10)) == ["o2"]
    assert ids(issued.overrides.page(Asked(last=CUTOFF + timedelta(days=2)), 10)) == ["o1"]
    assert ids(issued.overrides.reaching(CUTOFF + timedelta(days=3))) == ["o2"]


def test_the_newest_score_of_an_override_and_day_counts(issued):
    issued.overrides.put(override())
    day = CUTOFF + timedelta(days=1)
    early = OverrideScore("o1", "ferry", "arrivals", day, 1, NOW, 280.0, 20.0, 30.0)
    corrected = OverrideScore("o1", "ferry", "arrivals", day, 1, LATER, 310.0, 10.0, 60.0)
    issued.overrides.append_scores([early])
    issued.overrides.append_scores([corrected])
    issued.overrides.append_scores([])
    assert issued.overrides.scores(Asked()) == (corrected,)
    assert issued.overrides.scores(Asked(Scope(places=frozenset({"east"})))) == ()
    assert issued.doctor()["rows"]["override_score"] == 2
