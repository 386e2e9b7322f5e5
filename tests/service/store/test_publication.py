from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from service.store import EVERYTHING, LeaseLost
from service.store.schema import latest_forecast
from tests.service.store.builders import CUTOFF, NOW, forecast, issue, publish, sample_paths, score


def claim(store, now=NOW, owner="a"):
    return store.jobs.claim("cycle", "2022-09-26", owner=owner, now=now, lease_seconds=60)


def plain_rows(store):
    with store.database.read() as connection:
        order = (latest_forecast.c.place_id, latest_forecast.c.target_date)
        return connection.execute(select(latest_forecast).order_by(*order)).mappings().all()


def test_the_plain_table_shows_the_latest_issue_and_no_other(border):
    publish(border, "first", "ferry", "pass")
    publish(border, "second", "ferry", cutoff=CUTOFF + timedelta(days=1))
    rows = plain_rows(border)
    assert {row["issue_id"] for row in rows} == {"second"}
    assert [row["target_date"] for row in rows] == [CUTOFF + timedelta(days=ahead) for ahead in (2, 3, 4)]
    assert [row["horizon"] for row in rows] == [1, 2, 3]


def test_the_plain_table_shows_published_quantiles_and_nothing_for_levels_without_one(border):
    given = forecast("ferry", modes=("surge", "calm", "calm"), flags=("closed", "short-history"))
    border.issues.publish(issue("first", [given]), [given], {})
    row = plain_rows(border)[0]
    assert [row[name] for name in ("q05", "q25", "median", "q75", "q95")] == [50.0, 75.0, 100.0, 125.0, 150.0]
    assert (row["q10"], row["q975"]) == (None, None)
    assert (row["mode"], row["flags"]) == ("surge", "closed; short-history")


def test_an_issue_that_does_not_bear_its_checksum_is_refused(border):
    with pytest.raises(ValueError, match="its content has"):
        border.issues.publish(issue("first", [], checksum="0" * 64), [forecast("ferry")], {})
    assert border.issues.latest() is None


def test_a_publication_that_fails_leaves_nothing_behind(border):
    publish(border, "first", "ferry", kept={"old": np.zeros(1)})
    before = border.doctor()["rows"]
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        publish(
            border,
            "second",
            "ferry",
            paths={"arrivals": sample_paths("ferry")},
            kept={"new": np.zeros(1)},
            scores=[score("nowhere", "ferry")],
        )
    assert border.doctor()["rows"] == before
    assert border.issues.latest().id == "first"
    assert {row["issue_id"] for row in plain_rows(border)} == {"first"}


def test_an_id_is_published_once(border):
    publish(border, "first", "ferry")
    with pytest.raises(Exception, match=r"(?i)unique"):
        publish(border, "first", "pass")
    assert [one.place_id for one in border.issues.forecasts("first", EVERYTHING)] == ["ferry"]


def test_a_publication_ends_its_slot_in_the_same_transaction(border):
    publish(border, "first", "ferry", lease=claim(border))
    (run,) = border.jobs.runs("cycle")
    assert (run.state, run.detail) == ("done", {"issue": "first"})
    assert claim(border, now=NOW + timedelta(days=1), owner="b") is None


def test_a_slot_publishes_once(border):
    lease = claim(border)
    publish(border, "first", "ferry", lease=lease)
    with pytest.raises(LeaseLost):
        publish(border, "second", "ferry", lease=lease)
    assert border.issues.latest().id == "first"


def test_whoever_lost_the_lease_publishes_nothing_and_the_other_does(border):
    slow = claim(border)
    quick = claim(border, now=NOW + timedelta(minutes=2), owner="b")
    with pytest.raises(LeaseLost, match="slot 2022-09-26 of cycle was taken over while a held it"):
        publish(border, "of-a", "ferry", lease=slow)
    assert border.issues.latest() is None
    publish(border, "of-b", "ferry", lease=quick)
    assert border.issues.latest().id == "of-b"


def test_a_lease_that_is_late_but_not_taken_over_still_publishes(border):
    publish(border, "first", "ferry", lease=claim(border), issued_at=NOW + timedelta(hours=9))
    assert border.issues.latest().id == "first"


def test_paths_of_the_newest_issues_are_kept_and_older_ones_pruned(border):
    for number in range(4):
        publish(border, f"n{number}", "ferry", paths={"arrivals": sample_paths("ferry")}, keep_paths=2)
    kept = [border.issues.paths(f"n{number}", "arrivals") is not None for number in range(4)]
    assert kept == [False, False, True, True]
    assert len(border.issues.forecasts("n0", EVERYTHING)) == 1


def test_scores_are_published_with_the_issue(border):
    publish(border, "first", "ferry")
    publish(border, "second", "ferry", scores=[score("first", "ferry")])
    assert list(border.scores.read()["issue_id"]) == ["first"]
