"""Errors: one shape for all, naming the field and the remedy, never a trace, never a secret."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
import structlog
from flask.testing import FlaskClient

from service.store import Store, StoreFull
from service.web import create_app
from tests.service.web.world import FixedSettings, World

SHAPE = {"type", "title", "status", "detail", "errors"}


def problem(
    client: FlaskClient, path: str, status: int, headers: dict[str, str], **how: Any
) -> dict[str, Any]:
    response = client.open(path, headers=headers, **how)
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    told: dict[str, Any] = response.get_json()
    assert set(told) == SHAPE
    assert told["status"] == status
    assert "Traceback" not in response.get_data(as_text=True)
    return told


@pytest.mark.parametrize(
    ("query", "field", "wanted"),
    [
        ("", "place", "required"),
        ("place=amberford&horizon=0", "horizon", "greater than or equal to 1"),
        ("place=amberford&horizon=91", "horizon", "less than or equal to 90"),
        ("place=amberford&horizon=many", "horizon", "valid integer"),
        ("place=amberford&levels=0.33", "levels", "levels out of 0.1, 0.2"),
        ("place=amberford&levels=", "levels", "levels out of"),
        ("place=amberford&quantiles=nan", "quantiles", "levels out of"),
        ("place=amberford&observed=367", "observed", "366"),
        ("place=amberford&as_of=yesterday", "as_of", "2022-09-27T06:00:00Z"),
        ("place=amberford&as_of=2022-09-27T06:00:00", "as_of", "an instant such as"),
        ("place=amberford&as_of=0001-01-01T00:00:00Z", "as_of", "1900"),
        ("place=amberford&as_of=2022-02-30T06:00:00Z", "as_of", "calendar"),
        ("place=amberford&format=xml", "format", "'json'"),
        ("place=amberford&horizons=3", "horizons", "no parameter of that name"),
        ("place=amberford&place=birchgate", "place", "once"),
        ("place=" + ",".join(["amberford"] * 101), "place", "100 items"),
        ("place=" + "x" * 101, "place", "at most 100 letters"),
        ("place=amberford%00", "place", "without blanks"),
        ("place=amberford&measure=tanks", "measure", "one of arrivals"),
    ],
)
def test_a_wrong_query_is_refused_by_the_name_of_the_field(
    client: FlaskClient, world: World, query: str, field: str, wanted: str
) -> None:
    told = problem(client, f"/v1/forecasts?{query}", 422, world.headers("analyst"))
    (fault,) = told["errors"]
    assert fault["in"] == "query"
    assert fault["field"] == field
    assert wanted in fault["wanted"]


def test_issue_and_as_of_together_are_refused(client: FlaskClient, world: World) -> None:
    path = "/v1/forecasts?place=amberford&issue=issue-1&as_of=2022-09-27T06:00:00Z"
    assert "not both" in problem(client, path, 422, world.headers("analyst"))["errors"][0]["wanted"]


@pytest.mark.parametrize(
    "query",
    [
        "first=2022-13-01",
        "first=1",
        "last=0",
        "first=2022-09-02&last=2022-09-01",
        "first=-0001-01-01",
        "last=2200-01-01",
    ],
)
def test_days_are_strict_and_in_order(client: FlaskClient, world: World, query: str) -> None:
    problem(client, f"/v1/observations?{query}", 422, world.headers("analyst"))


@pytest.mark.parametrize("threshold", ["-1", "nan", "inf", "1e10", ""])
def test_a_threshold_is_a_number_within_bounds(client: FlaskClient, world: World, threshold: str) -> None:
    path = f"/v1/exceedance?place=amberford&threshold={threshold}"
    assert problem(client, path, 422, world.headers("analyst"))["errors"][0]["field"] == "threshold"


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/v1/forecasts?place=nowhere", "No such place"),
        ("/v1/forecasts?place=amberford&issue=nothing", "No such issue"),
        ("/v1/forecasts?place=amberford&measure=departures", "No such forecast"),
        ("/v1/issues/nothing", "No such issue"),
        ("/v1/issues?before=nothing", "No such issue"),
        ("/v1/nowhere", "Not Found"),
        ("/docs/assets/swagger-ui.js.map", "No such file"),
    ],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, world: World, path: str, title: str) -> None:
    assert problem(client, path, 404, world.headers("analyst"))["title"] == title


def test_a_wrong_method_names_the_right_ones(client: FlaskClient, world: World) -> None:
    response = client.delete("/v1/places", headers=world.headers("operator"))
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_missing_key_is_asked_for(client: FlaskClient) -> None:
    response = client.get("/v1/places")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="arrivals"'
    assert "Authorization: Bearer KEY" in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("content_type", "extra"),
    [
        ("application/xml", {}),
        ("", {}),
        ("multipart/form-data", {}),
        ("text/csv; charset=utf-16", {}),
        ("text/csv", {"Content-Encoding": "gzip"}),
    ],
)
def test_a_body_of_another_kind_is_a_415(
    client: FlaskClient, world: World, content_type: str, extra: dict[str, str]
) -> None:
    headers = world.headers("operator") | extra
    problem(client, "/v1/observations", 415, headers, method="POST", data=b"x", content_type=content_type)


def test_a_body_that_is_too_large_is_a_413(own_world: World) -> None:
    client = create_app(own_world.store, FixedSettings(upload_bytes=1_000)).test_client()
    headers = own_world.headers("operator")
    known = own_world.store.observations.vintage()
    body = b"crossing,date,arrivals\n" + b"amberford,2022-09-26,1\n" * 50
    problem(client, "/v1/observations", 413, headers, method="POST", data=body, content_type="text/csv")
    problem(client, "/", 413, {}, method="POST", data={"key": "x" * 70_000})
    assert own_world.store.observations.vintage() == known


def test_too_many_requests_are_a_429_for_that_key_alone(own_world: World) -> None:
    client = create_app(own_world.store, FixedSettings(rate_limit="3 per hour")).test_client()
    planner, analyst = own_world.headers("west planner"), own_world.headers("analyst")
    assert [client.get("/v1/places", headers=planner).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/v1/issues", headers=planner)
    assert int(refused.headers["Retry-After"]) > 0
    assert set(refused.get_json()) == SHAPE
    assert client.get("/v1/places", headers=analyst).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_guesses_at_keys_are_limited_too(own_world: World) -> None:
    client = create_app(own_world.store, FixedSettings(rate_limit="3 per hour")).test_client()
    guesses = [client.get("/v1/places", headers={"Authorization": f"Bearer arv_{n}_x"}) for n in range(4)]
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]


def test_a_failure_is_a_500_without_a_word_of_what_failed(own_world: World) -> None:
    client = create_app(own_world.store, FixedSettings()).test_client()
    headers = own_world.headers("operator")
    own_world.store.database.write = None  # type: ignore[assignment,method-assign]
    with structlog.testing.capture_logs() as lines:
        told = problem(client, "/v1/forecasts?place=amberford", 500, headers)
    assert "NoneType" not in str(told)
    (failed,) = [line for line in lines if line["event"] == "request failed"]
    assert failed["error"] == "TypeError"
    assert any("audit.py" in frame for frame in failed["trace"])


def test_a_store_that_another_process_keeps_busy_is_a_503(own_world: World) -> None:
    url = own_world.store.database.engine.url.render_as_string(hide_password=False)
    with Store.open(url, writer_wait=0.05) as impatient, own_world.store.database.write():
        client = create_app(impatient, FixedSettings()).test_client()
        headers = own_world.headers("analyst")
        problem(client, "/v1/forecasts?place=amberford", 503, headers)
        assert client.get("/v1/forecasts?place=west-quarrel", headers=headers).status_code == 200


def test_a_full_disk_is_a_507_that_names_the_remedy(own_world: World) -> None:
    client = create_app(own_world.store, FixedSettings()).test_client()
    headers = own_world.headers("analyst")
    own_world.store.database.write = raising(StoreFull("no room"))  # type: ignore[method-assign]
    told = problem(client, "/v1/forecasts?place=amberford", 507, headers)
    assert "free some space" in told["detail"]
    assert client.get("/v1/forecasts?place=west-quarrel", headers=headers).status_code == 200


def raising(error: Exception) -> Callable[[], NoReturn]:
    def write() -> NoReturn:
        raise error

    return write


def test_every_reason_against_an_upload_is_named_by_row_and_column(
    own_world: World, own_client: FlaskClient
) -> None:
    body = "crossing,date,arrivals\namberfort,2022-09-26,1\namberford,2022-09-31,1\namberford,2022-09-25,-4\n"
    headers = own_world.headers("operator")
    told = problem(
        own_client, "/v1/observations", 422, headers, method="POST", data=body, content_type="text/csv"
    )
    named = [(fault["in"], fault["row"], fault["field"]) for fault in told["errors"]]
    assert named == [("body", 1, "crossing"), ("body", 2, "date"), ("body", 3, "arrivals")]
    assert "amberford" in told["errors"][0]["wanted"]


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"observations": 1}', b"\xff\xfe", b"[" * 5_000])
def test_a_body_that_is_no_json_is_refused_with_reasons(
    own_world: World, own_client: FlaskClient, body: bytes
) -> None:
    headers = own_world.headers("operator")
    told = problem(
        own_client,
        "/v1/observations",
        422,
        headers,
        method="POST",
        data=body,
        content_type="application/json",
    )
    assert told["errors"]


def test_a_key_sent_in_the_wrong_place_is_not_repeated(client: FlaskClient, world: World) -> None:
    secret = world.keys["west planner"]
    with structlog.testing.capture_logs() as lines:
        answers = [
            client.get(path, headers=headers).get_data(as_text=True)
            for path in (
                f"/v1/{secret}",
                f"/v1/forecasts?key={secret}",
                f"/v1/forecasts?{secret}=1",
                f"/v1/forecasts?{secret}=1&{secret}=2",
                f"/v1/forecasts?place={secret}",
                f"/v1/forecasts?place=amberford&horizon={secret}",
                f"/v1/issues/{secret}",
            )
            for headers in ({}, world.headers("west planner"))
        ]
        client.post("/", data={"key": secret})
    assert secret not in "".join(answers)
    assert secret not in str(lines)
    assert len([line for line in lines if line["event"] == "request"]) == 15
    assert secret not in str(world.store.audit.read(1_000))
