from datetime import timedelta

import numpy as np
import pytest

from service.store import StoreError
from service.store.model_records import ModelEvent, Shadow
from tests.service.store.builders import CUTOFF, NOW, forecast, publish, score
from tests.service.store.test_models import record


@pytest.fixture
def proposed(border):
    """A store with two issues and two configurations proposed."""
    publish(border, "first", "ferry")
    publish(border, "second", "ferry", cutoff=CUTOFF + timedelta(days=1))
    for one in ("aaa", "bbb"):
        border.models.propose(record(one))
    return border


def shadow(configuration_id, issue_id, *, days=0, **changes):
    facts = {"made_at": NOW, "horizon": 3, "model_version": "0.1.0"}
    last = CUTOFF + timedelta(days=days + 3)
    return Shadow(configuration_id, issue_id, **{"last_target": last, **facts, **changes})


def test_a_shadow_comes_back_and_is_no_issue(proposed):
    forecasts = [forecast("ferry", flags=("stale",)), forecast("bridge")]
    proposed.shadows.publish(shadow("aaa", "first", forecasts=forecasts))
    found = proposed.shadows.forecasts("aaa", "first")
    assert [one.place_id for one in found] == ["ferry", "bridge"]
    assert np.array_equal(found[0].values, forecasts[0].values)
    assert (found[0].modes, found[0].flags) == (("calm",) * 3, ("stale",))
    assert proposed.shadows.forecasts("bbb", "first") == ()
    assert proposed.shadows.forecasts("aaa", "first", measure="departures") == ()
    assert len(proposed.issues.forecasts("first")) == 1
    assert proposed.issues.latest().id == "second"


def test_the_first_shadow_says_that_a_configuration_is_in_shadow(proposed):
    proposed.shadows.publish(shadow("aaa", "first"))
    proposed.shadows.publish(shadow("aaa", "second", days=1))
    assert proposed.models.get("aaa").state == "shadow"
    assert [one.action for one in proposed.models.events("aaa")] == ["propose", "shadow"]
    assert proposed.shadows.last("aaa").issue_id == "second"
    assert proposed.shadows.last("bbb") is None
    assert proposed.shadows.nights() == {"aaa": (2, NOW), "bbb": (0, None)}


def test_nothing_is_kept_of_a_configuration_that_was_retired_meanwhile(proposed):
    proposed.models.act(ModelEvent("aaa", "retire", NOW, "operator"))
    with pytest.raises(StoreError, match="is retired; it cannot be begun in shadow"):
        proposed.shadows.publish(shadow("aaa", "first", forecasts=[forecast("ferry")]))
    assert proposed.shadows.last("aaa") is None
    assert proposed.shadows.forecasts("aaa", "first") == ()


def test_shadows_are_found_by_the_days_they_speak_of(proposed):
    proposed.shadows.publish(shadow("aaa", "first"))
    proposed.shadows.publish(shadow("aaa", "second", days=1))
    last = CUTOFF + timedelta(days=4)
    assert [one.issue_id for one in proposed.shadows.covering("aaa", last, last)] == ["second"]
    first = CUTOFF + timedelta(days=1)
    assert [one.issue_id for one in proposed.shadows.covering("aaa", first, first)] == ["first"]
    both = proposed.shadows.covering("aaa", first, last)
    assert [one.issue_id for one in both] == ["second", "first"]


def test_scores_of_shadows_stand_apart_by_configuration(proposed):
    publish(proposed, "third", scores=[score("first", "ferry", wis=1.0)])
    for one, wis in (("aaa", 2.0), ("bbb", 3.0)):
        proposed.shadows.publish(shadow(one, "first", scores=[score("first", "ferry", wis=wis)]))
    proposed.shadows.publish(
        shadow("aaa", "second", scores=[score("first", "ferry", wis=4.0, as_of=NOW + timedelta(hours=1))])
    )
    assert list(proposed.scores.read()["wis"]) == [1.0]
    assert list(proposed.scores.of_shadow("aaa").read()["wis"]) == [4.0]
    assert list(proposed.scores.of_shadow("bbb").read()["wis"]) == [3.0]
    assert proposed.scores.of_shadow("ccc").read().empty


def test_hindcasts_of_a_shadow_are_kept_for_the_next_night(proposed):
    proposed.shadows.publish(shadow("aaa", "first"), kept={"key": np.ones((2, 3))})
    assert np.array_equal(proposed.hindcasts.all()["key"], np.ones((2, 3)))
