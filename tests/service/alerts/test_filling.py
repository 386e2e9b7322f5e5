"""Days until houses are full at the pace of the last nights, by hand."""

from datetime import timedelta

import pytest

from service.alerts.filling import days_left, last_nights
from service.store import Store
from tests.service.alerts.matters import FIRST, day, morning, publish
from tests.service.store.builders import accept, counts


@pytest.mark.parametrize(
    ("occupied", "beds", "left"),
    [
        ((100.0, 150.0, 200.0), 350.0, 3.0),
        ((100.0, 100.0, 200.0), 250.0, 1.0),
        ((200.0, 150.0, 100.0), 350.0, None),
        ((200.0, 200.0, 200.0), 350.0, None),
        ((100.0, 150.0, 200.0), 200.0, 0.0),
        ((300.0, 250.0, 240.0), 200.0, 0.0),
        ((), 200.0, None),
    ],
)
def test_free_beds_over_the_mean_rise_of_a_night(
    occupied: tuple[float, ...], beds: float, left: float | None
) -> None:
    assert days_left(occupied, beds) == left


def test_three_nights_in_a_row_are_needed(border: Store) -> None:
    accept(border, counts("west", [90, 95, 100, 120, 150], first=day(-4), measure="occupied_beds"))
    accept(border, counts("east", [90, None, 150], first=day(-2), measure="occupied_beds"))
    issue = publish(border, 0, as_of=morning(FIRST) + timedelta(days=9))
    assert last_nights(border, issue, ["west", "east"]) == {"west": (100.0, 120.0, 150.0)}


def test_what_was_reported_after_the_issue_is_not_known_to_it(border: Store) -> None:
    accept(
        border,
        counts("west", [100, 120], first=day(-2), measure="occupied_beds", recorded_at=morning(day(-1))),
    )
    accept(border, counts("west", [150], first=day(0), measure="occupied_beds", recorded_at=morning(day(1))))
    assert last_nights(border, publish(border, 0), ["west"]) == {}
