"""Tags: the same answer is not sent twice, and no reader is told another's answer or a withdrawn one."""

import pytest
from flask.testing import FlaskClient

from tests.service.web.world import NOW, World

ROUTES = [
    "/v1/places",
    "/v1/observations?place=amberford",
    "/v1/forecasts?place=amberford",
    "/v1/forecasts?place=amberford&format=csv",
    "/v1/forecasts/evolution?place=amberford&target_date=2022-09-28",
    "/v1/exceedance?place=amberford&threshold=1100",
    "/v1/scores",
    "/v1/issues",
    "/v1/issues/issue-1",
    "/v1/quality",
]


@pytest.mark.parametrize("path", ROUTES)
def test_what_one_holds_already_is_not_sent_again(client: FlaskClient, world: World, path: str) -> None:
    headers = world.headers("west planner")
    first = client.get(path, headers=headers)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    assert first.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    again = client.get(path, headers=headers | {"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == tag
    other = client.get(path, headers=headers | {"If-None-Match": '"another"'})
    assert (other.status_code, other.get_data()) == (200, first.get_data())


def test_the_tag_tells_form_query_and_scope_apart(client: FlaskClient, world: World) -> None:
    path = "/v1/forecasts?place=amberford"
    tags = [
        client.get(path, headers=world.headers("west planner")).headers["ETag"],
        client.get(path, headers=world.headers("analyst")).headers["ETag"],
        client.get(path, headers=world.headers("operator")).headers["ETag"],
        client.get(f"{path}&horizon=3", headers=world.headers("analyst")).headers["ETag"],
        client.get(path, headers=world.headers("analyst") | {"Accept": "text/csv"}).headers["ETag"],
    ]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("path", ROUTES)
def test_a_stop_ends_the_life_of_every_tag(own_client: FlaskClient, own_world: World, path: str) -> None:
    headers = own_world.headers("west planner")
    tag = own_client.get(path, headers=headers).headers["ETag"]
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    after = own_client.get(path, headers=headers | {"If-None-Match": tag})
    assert after.status_code == 200


def test_refusals_are_not_stored_by_anybody(client: FlaskClient, world: World) -> None:
    for path in ("/v1/places", "/v1/nowhere"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert (
        client.get("/v1/forecasts", headers=world.headers("analyst")).headers["Cache-Control"] == "no-store"
    )
