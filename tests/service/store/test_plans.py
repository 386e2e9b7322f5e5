"""Plans in the store: published whole with their issue, never changed."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from service.store import Scope, blocks
from service.store.records import NO_PLAN, CapacityRecord, PlanBlock, PublishedPlan
from tests.service.store.builders import CUTOFF, NOW, forecast, issue, sample_paths

PLAN = PublishedPlan(
    (
        PlanBlock("waits", "ferry", {"standing": 12.5, "late_chance": {"0.5": [0.25, 1.0]}}),
        PlanBlock("waits", "pass", {"standing": 0.0}),
        PlanBlock("beds", "west", {"beds": [30, 30], "statement": [None, "full"]}),
    ),
    {"longest_wait": sample_paths("ferry", "pass"), "beds_needed": sample_paths("west", seed=2)},
)


def publish(store, name="first", plan=PLAN, last_capacity=0, **changes):
    given = [forecast("ferry")]
    new = replace(issue(name, given), checksum=blocks.checksum(given, {}, plan), last_capacity=last_capacity)
    store.issues.publish(new, given, {}, plan=plan, **changes)
    return new


def test_a_plan_comes_back_as_it_was_published(border):
    publish(border)
    assert border.plans.blocks("first", "waits") == PLAN.blocks[:2]
    assert border.plans.blocks("first", "waits", place_ids=["pass"]) == PLAN.blocks[1:2]
    assert border.plans.blocks("first", "staff") == ()
    read = border.plans.paths("first", "longest_wait")
    assert read.ids == ("ferry", "pass")
    np.testing.assert_array_equal(read.values, PLAN.paths["longest_wait"].values)
    np.testing.assert_array_equal(
        border.plans.paths("first", "longest_wait", place_ids=["pass"]).values[:, 0], read.values[:, 1]
    )


def test_a_reader_gets_the_parts_of_the_places_in_scope_alone(border):
    publish(border)
    east = Scope(places=frozenset({"east"}))
    assert [one.place_id for one in border.plans.blocks("first", "waits", east)] == ["pass"]
    assert border.plans.blocks("first", "beds", east) == ()


def test_the_checksum_tells_of_the_plan(border):
    given = [forecast("ferry")]
    changed = replace(PLAN, blocks=(PlanBlock("waits", "ferry", {"standing": 13.0}), *PLAN.blocks[1:]))
    sums = {blocks.checksum(given, {}, plan) for plan in (NO_PLAN, PLAN, changed, replace(PLAN, paths={}))}
    assert len(sums) == 4
    assert blocks.checksum(given, {}) in sums
    with pytest.raises(ValueError, match="checksum"):
        border.issues.publish(issue("first", given), given, {}, plan=PLAN)
    assert border.issues.latest() is None


def test_paths_of_old_issues_go_and_their_parts_stay(border):
    for number in range(3):
        publish(border, f"issue-{number}", keep_paths=2)
    assert border.plans.paths("issue-0", "longest_wait") is None
    assert border.plans.paths("issue-1", "longest_wait") is not None
    assert border.plans.blocks("issue-0", "waits") == PLAN.blocks[:2]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM plan_block",
        "UPDATE plan_block SET kind = 'staff'",
        "UPDATE plan_path_block SET position = 9",
    ],
)
def test_the_database_refuses_to_change_a_plan(border, statement):
    publish(border)
    with pytest.raises(DatabaseError, match="never changed"), border.database.write() as connection:
        connection.execute(text(statement))
    assert border.plans.blocks("first", "waits") == PLAN.blocks[:2]


def capacity(place, first, *, until=None, at=NOW, withdrawn=False):
    document = {"place": place, "valid_from": first.isoformat(), "booths": 1, "service_rate": 50}
    return CapacityRecord(place, first, until, document, at, "test", withdrawn)


@pytest.mark.parametrize(
    ("known", "failed"),
    [
        ([], False),
        ([capacity("ferry", CUTOFF)], True),
        ([capacity("ferry", CUTOFF + timedelta(days=1))], True),
        ([capacity("ferry", CUTOFF + timedelta(days=2))], False),
        ([capacity("ferry", CUTOFF - timedelta(days=9), until=CUTOFF)], False),
        ([capacity("ferry", CUTOFF), capacity("ferry", CUTOFF, withdrawn=True)], False),
        ([capacity("ferry", CUTOFF, at=NOW + timedelta(hours=1))], False),
    ],
)
def test_an_issue_without_a_plan_failed_only_where_a_capacity_was_in_force(border, known, failed):
    for one in known:
        border.capacities.put([one], at=one.recorded_at)
    new = publish(border, plan=NO_PLAN, last_capacity=len(known))
    assert border.plans.failed(new) is failed


def test_an_issue_with_a_plan_did_not_fail(border):
    border.capacities.put([capacity("ferry", CUTOFF)], at=NOW)
    assert not border.plans.failed(publish(border, last_capacity=1))
