"""Scenarios: whole people, conserved where they should be, and nothing changed that is not assumed."""

import numpy as np
import pytest

from forecast.planning.registers import CapacityError
from forecast.planning.scenarios.assumptions import Change, Close, Multiply, Release, Shift
from forecast.planning.scenarios.effects import demand_under, registers_under, split, touched
from forecast.planning.scenarios.scenario import Scenario
from forecast.planning.scenarios.shapes import Step, Surge
from tests.forecast.planning.scenarios.settings import CROSSING, HORIZON, PLACES, REGION, day, demand, setting

DEMAND = demand()
BRIDGE, FERRY, PASS, TUNNEL = range(4)


def under(*assumptions):
    return demand_under(Scenario(assumptions, setting()), DEMAND).values


def test_multiplying_by_one_changes_nothing_to_the_bit():
    found = under(Multiply(("land",), day(1), 1.0, Surge(2, 3, 1.0)))
    assert found.dtype == DEMAND.values.dtype
    assert (found == DEMAND.values).all()


def test_a_multiple_works_at_the_named_places_from_its_day_on_in_its_shape():
    found = under(Multiply(("west", "bridge"), day(3), 3.0, Surge(1, 1, 1.0)))
    factors = np.array([1, 1, 2, 3, 2, 1.5, 1.25, 1.125, 1.0625, 1.03125])
    assert (found[:, :2] == np.rint(DEMAND.values[:, :2] * factors)).all()
    assert (found[:, 2:] == DEMAND.values[:, 2:]).all()


def test_a_shift_adds_the_same_people_to_every_path_in_proportion_to_who_comes_there():
    found = under(Shift(("west",), day(2), 130, Step(2)))
    more = found - DEMAND.values
    assert (more[:, :, [0, 3]] == 0).all()
    assert (more[:, :2, 1:3].sum(axis=1) == 130).all()
    assert more[0, BRIDGE, 1] == pytest.approx(130 * 900 / 1250, abs=2)


def test_a_shift_down_never_leaves_fewer_than_nobody():
    assert (under(Shift(("tunnel",), day(1), -100, Step()))[:, TUNNEL] == 0).all()


def test_a_release_conserves_the_people_held_back_path_by_path():
    found = under(Release(("east", "ferry"), day(2), day(4), over_days=3))
    assert (found[:, FERRY:, 1:4] == 0).all()
    assert (found.sum(axis=2) == DEMAND.values.sum(axis=2)).all()
    burst = (found - DEMAND.values)[:, FERRY, 4:7]
    held = DEMAND.values[:, FERRY, 1:4].sum(axis=1)
    assert np.abs(burst - held[:, None] / 3).max() <= 1
    assert (found[:, BRIDGE] == DEMAND.values[:, BRIDGE]).all()


def test_a_release_of_a_share_lets_the_others_through_and_what_outlasts_the_horizon_is_unseen():
    found = under(Release(("bridge",), day(7), day(8), over_days=4, share=0.5))
    held = np.rint(DEMAND.values[:, BRIDGE, 6:8] * 0.5)
    assert (found[:, BRIDGE, 6:8] == DEMAND.values[:, BRIDGE, 6:8] - held).all()
    seen = (found - DEMAND.values)[:, BRIDGE, 8:].sum(axis=1)
    assert (seen == np.rint(held.sum(axis=1) / 2)).all()


@pytest.mark.parametrize("shares", [{"ferry": 0.6, "pass": 0.4}, {"ferry": 0.35, "tunnel": 0.3}, {}])
def test_a_closure_sends_its_people_by_the_shares_path_by_path(shares):
    found = under(Close("bridge", day(3), day(5), tuple(shares.items())))
    window, closed = slice(2, 5), DEMAND.values[:, BRIDGE, 2:5]
    more = found - DEMAND.values
    assert (found[:, BRIDGE, window] == 0).all()
    assert (more[:, FERRY:, window].sum(axis=1) == np.rint(closed * sum(shares.values()))).all()
    for neighbour, share in shares.items():
        row = DEMAND.ids.index(neighbour)
        assert np.abs(more[:, row, window] - closed * share).max() <= 1
    rest = np.delete(np.arange(HORIZON), [2, 3, 4])
    assert (more[:, :, rest] == 0).all()


def test_the_order_of_the_list_makes_no_difference():
    parts = (
        Close("bridge", day(2), day(4), (("ferry", 1.0),)),
        Release(("bridge",), day(1), day(3), 2),
        Multiply(("bridge",), day(1), 2.0, Step()),
    )
    found = under(*parts)
    assert (found == under(*reversed(parts))).all()
    twice = 2 * DEMAND.values[:, BRIDGE]
    # held on the days 1-3, half of them let through on the 4th, when the bridge is closed
    sent = np.rint(twice[:, :3].sum(axis=1) * 0.5) + twice[:, 3]
    assert ((found - DEMAND.values)[:, FERRY, 3] == sent).all()


def test_split_people_add_up():
    people = np.random.default_rng(1).integers(0, 10_000, 500)
    shares = np.full(7, 1 / 7)
    assert (split(people, shares).sum(axis=-1) == people).all()


def test_touched_are_the_days_and_crossings_of_which_something_is_assumed():
    scenario = Scenario(
        (
            Multiply(("ferry",), day(2), 2.0, Surge(0, 1, 1.0)),
            Close("pass", day(9), day(9), (("tunnel", 0.5),)),
            Change("bridge", day(1), None, {"booths": 2}),
        ),
        setting(),
    )
    found = touched(scenario, DEMAND.ids)
    assert not found[BRIDGE].any()
    assert np.flatnonzero(found[FERRY]).tolist() == [1, 2, 3, 4, 5]  # 1, 1/2, 1/4, 1/8, 1/16 of it
    assert np.flatnonzero(found[PASS]).tolist() == np.flatnonzero(found[TUNNEL]).tolist() == [8]


def test_a_changed_capacity_holds_on_its_days_and_the_register_on_the_others():
    scenario = Scenario((Change("bridge", day(3), day(5), {"booths": 1, "service_rate": [10]}),), setting())
    registers = registers_under(scenario, [CROSSING], PLACES)
    passing = [registers.crossing("bridge", day(ahead)).passes(np.array([1]))[0] for ahead in (2, 3, 5, 6)]
    assert passing == [30, 10, 10, 30]
    assert [int(registers.crossing("bridge", day(n)).booths.max()) for n in (2, 3, 6)] == [4, 1, 4]


def test_a_change_reaches_over_versions_of_the_register():
    later = CROSSING | {"valid_from": day(4).isoformat(), "booths": 6}
    scenario = Scenario((Change("bridge", day(3), day(6), {"service_rate": 10}),), setting())
    registers = registers_under(scenario, [later, CROSSING], PLACES)
    found = [
        (int(one.booths.max()), one.rates[0])
        for one in (registers.crossing("bridge", day(n)) for n in range(2, 8))
    ]
    assert found == [(4, 30), (4, 10), (6, 10), (6, 10), (6, 10), (6, 30)]


def test_stays_and_transit_weights_change_one_kind_of_guest_each():
    change = {"beds": 500, "bed_share": 0.9, "mean_nights": {"stay": 3}, "weights": {"onward_land": 90}}
    registers = registers_under(
        Scenario((Change("west", day(2), None, change),), setting()), [REGION], PLACES
    )
    before, after = registers.region("west", day(1)), registers.region("west", day(10))
    assert (after.beds, after.bed_share) == (500, 0.9)
    assert [stay.weight for stay in after.stays] == [10, 90]
    assert after.stays[0].survival[0] == pytest.approx(np.exp(-0.5 / 3))
    assert (after.stays[1].survival == before.stays[1].survival).all()


def test_a_closed_crossing_has_no_booth_open_whatever_else_is_assumed_of_it():
    scenario = Scenario(
        (
            Close("bridge", day(3), day(4)),
            Change("bridge", day(1), None, {"booths": 6}),
            Close("pass", day(1), day(1)),
        ),
        setting(),
    )
    registers = registers_under(scenario, [CROSSING], PLACES)
    assert [int(registers.crossing("bridge", day(n)).booths.max()) for n in (2, 3, 4, 5)] == [6, 0, 0, 6]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"booths": -1}, "assumptions[0].change.booths"),
        ({"bed_share": 0.5}, "assumptions[0].change.bed_share"),
        ({"desks": 3}, "assumptions[0].change.desks"),
        ({"weights": {"stay": 3}}, "assumptions[0].change.weights"),
        ({"stays": 5, "weights": {"stay": 3}}, "assumptions[0].change.stays"),
        ({"booths": 9, "booths_limit": 5}, "assumptions[0].change.booths"),
    ],
)
def test_a_change_that_no_register_could_have_is_refused_by_its_field(change, field):
    scenario = Scenario((Change("bridge", day(3), None, change),), setting())
    with pytest.raises(CapacityError) as caught:
        registers_under(scenario, [CROSSING], PLACES)
    assert caught.value.field == field


def test_a_change_where_nothing_is_registered_is_refused():
    scenario = Scenario((Change("ferry", day(3), None, {"booths": 2}),), setting())
    with pytest.raises(CapacityError, match="no capacity on these days"):
        registers_under(scenario, [CROSSING], PLACES)


def test_multiples_that_together_pass_every_measure_are_refused():
    twice = [Multiply(("bridge",), day(1), 50.0, Step()) for _ in range(10)]
    with pytest.raises(CapacityError, match=r"assumptions: found more at bridge, wanted at most 10000000"):
        under(*twice)
