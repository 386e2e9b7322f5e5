"""Counts of two issues beside each other."""

from datetime import date, timedelta

import pytest

from service.plans.counted import Counts, count_reasons, revisions

DAY = date(2022, 9, 25)
NEXT = DAY + timedelta(days=1)


def counts(before, now, last: date = NEXT) -> Counts:
    told = [
        {key: (value if isinstance(value, tuple) else (value, "reported")) for key, value in one.items()}
        for one in (before, now)
    ]
    return Counts(told[0], told[1], (DAY, last))


@pytest.mark.parametrize(
    ("people", "how"), [(301.0, "more than"), (300.0, "as"), (100.0, "as"), (99.0, "fewer than")]
)
def test_a_count_outside_of_eighty_cases_is_more_or_fewer_than_forecast(people: float, how: str):
    (told,) = count_reasons(counts({}, {("a", NEXT): people}), "a", ["a"], {1: (100.0, 200.0, 300.0)})
    assert told == f"{people:,.0f} arrived on 2022-09-26, {how} forecast (200, in 80 of 100 cases 100 to 300)"


def test_a_regions_count_says_how_many_crossings_are_to_come():
    known = counts({}, {("a", NEXT): 40.0, ("b", NEXT): (60.0, "partial"), ("d", NEXT): (0.0, "closed")})
    (told,) = count_reasons(known, "a", ["a", "b", "c", "d"], {})
    assert told == "100 arrived on 2022-09-26 so far, with counts of 2 crossings to come"


def test_a_partial_count_of_one_crossing_is_told_so_far():
    (told,) = count_reasons(counts({}, {("a", NEXT): (60.0, "partial")}), "a", ["a"], {})
    assert told == "60 arrived on 2022-09-26 so far, the day not counted to its end"


def test_every_day_since_the_issue_before_is_told():
    known = counts({}, {("a", NEXT): 1.0}, NEXT + timedelta(days=1))
    assert list(count_reasons(known, "a", ["a"], {})) == [
        "1 arrived on 2022-09-26",
        "no count came for 2022-09-27",
    ]
    assert list(count_reasons(counts({}, {}, DAY), "a", ["a"], {})) == []


def test_revisions_name_the_largest_first_and_late_counts_by_themselves():
    days = [DAY - timedelta(days=back) for back in range(5)]
    before = {("a", day): 100.0 for day in days[:4]}
    now = {("a", day): 100.0 + back * 10 for back, day in enumerate(days)}
    late, revised = revisions(counts(before, now), ["a"])
    assert late == "1 late count came in: 140 at a on 2022-09-21"
    assert revised.startswith("3 counts revised: a on 2022-09-22 from 100 to 130; a on 2022-09-23 from")


def test_a_day_found_closed_is_told_as_closed():
    (told,) = revisions(counts({("a", DAY): 12.0}, {("a", DAY): (0.0, "closed")}), ["a"])
    assert told == "1 count revised: a on 2022-09-25 from 12 to closed"


def test_other_crossings_revisions_are_not_told():
    assert list(revisions(counts({("b", DAY): 1.0}, {("b", DAY): 2.0}), ["a"])) == []
