"""Events: checked as registered, known from their instant on, and laid out by crossing and day."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from forecast.events import Event, EventError, announced, by_crossing, check, known_at, openings
from tests.forecast.panels import two_regions

START = date(2023, 1, 2)


def day(number):
    return START + timedelta(days=number)


def told(*events, ids=("a", "b"), days=10, horizon=5):
    return announced(events, ids, start=START, days=days, horizon=horizon)


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        ({"kind": "strike"}, "kind", "kind 'strike' is none of closure, opening, surge-expected, disruption"),
        ({"last": day(-1)}, "last", "lies before first 2023-01-02"),
        ({"kind": "opening", "last": day(3)}, "last", "an opening is one day"),
        ({"multiple": 2.0}, "multiple", "a closure has no multiple"),
        ({"kind": "disruption", "multiple": 0.0}, "multiple", "above 0 and up to 100"),
        ({"kind": "disruption", "multiple": float("nan")}, "multiple", "above 0 and up to 100"),
    ],
)
def test_an_event_that_contradicts_itself_is_refused_by_its_field(facts, field, message):
    with pytest.raises(EventError, match=f"event 'x': .*{message}") as refusal:
        Event("x", **{"kind": "closure", "first": START} | facts)
    assert refusal.value.field == field


def test_overlapping_closures_of_one_place_are_refused_and_of_two_places_are_not():
    first = Event("first", "closure", day(0), day(9), "a")
    check(
        [first, Event("later", "closure", day(10), place="a"), Event("other", "closure", day(5), place="b")]
    )
    check([first, Event("strike", "disruption", day(5), place="a")])
    with pytest.raises(EventError, match="'second' closes a on days on which 'first' does too"):
        check([first, Event("second", "closure", day(9), place="a")])


def test_two_open_ended_closures_of_everything_overlap():
    with pytest.raises(EventError, match="closes all places"):
        check([Event("x", "closure", day(0)), Event("y", "closure", day(300))])


def test_a_place_that_is_not_registered_is_refused():
    check([Event("x", "closure", day(0), place="north")], two_regions("ab"))
    with pytest.raises(EventError, match="place 'moon' is not registered") as refusal:
        check([Event("x", "closure", day(0), place="moon")], two_regions("ab"))
    assert refusal.value.field == "place"


def test_of_several_versions_the_newest_known_at_the_instant_holds():
    at = [datetime(2023, 1, hour, tzinfo=UTC) for hour in (1, 2, 3)]
    closure = Event("x", "closure", day(5), recorded_at=at[0])
    ended = Event("x", "closure", day(5), day(6), recorded_at=at[1])
    called_off = Event("x", "closure", day(5), recorded_at=at[2], withdrawn=True)
    versions = [called_off, closure, ended]
    assert known_at(versions, at[0] - timedelta(seconds=1)) == ()
    assert known_at(versions, at[0]) == (closure,)
    assert known_at(versions, at[1]) == (ended,)
    assert known_at(versions, at[2]) == ()


def test_events_of_regions_and_countries_become_those_of_their_crossings():
    events = [Event("n", "closure", START, place="north"), Event("c", "disruption", START, place="land"),
              Event("own", "opening", START, place="b"), Event("all", "disruption", START)]  # fmt: skip
    found = [(event.id, event.place) for event in by_crossing(events, two_regions("abc"))]
    assert found == [("n", "a"), ("n", "c"), ("c", "a"), ("c", "b"), ("c", "c"), ("own", "b"), ("all", None)]


def test_a_closure_covers_its_days_of_its_crossing_in_the_past_and_ahead():
    closed = told(Event("x", "closure", day(8), day(11), "a"))
    assert np.flatnonzero(closed.closed[0]).tolist() == [8, 9]
    assert closed.closed_ahead[0].tolist() == [True, True, False, False, False]
    assert closed.opens_ahead.tolist() == [2, -1]
    assert not closed.closed[1].any()


def test_a_closure_without_an_end_lasts_until_an_opening_is_registered():
    forever = told(Event("x", "closure", day(-3), place="a"))
    assert forever.closed[0].all()
    assert forever.closed_ahead[0].all()
    assert forever.opens_ahead[0] == -1
    ended = told(Event("x", "closure", day(-3), place="a"), Event("y", "opening", day(13), place="a"))
    assert ended.closed_ahead[0].tolist() == [True, True, True, False, False]
    assert ended.opens_ahead[0] == 3


def test_an_opening_earlier_than_the_closure_s_end_holds():
    closed = told(Event("x", "closure", day(2), day(14), "a"), Event("y", "opening", day(10), place="a"))
    assert np.flatnonzero(closed.closed[0]).tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
    assert closed.opens_ahead[0] == 0


def test_an_opening_ends_no_closure_that_begins_on_its_day_or_later():
    closed = told(Event("y", "opening", day(3), place="a"), Event("x", "closure", day(3), day(4), "a"))
    assert np.flatnonzero(closed.closed[0]).tolist() == [3, 4]


def test_an_opening_without_any_registered_closure_is_known_ahead():
    assert told(Event("y", "opening", day(14), place="b")).opens_ahead.tolist() == [-1, 4]
    assert told(Event("y", "opening", day(15), place="b")).opens_ahead.tolist() == [-1, -1]


def test_an_event_of_no_place_is_one_of_all():
    assert told(Event("x", "closure", day(9), day(9))).closed.sum(axis=1).tolist() == [1, 1]


def test_expected_surges_widen_their_days_and_lift_the_cap_by_the_largest_multiple_ahead():
    found = told(
        Event("past", "surge-expected", day(0), day(9), "a", 50.0),
        Event("x", "surge-expected", day(9), day(11), "a", 4.0),
        Event("y", "disruption", day(12), place="a", multiple=6.0),
        Event("later", "disruption", day(15), place="a", multiple=9.0),
        Event("z", "disruption", day(14), place="b"),
    )
    assert found.widened.tolist() == [[True] * 5, [False] * 4 + [True]]
    assert found.cap_multiple.tolist() == [6.0, 1.0]


def test_crossings_open_by_an_opening_and_on_the_day_after_a_closure():
    events = [Event("x", "closure", day(2), day(4), "a"), Event("y", "opening", day(7), place="b"),
              Event("z", "opening", day(10), place="b")]  # fmt: skip
    opened = openings(events, ["a", "b"], start=START, days=10)
    assert [np.flatnonzero(row).tolist() for row in opened] == [[5], [7]]


def test_a_closure_up_to_the_last_day_there_is_has_no_end():
    """9999-12-31 is what many registers write in the place of none."""
    endless = Event("x", "closure", day(2), date.max, "a")
    assert not openings([endless], ["a"], start=START, days=10).any()
    found = told(endless)
    assert found.closed[0, 2:].all()
    assert found.closed_ahead[0].all()
    assert found.opens_ahead[0] == -1


def test_without_events_nothing_is_announced():
    nothing = told()
    assert not nothing.closed.any()
    assert not nothing.closed_ahead.any()
    assert not nothing.widened.any()
    assert nothing.opens_ahead.tolist() == [-1, -1]
    assert nothing.cap_multiple.tolist() == [1, 1]
