"""Overflow: full houses send to those that help, in order, and nobody is lost."""

import numpy as np
import pytest

from forecast.planning.overflow import housed


def one_night(needed, beds, order):
    laid = housed(
        np.array(needed)[None, :, None], np.array(beds)[:, None], [tuple(tuple(helpers) for helpers in order)]
    )
    return [getattr(laid, name)[0, :, 0].tolist() for name in ("occupied", "without_bed", "sent", "received")]


def test_a_full_house_sends_to_its_first_helper_and_what_does_not_fit_to_its_second():
    assert one_night([150, 60, 0], [100, 80, 90], [(1, 2), (), ()]) == [
        [100, 80, 30],
        [0, 0, 0],
        [50, 0, 0],
        [0, 20, 30],
    ]


def test_whoever_fits_nowhere_is_without_a_bed_in_the_region_of_arrival():
    occupied, without, sent, received = one_night([150, 95, 3], [100, 100, 3], [(1, 2), (), ()])
    assert (occupied, without) == ([100, 100, 3], [45, 0, 0])
    assert (sent, received) == ([5, 0, 0], [0, 5, 0])


def test_a_region_houses_its_own_before_others():
    assert one_night([150, 100], [100, 100], [(1,), ()])[1] == [50, 0]


def test_first_helpers_of_all_are_asked_before_anybodys_second():
    # The first region's second helper is the second region's first, with room for ten.
    occupied, without, _, received = one_night([15, 20, 0, 0], [5, 10, 4, 10], [(2, 3), (3,), (), ()])
    assert without == [6, 0, 0, 0]
    assert received == [0, 0, 4, 10]
    assert occupied == [5, 10, 4, 10]


def test_nobody_is_sent_round_in_a_circle():
    assert one_night([30, 30], [10, 10], [(1,), (0,)]) == [[10, 10], [20, 20], [0, 0], [0, 0]]


def slow(needed, beds, order):
    """One path's night, person by person."""
    free, homeless = list(beds), list(needed)
    for region in range(len(needed)):
        while homeless[region] and free[region]:
            homeless[region], free[region] = homeless[region] - 1, free[region] - 1
    for rank in range(max(map(len, order))):
        for region, helpers in enumerate(order):
            while len(helpers) > rank and homeless[region] and free[helpers[rank]]:
                homeless[region] -= 1
                free[helpers[rank]] -= 1
    return [before - left for before, left in zip(beds, free, strict=True)], homeless


@pytest.mark.parametrize("seed", range(4))
def test_every_night_of_every_path_agrees_with_people_housed_one_by_one(seed):
    generator = np.random.default_rng(seed)
    needed = generator.integers(0, 60, (7, 5, 6))
    beds = generator.integers(0, 60, (5, 6))
    orders = [
        tuple(
            tuple(
                int(other) for other in generator.permutation(5)[: generator.integers(0, 4)] if other != own
            )
            for own in range(5)
        )
        for _ in range(2)
    ]
    helpers = [orders[0]] * 3 + [orders[1]] * 3
    laid = housed(needed, beds, helpers)
    for path in range(7):
        for day in range(6):
            occupied, homeless = slow(needed[path, :, day].tolist(), beds[:, day].tolist(), helpers[day])
            assert laid.occupied[path, :, day].tolist() == occupied
            assert laid.without_bed[path, :, day].tolist() == homeless
    assert (laid.sent.sum(axis=1) == laid.received.sum(axis=1)).all()
    assert (needed.sum(axis=1) == (laid.occupied + laid.without_bed).sum(axis=1)).all()
    assert (needed == laid.occupied - laid.received + laid.sent + laid.without_bed).all()
