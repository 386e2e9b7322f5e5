"""Trust by horizon, from scores made by hand: what counts, what is too little, and what has been lost."""

from datetime import timedelta

import pytest

from service.cycle.trust import LEAST_DAYS, trust_at
from service.store.records import TRUST_DAYS, BandTrust
from tests.service.store.builders import CUTOFF, NOW, REGISTER, publish, score

TODAY = CUTOFF + timedelta(days=100)


@pytest.fixture
def border(sqlite_store):
    sqlite_store.places.put(REGISTER, at=NOW)
    return sqlite_store


def days(count, *, ago=0, **changes):
    """Scores of `ferry` on so many days, the last of them so many days ago, each by an issue of its own."""
    facts = {"horizon": 3, "wis": 8.0, "baseline_wis": 10.0, **changes}
    targets = [TODAY - timedelta(days=ago + number) for number in range(count)]
    return [score(f"{day}-{facts['horizon']}", "ferry", target_date=day, **facts) for day in targets]


def trust(store, *scores):
    for issue_id in sorted({one.issue_id for one in scores}):
        if store.issues.get(issue_id) is None:
            publish(store, issue_id)
    publish(store, f"with-{store.doctor()['rows']['issue']}", scores=scores)
    return trust_at(store, TODAY).get(("arrivals", "ferry"), ())


def test_a_band_whose_score_is_below_the_baselines_is_skilful(border):
    found = trust(border, *days(LEAST_DAYS))
    assert found == (
        BandTrust(1, 7, None, 14, 0.8, "skilful"),
        BandTrust(1, 7, "calm", 14, 0.8, "skilful"),
    )


@pytest.mark.parametrize(("wis", "label"), [(9.99, "skilful"), (10.0, "lost"), (30.0, "lost")])
def test_a_band_that_does_no_better_than_the_baseline_is_lost(border, wis, label):
    assert trust(border, *days(LEAST_DAYS, wis=wis))[0].trust == label


def test_fewer_days_prove_nothing_however_many_forecasts_were_scored(border):
    few = [one for horizon in range(1, 8) for one in days(LEAST_DAYS - 1, horizon=horizon, wis=99.0)]
    assert [(band.days, band.trust) for band in trust(border, *few)] == [(13, "unproven")] * 2


def test_only_the_last_sixty_days_count(border):
    old = trust(border, *days(20, ago=TRUST_DAYS, wis=99.0))
    assert old == ()
    assert trust(border, *days(20, ago=TRUST_DAYS - 20))[0] == BandTrust(1, 7, None, 20, 0.8, "skilful")


def test_days_after_the_cutoff_do_not_count(border):
    assert trust(border, *days(20, ago=-20, wis=99.0)) == ()


def test_bands_and_modes_are_judged_apart(border):
    found = trust(
        border,
        *days(30, horizon=7),
        *days(30, horizon=8, wis=12.0),
        *days(20, horizon=28, wis=5.0),
        *days(15, horizon=20, wis=20.0, mode="surge"),
    )
    assert [(band.first, band.last, band.mode, band.relative, band.trust) for band in found] == [
        (1, 7, None, 0.8, "skilful"),
        (1, 7, "calm", 0.8, "skilful"),
        (8, 14, None, 1.2, "lost"),
        (8, 14, "calm", 1.2, "lost"),
        (15, 28, None, 1.1429, "lost"),
        (15, 28, "calm", 0.5, "skilful"),
        (15, 28, "surge", 2.0, "lost"),
    ]


def test_the_corrected_score_of_a_day_replaces_the_first(border):
    trust(border, *days(LEAST_DAYS, wis=99.0))
    later = days(LEAST_DAYS, as_of=NOW + timedelta(days=1))
    assert trust(border, *later)[0].relative == 0.8


def test_a_baseline_without_any_error_proves_nothing(border):
    found = trust(border, *days(LEAST_DAYS, wis=0.0, baseline_wis=0.0))
    assert (found[0].relative, found[0].trust) == (None, "unproven")


def test_each_place_and_measure_has_its_own(border):
    other = {"target_date": TODAY, "horizon": 1}
    trust(
        border, *days(1), score("first", "pass", **other), score("first", "ferry", measure="waiting", **other)
    )
    assert set(trust_at(border, TODAY)) == {("arrivals", "ferry"), ("arrivals", "pass"), ("waiting", "ferry")}
