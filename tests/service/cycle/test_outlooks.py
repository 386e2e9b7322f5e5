"""Outlooks through the cycle: published with the issue, and verified when their days are in."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast import pipeline
from forecast.explain import Explanation
from forecast.outlook import verdicts
from forecast.pipeline import in_order
from service.cycle import Means, complete_cycle, computation
from service.cycle.reproduction import remade
from service.store.records import EVERYTHING
from tests.service.borders import CROSSINGS, REGISTER, Border, accept, fast_settings, rows

LONG = Border(days=106)


def days(first, last):
    frame = LONG.frame()
    number = (frame["date"] - frame["date"].min()).dt.days
    return frame[(number >= first) & (number < last)]


def counts(place, first, last):
    parts = {"west": ("bridge", "ferry"), "east": ("pass",), "land": CROSSINGS}.get(place, (place,))
    known = days(first, last).pivot(index="date", columns="place", values="value")
    return known[list(parts)].sum(axis=1).to_numpy()


def cycle(store, days, hours=0):
    now = replace(LONG, days=days).morning_after + timedelta(hours=hours)
    return complete_cycle(store, fast_settings(), Means(in_order), now=now)


@pytest.fixture
def issue(sqlite_store):
    sqlite_store.places.put(REGISTER, at=LONG.morning_after - timedelta(days=140))
    accept(sqlite_store, days(0, 90))
    return cycle(sqlite_store, 90).issue


def scored(store, issue):
    frame = store.outlook_scores.read(EVERYTHING)
    return frame[frame["issue_id"] == issue.id]


def test_every_place_is_published_with_its_outlook(sqlite_store, issue):
    published = sqlite_store.issues.forecasts(issue.id)
    assert {one.place_id for one in published} == {place.id for place in REGISTER}
    for one in published:
        assert one.outlook is not None
        assert [len(week) for week in one.outlook.chances.changes] == [5, 5]
        reference = counts(one.place_id, 83, 90).mean()
        assert one.outlook.yardstick.reference == pytest.approx(reference, abs=1e-6)


def test_the_outlook_comes_out_the_same_when_the_issue_is_made_again(sqlite_store, issue):
    assert remade(sqlite_store, issue, in_order).checksum == issue.checksum


def test_a_part_is_scored_when_its_last_day_is_in(sqlite_store, issue):
    accept(sqlite_store, days(90, 96))
    cycle(sqlite_store, 96)
    assert scored(sqlite_store, issue).empty
    accept(sqlite_store, days(96, 97))
    cycle(sqlite_store, 97)
    assert set(scored(sqlite_store, issue)["last"]) == {7}
    accept(sqlite_store, days(97, 104))
    cycle(sqlite_store, 104)
    found = scored(sqlite_store, issue)
    assert len(found) == 3 * len(REGISTER)
    for one in sqlite_store.issues.forecasts(issue.id):
        expected = {
            (verdict.kind, verdict.last): (verdict.outcome, verdict.score, verdict.reference)
            for verdict in verdicts(one.outlook, counts(one.place_id, 90, 104))
        }
        mine = found[found["place_id"] == one.place_id]
        assert {
            (row.kind, row.last): (row.outcome, row.score, row.reference) for row in mine.itertuples()
        } == expected
        assert set(mine[mine["last"] == 14]["target_date"]) == {issue.cutoff + timedelta(days=14)}


def test_a_part_is_scored_again_only_when_a_correction_changes_it(sqlite_store, issue):
    accept(sqlite_store, days(90, 97))
    cycle(sqlite_store, 97)
    before = sqlite_store.doctor()["rows"]["outlook_score"]
    first = {issue.cutoff + timedelta(days=ahead): 1_400.0 for ahead in (3,)}
    now = replace(LONG, days=97).morning_after
    accept(sqlite_store, rows("pass", "arrivals", first), at=now + timedelta(hours=1))
    cycle(sqlite_store, 97, hours=2)
    assert sqlite_store.doctor()["rows"]["outlook_score"] == before
    surge = {issue.cutoff + timedelta(days=ahead): 9_000.0 for ahead in (2, 3)}
    accept(sqlite_store, rows("pass", "arrivals", surge), at=now + timedelta(hours=3))
    cycle(sqlite_store, 97, hours=4)
    found = scored(sqlite_store, issue).set_index(["place_id", "kind"])["outcome"]
    assert found["pass", "surge"] == found["east", "surge"] == found["land", "surge"] == 1
    assert found["pass", "change"] == 4
    assert found["ferry", "surge"] == 0


def test_a_crossing_that_closes_counts_nobody(sqlite_store, issue):
    shut = {issue.cutoff + timedelta(days=ahead): np.nan for ahead in range(1, 8)}
    now = replace(LONG, days=97).morning_after
    accept(sqlite_store, rows("pass", "arrivals", shut, "closed"), at=now)
    cycle(sqlite_store, 97)
    found = scored(sqlite_store, issue).set_index(["place_id", "kind"])["outcome"]
    assert found["pass", "change"] == 0
    assert ("ferry", "change") not in found.index


def test_explanations_are_published_and_totals_have_none(sqlite_store, monkeypatch):
    why = Explanation(300.0, (1.0,) * 7, (1.0,) * 28, (1.0,) * 28, (), {"ets": 1.0}, {"ets": 0.9})
    made = pipeline.issue

    def explained(*given, **options):
        forecasts = made(*given, **options)
        return replace(forecasts, explanations=(why, None, why, *forecasts.explanations[3:]))

    monkeypatch.setattr(computation.pipeline, "issue", explained)
    sqlite_store.places.put(REGISTER, at=LONG.morning_after - timedelta(days=140))
    accept(sqlite_store, days(0, 60))
    issue = cycle(sqlite_store, 60).issue
    told = {
        place.id: sqlite_store.issues.explained(issue.id, "arrivals", place.id).explanation
        for place in REGISTER
    }
    assert told == {place.id: why if place.id in {"bridge", "pass"} else None for place in REGISTER}


def test_trust_is_what_the_store_had_scored_when_the_issue_was_made(sqlite_store, issue):
    assert all(one.trust == () for one in sqlite_store.issues.forecasts(issue.id))
    for day in range(91, 107):
        accept(sqlite_store, days(day - 1, day))
        last = cycle(sqlite_store, day).issue
    ferry = next(one for one in sqlite_store.issues.forecasts(last.id) if one.place_id == "ferry")
    soon = next(band for band in ferry.trust if (band.first, band.mode) == (1, None))
    known = sqlite_store.scores.read(place_id="ferry")
    known = known[(known["horizon"] <= 7) & (known["as_of"] < last.as_of)]
    assert soon.days == known["target_date"].nunique() == 15
    assert soon.relative == pytest.approx(known["wis"].sum() / known["baseline_wis"].sum(), abs=1e-4)
    assert soon.trust in {"skilful", "lost"}
