"""Scores of what proposed configurations would have published."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from service.store.blocks import checksum
from service.store.model_records import ModelRecord, Shadow
from service.store.records import Score
from tests.service.web.world import CUTOFF, NOW


@pytest.fixture
def proposed(own_world):
    """A configuration whose shadow forecast scored half of what was published."""
    store = own_world.store
    published = store.scores.read(place_id="amberford", measure="arrivals").to_dict("records")
    own_world.store.models.propose(ModelRecord("c0ffee", "0" * 64, "seed = 2\n", "", "key", NOW))
    facts = set(Score.__dataclass_fields__) - {"covered"}
    rows = [Score(covered={0.8: True}, **{name: row[name] for name in facts}) for row in published]
    rows = [
        replace(row, wis=row.wis / 2, target_date=row.target_date.date(), as_of=row.as_of.to_pydatetime())
        for row in rows
    ]
    last = CUTOFF + timedelta(days=10)
    shadow = Shadow("c0ffee", own_world.issue.id, NOW, 10, last, "0.1.0", (), rows)
    store.shadows.publish(shadow)
    return own_world


def get(client, world, who="analyst", status=200, **query):
    response = client.get("/v1/scores", query_string=query, headers=world.headers(who))
    assert response.status_code == status, response.json
    return response


def test_a_shadow_s_scores_stand_beside_what_was_published(own_client, proposed):
    answer = get(own_client, proposed, configuration="c0ffee").json
    assert answer["configuration"] == "c0ffee"
    assert "outlooks" not in answer
    assert {one["place"] for one in answer["scores"]} == {"amberford"}
    for one in answer["scores"]:
        assert one["wis"] == pytest.approx(one["published_wis"] / 2, abs=1e-4)


def test_every_single_score_can_be_had_and_as_csv(own_client, proposed):
    rows = get(own_client, proposed, configuration="c0ffee", raw="true").json["rows"]
    scored = proposed.store.scores.read(place_id="amberford", measure="arrivals")
    assert [row["target_date"] for row in rows] == [str(day.date()) for day in scored["target_date"]] != []
    assert all(row["wis"] == pytest.approx(row["published_wis"] / 2, abs=1e-4) for row in rows)
    text = get(own_client, proposed, configuration="c0ffee", format="csv").text
    assert "published_wis" in next(csv.reader(io.StringIO(text)))
    assert "published_wis" not in get(own_client, proposed, format="csv").text


def test_beside_a_count_that_was_corrected_since_no_published_score_is_told(own_client, proposed):
    store = proposed.store
    row = store.scores.read(place_id="amberford", measure="arrivals").to_dict("records")[0]
    facts = {name: row[name] for name in set(Score.__dataclass_fields__) - {"covered"}}
    changed = {"target_date": row["target_date"].date(), "as_of": NOW + timedelta(days=9), "observed": 1e6}
    corrected = Score(covered={0.8: False}, **(facts | changed))
    empty = replace(proposed.issue, id="later", checksum=checksum([], {}))
    store.issues.publish(empty, [], {}, scores=[corrected])
    first, second = get(own_client, proposed, configuration="c0ffee", raw="true").json["rows"]
    assert "published_wis" not in first
    assert second["published_wis"] > 0


def test_published_scores_know_nothing_of_shadows(own_client, proposed):
    answer = get(own_client, proposed).json
    assert "configuration" not in answer
    assert "published_wis" not in str(answer)


def test_planners_are_not_told_what_might_have_been_published(own_client, proposed):
    get(own_client, proposed, "west planner", 403, configuration="c0ffee")
    get(own_client, proposed, "operator", 200, configuration="c0ffee")


def test_a_configuration_that_is_not_there_is_refused(own_client, proposed):
    assert (
        get(own_client, proposed, status=404, configuration="none").json["errors"][0]["field"]
        == "configuration"
    )
    get(own_client, proposed, status=422, configuration="c0ffee", of="outlooks")
