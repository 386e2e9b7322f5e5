"""Alerts over HTTP: who sees which, who may see to them, and what mutes do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.store.alerts import Settlement
from service.store.mail_records import Alert, Letter, Matter
from service.web import create_app
from tests.service.web.world import NOW, FixedSettings, World

DETAIL = {"begun": False, "upper": 1_500.0, "day": "2022-09-28", "level": 0.95, "lately": 900.0}
TOMORROW = (NOW + timedelta(days=1)).isoformat()


def alert(number: int, place: str, kind: str = "surge", **facts: Any) -> Alert:
    plain = Alert(
        Matter(kind, place),  # type: ignore[arg-type]
        NOW - timedelta(hours=number),
        chance=0.6,
        threshold=0.3,
        detail=DETAIL,
        number=number,
    )
    return replace(plain, **facts)


STANDING = (
    alert(1, "amberford"),
    alert(2, "cindermoor"),
    alert(3, "west-quarrel"),
    alert(4, "veldania"),
    alert(
        5,
        "",
        "job-late",
        matter=Matter("job-late", "", "cycle"),
        detail={"last": "2022-09-26T03:00:00+00:00"},
    ),
    alert(6, "birchgate", ended_at=NOW),
)


@pytest.fixture
def alerted(own_world: World) -> World:
    """The world with alerts at both regions, of the country and of the service, one of them over."""
    own_world.store.alerts.settle(lambda _: Settlement(raised=STANDING), issue_id=None, now=NOW)
    return own_world


def ask(client: FlaskClient, world: World, who: str, path: str = "/v1/alerts", **query: str) -> Any:
    answer = client.get(path, headers=world.headers(who), query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def numbers(client: FlaskClient, world: World, who: str, **query: str) -> list[int]:
    return [one["number"] for one in ask(client, world, who, **query)["alerts"]]


def post(client: FlaskClient, world: World, who: str, path: str, **body: Any) -> TestResponse:
    return client.post(path, headers=world.headers(who), json=body or None)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("operator", [5, 4, 3, 2, 1]), ("analyst", [5, 4, 3, 2, 1]), ("planner of both", [5, 4, 3, 2, 1]),
        ("west planner", [5, 3, 1]), ("east planner", [5, 2]), ("amberford planner", [5, 1]),
    ],
)  # fmt: skip
def test_everyone_sees_the_alerts_of_their_places_and_of_the_service(
    alerted: World, own_client: FlaskClient, who: str, seen: list[int]
) -> None:
    assert numbers(own_client, alerted, who) == seen


def test_an_alert_is_told_in_figures_and_in_words(alerted: World, own_client: FlaskClient) -> None:
    (found,) = ask(own_client, alerted, "amberford planner", place="amberford")["alerts"]
    assert found["place"]["name"] == "Amberford"
    assert (found["upper"], found["unit"], found["level"], found["day"]) == (
        1_500, "people/day", 0.95, "2022-09-28",
    )  # fmt: skip
    assert (found["chance"], found["threshold"], found["muted"]) == (0.6, 0.3, False)
    assert found["subject"] == "Amberford: a surge of arrivals may come"
    assert found["sentences"][0].startswith("Plan for up to 1,500 people on Wed, 28 Sep")


def test_the_list_is_cut_by_state_place_kind_and_time(alerted: World, own_client: FlaskClient) -> None:
    def found(**query: str) -> list[int]:
        return numbers(own_client, alerted, "operator", **query)

    assert found(state="ended") == [6]
    assert found(state="all") == [6, 5, 4, 3, 2, 1]
    assert found(place="west-quarrel") == [3, 1]
    assert found(kind="job-late") == [5]
    assert found(since=(NOW - timedelta(hours=2)).isoformat()) == [2, 1]
    assert found(limit="1") == [5]


def test_a_place_out_of_scope_is_none_that_there_is(alerted: World, own_client: FlaskClient) -> None:
    for place in ("cindermoor", "nowhere"):
        answer = own_client.get(
            "/v1/alerts", headers=alerted.headers("west planner"), query_string={"place": place}
        )
        assert answer.status_code == 404


def test_alerts_of_a_stopped_place_are_told_to_operators_alone(
    alerted: World, own_client: FlaskClient
) -> None:
    alerted.store.places.stop("amberford", at=NOW, by="operator", reason="")
    assert numbers(own_client, alerted, "planner of both") == [5, 2]  # totals would give the place away
    assert numbers(own_client, alerted, "operator") == [5, 4, 3, 2, 1]
    path = "/v1/alerts/1/acknowledge"
    assert post(own_client, alerted, "west planner", path).status_code == 404


def test_small_numbers_are_told_to_cleared_roles_alone(alerted: World) -> None:
    few = alert(
        7, "amberford", "beds", detail={"beds": 300, "upper": 990.0, "day": "2022-09-28", "level": 0.95}
    )
    alerted.store.alerts.settle(lambda _: Settlement(raised=(few,)), issue_id=None, now=NOW)
    client = create_app(alerted.store, FixedSettings(small_counts=1_000)).test_client()
    assert ask(client, alerted, "analyst", place="amberford")["alerts"][0]["upper"] == 990
    hidden = ask(client, alerted, "west planner", place="amberford")["alerts"][0]
    assert (hidden["upper"], hidden["level"], hidden["chance"]) == (None, None, 0.6)
    assert not [one for one in hidden["sentences"] if "Plan for" in one or "990" in one]


def test_a_planner_of_the_region_sees_to_an_alert_and_stays_its_first(
    alerted: World, own_client: FlaskClient
) -> None:
    answer = post(own_client, alerted, "west planner", "/v1/alerts/1/acknowledge")
    assert answer.status_code == 200
    first = answer.get_json()["acknowledged_by"]
    assert first.startswith("key-")
    again = post(own_client, alerted, "operator", "/v1/alerts/1/acknowledge").get_json()
    assert again["acknowledged_by"] == first
    (entry, *_) = [one for one in alerted.store.audit.read(20) if one.action == "alerts.acknowledge"]
    assert entry.subject == "alert-1"


@pytest.mark.parametrize(
    ("who", "number", "status"),
    [
        ("east planner", 1, 404), ("west planner", 99, 404), ("analyst", 1, 403),
        ("amberford reporter", 1, 403), ("west planner", 5, 403), ("operator", 5, 200),
    ],
)  # fmt: skip
def test_nobody_else_sees_to_it(
    alerted: World, own_client: FlaskClient, who: str, number: int, status: int
) -> None:
    answer = post(own_client, alerted, who, f"/v1/alerts/{number}/acknowledge")
    assert answer.status_code == status


def test_a_mute_is_made_listed_shown_and_taken_back(alerted: World, own_client: FlaskClient) -> None:
    made = post(
        own_client, alerted, "west planner", "/v1/alerts/mutes",
        place="west-quarrel", kind="surge", until=TOMORROW, reason="A fair.",
    )  # fmt: skip
    assert made.status_code == 201
    number = made.get_json()["number"]
    mutes = ask(own_client, alerted, "west planner", "/v1/alerts/mutes")["mutes"]
    assert [(one["number"], one["place"], one["kind"]) for one in mutes] == [
        (number, "west-quarrel", "surge")
    ]
    assert ask(own_client, alerted, "east planner", "/v1/alerts/mutes")["mutes"] == []
    assert [one["muted"] for one in ask(own_client, alerted, "west planner")["alerts"]] == [False, True, True]
    gone = own_client.delete(f"/v1/alerts/mutes/{number}", headers=alerted.headers("east planner"))
    assert gone.status_code == 404
    gone = own_client.delete(f"/v1/alerts/mutes/{number}", headers=alerted.headers("west planner"))
    assert (gone.status_code, gone.get_data()) == (204, b"")
    assert ask(own_client, alerted, "west planner", "/v1/alerts/mutes")["mutes"] == []


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("east planner", {"place": "amberford"}, 404),
        ("west planner", {"place": "nowhere"}, 404),
        ("west planner", {"place": None}, 403),
        ("operator", {"place": None}, 201),
        ("analyst", {}, 403),
        ("west planner", {"kind": "nonsense"}, 422),
        ("west planner", {"until": "2022-09-26T00:00:00Z"}, 422),
        ("west planner", {"until": "2024-09-26T00:00:00Z"}, 422),
        ("west planner", {"until": "tomorrow"}, 422),
        ("west planner", {"reason": ""}, 422),
        ("west planner", {"more": 1}, 422),
    ],
)
def test_a_mute_that_is_not_theirs_or_makes_no_sense_is_refused(
    alerted: World, own_client: FlaskClient, who: str, body: dict[str, Any], status: int
) -> None:
    whole = {"place": "west-quarrel", "until": TOMORROW, "reason": "A fair.", **body}
    answer = post(own_client, alerted, who, "/v1/alerts/mutes", **whole)
    assert answer.status_code == status
    assert len(alerted.store.alerts.mutes(now=NOW)) == (status == 201)


def test_a_body_that_is_no_json_is_refused(alerted: World, own_client: FlaskClient) -> None:
    answer = own_client.post(
        "/v1/alerts/mutes", headers=alerted.headers("operator"), data=b"{", content_type="application/json"
    )
    assert answer.status_code == 422


def test_operators_are_told_of_letters_that_did_not_arrive(alerted: World, own_client: FlaskClient) -> None:
    store = alerted.store
    letter = Letter(
        "alert", "amberford", "alert-1", "to-west", "mail", "<1@x>", "Subject", b"content", NOW, NOW
    )  # fmt: skip
    store.outbox.put([letter])
    store.outbox.expire(now=NOW)
    (found,) = ask(own_client, alerted, "operator")["undelivered"]
    assert (found["recipient"], found["state"], found["period"]) == ("to-west", "failed", "alert-1")
    assert ask(own_client, alerted, "west planner")["undelivered"] is None


def test_reads_of_crossings_alerts_are_logged(alerted: World, own_client: FlaskClient) -> None:
    ask(own_client, alerted, "west planner")
    entry = alerted.store.audit.read(1)[0]
    assert (entry.action, entry.subject) == ("forecasts.read", "amberford")
