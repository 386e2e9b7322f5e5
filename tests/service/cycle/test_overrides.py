from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from forecast import scores
from service.cycle.overrides import day_over, judge_overrides
from service.cycle.reading import read
from service.store.asked import Asked
from service.store.model_records import Override
from tests.service.borders import accept, fast_settings, rows
from tests.service.cycle.nights import LONG, deliver, morning, night, open_border

LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture
def border(sqlite_store):
    open_border(sqlite_store)
    return sqlite_store


@pytest.fixture
def issue(border):
    return night(border).issue


def override(issue, override_id="o1", place="ferry", *, days=(1, 2), **changes):
    first, last = (issue.cutoff + timedelta(days=ahead) for ahead in days)
    facts = {"measure": "arrivals", "first": first, "last": last, "median": 300.0, "reason": "a train"}
    at = {"recorded_at": issue.issued_at, "actor": "key-1"}
    return Override(**{"id": override_id, "issue_id": issue.id, "place_id": place, **facts, **at, **changes})


def count(place, day):
    frame = LONG.frame()
    found = frame[(frame["place"] == place) & (frame["date"] == np.datetime64(day))]["value"]
    return float(found.iloc[0])


def scored(store):
    return store.overrides.scores(Asked())


def held(store, issue, place, horizon):
    (made,) = store.issues.forecasts(issue.id, measure="arrivals", place_ids=[place])
    return made.values[horizon - 1][[issue.levels.index(level) for level in LEVELS]]


def test_an_override_and_the_forecast_it_was_made_on_are_scored_at_the_same_levels(border, issue):
    border.overrides.put(override(issue, lower=250.0, upper=420.0, median=300.0))
    deliver(border, 90, 92)
    night(border, 92)
    found = scored(border)
    assert [one.horizon for one in found] == [1, 2]
    for one in found:
        observed = count("ferry", one.target_date)
        assert one.observed == observed
        figures = np.array([250.0, 300.0, 420.0])
        assert one.wis == pytest.approx(float(scores.wis(figures, np.array(observed), levels=LEVELS)))
        model = held(border, issue, "ferry", one.horizon)
        assert one.model_wis == pytest.approx(float(scores.wis(model, np.array(observed), levels=LEVELS)))


def test_a_bare_median_is_scored_by_its_absolute_error(border, issue):
    border.overrides.put(override(issue, median=310.0, days=(1, 1)))
    deliver(border, 90, 91)
    night(border, 91)
    (one,) = scored(border)
    observed = count("ferry", one.target_date)
    assert one.wis == pytest.approx(abs(310.0 - observed))
    assert one.model_wis == pytest.approx(abs(held(border, issue, "ferry", 1)[1] - observed))


def test_an_override_of_a_region_is_scored_against_the_sum_of_its_crossings(border, issue):
    border.overrides.put(override(issue, place="west", days=(1, 1)))
    deliver(border, 90, 91)
    night(border, 91)
    (one,) = scored(border)
    assert one.observed == count("bridge", one.target_date) + count("ferry", one.target_date)


def test_the_same_count_is_scored_once_and_a_corrected_one_again(border, issue):
    border.overrides.put(override(issue, days=(1, 1)))
    deliver(border, 90, 91)
    night(border, 91)
    night(border, 91)
    assert border.doctor()["rows"]["override_score"] == 1
    accept(border, rows("ferry", "arrivals", {override(issue).first: 77.0}), at=morning(91))
    night(border, 92)
    assert [one.observed for one in scored(border)] == [77.0]
    assert border.doctor()["rows"]["override_score"] == 2


def test_an_override_withdrawn_while_its_day_was_ahead_is_not_scored(border, issue):
    border.overrides.put(override(issue, days=(1, 2)))
    first = override(issue).first
    over = day_over(first, border.places.all()["ferry"])
    border.overrides.withdraw("o1", at=over, actor="key-1", reason="no train")
    deliver(border, 90, 92)
    night(border, 92)
    assert [one.target_date for one in scored(border)] == [first]


def test_an_override_that_came_after_its_day_is_not_scored(border, issue):
    late = day_over(override(issue).first, border.places.all()["ferry"])
    border.overrides.put(override(issue, days=(1, 1), recorded_at=late))
    deliver(border, 90, 91)
    night(border, 91)
    assert scored(border) == ()


def test_of_two_overrides_of_a_day_the_later_one_is_scored(border, issue):
    border.overrides.put(override(issue, days=(1, 2)))
    border.overrides.put(override(issue, "o2", days=(2, 2), median=500.0))
    deliver(border, 90, 92)
    night(border, 92)
    assert [one.override_id for one in scored(border)] == ["o1", "o2"]


def test_a_withdrawn_later_override_lets_the_earlier_one_stand(border, issue):
    border.overrides.put(override(issue, days=(1, 1)))
    border.overrides.put(override(issue, "o2", days=(1, 1)))
    border.overrides.withdraw("o2", at=issue.issued_at, actor="key-1", reason="")
    deliver(border, 90, 91)
    night(border, 91)
    assert [one.override_id for one in scored(border)] == ["o1"]


def test_the_forecast_stays_what_it_was(border, issue):
    before = border.issues.forecasts(issue.id)
    border.overrides.put(override(issue, median=9_999.0))
    after = border.issues.forecasts(issue.id)
    assert all(np.array_equal(one.values, other.values) for one, other in zip(before, after, strict=True))
    assert night(border).issue.checksum == issue.checksum


def test_without_overrides_nothing_is_judged(border, issue):
    assert judge_overrides(border, read(border, fast_settings(), now=morning())) == 0


def test_a_day_is_over_at_its_place_s_midnight(border):
    place = replace(border.places.all()["ferry"], time_zone="Asia/Tokyo")
    assert day_over(date(2024, 3, 31), place) == datetime(2024, 3, 31, 15, tzinfo=UTC)
