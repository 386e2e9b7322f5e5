"""Waits: days read off hours, and the whole against people simulated one by one."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.paths import Paths
from forecast.planning import waits
from forecast.planning.bursts import chance_flow
from forecast.planning.hours import hours_of
from forecast.planning.queues import LONGEST_HOURS, fluid, mean_wait
from forecast.planning.registers import CrossingCapacity, Registers, Version
from forecast.planning.waits import late_chances, late_shares, waits_of
from tests.forecast.planning.event_simulation import simulate_days

SUNDAY = date(2022, 9, 25)
LONG_AGO = date(2020, 1, 1)
HOUR = np.arange(24)
DAYTIME = (HOUR >= 6) & (HOUR < 22)
WAVE = 1 + 0.7 * np.sin((HOUR - 8) / 24 * 2 * np.pi)


def crossing(booths, *rates, profile=WAVE, **others):
    """A crossing whose every day is alike."""
    return CrossingCapacity(
        booths=np.tile(np.broadcast_to(booths, 24), (7, 1)).astype(int),
        rates=rates,
        profile=np.tile(profile / profile.sum(), (7, 1)),
        booths_limit=20,
        **others,
    )


def hours_at(*crossings, days=7):
    registers = Registers([Version(f"c{at}", LONG_AGO, one) for at, one in enumerate(crossings)])
    return hours_of(registers, [f"c{at}" for at in range(len(crossings))], cutoff=SUNDAY, horizon=days)


def demand_of(people):
    """Paths of [path, crossing, day]."""
    values = np.asarray(people, dtype=int)
    return Paths(tuple(f"c{at}" for at in range(values.shape[1])), SUNDAY, values)


def waits_at(one, people, *, paths=1, start=0.0):
    """One crossing, the same days in every path."""
    demand = demand_of(np.tile(np.asarray(people), (paths, 1, 1)))
    return waits_of(demand, hours_at(one, days=len(people)), np.array([start]), seed=1)


def flow_at(one, people, *, paths=1, start=0.0, seed=1):
    """Who came, and the flow by the hour, [path, crossing, hour]."""
    demand = np.tile(np.asarray(people, dtype=np.float32), (paths, 1, 1))
    return chance_flow(demand, hours_at(one, days=len(people)), np.array([start]), seed=seed)


CALM = crossing(np.where(DAYTIME, 6, 3), 30.0)
NIGHTS_SHUT = crossing(np.where(DAYTIME, 5, 0), 40.0, 38.0, 36.0)
SMALL = crossing(1, 12.0)
SLOW = crossing(12, 6.0)
BURSTY = crossing(np.where(DAYTIME, 6, 3), 30.0, peakedness=4.0, service_variability=0.5)


def test_nobody_is_lost_between_coming_standing_and_passing():
    people = [2000, 5000, 5500, 900]
    found = waits_at(CALM, people, paths=20, start=300.0)
    passed = found.throughput.sum(axis=2) + found.queue[:, :, -1]
    np.testing.assert_allclose(passed, 300 + sum(people), rtol=2e-5)
    np.testing.assert_allclose(flow_at(CALM, people, start=300.0)[0].sum(axis=2), sum(people), rtol=2e-5)
    assert (found.throughput >= 0).all()
    assert found.throughput.max() < 3600 + 5 * 60  # what the booths pass and what chance adds


def test_a_backlog_is_carried_over_nights_and_days():
    found = waits_at(CALM, [9000, 0, 0, 0], paths=50)
    assert found.queue[:, 0, 0].mean() == pytest.approx(9000 - found.throughput[:, 0, 0].mean(), rel=1e-3)
    assert (found.queue[:, 0, 1] > 10).all()
    assert (found.queue[:, 0, 2] == 0).all()
    assert (found.mean_wait[:, 0, 1:] == 0).all()  # nobody comes, so nobody who comes waits


def test_with_many_people_and_even_services_it_is_the_fluid_queue():
    many = crossing(np.where(DAYTIME, 10, 4), 600.0, peakedness=0.01, service_variability=0.0)
    people = [90_000, 130_000, 150_000, 80_000]
    _, found = flow_at(many, people)
    hours = hours_at(many, days=4)
    flow = fluid(hours.hourly(np.array([[people]], dtype=float)), hours.capacity, np.zeros((1, 1)))
    np.testing.assert_allclose(found.queue, flow.queue, atol=120)
    np.testing.assert_allclose(found.wait, flow.wait, atol=0.06)
    np.testing.assert_allclose(found.longest, flow.longest, atol=0.06)


def test_who_comes_after_the_booths_shut_waits_for_the_morning():
    found = waits_at(NIGHTS_SHUT, [1000] * 3, paths=50)
    _, flow = flow_at(NIGHTS_SHUT, [1000] * 3, paths=50)
    of_23_hours, of_4_hours = flow.wait[:, 0, 23], flow.wait[:, 0, 28]
    assert of_23_hours.mean() == pytest.approx(6.5, abs=0.3)
    assert of_4_hours.mean() == pytest.approx(1.5 + flow.queue[:, 0, 28].mean() / 180, abs=0.1)
    assert found.longest_wait.max() < 8.5 * 60


def test_where_no_booth_ever_opens_the_wait_is_capped_and_flagged():
    found = waits_at(crossing(0, 30.0), [100, 200], paths=3)
    assert found.capped.all()
    np.testing.assert_allclose(found.longest_wait, 60 * LONGEST_HOURS)
    np.testing.assert_allclose(found.mean_wait, 60 * LONGEST_HOURS)
    np.testing.assert_allclose(found.queue[:, 0], [[100, 300]] * 3, rtol=1e-4)
    assert found.throughput.max() < 1e-3


def test_no_number_is_ever_infinite_or_missing():
    for one in (CALM, NIGHTS_SHUT, SMALL, SLOW, BURSTY, crossing(0, 1.0), crossing(1, 0.5)):
        found = waits_at(one, [0, 1, 3, 50_000, 0, 7, 0], paths=20, start=2.0)
        for name in ("throughput", "queue", "mean_wait", "longest_wait", "person_hours"):
            values = getattr(found, name)
            assert np.isfinite(values).all(), name
            assert values.min() >= 0, name
        assert found.longest_wait.max() <= 60 * LONGEST_HOURS
        assert (found.longest_wait >= found.mean_wait - 1e-3).mean() > 0.98


def test_walking_is_part_of_every_wait():
    still, far = (waits_at(replace(CALM, walking=minutes), [2000]) for minutes in (0.0, 12.0))
    np.testing.assert_allclose(far.mean_wait - still.mean_wait, 12, atol=1e-3)
    np.testing.assert_allclose(far.longest_wait - still.longest_wait, 12, atol=1e-3)


def test_a_queue_spills_over_on_the_days_on_which_it_outgrows_its_room():
    found = waits_at(replace(CALM, queue_room=400.0), [2000, 5000, 0, 0], paths=20)
    assert found.spilled.mean(axis=(0, 1)).tolist() == [0, 1, 1, 0]


def test_the_same_seed_gives_the_same_waits_whichever_other_crossings_are_planned():
    people = np.random.default_rng(0).poisson(2500, (30, 2, 5))
    both = waits_of(demand_of(people), hours_at(CALM, NIGHTS_SHUT, days=5), np.zeros(2), seed=7)
    alone = waits_of(demand_of(people), hours_at(CALM, days=5), np.zeros(1), seed=7)
    np.testing.assert_array_equal(both.mean_wait[:, :1], alone.mean_wait)
    other = waits_of(demand_of(people), hours_at(CALM, days=5), np.zeros(1), seed=8)
    assert (other.mean_wait != alone.mean_wait).any()


def test_more_demand_on_one_day_changes_no_day_before_it():
    people = np.random.default_rng(0).poisson(300, (30, 1, 5))
    more = people + np.array([0, 0, 0, 900, 0])
    hours = hours_at(SMALL, days=5)
    plain, surge = (
        chance_flow(one.astype(np.float32), hours, np.zeros(1), seed=7)[1] for one in (people, more)
    )
    np.testing.assert_array_equal(plain.queue[:, :, :70], surge.queue[:, :, :70])
    assert (surge.queue[:, :, 95] > plain.queue[:, :, 95]).all()


def test_demand_of_other_days_is_refused():
    with pytest.raises(ValueError, match="2 days after 2022-09-25, hours of 3 days"):
        waits_of(demand_of([[[5, 5]]]), hours_at(CALM, days=3), np.zeros(1), seed=1)


def test_the_chance_of_a_long_wait_counts_days_and_its_share_counts_people():
    hours = hours_at(CALM, days=1)
    found = waits_of(demand_of([[[2000]], [[2000]]]), hours, np.zeros(1), seed=1)
    wait = np.zeros((2, 1, 24), dtype=np.float32)
    wait[0, 0, 8:14] = 3.0
    by_hand = replace(found, longest_wait=np.array([[[180.0]], [[0.0]]]))
    assert late_chances(by_hand, thresholds=(2.0, 4.0))[:, 0, 0].tolist() == [0.5, 0.0]
    came = np.full((2, 1, 24), 100.0)
    assert late_shares(came, wait, hours, thresholds=(2.0, 4.0))[:, 0, 0].tolist() == [6 / 48, 0.0]


def test_crossings_are_planned_some_at_a_time(monkeypatch):
    crossings, people = (CALM, SMALL, SLOW, BURSTY), np.full((5, 4, 3), 500)
    whole = waits_of(demand_of(people), hours_at(*crossings, days=3), np.zeros(4), seed=1)
    monkeypatch.setattr(waits, "AT_ONCE", 3)
    parts = waits_of(demand_of(people), hours_at(*crossings, days=3), np.zeros(4), seed=1)
    assert parts.ids == whole.ids
    np.testing.assert_array_equal(parts.mean_wait, whole.mean_wait)
    np.testing.assert_array_equal(parts.late_share, whole.late_share)


def test_below_capacity_people_wait_as_long_as_erlang_says():
    even = crossing(12, 10.0, profile=np.ones(24))
    people = np.random.default_rng(2).poisson(24 * 100, (300, 1, 14))
    found = waits_of(demand_of(people), hours_at(even, days=14), np.zeros(1), seed=3)
    assert found.mean_wait[:, :, 2:].mean() == pytest.approx(float(mean_wait(100, 10, 12)), rel=0.1)


WEEKS = {
    "calm": (CALM, [2400] * 7),
    "full": (CALM, [2900] * 7),
    "over": (CALM, [2400, 3600, 4000, 3800, 2400, 2000, 1800]),
    "nights shut": (NIGHTS_SHUT, [1800, 2500, 2900, 3500, 2300, 1800, 1500]),
    "small": (SMALL, [150, 200, 220, 250, 260, 300, 200]),
    "slow": (SLOW, [1000, 1200, 1400, 1700, 1700, 1500, 1200]),
    "bursty": (BURSTY, [2400, 2700, 3000, 3300, 2700, 2300, 2300]),
}


@pytest.mark.parametrize("week", WEEKS)
def test_mean_waits_agree_with_people_simulated_one_by_one(week):
    one, people = WEEKS[week]
    runs = 600_000 // sum(people)
    lived = np.array([simulate_days(one, people, seed=seed).mean_wait for seed in range(runs)])
    found = waits_at(one, people, paths=500).mean_wait[:, 0]
    doubt = 2 * np.hypot(lived.std(axis=0) / np.sqrt(runs), found.std(axis=0) / np.sqrt(500))
    truth = lived.mean(axis=0)
    allowed = np.where(truth < 120, 7, 0.1 * truth)
    assert (np.abs(found.mean(axis=0) - truth) <= allowed + doubt).all()


MEASURES = ("mean_wait", "longest_wait", "queue", "person_hours")


def places(one, people, *, weeks, seed):
    """Where simulated weeks lie among the paths of a demand as uncertain as it is: [measure, week, day]."""
    rng = np.random.default_rng(seed)
    centre = np.asarray(people) * np.exp(rng.normal(0, 0.1, (1, weeks, 1)))
    shared, daily = rng.normal(0, 0.1, (501, weeks, 1)), rng.normal(0, 0.05, (501, weeks, len(people)))
    came = rng.poisson(centre * np.exp(shared + daily))
    found = waits_of(demand_of(came[:500]), hours_at(*[one] * weeks), np.zeros(weeks), seed=seed)
    lived = [simulate_days(one, came[500, week].tolist(), seed=seed + week) for week in range(weeks)]
    for name in MEASURES:
        paths, truth = np.round(getattr(found, name)), np.round([getattr(week, name) for week in lived])
        ties = rng.random(truth.shape) * (paths == truth).mean(axis=0)
        yield (paths < truth).mean(axis=0) + ties


def check_coverage(found, *, doubts):
    """Within 3 points, and so many standard errors as if a week's days were one: [measure, week, day]."""
    for name, place in zip(MEASURES, found, strict=True):
        for level in (0.5, 0.8, 0.95):
            share = (np.abs(place - 0.5) < level / 2).mean()
            doubt = doubts * np.sqrt(level * (1 - level) / len(place))
            assert share == pytest.approx(level, abs=0.03 + doubt), (name, level)


def test_intervals_cover_what_they_say_over_20_simulated_weeks_of_each_kind():
    found = [list(places(*week, weeks=20, seed=6)) for week in WEEKS.values()]
    check_coverage(np.concatenate(found, axis=1), doubts=3)


@pytest.mark.soak
@pytest.mark.parametrize("week", WEEKS)
def test_intervals_cover_what_they_say_over_500_simulated_weeks(week):
    found = [list(places(*WEEKS[week], weeks=20, seed=1000 * turn)) for turn in range(25)]
    check_coverage(np.concatenate(found, axis=1), doubts=2)


def test_without_any_register_there_are_no_waits():
    hours = hours_of(Registers(), ["a"], cutoff=SUNDAY, horizon=3)
    found = waits_of(Paths(("a",), SUNDAY, np.ones((4, 1, 3), dtype=int)), hours, np.zeros(0), seed=1)
    assert found.queue.shape == (4, 0, 3)
