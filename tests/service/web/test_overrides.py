"""Analysts' overrides over the API, and beside the forecasts."""

import csv
import io
from datetime import timedelta

import pytest

from service.store.model_records import Override, OverrideScore
from service.web import create_app
from tests.service.web.world import CUTOFF, NOW, FixedSettings

FIRST = CUTOFF + timedelta(days=1)
SENT = {"place": "amberford", "first": str(FIRST), "median": 1500, "reason": "Two more trains."}


def post(client, world, who="analyst", **changes):
    return client.post("/v1/overrides", json={**SENT, **changes}, headers=world.headers(who))


def get(client, world, path, who="west planner", **query):
    response = client.get(path, query_string=query, headers=world.headers(who))
    assert response.status_code == 200, response.json
    return response


def made(client, world, **changes):
    response = post(client, world, **changes)
    assert response.status_code == 201, response.json
    return response.json


def forecast(client, world, place="amberford", who="west planner", **query):
    return get(client, world, "/v1/forecasts", who, place=place, **query).json


def test_an_override_answers_as_it_was_understood_and_says_what_does_not_follow(own_client, own_world):
    answer = made(own_client, own_world, last=str(FIRST + timedelta(days=1)), lower=1200, upper=2000)
    assert answer["id"].startswith("override-")
    assert (answer["place"], answer["measure"], answer["issue"]) == (
        "amberford",
        "arrivals",
        own_world.issue.id,
    )
    assert (answer["lower"], answer["median"], answer["upper"]) == (1200, 1500, 2000)
    assert answer["not_in"] == ["west-quarrel", "veldania"]
    assert (answer["reason"], answer["withdrawn_at"]) == ("Two more trains.", None)


def test_it_stands_beside_the_model_s_figure_which_stays(own_client, own_world):
    before = forecast(own_client, own_world)
    known = made(own_client, own_world, lower=1200, upper=2000)["id"]
    after = forecast(own_client, own_world)
    first, *others = after["forecasts"]
    override = first.pop("override")
    assert (override["id"], override["median"], override["lower"], override["upper"]) == (
        known,
        1500,
        1200,
        2000,
    )
    assert override["reason"] == "Two more trains."
    assert after == before
    assert all("override" not in day for day in others)


def test_the_total_stays_and_says_which_place_it_does_not_follow(own_client, own_world):
    before = forecast(own_client, own_world, "west-quarrel")
    made(own_client, own_world)
    after = forecast(own_client, own_world, "west-quarrel")
    assert after["forecasts"][0].pop("overridden_within") == ["amberford"]
    assert after == before


def test_the_csv_tells_it_in_columns_of_its_own(own_client, own_world):
    made(own_client, own_world, reason='=1+1 "x"')
    text = get(own_client, own_world, "/v1/forecasts", place="amberford,west-quarrel", format="csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    first = rows[0]
    assert (first["override_median"], first["override_lower"]) == ("1500", "")
    assert first["override_reason"] == '\'=1+1 "x"'
    assert rows[1]["override_median"] == ""
    (total,) = [row for row in rows if row["place"] == "west-quarrel" and row["horizon"] == "1"]
    assert total["overridden_within"] == "amberford"
    hub = get(own_client, own_world, "/v1/forecasts", place="amberford", format="hub").text
    assert "1500" not in hub


def test_a_planner_reads_and_does_not_write_and_sees_the_own_places_alone(own_client, own_world):
    known = made(own_client, own_world)["id"]
    assert post(own_client, own_world, "west planner").status_code == 403
    listed = get(own_client, own_world, "/v1/overrides").json["overrides"]
    assert [one["id"] for one in listed] == [known]
    assert listed[0]["not_in"] == ["west-quarrel"]
    assert get(own_client, own_world, "/v1/overrides", "east planner").json["overrides"] == []
    assert "override" not in str(forecast(own_client, own_world, "cindermoor", "east planner"))


def test_what_was_told_at_an_instant_is_told_again(own_world):
    clock = FixedSettings(rate_limit="100000 per minute")
    client = create_app(own_world.store, clock).test_client()
    known = made(client, own_world)["id"]
    early = forecast(client, own_world, as_of="2022-09-27T05:59:59Z")
    assert "override" not in early["forecasts"][0]
    removed = client.delete(f"/v1/overrides/{known}", headers=own_world.headers("analyst"))
    assert removed.status_code == 204
    assert "override" not in forecast(client, own_world)["forecasts"][0]
    (withdrawn,) = get(client, own_world, "/v1/overrides").json["overrides"]
    assert withdrawn["withdrawn_at"] is not None
    assert get(client, own_world, "/v1/overrides", as_of="2022-09-27T06:00:00Z").json["overrides"] == []
    again = client.delete(f"/v1/overrides/{known}", headers=own_world.headers("analyst"))
    assert again.status_code == 404


def test_what_is_written_and_read_of_crossings_is_in_the_audit_log(own_client, own_world):
    known = made(own_client, own_world)["id"]
    get(own_client, own_world, "/v1/overrides")
    own_client.delete(f"/v1/overrides/{known}", headers=own_world.headers("analyst"))
    withdrawn, read, written = own_world.store.audit.read(3)
    assert (withdrawn.action, withdrawn.subject) == ("overrides.withdraw", known)
    assert (read.action, read.subject) == ("forecasts.read", "amberford")
    assert (written.action, written.subject) == ("overrides.write", "amberford")
    assert written.detail["reason"] == "Two more trains."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"median": -5}, "median"),
        ({"first": "2022-09-20"}, "first"),
        ({"reason": " "}, "reason"),
        ({"issue": "none"}, "issue"),
        ({"place": ["amberford"]}, "place"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(own_client, own_world, changes, field):
    response = post(own_client, own_world, **changes)
    assert response.status_code == 422
    assert response.json["errors"][0]["field"] == field
    assert own_world.store.doctor()["rows"]["forecast_override"] == 0


def test_a_place_that_is_not_there_is_answered_like_one_out_of_sight(own_client, own_world):
    response = post(own_client, own_world, place="nowhere")
    assert response.status_code == 404
    assert response.json["title"] == "No such place"


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff"])
def test_a_body_that_is_no_object_is_refused(own_client, own_world, content):
    headers = own_world.headers("analyst") | {"Content-Type": "application/json"}
    assert own_client.post("/v1/overrides", data=content, headers=headers).status_code == 422


def test_what_is_stopped_is_withheld_with_the_forecast(own_client, own_world):
    made(own_client, own_world)
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="")
    (one,) = get(own_client, own_world, "/v1/overrides").json["overrides"]
    assert (one["median"], one["reason"], one["suppressed"]) == (None, None, True)
    assert "override" not in forecast(own_client, own_world)["forecasts"][0]
    assert "overridden_within" not in forecast(own_client, own_world, "west-quarrel")["forecasts"][0]


def test_small_figures_are_not_told_without_clearance(own_client, own_world):
    made(own_client, own_world, median=12, lower=3, upper=20)
    planner = forecast(own_client, own_world)["forecasts"][0]["override"]
    assert (planner["lower"], planner["median"], planner["upper"]) == (None, 12, 20)
    analyst = forecast(own_client, own_world, who="analyst")["forecasts"][0]["override"]
    assert analyst["lower"] == 3


def test_the_start_page_marks_it_beside_the_forecast(own_client, own_world):
    made(own_client, own_world, reason="<b>trains</b>")
    page = own_client.post("/", data={"key": own_world.keys["west planner"], "place": "amberford"}).text
    assert "analyst: 1,500" in page
    assert "without 1 override inside" in page
    assert "An analyst holds other figures against the forecast" in page
    assert "&lt;b&gt;trains&lt;/b&gt;" in page
    assert "<b>trains" not in page


def test_the_later_of_two_of_a_day_is_told(own_client, own_world):
    made(own_client, own_world, last=str(FIRST + timedelta(days=1)))
    made(own_client, own_world, median=1700)
    first, second, *_ = forecast(own_client, own_world)["forecasts"]
    assert (first["override"]["median"], second["override"]["median"]) == (1700, 1500)


def scored(world, *, observed=1000.0, wis=20.0, model_wis=40.0):
    one = Override("o1", world.issue.id, "amberford", "arrivals", FIRST, FIRST, 980.0, "x", "key", NOW)
    world.store.overrides.put(one)
    score = OverrideScore("o1", "amberford", "arrivals", FIRST, 1, NOW, observed, wis, model_wis)
    world.store.overrides.append_scores([score])


def test_its_score_is_told_beside_the_forecast_s(own_client, own_world):
    scored(own_world)
    (one,) = get(own_client, own_world, "/v1/scores", of="overrides").json["overrides"]
    assert (one["override"], one["place"], one["days"]) == ("o1", "amberford", 1)
    assert (one["wis"], one["model_wis"], one["skill"]) == (20.0, 40.0, 0.5)
    (row,) = get(own_client, own_world, "/v1/scores", of="overrides", raw="true").json["override_rows"]
    assert (row["target_date"], row["observed"], row["wis"]) == (str(FIRST), 1000, 20.0)
    text = get(own_client, own_world, "/v1/scores", of="overrides", format="csv").text
    assert text.splitlines()[0].startswith("measure,override,place")
    assert get(own_client, own_world, "/v1/scores", "east planner", of="overrides").json["overrides"] == []


def test_a_score_that_gives_a_small_count_away_is_left_out(own_client, own_world):
    scored(own_world)
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="")
    assert get(own_client, own_world, "/v1/scores", of="overrides").json["overrides"] == []
