"""Outlooks, explanations and trust as the routes tell them, and what is withheld for want of skill."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.store.blocks import checksum
from service.store.records import BandTrust
from service.web import create_app
from tests.service.web.test_answers import get
from tests.service.web.world import (
    CUTOFF,
    HORIZON,
    NOW,
    FixedSettings,
    World,
    issue_of,
    published,
    sample_paths,
    trust_of,
)

LOST_LATER = (
    BandTrust(1, 7, None, 40, 0.8, "skilful"),
    BandTrust(8, 14, None, 31, 1.12, "lost"),
)
LOST_SOON = (BandTrust(1, 7, None, 40, 1.02, "lost"), BandTrust(8, 14, None, 31, 0.8, "skilful"))
Publishing = Callable[[tuple[BandTrust, ...], bool], FlaskClient]


@pytest.fixture
def publishing(own_world: World) -> Publishing:
    """Publish an issue with this trust at every place; a client of an app that withholds, or does not."""

    def made(trust: tuple[BandTrust, ...], withholding: bool) -> FlaskClient:
        cutoff = CUTOFF + timedelta(days=1)
        issue = issue_of(cutoff, at=NOW + timedelta(days=1), name="issue-2")
        paths = sample_paths(cutoff)
        rows = [replace(one, trust=trust) for one in published(paths, own_world.store.places.all())]
        issue = replace(issue, checksum=checksum(rows, {"arrivals": paths}))
        own_world.store.issues.publish(issue, rows, {"arrivals": paths})
        return create_app(own_world.store, FixedSettings(withhold_untrusted=withholding)).test_client()

    return made


def test_the_outlook_stands_beside_the_forecast(client: FlaskClient, world: World) -> None:
    outlook = get(client, world, "/v1/forecasts", place="amberford")["outlook"]
    (held,) = world.store.issues.forecasts("issue-1", place_ids=["amberford"])
    assert held.outlook is not None
    assert outlook["surge"] == held.outlook.chances.surge
    assert outlook["reference"] == pytest.approx(held.outlook.yardstick.reference, abs=0.05)
    (week,) = outlook["changes"]
    assert list(week)[:6] == ["days", "large_increase", "increase", "stable", "decrease", "large_decrease"]
    assert (week["days"], week["large_increase"], week["large_decrease"]) == ("1-7", 0.0999, 0.05)
    assert week["edges"] == [0.741, 0.909, 1.1, 1.35]


def test_each_day_says_whether_forecasts_so_far_ahead_are_to_be_trusted(
    client: FlaskClient, world: World
) -> None:
    answer = get(client, world, "/v1/forecasts", place="amberford")
    assert [day["trust"] for day in answer["forecasts"]] == ["skilful"] * 7 + ["unproven"] * 3
    assert answer["trust"][0] == {
        "horizon": "1-7", "mode": None, "days": 40, "relative": 0.6171, "trust": "skilful",
    }  # fmt: skip


def test_the_csv_tells_trust_and_outlook_on_the_days_they_are_about(
    client: FlaskClient, world: World
) -> None:
    rows = get(client, world, "/v1/forecasts", place="amberford", format="csv")
    assert [row["trust"] for row in rows] == ["skilful"] * 7 + ["unproven"] * 3
    assert [row["surge_probability"] for row in rows] == ["0.1001"] * 7 + [""] * 3
    assert [row["large_increase"] for row in rows] == ["0.0999"] * 7 + [""] * 3


def test_an_issue_without_outlooks_says_null(own_client: FlaskClient, own_world: World) -> None:
    paths = sample_paths()
    rows = [replace(one, outlook=None, trust=()) for one in published(paths, own_world.store.places.all())]
    issue = replace(issue_of(name="old"), checksum=checksum(rows, {"arrivals": paths}))
    own_world.store.issues.publish(issue, rows, {"arrivals": paths})
    answer = get(own_client, own_world, "/v1/forecasts", place="amberford", issue="old")
    assert (answer["outlook"], answer["trust"], answer["forecasts"][0]["trust"]) == (None, [], "unproven")


def test_a_lost_band_is_labelled_and_told_as_long_as_nobody_wants_it_withheld(
    own_world: World, publishing: Publishing
) -> None:
    answer = get(publishing(LOST_LATER, False), own_world, "/v1/forecasts", place="amberford")
    assert [day["trust"] for day in answer["forecasts"]] == ["skilful"] * 7 + ["lost"] * 3
    assert all(day["median"] is not None for day in answer["forecasts"])


def test_a_lost_band_is_withheld_and_says_why_when_the_settings_say_so(
    own_world: World, publishing: Publishing
) -> None:
    client = publishing(LOST_LATER, True)
    days = get(client, own_world, "/v1/forecasts", place="amberford", who="operator")["forecasts"]
    assert [day["suppressed"] for day in days] == [False] * 7 + [True] * 3
    assert {(day["median"], day["intervals"], day["quantiles"]) for day in days[7:]} == {(None, None, None)}
    assert days[7]["flags"][-1] == (
        "withheld: 8-14 days ahead forecasts were of late no better than the baseline "
        "(relative score 1.12 over 31 days)"
    )
    assert days[0]["flags"] == ["members-pending: prophet"]
    rows = get(client, own_world, "/v1/forecasts", place="amberford", format="csv")
    assert [row["quantile_0.5"] == "" for row in rows] == [False] * 7 + [True] * 3
    hub = get(client, own_world, "/v1/forecasts", place="amberford", format="hub", quantiles="0.5")
    assert [row["value"] == "" for row in hub] == [False] * 7 + [True] * 3


def test_the_days_of_another_issue_keep_their_own_trust(own_world: World, publishing: Publishing) -> None:
    client = publishing(LOST_LATER, True)
    query = {"place": "amberford", "target_date": (CUTOFF + timedelta(days=9)).isoformat()}
    first, second = get(client, own_world, "/v1/forecasts/evolution", **query)["forecasts"]
    assert (first["suppressed"], second["suppressed"]) == (False, True)
    assert second["median"] is None


@pytest.mark.parametrize(
    ("trust", "each", "by_then"),
    [
        (LOST_LATER, [False] * 7 + [True] * 3, [False] * 7 + [True] * 3),
        # "up to then" counts the withheld days in
        (LOST_SOON, [True] * 7 + [False] * 3, [True] * 10),
    ],
)
def test_chances_of_exceedance_are_withheld_with_the_band(
    own_world: World, publishing: Publishing, trust: tuple[BandTrust, ...], each: Any, by_then: Any
) -> None:
    query = {"place": "west-quarrel", "threshold": 4_000}
    days = get(publishing(trust, True), own_world, "/v1/exceedance", **query)["days"]
    assert [day["probability"] is None for day in days] == each
    assert [day["probability_by_then"] is None for day in days] == by_then
    assert [day["suppressed"] for day in days] == each
    assert len(days) == HORIZON


def test_an_outlook_that_rests_on_withheld_days_is_withheld(own_world: World, publishing: Publishing) -> None:
    client = publishing(LOST_SOON, True)
    outlook = get(client, own_world, "/v1/forecasts", place="amberford")["outlook"]
    assert (outlook["surge"], outlook["changes"][0]["stable"]) == (None, None)
    later = get(client, own_world, "/v1/forecasts", place="amberford", issue="issue-1")["outlook"]
    assert later["surge"] is not None


def test_a_surge_day_is_judged_by_surge_days_where_enough_were_scored(
    own_world: World, publishing: Publishing
) -> None:
    trust = (*trust_of(0)[:1], BandTrust(1, 7, "surge", 20, 1.3, "lost"))
    days = get(publishing(trust, True), own_world, "/v1/forecasts", place="amberford")["forecasts"]
    assert [(day["mode"], day["suppressed"]) for day in days[2:4]] == [("calm", False), ("surge", True)]


def test_the_page_hatches_a_lost_band_and_says_so(own_world: World, publishing: Publishing) -> None:
    told = publishing(LOST_LATER, False).post("/", data={"key": own_world.keys["west planner"]})
    text = told.get_data(as_text=True)
    assert "Hatched, 8-10 days ahead" in text
    assert "plan with care" in text
    assert "chance within 7 days" in text


def test_the_page_draws_nothing_of_withheld_days(own_world: World, publishing: Publishing) -> None:
    client = publishing(LOST_SOON, True)
    told = client.post("/", data={"key": own_world.keys["west planner"]}).get_data(as_text=True)
    assert "Hatched, 1-7 days ahead" in told
    assert "and are withheld" in told
    assert told.count(">withheld<") == 3  # the next day of the region and its crossings
    assert "On the first day: median" not in told


def test_an_explanation_tells_level_factors_holidays_and_members(client: FlaskClient, world: World) -> None:
    answer = get(client, world, "/v1/forecasts/explanation", place="amberford")
    (held,) = world.store.issues.forecasts("issue-1", place_ids=["amberford"])
    assert answer["level"] == pytest.approx(0.97 * held.values[0, 11], abs=0.051)
    assert answer["weekday"] == [0.9, 0.95, 1.0, 1.0, 1.05, 1.2, 0.9007]
    assert len(answer["days"]) == HORIZON
    assert answer["days"][1] == {
        "target_date": "2022-09-28", "horizon": 2, "mode": "calm", "trust": "skilful", "weekday": 1.0,
        "season": 1.01, "holidays": 1.4, "names": ["KZ: Day of the Steppe"],
    }  # fmt: skip
    assert [(day["weekday"], day["season"]) for day in answer["days"][3:5]] == [(1.05, 1.03), (1.2, 1.04)]
    assert answer["members"] == [
        {"member": "weekly_naive", "weight": 0.75, "score": 0.8},
        {"member": "ets", "weight": 0.25, "score": 0.9},
    ]
    assert (answer["flags"], answer["suppressed"]) == (["members-pending: prophet"], False)
    assert answer["issue"]["model_version"] == "0.1.0"


def test_a_total_has_modes_and_trust_and_no_level(client: FlaskClient, world: World) -> None:
    answer = get(client, world, "/v1/forecasts/explanation", place="west-quarrel")
    assert (answer["level"], answer["weekday"], answer["days"][0]["season"]) == (None, None, None)
    assert answer["days"][5]["mode"] == "surge"
    assert answer["trust"]


def test_an_explanation_comes_as_csv_by_day(client: FlaskClient, world: World) -> None:
    rows = get(client, world, "/v1/forecasts/explanation", place="amberford", format="csv")
    assert [row["holidays"] for row in rows] == ["1.0", "1.4"] + ["1.0"] * (HORIZON - 2)
    assert (rows[1]["names"], rows[1]["place"], rows[1]["issue"]) == (
        "KZ: Day of the Steppe", "amberford", "issue-1",
    )  # fmt: skip


def test_an_explanation_is_withheld_by_a_stop(own_client: FlaskClient, own_world: World) -> None:
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    answer = get(own_client, own_world, "/v1/forecasts/explanation", place="amberford")
    assert (answer["suppressed"], answer["level"], answer["weekday"], answer["members"]) == (
        True,
        None,
        None,
        [],
    )
    assert {(day["mode"], day["holidays"]) for day in answer["days"]} == {(None, None)}
    told = get(own_client, own_world, "/v1/forecasts", place="amberford")
    assert (told["outlook"], told["trust"]) == (None, [])


def test_reading_a_crossings_explanation_is_written_down(own_client: FlaskClient, own_world: World) -> None:
    get(own_client, own_world, "/v1/forecasts/explanation", place="amberford")
    assert own_world.store.audit.read(1)[0].subject == "amberford"


def test_an_explanation_is_answered_304_to_whoever_holds_it(client: FlaskClient, world: World) -> None:
    path, headers = "/v1/forecasts/explanation?place=amberford", world.headers("analyst")
    tag = client.get(path, headers=headers).headers["ETag"]
    assert client.get(path, headers=headers | {"If-None-Match": tag}).status_code == 304


def test_a_measure_that_the_issue_lacks_has_no_explanation(client: FlaskClient, world: World) -> None:
    path = "/v1/forecasts/explanation?place=amberford&measure=departures"
    answer = client.get(path, headers=world.headers("analyst"))
    assert (answer.status_code, answer.get_json()["title"]) == (404, "No such forecast")


def test_outlooks_are_scored_beside_the_quantiles(client: FlaskClient, world: World) -> None:
    answer = get(client, world, "/v1/scores", place="amberford")
    change, surge = answer["outlooks"]
    assert (change["kind"], surge["kind"], surge["horizon"], surge["forecasts"]) == (
        "change",
        "surge",
        "1-7",
        1,
    )
    assert (surge["score"], surge["reference"], surge["skill"]) == (0.1301, 0.2602, 0.5)
    assert answer["scores"]
    assert list(get(client, world, "/v1/scores", of="outlooks")) == ["measure", "unit", "outlooks"]
    assert list(get(client, world, "/v1/scores", of="quantiles")) == ["measure", "unit", "scores"]


def test_raw_scores_of_outlooks_say_what_came(client: FlaskClient, world: World) -> None:
    rows = get(client, world, "/v1/scores", place="amberford", raw="true", of="outlooks")["outlook_rows"]
    assert {(row["kind"], row["outcome"], row["target_date"]) for row in rows} == {
        ("surge", "no", "2022-10-03"),
        ("change", "increase", "2022-10-03"),
    }
    table = get(client, world, "/v1/scores", place="amberford", raw="true", of="outlooks", format="csv")
    assert {row["outcome"] for row in table} == {"no", "increase"}


def test_scores_of_outlooks_obey_a_stop(own_client: FlaskClient, own_world: World) -> None:
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    for query in ({"raw": "true"}, {}):
        answer = get(own_client, own_world, "/v1/scores", place="amberford", of="outlooks", **query)
        for row in answer.get("outlook_rows", answer.get("outlooks")):
            assert (row["suppressed"], row["score"], row["reference"], row.get("outcome")) == (
                True,
                None,
                None,
                None,
            )
