from dataclasses import replace
from datetime import timedelta

import pytest

from service.cycle.promotion import LEAST_DAYS, evidence_of
from service.store.model_records import ModelEvent, Shadow
from service.store.records import Score
from tests.service.store.builders import CUTOFF, NOW, REGISTER, publish, score
from tests.service.store.test_models import record

LAST = CUTOFF + timedelta(days=40)


@pytest.fixture
def border(sqlite_store):
    sqlite_store.places.put(REGISTER, at=NOW)
    sqlite_store.models.propose(record("c0ffee"))
    return sqlite_store


def night(store, number, *, wis, published=10.0, configuration="c0ffee", place="ferry"):
    """An issue with a shadow beside it, both scored on the day after."""
    cutoff = CUTOFF + timedelta(days=number)
    issue = publish(store, f"issue-{number}", place, cutoff=cutoff)
    facts: Score = score(issue.id, place, target_date=cutoff + timedelta(days=1), wis=published)
    publish(store, f"after-{number}", scores=[facts], cutoff=cutoff)
    made_at = NOW + timedelta(days=number)
    last = cutoff + timedelta(days=3)
    shadow = Shadow(configuration, issue.id, made_at, 3, last, "0.1.0", (), [replace(facts, wis=wis)])
    store.shadows.publish(shadow)


def evidence(store, configuration="c0ffee"):
    return evidence_of(store, store.models.get(configuration), last=LAST)


def test_a_configuration_without_scores_is_too_young(border):
    found = evidence(border)
    assert found.compared is None
    assert found.objections == (f"it has 0 scored days in shadow, and {LEAST_DAYS} are wanted",)


def test_a_better_one_that_ran_long_enough_may_be_promoted(border):
    for number in range(LEAST_DAYS):
        night(border, number, wis=8.0)
    found = evidence(border)
    assert (found.days, found.objections) == (LEAST_DAYS, ())
    assert found.compared.overall.relative == pytest.approx(0.8)
    assert found.compared.overall.forecasts == LEAST_DAYS


def test_a_better_one_is_too_young_until_each_weekday_came_twice(border):
    for number in range(LEAST_DAYS - 1):
        night(border, number, wis=8.0)
    assert evidence(border).objections == (
        f"it has {LEAST_DAYS - 1} scored days in shadow, and {LEAST_DAYS} are wanted",
    )


def test_a_worse_one_is_refused_with_the_verdict(border):
    for number in range(LEAST_DAYS):
        night(border, number, wis=12.0 + 0.1 * (number % 3))
    (objection,) = evidence(border).objections
    assert objection.startswith("it is worse: the one in force is better: c0ffee scores 20.9% higher")


def test_totals_do_not_count_beside_their_crossings(border):
    for number in range(LEAST_DAYS):
        night(border, number, wis=8.0)
    night(border, LEAST_DAYS, wis=900.0, place="west")
    assert evidence(border).compared.overall.relative == pytest.approx(0.8)


def test_issues_of_a_configuration_that_is_no_longer_in_force_are_no_measure(border):
    border.models.propose(record("decade"))
    for number in range(LEAST_DAYS):
        night(border, number, wis=8.0)
    at = NOW + timedelta(days=LEAST_DAYS)
    border.models.act(ModelEvent("decade", "promote", at, "operator"))
    assert evidence(border).days == 0
    night(border, LEAST_DAYS + 1, wis=9.0)
    assert evidence(border).compared.overall.relative == pytest.approx(0.9)


def test_a_count_corrected_after_the_shadow_ended_is_no_measure(border):
    for number in range(LEAST_DAYS + 1):
        night(border, number, wis=8.0)
    day = CUTOFF + timedelta(days=1)
    corrected = score(
        "issue-0", "ferry", target_date=day, wis=900.0, observed=5_000.0, as_of=NOW + timedelta(30)
    )
    publish(border, "later", scores=[corrected], cutoff=LAST)
    found = evidence(border)
    assert found.days == LEAST_DAYS
    assert found.compared.overall.relative == pytest.approx(0.8)
