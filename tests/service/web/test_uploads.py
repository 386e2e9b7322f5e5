"""Malformed uploads sent over HTTP: answered as faults of the sender, and nothing is stored."""

import random
from collections import Counter

import pytest
from flask.testing import FlaskClient

from tests.service.ingest.test_malformed import KINDS
from tests.service.web.world import World


@pytest.mark.parametrize("media", ["text/csv", "application/json"])
def test_a_malformed_upload_is_answered_as_the_senders_fault_and_changes_nothing(
    own_world: World, own_client: FlaskClient, media: str
) -> None:
    told: Counter[int] = Counter()
    for seed in range(60):
        before = own_world.store.observations.vintage()
        content = KINDS[seed % len(KINDS)](random.Random(seed))
        headers = {**own_world.headers("operator"), "Content-Type": media}
        answer = own_client.post("/v1/observations", headers=headers, data=content)
        told[answer.status_code] += 1
        assert answer.status_code < 500, (seed, answer.get_data(as_text=True))
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json"
            assert own_world.store.observations.vintage() == before
    assert sum(number for status, number in told.items() if status >= 400) > 40
