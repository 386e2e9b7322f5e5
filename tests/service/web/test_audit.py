"""What is written down: reads of crossings' forecasts for the next days, and every write."""

import pytest
from flask.testing import FlaskClient

from service.store.records import AuditEntry
from tests.service.web.world import WEST, World


def newest(world: World) -> AuditEntry:
    return world.store.audit.read(1)[0]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/forecasts?place=amberford,west-quarrel",
        "/v1/forecasts/evolution?place=amberford&target_date=2022-09-30",
        "/v1/exceedance?place=amberford&threshold=1",
    ],
)
def test_a_read_of_a_crossings_next_days_is_written_down(
    own_world: World, own_client: FlaskClient, path: str
) -> None:
    key = next(key for key in own_world.store.keys.all() if key.places == {WEST.id})
    own_client.get(path, headers=own_world.headers("west planner"))
    entry = newest(own_world)
    assert (entry.actor, entry.action, entry.subject) == (key.id, "forecasts.read", "amberford")


@pytest.mark.parametrize(
    "path", ["/v1/forecasts?place=west-quarrel", "/v1/places", "/v1/scores", "/v1/issues"]
)
def test_other_reads_are_not(own_world: World, own_client: FlaskClient, path: str) -> None:
    before = newest(own_world).number
    own_client.get(path, headers=own_world.headers("west planner"))
    assert newest(own_world).number == before


def test_the_start_page_is_a_read_like_any_other(own_world: World, own_client: FlaskClient) -> None:
    own_client.post("/", data={"key": own_world.keys["west planner"]})
    assert newest(own_world).subject == "amberford,birchgate"


@pytest.mark.parametrize(("count", "state"), [("17", "accepted"), ("-1", "refused")])
def test_every_upload_is_written_down_whatever_became_of_it(
    own_world: World, own_client: FlaskClient, count: str, state: str
) -> None:
    body = f"crossing,date,arrivals\namberford,2022-09-26,{count}\n"
    headers = own_world.headers("amberford reporter")
    own_client.post("/v1/observations", data=body, headers=headers, content_type="text/csv")
    entry = newest(own_world)
    assert (entry.action, entry.detail["state"]) == ("observations.write", state)
    assert entry.actor.startswith("key-")
