from datetime import timedelta

import pytest

from service.store import StoreError
from service.store.model_records import ModelEvent, ModelRecord
from tests.service.store.builders import NOW


def record(configuration_id, **changes):
    facts = {"hash": configuration_id * 4, "document": "seed = 1\n", "note": "try", "proposed_by": "key-1"}
    return ModelRecord(**{"id": configuration_id, "proposed_at": NOW, **facts, **changes})


def later(days):
    return NOW + timedelta(days=days)


def step(store, configuration_id, action, days=1, **changes):
    store.models.act(ModelEvent(configuration_id, action, later(days), "operator", **changes))


def states(store):
    return {one.id: one.state for one in store.models.all()}


def test_a_proposal_comes_back_as_it_was_made(store):
    store.models.propose(record("aaa"))
    (found,) = store.models.all()
    assert found == record("aaa", state="proposed", since=NOW)
    assert store.models.get("aaa") == found
    assert store.models.get("bbb") is None
    assert store.models.in_force() is None


def test_what_stands_is_not_proposed_twice(store):
    store.models.propose(record("aaa"))
    with pytest.raises(StoreError, match="aaa is proposed already; it cannot be proposed again"):
        store.models.propose(record("aaa", note="once more"))


def test_a_promotion_retires_what_was_in_force_and_a_rollback_brings_it_back(store):
    for one in ("aaa", "bbb"):
        store.models.propose(record(one))
    step(store, "aaa", "promote", 1)
    step(store, "bbb", "promote", 2)
    assert states(store) == {"aaa": "retired", "bbb": "in force"}
    assert store.models.before().id == "aaa"
    step(store, "bbb", "rollback", 3)
    assert states(store) == {"aaa": "in force", "bbb": "retired"}
    assert store.models.in_force().since == later(3)
    assert store.models.before() is None


def test_the_last_rollback_leads_back_to_the_settings(store):
    store.models.propose(record("aaa"))
    step(store, "aaa", "promote", 1)
    step(store, "aaa", "rollback", 2)
    assert store.models.in_force() is None
    assert states(store) == {"aaa": "retired"}


def test_what_is_retired_can_be_proposed_anew(store):
    store.models.propose(record("aaa"))
    step(store, "aaa", "retire", 1)
    store.models.propose(record("aaa", proposed_at=later(2), note="again"))
    (found,) = store.models.all()
    assert (found.state, found.since, found.proposed_at) == ("proposed", later(2), NOW)
    assert [(one.action, one.reason) for one in store.models.events("aaa")] == [
        ("propose", "try"),
        ("retire", ""),
        ("propose", "again"),
    ]


@pytest.mark.parametrize("action", ["rollback", "retire"])
def test_a_step_that_the_state_does_not_allow_is_refused(store, action):
    store.models.propose(record("aaa"))
    if action == "retire":
        step(store, "aaa", "promote")
    with pytest.raises(StoreError, match="cannot be"):
        step(store, "aaa", action)


def test_a_step_of_an_unknown_configuration_is_refused(store):
    with pytest.raises(StoreError, match="there is no configuration 'zzz'; `arrivals model list` shows all"):
        step(store, "zzz", "promote")


def test_those_already_in_shadow_go_on_before_others_begin(store):
    for at, one in enumerate(("aaa", "bbb", "ccc")):
        store.models.propose(record(one, proposed_at=later(-at)))
    step(store, "aaa", "shadow")
    assert [one.id for one in store.models.running(2)] == ["aaa", "ccc"]
    step(store, "ccc", "retire", 2)
    assert [one.id for one in store.models.running(2)] == ["aaa", "bbb"]
