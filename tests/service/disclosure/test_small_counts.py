"""No count that is too small to tell can be computed from what a planner is told, now and later."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from service.access import create_key
from service.clock import FixedClock
from service.disclosure import months
from service.disclosure.families import Hidden
from service.settings import Settings
from service.store import Store
from service.web import create_app
from tests.service.disclosure.border_stories import FIRST, HISTORY, LIVE, Story, accept, morning, story
from tests.service.disclosure.outsider import Outsider

THRESHOLD = 6


class Standing(Settings):
    """Settings whose clock stands after all that happens."""

    @property
    def clock(self) -> FixedClock:  # type: ignore[override]
        return FixedClock(morning(LIVE + 1))


def told_in_course(told: Story, folder: Path) -> Outsider:
    """Live through a story with a planner of everything who asks after every upload, and keeps all."""
    with Store.open(f"sqlite:///{folder / f'{id(told)}.db'}") as store:
        store.places.put(told.places, at=datetime(2023, 1, 1, tzinfo=morning(0).tzinfo))
        secret = create_key(store, "planner", ["land"], now=morning(-2), by="test")[1]
        app = create_app(store, Standing(small_counts=THRESHOLD, rate_limit="100000 per minute"))
        client, outsider = app.test_client(), Outsider(told, THRESHOLD)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        for number, upload in enumerate(told.uploads):
            accept(store, upload, number)
            outsider.sees(upload)
            _ask(client, outsider, upload[0].recorded_at)
        for upload in told.uploads:
            _ask(client, outsider, upload[0].recorded_at, as_of=upload[0].recorded_at)
    return outsider


def _ask(
    client: FlaskClient, outsider: Outsider, now: datetime, *, as_of: datetime | None = None
) -> dict[str, Any]:
    first = FIRST + timedelta(days=HISTORY - 5)
    for place in (None, *(total.id for total in outsider.story.totals)):
        query = {"first": first.isoformat(), "limit": "10000"}
        query |= {"place": place} if place else {}
        query |= {"as_of": as_of.isoformat().replace("+00:00", "Z")} if as_of else {}
        answer = client.get("/v1/observations", query_string=query)
        assert answer.status_code == 200
        outsider.hears(answer.get_json(), as_of or now)
    return {}


def given_away(outsider: Outsider) -> list[Any]:
    """The small counts that were told, or of which only one value is left."""
    small = [
        version
        for version, row in outsider.rows.items()
        if row.status == "reported" and row.people < THRESHOLD and row.day >= FIRST + timedelta(HISTORY - 5)
    ]
    told = [version for version in small if version in outsider.told]
    hidden = [version for version in small if version not in outsider.told]
    return told + [version for version in hidden if len(set(outsider.range_of(version))) == 1]


@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_small_count_can_be_computed_from_all_that_is_ever_told(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert given_away(told_in_course(story(seed), tmp_path_factory.mktemp("story"))) == []
