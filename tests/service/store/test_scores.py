from datetime import timedelta

import pandas as pd
import pytest

from service.store import Scope
from tests.service.store.builders import CUTOFF, NOW, publish, score

LATER = NOW + timedelta(days=1)


@pytest.fixture
def scored(border):
    """A store in which an issue can be scored."""
    publish(border, "first", "ferry", "pass", "west")
    return border


def append(store, *scores):
    publish(store, f"with-{store.doctor()['rows']['issue']}", scores=scores)


def places(frame):
    return list(frame["place_id"])


def test_a_score_comes_back_with_a_column_for_each_interval(scored):
    append(scored, score("first", "ferry"))
    (row,) = scored.scores.read().to_dict("records")
    assert row == {
        "issue_id": "first",
        "place_id": "ferry",
        "measure": "arrivals",
        "horizon": 1,
        "target_date": pd.Timestamp(CUTOFF + timedelta(days=1)),
        "as_of": pd.Timestamp(NOW),
        "observed": 90.0,
        "mode": "calm",
        "wis": 12.5,
        "wis_log": 0.125,
        "overprediction": 2.5,
        "underprediction": 0.0,
        "dispersion": 10.0,
        "bias": 0.25,
        "baseline_wis": 25.0,
        "baseline_wis_log": 0.25,
        "covered_0.5": False,
        "covered_0.8": True,
    }


def test_a_corrected_count_appends_a_score_and_the_newest_counts(scored):
    append(scored, score("first", "ferry", observed=90.0))
    append(scored, score("first", "ferry", observed=120.0, as_of=LATER))
    append(scored, score("first", "ferry", observed=95.0, as_of=NOW - timedelta(days=1)))
    assert list(scored.scores.read()["observed"]) == [120.0]
    assert scored.doctor()["rows"]["score"] == 3


def test_of_two_scores_of_one_instant_the_later_one_counts(scored):
    append(scored, score("first", "ferry", observed=90.0))
    append(scored, score("first", "ferry", observed=91.0))
    assert list(scored.scores.read()["observed"]) == [91.0]


def test_each_issue_horizon_place_and_measure_has_its_own_score(scored):
    publish(scored, "second", "ferry")
    others = [score("first", "pass"), score("first", "ferry", measure="departures"), score("second", "ferry")]
    append(scored, score("first", "ferry"), score("first", "ferry", horizon=2), *others)
    assert len(scored.scores.read()) == 5


def test_scores_can_be_narrowed_to_place_measure_and_target_days(scored):
    day = [CUTOFF + timedelta(days=ahead) for ahead in range(5)]
    append(scored, *(score("first", "ferry", horizon=h, target_date=day[h]) for h in (1, 2, 3)))
    append(scored, score("first", "pass", target_date=day[2]), score("first", "ferry", measure="waiting"))
    read = scored.scores.read
    assert places(read(place_id="pass")) == ["pass"]
    assert len(read(measure="waiting")) == 1
    assert list(read(measure="arrivals", place_id="ferry", first=day[2])["horizon"]) == [2, 3]
    assert len(read(last=day[1])) == 2
    assert places(read(first=day[2], last=day[2])) == ["ferry", "pass"]


def test_scores_out_of_scope_are_not_told(scored):
    append(scored, *(score("first", place) for place in ("ferry", "pass", "west")))
    assert places(scored.scores.read(Scope(places=frozenset({"west"})))) == ["ferry", "west"]
    assert scored.scores.read(Scope(places=frozenset({"west"})), place_id="pass").empty
    assert scored.scores.read(Scope()).empty


def test_without_scores_the_frame_is_empty_and_has_its_columns(scored):
    assert {"issue_id", "target_date", "wis", "baseline_wis"} <= set(scored.scores.read().columns)


def test_what_has_been_scored_against_what_is_told_in_one_go(scored):
    append(scored, score("first", "ferry"), score("first", "pass", target_date=CUTOFF + timedelta(days=2)))
    append(scored, score("first", "ferry", observed=120.0, as_of=LATER))
    frame = scored.scores.observed(first=CUTOFF, last=CUTOFF + timedelta(days=1))
    assert frame.to_dict("records") == [
        {
            "issue_id": "first",
            "place_id": "ferry",
            "measure": "arrivals",
            "horizon": 1,
            "target_date": pd.Timestamp(CUTOFF + timedelta(days=1)),
            "as_of": pd.Timestamp(LATER),
            "observed": 120.0,
        }
    ]


def test_an_instant_without_a_zone_is_refused(scored):
    with pytest.raises(ValueError, match="no time zone"):
        append(scored, score("first", "ferry", as_of=NOW.replace(tzinfo=None)))


def test_sums_are_over_the_newest_scores_by_place_band_mode_and_day(scored):
    day = [CUTOFF + timedelta(days=ahead) for ahead in range(12)]
    append(scored, *(score("first", "ferry", horizon=h, target_date=day[1], wis=h) for h in (1, 7, 8, 15)))
    append(scored, score("first", "ferry", horizon=2, target_date=day[2], mode="surge"))
    append(scored, score("first", "ferry", horizon=1, target_date=day[1], wis=3.0, as_of=LATER))
    append(scored, score("first", "pass", target_date=day[9]))
    rows = scored.scores.sums(((1, 7), (8, 14)), first=day[1], last=day[8]).to_dict("records")
    assert [(row["band"], row["mode"], row["target_date"]) for row in rows] == [
        (0, "calm", day[1]),
        (0, "surge", day[2]),
        (1, "calm", day[1]),
    ]
    assert [(row["wis"], row["baseline_wis"]) for row in rows] == [(10.0, 50.0), (12.5, 25.0), (8.0, 25.0)]
    assert {(row["place_id"], row["measure"]) for row in rows} == {("ferry", "arrivals")}
