"""Whether the service says that something is wrong with what it published."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from service.cli import main
from service.store.blocks import checksum
from service.store.records import CapacityRecord
from tests.service.mail.builders import a_letter
from tests.service.web.world import CUTOFF, NOW, World, issue_of, published, sample_paths


def publish_without_a_plan(world: World) -> None:
    """A capacity is in force, and the next issue has forecasts alone."""
    document = {"place": "amberford", "valid_from": "2022-09-01", "booths": 2, "service_rate": 40}
    first, known = CUTOFF.replace(day=1), NOW - timedelta(days=2)
    record = CapacityRecord("amberford", first, None, document, known, "test")
    world.store.capacities.put([record], at=known)
    forecasts = published(sample_paths(), world.store.places.all())
    vintage = world.store.capacities.vintage()
    new = replace(issue_of(name="bare"), last_capacity=vintage, checksum=checksum(forecasts, {}))
    world.store.issues.publish(new, forecasts, {})


def test_a_plan_that_failed_is_told_to_who_watches(own_client: FlaskClient, own_world: World) -> None:
    assert own_client.get("/healthz").get_json()["status"] == "ok"
    publish_without_a_plan(own_world)
    answer = own_client.get("/healthz").get_json()
    assert answer["status"] == "degraded"
    (reason,) = answer["reasons"]
    assert "no plan" in reason


def test_letters_in_trouble_are_told_to_who_watches_without_whose_they_are(
    own_client: FlaskClient, own_world: World
) -> None:
    outbox = own_world.store.outbox
    outbox.put([a_letter(f"2022-W{week}", at=NOW) for week in (37, 38, 39)])
    for ending in ("failed", "uncertain"):
        claimed = outbox.claim("mail", owner="one", now=NOW, lease_until=NOW + timedelta(hours=1))
        getattr(outbox, ending)(claimed, "no such desk", at=NOW)
    answer = own_client.get("/healthz").get_json()
    assert answer["status"] == "degraded"
    assert answer["reasons"] == ["letters that failed: 1", "letters that may or may not have come: 1"]
    for number in (1, 2):
        outbox.settle(number, "leave", by="cli:op", at=NOW, until=NOW)
    assert own_client.get("/healthz").get_json()["status"] == "ok"


def test_the_doctor_finds_that_a_plan_failed(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARRIVALS_DATABASE", str(own_world.store.database.url))
    monkeypatch.delenv("ARRIVALS_CONFIG", raising=False)
    assert "problem  plan" not in CliRunner().invoke(main, ["doctor"]).output
    publish_without_a_plan(own_world)
    said = CliRunner().invoke(main, ["doctor"])
    assert said.exit_code == 1
    assert "problem  plan: the last issue has none" in said.output
