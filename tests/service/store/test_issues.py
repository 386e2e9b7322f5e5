from datetime import timedelta

import numpy as np
import pytest

from forecast.paths import Paths
from service.store import EVERYTHING, Scope, blocks
from tests.service.store.builders import CUTOFF, NOW, forecast, issue, publish, sample_paths

WEST = Scope(places=frozenset({"west"}))


def ids(issues):
    return [one.id for one in issues]


def at(hours):
    return NOW + timedelta(hours=hours)


def test_an_issue_comes_back_as_it_was_published(border):
    published = publish(
        border, "first", "ferry", configuration={"members": ["ets"], "deep": {"paths": [1, 2.5]}}
    )
    assert border.issues.get("first") == published
    assert border.issues.latest() == published


def test_forecasts_come_back_as_their_blocks_give_them_bit_for_bit(border):
    given = forecast(
        "ferry", modes=("surge", "calm", "calm"), flags=("fallback: too short", "partial-at-cutoff")
    )
    border.issues.publish(issue("first", [given]), [given], {})
    (read,) = border.issues.forecasts("first", EVERYTHING)
    np.testing.assert_array_equal(read.values, blocks.published(given.values))
    np.testing.assert_array_equal(read.baseline, blocks.published(given.baseline))
    assert (read.place_id, read.measure, read.modes) == ("ferry", "arrivals", given.modes)
    assert (read.flags, read.weights) == (given.flags, {"ets": 0.75})


def test_a_published_issue_bears_the_checksum_of_what_is_read_back(border):
    paths = {"arrivals": sample_paths("ferry", "pass")}
    published = publish(border, "first", "ferry", "pass", paths=paths)
    read = (
        border.issues.forecasts("first", EVERYTHING),
        {"arrivals": border.issues.paths("first", "arrivals")},
    )
    assert blocks.checksum(*read) == published.checksum


def test_forecasts_come_measure_by_measure_in_the_order_of_publication(border):
    given = [
        forecast("west", measure="departures"),
        *(forecast(place) for place in ("pass", "ferry", "land")),
    ]
    border.issues.publish(issue("first", given), given, {})
    read = border.issues.forecasts("first", EVERYTHING)
    assert [one.place_id for one in read] == ["pass", "ferry", "land", "west"]


def test_forecasts_can_be_narrowed_to_a_measure_and_places(border):
    given = [forecast("ferry"), forecast("pass"), forecast("ferry", measure="departures")]
    border.issues.publish(issue("first", given), given, {})
    narrowed = border.issues.forecasts(
        "first", EVERYTHING, measure="arrivals", place_ids=["ferry", "nowhere"]
    )
    assert [(one.place_id, one.measure) for one in narrowed] == [("ferry", "arrivals")]
    assert border.issues.forecasts("first", EVERYTHING, place_ids=[]) == ()


def test_forecasts_out_of_scope_are_not_told(border):
    publish(border, "first", "ferry", "pass", "west", "east", "land")
    assert [one.place_id for one in border.issues.forecasts("first", WEST)] == ["ferry", "west"]
    assert border.issues.forecasts("first", WEST, place_ids=["pass", "land"]) == ()
    assert border.issues.forecasts("first", Scope()) == ()


def test_paths_come_back_exactly_whole_or_for_some_places(border):
    paths = sample_paths("pass", "ferry", "bridge")
    publish(border, "first", paths={"arrivals": paths})
    read = border.issues.paths("first", "arrivals")
    assert (read.ids, read.cutoff) == (paths.ids, CUTOFF)
    np.testing.assert_array_equal(read.values, paths.values)
    some = border.issues.paths("first", "arrivals", place_ids=["bridge", "pass"])
    assert some.ids == ("pass", "bridge")
    np.testing.assert_array_equal(some.values, paths.values[:, [0, 2]])


def test_what_was_not_published_is_none(border):
    publish(border, "first", "ferry", paths={"arrivals": sample_paths("ferry")})
    assert border.issues.get("second") is None
    assert border.issues.paths("first", "departures") is None
    assert border.issues.paths("second", "arrivals") is None
    assert border.issues.paths("first", "arrivals", place_ids=["pass"]) is None
    assert border.issues.forecasts("second", EVERYTHING) == ()


def test_an_empty_store_has_no_latest_issue(store):
    assert store.issues.latest() is None
    assert store.issues.page(5) == ()


def test_the_latest_issue_at_an_instant_is_the_newest_issued_by_then(border):
    for number in range(3):
        publish(border, f"at-{number}", issued_at=at(number))
    assert border.issues.latest(as_of=at(1)).id == "at-1"
    assert border.issues.latest(as_of=at(1) - timedelta(microseconds=1)).id == "at-0"
    assert border.issues.latest(as_of=at(-1)) is None
    assert border.issues.latest().id == "at-2"


def test_of_two_issues_of_one_instant_the_one_published_later_is_the_latest(border):
    for name in ("zebra", "ant"):
        publish(border, name)
    assert border.issues.latest().id == "ant"
    assert border.issues.latest(as_of=at(9)).id == "ant"


def test_issues_are_paged_from_the_newest_to_the_oldest(border):
    for number in range(5):
        publish(border, f"at-{number}")
    first = border.issues.page(2)
    second = border.issues.page(2, before=first[-1].id)
    assert (ids(first), ids(second)) == (["at-4", "at-3"], ["at-2", "at-1"])
    assert ids(border.issues.page(9, before="at-0")) == []
    assert border.issues.page(9, before="unknown") == ()


def test_the_issues_that_cover_some_days_are_found(border):
    for ahead in range(4):
        publish(border, f"cutoff-{ahead}", cutoff=CUTOFF + timedelta(days=ahead))
    day = CUTOFF + timedelta(days=3)
    assert ids(border.issues.covering(day, day)) == ["cutoff-2", "cutoff-1", "cutoff-0"]
    assert ids(border.issues.covering(day + timedelta(days=3), day + timedelta(days=9))) == ["cutoff-3"]


def test_the_evolution_of_one_day_goes_from_the_oldest_issue_to_the_newest(border):
    for ahead in range(4):
        publish(border, f"cutoff-{ahead}", "ferry", "pass", cutoff=CUTOFF + timedelta(days=ahead))
    pairs = border.issues.evolution("ferry", "arrivals", CUTOFF + timedelta(days=3), EVERYTHING)
    assert [(one.id, found.place_id) for one, found in pairs] == [(f"cutoff-{n}", "ferry") for n in range(3)]
    assert border.issues.evolution("ferry", "departures", CUTOFF + timedelta(days=3), EVERYTHING) == ()


def test_the_evolution_of_a_place_out_of_scope_is_empty(border):
    publish(border, "first", "ferry", "pass")
    day = CUTOFF + timedelta(days=1)
    assert len(border.issues.evolution("ferry", "arrivals", day, WEST)) == 1
    assert border.issues.evolution("pass", "arrivals", day, WEST) == ()


@pytest.mark.parametrize("horizon", [1, 90])
def test_a_horizon_may_be_short_or_long(border, horizon):
    given = forecast("ferry", horizon=horizon)
    paths = {"arrivals": Paths(("ferry",), CUTOFF, np.zeros((20, 1, horizon), dtype=np.int64))}
    border.issues.publish(issue("first", [given], paths, horizon=horizon), [given], paths)
    assert border.issues.forecasts("first", EVERYTHING)[0].values.shape == given.values.shape
    assert border.issues.paths("first", "arrivals").values.shape == (20, 1, horizon)
