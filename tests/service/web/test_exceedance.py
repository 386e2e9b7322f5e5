"""Chances of planned measures of totals: sums over crossings, path by path."""

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from service.store.records import PublishedPlan
from tests.service.web import world as module
from tests.service.web.planned import plan_of_world
from tests.service.web.world import HORIZON, World, issue_of, publish


def chances(client: FlaskClient, world: World, measure: str, threshold: float) -> Any:
    query = {"place": "west-quarrel", "measure": measure, "threshold": threshold}
    return client.get("/v1/exceedance", query_string=query, headers=world.headers("west planner"))


@pytest.mark.parametrize("measure", ["demand", "throughput", "queue", "booths_needed"])
def test_people_and_booths_of_a_region_are_summed_path_by_path(
    client: FlaskClient, world: World, measure: str
) -> None:
    paths = world.store.plans.paths("issue-1", measure, place_ids=["amberford", "birchgate"])
    assert paths is not None
    summed = paths.values.sum(axis=1)
    threshold = float(np.median(summed[:, 2]))
    days = chances(client, world, measure, threshold).get_json()["days"]
    each = [day["probability"] for day in days]
    np.testing.assert_allclose(each, (summed > threshold).mean(axis=0))
    ever = [(summed[:, : day + 1] > threshold).any(axis=1).mean() for day in range(HORIZON)]
    np.testing.assert_allclose([day["probability_by_then"] for day in days], ever)
    assert 0 < each[2] < 1


@pytest.mark.parametrize("measure", ["longest_wait", "mean_wait"])
def test_waits_of_a_region_do_not_add_up(client: FlaskClient, world: World, measure: str) -> None:
    answer = chances(client, world, measure, 1)
    assert answer.status_code == 404
    assert "arrivals capacities import" in answer.get_json()["detail"]


def test_a_sum_without_one_of_the_crossings_is_not_told(
    own_client: FlaskClient, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = plan_of_world

    def without_amberford(*facts: Any) -> PublishedPlan:
        plan = whole(*facts)
        one, every = plan.paths["throughput"], dict(plan.paths)
        kept = one.totals(one.ids[1:], np.eye(len(one.ids), dtype=bool)[1:])
        return PublishedPlan(plan.blocks, every | {"throughput": kept})

    monkeypatch.setattr(module, "plan_of_world", without_amberford)
    publish(own_world.store, issue_of(name="issue-2"), scores=())
    assert chances(own_client, own_world, "demand", 1).status_code == 200
    assert chances(own_client, own_world, "throughput", 1).status_code == 404
