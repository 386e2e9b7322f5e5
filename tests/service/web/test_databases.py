"""The API answers alike on both databases."""

from service.store import Store
from service.web import create_app
from tests.service.web.test_caching import ROUTES
from tests.service.web.world import FixedSettings, build_world


def test_every_route_answers_on_this_database(store: Store) -> None:
    world = build_world(store)
    client = create_app(store, FixedSettings()).test_client()
    for path in ROUTES:
        answer = client.get(path, headers=world.headers("west planner"))
        assert answer.status_code == 200, (path, answer.get_data(as_text=True))
        assert "mberford" in answer.get_data(as_text=True) or path == "/v1/issues"
    rows = [{"crossing": "amberford", "date": "2022-09-26", "arrivals": 17}]
    headers = world.headers("operator")
    assert client.post("/v1/observations", json=rows, headers=headers).status_code == 201
    assert client.post("/v1/observations", json=rows, headers=headers).status_code == 200
    counts = client.get("/v1/observations?place=amberford&first=2022-09-26", headers=headers).get_json()
    assert [row["value"] for row in counts["observations"]] == [17]
