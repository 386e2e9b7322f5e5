"""Scenarios: appended whole, read within a scope, judged later."""

from dataclasses import fields
from datetime import timedelta

import numpy as np

from service.store.records import Scope
from service.store.scenario_records import ScenarioScore, ScenarioVerdict
from tests.service.store.builders import CUTOFF, NOW, publish, scenario_block, scenario_record

WEST, EAST = Scope(places=frozenset({"west"})), Scope(places=frozenset({"east"}))


def put(border, scenario_id, *places, **changes):
    record = scenario_record(scenario_id, "first", *places, **changes)
    border.scenarios.put(record, [scenario_block("ferry"), scenario_block("pass", "queue", level=8)])
    return record


def test_a_scenario_comes_back_as_it_was_told(border):
    publish(border, "first", "ferry")
    record = put(border, "s-1", "ferry", "west")
    assert border.scenarios.get("s-1") == record
    found = border.scenarios.results("s-1")
    expected = [scenario_block("ferry"), scenario_block("pass", "queue", level=8)]
    for one, other in zip(found, expected, strict=True):
        for field in fields(one):
            np.testing.assert_equal(getattr(one, field.name), getattr(other, field.name))


def test_a_reader_sees_scenarios_that_name_an_own_place_and_results_of_own_places(border):
    publish(border, "first", "ferry")
    put(border, "s-1", "ferry", "west")
    put(border, "s-2", "pass")
    put(border, "s-3", "ferry", "pass")
    seen = {scope: [one.id for one in border.scenarios.page(9, scope)] for scope in (WEST, EAST)}
    assert seen == {WEST: ["s-3", "s-1"], EAST: ["s-3", "s-2"]}
    assert border.scenarios.get("s-1", EAST) is None
    assert [one.place_id for one in border.scenarios.results("s-3", WEST)] == ["ferry"]
    assert border.scenarios.page(9, Scope()) == ()


def test_pages_go_back_in_time(border):
    publish(border, "first", "ferry")
    for name in ("s-1", "s-2", "s-3"):
        put(border, name, "ferry")
    assert [one.id for one in border.scenarios.page(2)] == ["s-3", "s-2"]
    assert [one.id for one in border.scenarios.page(2, before="s-2")] == ["s-1"]


def test_those_that_speak_of_a_day_or_later_are_found(border):
    publish(border, "first", "ferry")
    put(border, "s-1", "ferry")
    put(border, "s-2", "ferry", last_target=CUTOFF + timedelta(days=9))
    assert [one.id for one in border.scenarios.reaching(CUTOFF + timedelta(days=3))] == ["s-1", "s-2"]
    assert [one.id for one in border.scenarios.reaching(CUTOFF + timedelta(days=4))] == ["s-2"]


def test_the_newest_verdict_and_the_newest_score_of_a_day_count(border):
    publish(border, "first", "ferry")
    put(border, "s-1", "ferry", "pass")
    assert border.scenarios.verdict("s-1") is None
    early = ScenarioVerdict("s-1", NOW, "open", 2, 20.0, 21.0, "2 days are known")
    late = ScenarioVerdict("s-1", NOW, "met", 5, 50.0, 51.0, "so it came")
    first = ScenarioScore("s-1", "ferry", CUTOFF, NOW, 10.0, 1.0, 2.0)
    corrected = ScenarioScore("s-1", "ferry", CUTOFF, NOW, 12.0, 3.0, 4.0)
    other = ScenarioScore("s-1", "pass", CUTOFF, NOW, 5.0, 1.5, 2.5)
    publish(border, "second", "ferry", scores=[early, first, other])
    publish(border, "third", "ferry", scores=[late, corrected])
    assert border.scenarios.verdict("s-1") == late
    assert border.scenarios.scores("s-1") == (corrected, other)
    assert border.scenarios.scores("s-1", EAST) == (other,)
