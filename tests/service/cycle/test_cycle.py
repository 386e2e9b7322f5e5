import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from forecast.pipeline import in_order
from forecast.quantiles import QUANTILE_LEVELS
from service.clock import SimulatedClock
from service.cycle import CycleError, Means, complete_cycle
from service.cycle.reading import cutoff_at
from service.cycle.reproduction import remade
from service.store.errors import LeaseLost
from service.store.records import EVERYTHING
from tests.service.borders import CROSSINGS, FAST, REGISTER, Border, accept, fast_settings, rows

BORDER = Border()
SHORT = Border(days=35)


@pytest.fixture
def filled(store):
    BORDER.fill(store)
    return store


def cycle(store, *, now=BORDER.morning_after, lease=None, **changes):
    return complete_cycle(store, fast_settings(**changes), Means(in_order, lease), now=now)


def forecasts_of(store, issue, measure="arrivals"):
    return {made.place_id: made for made in store.issues.forecasts(issue.id, EVERYTHING, measure=measure)}


class Told(list):
    """A fake watcher of a cycle's steps."""

    def __call__(self, step):
        self.append(step)


def test_an_issue_holds_every_crossing_region_and_country_with_every_level_and_horizon(filled):
    issue = cycle(filled).issue
    made = forecasts_of(filled, issue)
    assert set(made) == {place.id for place in REGISTER}
    for forecast in made.values():
        assert forecast.values.shape == forecast.baseline.shape == (28, len(QUANTILE_LEVELS))
        assert len(forecast.modes) == 28
        assert np.isfinite(forecast.values).all()
        assert (forecast.values >= 0).all()
        assert (np.diff(forecast.values, axis=1) >= 0).all()
    assert issue.levels == QUANTILE_LEVELS


def test_the_sample_paths_of_a_region_are_the_sums_of_its_crossings_exactly(filled):
    issue = cycle(filled).issue
    paths, made = filled.issues.paths(issue.id, "arrivals"), forecasts_of(filled, issue)
    assert set(paths.ids) == set(CROSSINGS)
    for total, parts in {"west": ["bridge", "ferry"], "east": ["pass"], "land": CROSSINGS}.items():
        summed = sum(paths.values[:, paths.ids.index(part)] for part in parts)
        read_off = np.quantile(summed, QUANTILE_LEVELS, axis=0, method="hazen").T
        np.testing.assert_allclose(made[total].values, read_off, atol=0.05)  # published in tenths


def test_an_issue_says_what_it_was_made_of(filled):
    issue = cycle(filled).issue
    assert issue.cutoff == BORDER.morning_after.date() - timedelta(days=1)
    assert issue.as_of == BORDER.morning_after
    assert issue.issued_at >= issue.as_of
    assert issue.last_observation == filled.observations.vintage()
    assert issue.configuration["members"] == list(FAST)
    assert len(issue.configuration_hash) == len(issue.checksum) == 64
    assert (issue.seed, issue.degraded) == (1, False)
    assert filled.issues.get(issue.id) == issue


def test_an_issue_made_again_from_its_vintage_configuration_and_seed_has_the_same_checksum(filled):
    issue = cycle(filled).issue
    assert remade(filled, filled.issues.get(issue.id), in_order).checksum == issue.checksum


def test_another_seed_makes_another_checksum(filled):
    issue = cycle(filled).issue
    other = replace(issue, configuration={**issue.configuration, "seed": 2})
    assert remade(filled, other, in_order).checksum != issue.checksum


def test_an_issue_stays_what_it_was_when_counts_come_later_for_its_days(filled):
    issue = cycle(filled).issue
    day = issue.cutoff
    accept(filled, rows("pass", "arrivals", {day: 9_999.0}), at=issue.as_of + timedelta(days=1))
    accept(
        filled,
        rows("pass", "arrivals", {day - timedelta(days=1): 8_888.0}),
        at=issue.as_of - timedelta(hours=1),
    )
    older = rows("ferry", "arrivals", {date(2023, 12, 1) + timedelta(days=n): 300.0 for n in range(20)})
    accept(filled, older, at=datetime(2023, 12, 30, tzinfo=UTC))
    assert remade(filled, issue, in_order).checksum == issue.checksum
    later = cycle(filled, now=issue.as_of + timedelta(hours=1)).issue  # the history is news to the next one
    assert later.checksum != issue.checksum


def test_an_issue_stays_what_it_was_when_the_register_changes(filled):
    issue = cycle(filled).issue
    moved = [replace(place, parent="east") if place.id == "ferry" else place for place in REGISTER]
    filled.places.put(moved, at=issue.as_of + timedelta(hours=1))
    assert remade(filled, issue, in_order).checksum == issue.checksum
    assert cycle(filled, now=issue.as_of + timedelta(hours=2)).issue.checksum != issue.checksum


@pytest.fixture
def short(store):
    """One crossing with 35 days of counts: what a slow member fits in a second."""
    store.places.put(REGISTER, at=datetime(2023, 12, 1, tzinfo=UTC))
    frame = SHORT.frame()
    accept(store, frame[frame["place"] == "pass"])
    return store


@pytest.mark.parametrize("slow", ["ets", "prophet"])
def test_kept_hindcasts_spare_work_and_change_nothing(short, slow):
    spread = []

    def counting(work, tasks):
        spread.append(len(tasks))
        return in_order(work, tasks)

    settings = fast_settings(members=("weekly_naive", slow), horizon=7)
    now = SHORT.morning_after
    first = complete_cycle(short, settings, Means(counting), now=now).issue
    again = complete_cycle(short, settings, Means(counting), now=now + timedelta(minutes=1)).issue
    assert short.hindcasts.all()
    assert spread[0] > 0 == sum(spread[1:])
    assert first.checksum == again.checksum == remade(short, first, in_order).checksum


def test_a_night_that_goes_on_from_checkpoints_makes_the_issue_that_is_made_from_nothing(filled):
    cycle(filled, now=BORDER.morning_after - timedelta(days=2))
    kept = filled.hindcasts.all()
    night = cycle(filled).issue
    assert sum(key.startswith("states-") for key in kept) == len(CROSSINGS)
    assert set(kept) <= set(filled.hindcasts.all())
    assert remade(filled, night, in_order).checksum == night.checksum


def test_the_first_issue_of_an_empty_store_can_leave_the_slow_members_for_the_next(short):
    settings = {"members": (*FAST, "ets"), "horizon": 7, "first_issue_fast": True}
    first = cycle(short, now=SHORT.morning_after, **settings).issue
    assert any(pending_ets(flag) for flag in forecasts_of(short, first)["pass"].flags)
    second = cycle(short, now=SHORT.morning_after + timedelta(hours=1), **settings).issue
    assert not any(pending_ets(flag) for flag in forecasts_of(short, second)["pass"].flags)
    assert remade(short, first, in_order).checksum == first.checksum
    assert remade(short, second, in_order).checksum == second.checksum


def pending_ets(flag):
    return flag.startswith("members-pending") and "ets" in flag


def test_every_measure_with_counts_is_forecast_and_the_others_are_no_gap(store):
    border = replace(BORDER, measures=("arrivals", "departures"))
    border.fill(store)
    outcome = cycle(store)
    assert outcome.issue.measures == ("arrivals", "departures")
    assert outcome.series == 6
    assert len(forecasts_of(store, outcome.issue, "departures")) == len(REGISTER)
    assert outcome.warnings == ()


def test_a_crossing_without_counts_is_left_out_and_named(store):
    store.places.put(REGISTER, at=datetime(2023, 12, 1, tzinfo=UTC))
    frame = BORDER.frame()
    accept(store, frame[frame["place"] != "pass"])
    outcome = cycle(store)
    assert set(forecasts_of(store, outcome.issue)) == {"bridge", "ferry", "west", "land"}
    assert any("pass" in warning for warning in outcome.warnings)


def test_without_any_count_a_cycle_says_what_to_do(store):
    with pytest.raises(CycleError, match="arrivals places import"):
        cycle(store)
    store.places.put(REGISTER, at=datetime(2023, 12, 1, tzinfo=UTC))
    with pytest.raises(CycleError, match="arrivals ingest"):
        cycle(store)
    assert store.issues.latest() is None


def test_counts_of_days_that_are_not_over_are_left_for_the_next_issue(filled):
    accept(filled, rows("pass", "arrivals", {BORDER.morning_after.date(): 5.0}), at=BORDER.morning_after)
    before = cycle(filled).issue
    assert before.cutoff < BORDER.morning_after.date()


@pytest.mark.parametrize(
    ("zone", "now", "cutoff"),
    [
        ("UTC", datetime(2024, 3, 1, 0, 0, tzinfo=UTC), date(2024, 2, 29)),
        ("Asia/Almaty", datetime(2024, 2, 29, 18, 0, tzinfo=UTC), date(2024, 2, 28)),  # its 25th hour
        ("Asia/Almaty", datetime(2024, 2, 29, 19, 0, tzinfo=UTC), date(2024, 2, 29)),
        ("Europe/Berlin", datetime(2024, 3, 30, 23, 0, tzinfo=UTC), date(2024, 3, 30)),
        ("America/Havana", datetime(2024, 3, 10, 4, 59, tzinfo=UTC), date(2024, 3, 8)),
    ],
)
def test_the_cutoff_is_the_last_civil_day_of_the_authority_that_is_over(zone, now, cutoff):
    assert cutoff_at(now, zone) == cutoff


def with_partial_days_alone(store, crossings):
    """Counts of which no member can learn anything for some crossings: not one day of theirs is whole."""
    frame = BORDER.frame()
    frame.loc[frame["place"].isin(crossings), "status"] = "partial"
    store.places.put(REGISTER, at=datetime(2023, 12, 1, tzinfo=UTC))
    accept(store, frame)


def test_a_series_that_no_member_can_forecast_gets_the_baseline_and_the_reason(store):
    with_partial_days_alone(store, ["bridge"])
    outcome = cycle(store)
    assert outcome.fallbacks == ("arrivals of bridge: fallback: no counts",)
    assert outcome.as_detail()["fallbacks"] == 1
    assert not outcome.issue.degraded
    made = forecasts_of(store, outcome.issue)
    assert any(flag.startswith("fallback") for flag in made["bridge"].flags)
    np.testing.assert_allclose(made["bridge"].values, made["bridge"].baseline, atol=1.0)
    assert remade(store, outcome.issue, in_order).checksum == outcome.issue.checksum


def test_when_every_series_fell_back_the_issue_is_degraded(store):
    with_partial_days_alone(store, CROSSINGS)
    assert cycle(store).issue.degraded


def test_a_cycle_takes_in_what_waits_in_the_inbox_before_it_reads(filled, tmp_path):
    late = BORDER.morning_after.date() - timedelta(days=1)
    (tmp_path / "late.csv").write_text(f"crossing,date,arrivals\npass,{late},4321\n")
    waited = filled.observations.vintage()
    os.utime(tmp_path / "late.csv", (0, 0))  # long since written
    outcome = cycle(filled, inbox=tmp_path)
    assert outcome.uploads == 1
    assert outcome.issue.last_observation == waited + 1


def test_a_refused_file_is_told_and_stops_nothing(filled, tmp_path):
    (tmp_path / "bad.csv").write_text("crossing,date,arrivals\nnowhere,2024-03-30,5\n")
    os.utime(tmp_path / "bad.csv", (0, 0))  # long since written
    outcome = cycle(filled, inbox=tmp_path)
    assert filled.issues.latest() == outcome.issue
    assert any("bad.csv" in warning for warning in outcome.warnings)


def test_a_feed_that_is_down_is_told_and_stops_nothing(filled):
    feed = {"name": "east-feed", "url": "http://127.0.0.1:9/counts.csv"}
    outcome = cycle(filled, feeds=(feed,))
    assert any("east-feed" in warning for warning in outcome.warnings)
    assert filled.issues.latest() == outcome.issue


def test_a_watcher_is_told_each_step_in_order(filled):
    told = Told()
    complete_cycle(filled, fast_settings(), Means(in_order, progress=told), now=BORDER.morning_after)
    assert told == [
        "taking counts in",
        "reading counts",
        "forecasting",
        "verifying past forecasts",
        "planning",
        "publishing",
    ]


def test_a_slot_that_was_published_before_an_interruption_is_not_published_again(filled):
    lease = filled.jobs.claim("cycle", "2024-03-31", owner="a", now=BORDER.morning_after, lease_seconds=60)
    first = cycle(filled, lease=lease).issue
    again = cycle(filled, lease=lease, now=BORDER.morning_after + timedelta(hours=1))
    assert again.issue == first
    assert len(filled.issues.page(10)) == 1


def test_a_process_that_slept_through_its_lease_publishes_nothing(filled):
    early, late = BORDER.morning_after, BORDER.morning_after + timedelta(minutes=5)
    paused = filled.jobs.claim("cycle", "2024-03-31", owner="a", now=early, lease_seconds=60)

    def overtaken(work, tasks):
        return in_order(work, tasks)

    told = []

    def pause_before_publishing(step):
        if step == "publishing":
            told.append(filled.jobs.claim("cycle", "2024-03-31", owner="b", now=late, lease_seconds=60))

    with pytest.raises(LeaseLost):
        complete_cycle(filled, fast_settings(), Means(overtaken, paused, pause_before_publishing), now=early)
    assert filled.issues.latest() is None
    assert filled.hindcasts.all() == {}
    assert cycle(filled, now=late, lease=told[0]).issue == filled.issues.latest()


def test_an_issue_bears_the_instant_at_which_it_could_be_read(filled, tmp_path):
    clock = SimulatedClock(tmp_path / "clock")
    clock.set(BORDER.morning_after)

    def slow(work, tasks):
        return in_order(work, tasks)

    def later(step):
        if step == "publishing":
            clock.set(BORDER.morning_after + timedelta(minutes=7))

    settings = fast_settings(simulated_clock=clock.path)
    issue = complete_cycle(filled, settings, Means(slow, progress=later), now=BORDER.morning_after).issue
    assert issue.as_of == BORDER.morning_after
    assert issue.issued_at == BORDER.morning_after + timedelta(minutes=7)
