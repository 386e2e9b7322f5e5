"""The example of docs/planning/scenarios.md is answered by the demonstration's places and capacities."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from forecast.planning.scenarios import ANALOGUES
from service.demo import CAPACITIES_FILE
from service.ingest import CapacityDesk, read_capacities, read_places
from service.ingest.capacities import register
from service.store import Store
from service.web import create_app
from tests.docs.pages import ROOT, blocks
from tests.service.web.world import NOW, FixedSettings, build_world, issue_of, publish

PAGE = ROOT / "docs" / "planning" / "scenarios.md"


def test_the_example_is_answered_with_waits_and_beds(tmp_path: Path) -> None:
    (example,) = blocks(PAGE, "json")
    places = read_places((ROOT / "data" / "places.csv").read_bytes(), name="places.csv")
    assert isinstance(places, tuple)
    levels = {place.id: 1_000 for place in places if place.level == "crossing"}
    with Store.open(f"sqlite:///{tmp_path / 'arrivals.db'}") as store:
        world = build_world(store, places, levels, {"operator": ("operator", ())})
        desk = CapacityDesk.of(store, now=NOW - timedelta(hours=1), actor="test")
        capacities = json.loads(CAPACITIES_FILE.read_bytes())["capacities"]
        known = [one for one in capacities if one["recorded_at"] < "2022-09-26"]
        read = read_capacities(json.dumps(known).encode(), desk)
        assert isinstance(read, tuple), read
        register(store, read, desk)
        seen = replace(issue_of(name="issue-2"), last_capacity=store.capacities.vintage())
        publish(store, seen, levels=levels, scores=())
        client = create_app(store, FixedSettings()).test_client()
        answer = client.post(
            "/v1/scenarios", json=json.loads(example.text), headers=world.headers("operator")
        )
        assert answer.status_code == 201, answer.get_data(as_text=True)
        told = {(one["place"]["id"], one["measure"]) for one in answer.get_json()["results"]}
    assert {("taskala", "mean_wait"), ("syrym", "demand"), ("west-kazakhstan", "beds_needed")} <= told


def test_the_page_tells_every_analogue_as_the_code_has_it() -> None:
    rows = {line.split("`")[1]: line for line in PAGE.read_text().splitlines() if line.startswith("| `")}
    for name, analogue in ANALOGUES.items():
        assert f"| {analogue.multiple} |" in rows[name]
        assert f"{analogue.shape.rise_days} days of rise" in rows[name]
