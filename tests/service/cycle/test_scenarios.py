"""Scenarios of a real issue: beside its plan, judged by the counts that come in, scored apart."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecast.pipeline import in_order
from forecast.planning.registers import CapacityError
from service.cycle import Means, complete_cycle
from service.cycle.scenarios import Asked, ScenarioError, run_scenario
from service.store import Store
from service.store.records import EVERYTHING, CapacityRecord
from tests.service.borders import CROSSINGS, FIRST_DAY, Border, accept, fast_settings, rows

BORDER = Border(days=60)
NOW = BORDER.morning_after
CUTOFF = NOW.date() - timedelta(days=1)
BEDS = {"bed_share": 0.5, "stays": [{"kind": "stay", "weight": 10, "mean_nights": 3}]}
DOCUMENTS = (
    {"place": "bridge", "booths": 2, "service_rate": 10},
    {"place": "ferry", "booths": 3, "service_rate": 10},
    {"place": "pass", "booths": 4, "service_rate": 20},
    {"place": "west", "beds": 300, **BEDS},
    {"place": "east", "beds": 2_000, **BEDS},
)


def day(ahead: int) -> str:
    return (CUTOFF + timedelta(days=ahead)).isoformat()


def cycle(store, *, now=NOW):
    return complete_cycle(store, fast_settings(horizon=14), Means(in_order), now=now).issue


def register(store, at=NOW):
    documents = [{**one, "valid_from": FIRST_DAY.isoformat()} for one in DOCUMENTS]
    store.capacities.put(
        [CapacityRecord(one["place"], FIRST_DAY, None, one, at, "test") for one in documents], at=at
    )


@pytest.fixture
def planned(sqlite_store: Store) -> Store:
    """A border with registers and an issue with a plan."""
    BORDER.fill(sqlite_store)
    register(sqlite_store)
    cycle(sqlite_store)
    return sqlite_store


def run(store, *assumptions, issue=None):
    found = issue or store.issues.latest()
    asked = Asked(list(assumptions), "", found, store.places.all(), "key-1", NOW)
    record = run_scenario(store, asked)
    return record, {(one.place_id, one.measure): one for one in store.scenarios.results(record.id)}


def multiply(*places, **more):
    return {"kind": "multiply", "places": list(places), "multiple": 2, **more}


def test_multiplying_by_one_differs_from_the_published_plan_in_nothing(planned):
    _, results = run(planned, multiply("land", multiple=1))
    assert set(results) == {(place, "demand") for place in CROSSINGS}  # kept to judge it by
    assert all(
        (one.difference == 0).all() and (one.forecast == one.scenario).all() for one in results.values()
    )


def test_a_closure_empties_a_crossing_and_burdens_its_neighbour_and_nobody_else(planned):
    closing = {"kind": "close", "place": "ferry", "from": day(2), "until": day(4), "to": {"bridge": 0.5}}
    record, results = run(planned, closing)
    ferry, bridge, west = (results[place, "demand"] for place in ("ferry", "bridge", "west"))
    assert (ferry.scenario[1:4] == 0).all()
    assert (ferry.forecast[1:4] > 0).all()
    assert bridge.expected[1:4] == pytest.approx(ferry.forecast[1:4].mean(axis=1) / 2, rel=0.1)
    assert west.expected == pytest.approx(ferry.expected + bridge.expected, abs=0.11)
    closed = results["ferry", "throughput"].scenario[1:4]
    assert closed[:2].max() == 0
    assert closed[2].max() <= 3  # who stands next when the booths open at midnight
    assert results["bridge", "mean_wait"].expected[1] > 0
    assert not [place for place, _ in results if place in ("pass", "east")]
    assert (record.touched, record.shut) == ({"bridge": (1, 2, 3), "ferry": (1, 2, 3)}, {"ferry": (1, 2, 3)})


def test_the_forecast_beside_it_is_the_published_one(planned):
    issue = planned.issues.latest()
    _, results = run(planned, multiply("pass"))
    published = planned.plans.paths(issue.id, "longest_wait").quantiles()
    row = published.ids.index("pass")
    assert results["pass", "longest_wait"].forecast == pytest.approx(published.values[row], abs=0.051)


def test_more_beds_are_beds_that_fewer_go_without(planned):
    change = {"kind": "change", "place": "west", "change": {"beds": 2_000}}
    _, results = run(planned, change)
    assert {place for place, _ in results} == {"west", "land"}
    assert (results["west", "without_bed"].expected <= 0).all()
    assert results["west", "without_bed"].expected.min() < 0
    assert ("west", "beds_needed") not in results


def test_a_scenario_remembers_what_it_was_made_from(planned):
    issue = planned.issues.latest()
    record, _ = run(planned, multiply("ferry", **{"from": day(3)}))
    assert (record.issue_id, record.last_capacity, record.actor) == (issue.id, 5, "key-1")
    assert record.last_target == CUTOFF + timedelta(days=14)
    assert planned.scenarios.get(record.id) == record
    assert record.assumptions[0]["words"].startswith(f"From {day(3)}, 2 times as many people come to ferry")


def test_without_registers_demand_alone_is_told(sqlite_store):
    BORDER.fill(sqlite_store)
    cycle(sqlite_store)
    _, results = run(sqlite_store, multiply("ferry"))
    assert set(results) == {("ferry", "demand"), ("west", "demand"), ("land", "demand")}
    assert results["ferry", "demand"].paths is not None


def test_an_issue_that_keeps_no_paths_answers_none(planned):
    old = planned.issues.latest()
    for hours in (1, 2):
        complete_cycle(
            planned,
            fast_settings(horizon=14, keep_paths=1),
            Means(in_order),
            now=NOW + timedelta(hours=hours),
        )
    with pytest.raises(ScenarioError, match="keeps its quantiles only"):
        run(planned, multiply("ferry"), issue=old)


def test_nobody_is_sent_to_a_crossing_that_the_issue_holds_closed(planned):
    shut = {date.fromisoformat(day(n)): np.nan for n in (0, -1, -2)}
    accept(planned, rows("bridge", "arrivals", shut, "closed"), at=NOW)
    cycle(planned, now=NOW + timedelta(hours=1))
    closing = {"kind": "close", "place": "ferry", "to": {"bridge": 0.5}}
    with pytest.raises(CapacityError, match="bridge, closed on"):
        run(planned, closing)


def come_in(store, known: int, *, times: float = 1.0, closed=()):
    """Counts of the days after the cutoff: those of the seeded border, `times` as many at the ferry."""
    frame = replace(BORDER, days=BORDER.days + known).frame()
    frame = frame[frame["date"].dt.date > CUTOFF].copy()
    ferry = frame["place"] == "ferry"
    frame.loc[ferry, "value"] = (frame.loc[ferry, "value"] * times).round()
    accept(store, frame)
    if closed:
        shut = {date.fromisoformat(one): np.nan for one in closed}
        accept(store, rows("ferry", "arrivals", shut, "closed"), at=NOW + timedelta(days=known))
    cycle(store, now=NOW + timedelta(days=known))


def test_a_premise_that_came_true_is_scored_beside_the_forecast_and_apart_from_its_scores(planned):
    issue = planned.issues.latest()
    right, _ = run(planned, multiply("ferry", multiple=1.5))
    wrong, _ = run(planned, multiply("ferry", multiple=4))
    come_in(planned, 4, times=1.5)
    assert planned.scenarios.verdict(right.id).state == "open"
    come_in(planned, 6, times=1.5)
    met, missed = (planned.scenarios.verdict(one.id) for one in (right, wrong))
    assert (met.state, met.known_days, missed.state) == ("met", 6, "not met")
    scores = planned.scenarios.scores(right.id)
    assert [(one.place_id, one.target_date.isoformat()) for one in scores] == [
        ("ferry", day(n)) for n in range(1, 7)
    ]
    assert np.mean([one.wis for one in scores]) < np.mean([one.forecast_wis for one in scores])
    assert planned.scenarios.scores(wrong.id) == ()
    assert issue.id in set(planned.scores.read(EVERYTHING)["issue_id"])
    assert not set(planned.scores.read(EVERYTHING)["issue_id"]) & {right.id, wrong.id}


def test_a_verdict_is_kept_once_and_a_corrected_count_is_scored_again(planned):
    record, _ = run(planned, multiply("ferry", multiple=1.5))
    come_in(planned, 6, times=1.5)
    late = NOW + timedelta(days=6, hours=3)
    accept(planned, rows("ferry", "arrivals", {date.fromisoformat(day(2)): 480.0}), at=late)
    cycle(planned, now=late)
    scores = planned.scenarios.scores(record.id)
    assert (len(scores), scores[1].observed, scores[1].as_of) == (6, 480.0, late)
    assert scores[0].as_of == NOW + timedelta(days=6)
    with planned.database.read() as connection:
        verdicts = connection.exec_driver_sql("SELECT count(*) FROM scenario_verdict").scalar()
    assert verdicts == 2


def test_an_assumed_closure_has_to_be_reported(planned):
    closing = {"kind": "close", "place": "ferry", "from": day(1), "until": day(6)}
    record, _ = run(planned, closing)
    come_in(planned, 6, closed=[day(n) for n in range(1, 7)])
    assert planned.scenarios.verdict(record.id).state == "met"
    assert planned.scenarios.scores(record.id) == ()  # closed days are no counts
    other, _ = run(planned, {**closing, "place": "pass", "from": day(8), "until": day(9)})
    come_in(planned, 8)
    assert planned.scenarios.verdict(other.id).state == "not met"
