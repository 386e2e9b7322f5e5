"""What the routes answer, against the numbers that were published."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from forecast.quantiles import QUANTILE_LEVELS
from tests.service.web.world import (
    CROSSINGS,
    CUTOFF,
    DAYS,
    EAST,
    HORIZON,
    NOW,
    World,
    counted,
    issue_of,
    publish,
    sample_paths,
)


def get(client: FlaskClient, world: World, path: str, who: str = "analyst", **query: Any) -> Any:
    response = client.get(path, query_string=query, headers=world.headers(who))
    assert response.status_code == 200, response.get_data(as_text=True)
    return (
        response.get_json()
        if response.mimetype == "application/json"
        else rows_of(response.get_data(as_text=True))
    )


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_forecast_reads_as_the_documentation_shows_it(client: FlaskClient, world: World) -> None:
    answer = get(client, world, "/v1/forecasts", place="amberford")
    assert list(answer) == ["issue", "place", "measure", "unit", "outlook", "trust", "forecasts"]
    assert answer["issue"] == {
        "id": "issue-1",
        "cutoff": "2022-09-26",
        "as_of": "2022-09-27T05:55:00Z",
        "issued_at": "2022-09-27T05:59:00Z",
        "model_version": "0.1.0",
    }
    assert answer["place"] == {
        "id": "amberford",
        "name": "Amberford",
        "level": "crossing",
        "region": "west-quarrel",
        "time_zone": "Asia/Oral",
    }
    assert (answer["measure"], answer["unit"]) == ("arrivals", "people/day")
    first = answer["forecasts"][0]
    assert list(first) == [
        "target_date", "horizon", "mode", "trust", "flags", "suppressed", "median", "intervals", "quantiles",
    ]  # fmt: skip
    assert first["target_date"] == "2022-09-27"
    assert [day["horizon"] for day in answer["forecasts"]] == list(range(1, HORIZON + 1))
    assert (first["mode"], first["flags"], first["suppressed"]) == (
        "calm",
        ["members-pending: prophet"],
        False,
    )


def test_intervals_and_median_are_read_off_the_quantiles(client: FlaskClient, world: World) -> None:
    for day in get(client, world, "/v1/forecasts", place="amberford", levels="0.5,0.9")["forecasts"]:
        quantiles = day["quantiles"]
        assert list(quantiles) == [f"{level:g}" for level in QUANTILE_LEVELS]
        assert day["median"] == quantiles["0.5"]
        assert day["intervals"] == {
            "0.5": [quantiles["0.25"], quantiles["0.75"]],
            "0.9": [quantiles["0.05"], quantiles["0.95"]],
        }


def test_the_quantiles_are_the_published_ones_to_a_tenth(client: FlaskClient, world: World) -> None:
    told = get(client, world, "/v1/forecasts", place="west-quarrel")["forecasts"]
    (held,) = world.store.issues.forecasts("issue-1", place_ids=["west-quarrel"])
    found = np.array([list(day["quantiles"].values()) for day in told])
    np.testing.assert_allclose(found, held.values, atol=1e-9)


def test_chosen_levels_and_horizon_are_all_that_comes(client: FlaskClient, world: World) -> None:
    answer = get(
        client, world, "/v1/forecasts", place="amberford", horizon=3, levels="0.8", quantiles="0.95,0.5"
    )
    assert [day["horizon"] for day in answer["forecasts"]] == [1, 2, 3]
    assert list(answer["forecasts"][0]["intervals"]) == ["0.8"]
    assert list(answer["forecasts"][0]["quantiles"]) == ["0.5", "0.95"]


def test_several_places_come_in_the_order_asked_for(client: FlaskClient, world: World) -> None:
    answer = get(client, world, "/v1/forecasts", place="birchgate,veldania,amberford,birchgate", horizon=1)
    assert [one["place"]["id"] for one in answer["answers"]] == ["birchgate", "veldania", "amberford"]


def test_the_last_counts_stand_beside_a_forecast_on_request(client: FlaskClient, world: World) -> None:
    observed = get(client, world, "/v1/forecasts", place="amberford", observed=3)["observed"]
    assert [day["date"] for day in observed] == ["2022-09-24", "2022-09-25", "2022-09-26"]
    assert [day["value"] for day in observed] == [counted("amberford", day) for day in (2, 1, 0)]
    assert observed[0]["status"] == "reported"


def test_the_csv_says_on_each_row_all_that_the_answer_says(client: FlaskClient, world: World) -> None:
    rows = get(client, world, "/v1/forecasts", place="amberford,birchgate", format="csv", levels="0.8")
    answers = get(client, world, "/v1/forecasts", place="amberford,birchgate", levels="0.8")["answers"]
    assert len(rows) == 2 * HORIZON
    first, day = rows[0], answers[0]["forecasts"][0]
    assert first["issue"] == "issue-1"
    assert (first["cutoff"], first["issued_at"]) == ("2022-09-26", "2022-09-27T05:59:00Z")
    assert (first["place"], first["region"], first["unit"]) == ("amberford", "west-quarrel", "people/day")
    assert float(first["lower_0.8"]) == day["intervals"]["0.8"][0]
    assert float(first["quantile_0.975"]) == day["quantiles"]["0.975"]
    assert (first["suppressed"], first["flags"]) == ("false", "members-pending: prophet")


def test_the_hubs_long_form_has_a_row_for_each_day_and_level(client: FlaskClient, world: World) -> None:
    rows = get(
        client, world, "/v1/forecasts", place="amberford", format="hub", quantiles="0.1,0.9", horizon=2
    )
    assert list(rows[0]) == [
        "reference_date", "location", "horizon", "target_end_date", "output_type", "output_type_id", "value",
    ]  # fmt: skip
    assert [(row["horizon"], row["output_type_id"]) for row in rows] == [
        ("1", "0.1"), ("1", "0.9"), ("2", "0.1"), ("2", "0.9"),
    ]  # fmt: skip
    assert rows[3]["target_end_date"] == "2022-09-28"


def test_the_accept_header_chooses_the_form(client: FlaskClient, world: World) -> None:
    headers = world.headers("analyst")
    path = "/v1/forecasts?place=amberford"
    assert client.get(path, headers=headers | {"Accept": "text/csv"}).mimetype == "text/csv"
    assert client.get(path, headers=headers | {"Accept": "*/*"}).mimetype == "application/json"
    assert client.get(path, headers=headers | {"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("place", ["amberford", "west-quarrel", "veldania"])
def test_exceedance_counts_the_sample_paths(client: FlaskClient, world: World, place: str) -> None:
    paths = sample_paths().values
    rows = {"amberford": [0], "west-quarrel": [0, 1], "veldania": [0, 1, 2, 3]}[place]
    sums = paths[:, rows].sum(axis=1)
    threshold = float(np.median(sums))
    days = get(client, world, "/v1/exceedance", place=place, threshold=threshold, days=4)["days"]
    assert len(days) == 4
    for horizon, day in enumerate(days, 1):
        assert day["probability"] == pytest.approx((sums[:, horizon - 1] > threshold).mean())
        assert day["probability_by_then"] == pytest.approx((sums[:, :horizon] > threshold).any(axis=1).mean())


def test_a_crossing_that_moved_since_counts_where_it_lay_when_the_issue_was_made(
    own_client: FlaskClient, own_world: World
) -> None:
    asked = {"path": "/v1/exceedance", "place": "west-quarrel", "threshold": 4_000}
    before = get(own_client, own_world, **asked)["days"]
    own_world.store.places.put([replace(CROSSINGS[1], parent=EAST.id)], at=NOW)
    assert get(own_client, own_world, **asked)["days"] == before


def test_exceedance_of_an_issue_without_paths_says_so(own_client: FlaskClient, own_world: World) -> None:
    later = issue_of(CUTOFF + timedelta(days=1), at=NOW + timedelta(days=1), name="issue-2")
    publish(own_world.store, later, scores=[])
    response = own_client.get(
        "/v1/exceedance?place=amberford&threshold=1&issue=issue-1", headers=own_world.headers("analyst")
    )
    assert response.status_code == 404
    assert response.get_json()["title"] == "No sample paths"


def test_evolution_lists_every_issues_word_on_one_day(own_client: FlaskClient, own_world: World) -> None:
    later = issue_of(CUTOFF + timedelta(days=1), at=NOW + timedelta(days=1), name="issue-2")
    publish(own_world.store, later, scores=[])
    answer = get(
        own_client, own_world, "/v1/forecasts/evolution", place="amberford", target_date="2022-09-30"
    )
    assert [(one["issue"]["id"], one["horizon"]) for one in answer["forecasts"]] == [
        ("issue-1", 4),
        ("issue-2", 3),
    ]
    assert {one["target_date"] for one in answer["forecasts"]} == {"2022-09-30"}
    rows = get(
        own_client,
        own_world,
        "/v1/forecasts/evolution",
        place="amberford",
        target_date="2022-09-30",
        format="csv",
    )
    assert [row["issue"] for row in rows] == ["issue-1", "issue-2"]


def test_as_of_takes_the_issue_that_had_been_published_by_then(
    own_client: FlaskClient, own_world: World
) -> None:
    later = issue_of(CUTOFF + timedelta(days=1), at=NOW + timedelta(days=1), name="issue-2")
    publish(own_world.store, later, scores=[])

    def issue_at(**query: str) -> str:
        return str(get(own_client, own_world, "/v1/forecasts", place="amberford", **query)["issue"]["id"])

    assert issue_at() == "issue-2"
    assert issue_at(as_of="2022-09-27T06:00:00Z") == "issue-1"
    assert issue_at(as_of="2022-09-28T10:59:00+05:00") == "issue-2"
    assert issue_at(issue="issue-1") == "issue-1"
    headers = own_world.headers("analyst")
    early = own_client.get("/v1/forecasts?place=amberford&as_of=2022-09-27T05:58:59Z", headers=headers)
    assert early.status_code == 404


def test_observations_are_as_known_at_an_instant(client: FlaskClient, world: World) -> None:
    now = get(client, world, "/v1/observations", place="amberford")
    assert len(now["observations"]) == DAYS
    assert now["observations"][-1]["value"] == counted("amberford", 0)
    earlier = get(client, world, "/v1/observations", place="amberford", as_of="2022-09-25T12:00:00Z")
    assert earlier["observations"][-1]["date"] == "2022-09-24"
    assert earlier["as_of"] == "2022-09-25T12:00:00Z"


def test_a_regions_count_is_the_sum_of_its_crossings(client: FlaskClient, world: World) -> None:
    (row,) = get(
        client, world, "/v1/observations", place="west-quarrel", first="2022-09-26", last="2022-09-26"
    )["observations"]
    assert row["value"] == counted("amberford", 0) + counted("birchgate", 0)
    assert (row["level"], row["complete"]) == ("region", True)


def test_more_says_that_the_limit_cut_rows_off(client: FlaskClient, world: World) -> None:
    cut = get(client, world, "/v1/observations", place="amberford", limit=5)
    assert (len(cut["observations"]), cut["more"]) == (5, True)
    assert not get(client, world, "/v1/observations", place="amberford", limit=DAYS)["more"]


def test_scores_are_means_with_skill_against_the_baseline(client: FlaskClient, world: World) -> None:
    (group,) = get(client, world, "/v1/scores", place="amberford")["scores"]
    raw = get(client, world, "/v1/scores", place="amberford", raw="true")["rows"]
    assert (group["horizon"], group["mode"], group["forecasts"]) == ("1-7", "calm", 2)
    assert group["wis"] == pytest.approx(np.mean([row["wis"] for row in raw]))
    assert group["skill"] == pytest.approx(0.5)
    assert group["coverage"] == {"0.5": 1.0, "0.8": 1.0, "0.95": 0.5}
    assert [row["horizon"] for row in raw] == [1, 2]


def test_issues_are_paged_newest_first(own_client: FlaskClient, own_world: World) -> None:
    for day in (1, 2):
        at = NOW + timedelta(days=day)
        publish(
            own_world.store, issue_of(CUTOFF + timedelta(days=day), at=at, name=f"issue-{day + 1}"), scores=[]
        )
    page = get(own_client, own_world, "/v1/issues", limit=2)
    assert [issue["id"] for issue in page["issues"]] == ["issue-3", "issue-2"]
    last = get(own_client, own_world, "/v1/issues", limit=2, before=page["next"])
    assert ([issue["id"] for issue in last["issues"]], last["next"]) == (["issue-1"], None)


def test_an_issue_tells_its_vintage_and_the_places_one_sees(client: FlaskClient, world: World) -> None:
    detail = get(client, world, "/v1/issues/issue-1", who="west planner")
    assert detail["checksum"] == world.issue.checksum
    assert (detail["seed"], detail["horizon"], detail["configuration"]) == (1, HORIZON, {"paths": 100})
    assert [one["place"] for one in detail["places"]] == ["amberford", "birchgate", "west-quarrel"]


def test_places_come_with_the_measures(client: FlaskClient, world: World) -> None:
    answer = get(client, world, "/v1/places", who="west planner")
    assert [place["id"] for place in answer["places"]] == ["west-quarrel", "amberford", "birchgate"]
    assert {"id": "arrivals", "unit": "people/day"} in answer["measures"]


def test_remarks_on_the_counts_are_told_for_the_own_places(client: FlaskClient, world: World) -> None:
    flags = get(client, world, "/v1/quality", who="west planner")["flags"]
    assert {flag["place"] for flag in flags} == {"amberford", "birchgate"}
    assert flags[0]["kind"] == "jump"


def test_health_is_open_and_says_how_old_the_last_issue_is(client: FlaskClient, world: World) -> None:
    answer = client.get("/healthz").get_json()
    assert answer["cutoff"] == "2022-09-26"
    assert answer["issue_age_seconds"] == 60
    assert answer["status"] == "ok"


def test_a_feed_that_the_settings_no_longer_name_is_not_missed(client: FlaskClient, world: World) -> None:
    for job in ("feed-given-up", "cycle"):
        then = NOW - timedelta(days=3)
        lease = world.store.jobs.claim(job, "then", owner="a", now=then, lease_seconds=60)
        assert lease is not None
        world.store.jobs.finish(lease, now=then, state="done", detail={})

    assert client.get("/healthz").get_json()["reasons"] == ["cycle: no success for a day"]


def test_the_metrics_count_requests_and_ages(client: FlaskClient, world: World) -> None:
    client.get("/v1/places", headers=world.headers("operator"))
    text = client.get("/metrics", headers=world.headers("operator")).get_data(as_text=True)
    assert "arrivals_issue_age_seconds 60.0" in text
    assert 'arrivals_requests_total{method="GET",route="/v1/places",status="200"}' in text
