from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from service.store import EVERYTHING, Scope
from tests.service.store.builders import DAY, NOW, accept, counts, days

LAST = DAY + timedelta(days=30)


def read(store, place_id=None, scope=EVERYTHING, **options):
    window = {"measure": "arrivals", "first": DAY, "last": LAST, **options}
    return store.observations.read(scope, place_id=place_id, **window)


def by_day(frame):
    """Value and completeness by day; NaN as None."""
    values = [None if np.isnan(value) else value for value in frame["value"]]
    return dict(zip(frame["date"].dt.date, zip(values, frame["complete"], strict=True), strict=True))


def test_a_crossing_is_read_as_it_reported(border):
    accept(border, counts("ferry", [5, 3, None], status=["reported", "partial", "closed"]))
    frame = read(border, "ferry")
    assert list(frame.columns) == ["place", "date", "value", "status", "recorded_at", "complete"]
    assert by_day(frame) == dict(zip(days(3), [(5, True), (3, False), (None, True)], strict=True))


def test_a_region_is_the_sum_of_its_crossings(border):
    accept(border, counts("ferry", [5, 6]), counts("bridge", [10, 20]), counts("pass", [100, 100]))
    assert by_day(read(border, "west")) == {DAY: (15, True), days(2)[1]: (26, True)}
    assert set(read(border, "west")["place"]) == {"west"}


def test_a_country_is_the_sum_of_the_crossings_of_all_its_regions(border):
    accept(border, counts("ferry", [5]), counts("bridge", [10]), counts("pass", [100]))
    assert by_day(read(border, "land")) == {DAY: (115, True)}


def test_a_day_on_which_a_crossing_is_missing_or_partial_has_no_total(border):
    accept(border, counts("ferry", [5, 6, 7]), counts("bridge", [1, 2], status=["reported", "partial"]))
    assert by_day(read(border, "west")) == dict(
        zip(days(3), [(6, True), (None, False), (None, False)], strict=True)
    )
    assert list(read(border, "west")["status"]) == ["reported", "partial", "partial"]


def test_a_closed_crossing_counts_as_nobody(border):
    accept(border, counts("ferry", [5]), counts("bridge", [None], status="closed"))
    assert by_day(read(border, "west")) == {DAY: (5, True)}
    accept(border, counts("ferry", [None], status="closed", recorded_at=NOW + timedelta(days=1)))
    assert by_day(read(border, "west")) == {DAY: (0, True)}


def test_a_crossing_is_not_awaited_before_it_begins_to_report(border):
    accept(border, counts("ferry", [5, 6]), counts("bridge", [1], first=days(2)[1]))
    assert by_day(read(border, "west")) == {DAY: (5, True), days(2)[1]: (7, True)}


def test_a_crossing_that_reported_before_the_window_is_awaited_in_it(border):
    accept(border, counts("ferry", [5, 6]), counts("bridge", [1], first=DAY - timedelta(days=40)))
    assert by_day(read(border, "west"))[DAY] == (None, False)


def test_a_total_is_of_one_vintage(border):
    accept(border, counts("ferry", [5]), counts("bridge", [10], status="partial"))
    accept(border, counts("bridge", [30], recorded_at=NOW + timedelta(days=1)))
    assert by_day(read(border, "west")) == {DAY: (35, True)}
    assert by_day(read(border, "west", as_of=NOW)) == {DAY: (None, False)}
    assert read(border, "west")["recorded_at"].tolist() == [pd.Timestamp(NOW + timedelta(days=1))]


def test_what_a_vintage_did_not_know_is_not_awaited_in_it(border):
    accept(border, counts("ferry", [5]))
    accept(border, counts("bridge", [9], recorded_at=NOW + timedelta(days=1)))
    assert by_day(read(border, "west", as_of=NOW)) == {DAY: (5, True)}


def test_without_a_place_the_crossings_in_scope_are_read(border):
    accept(border, counts("ferry", [5]), counts("bridge", [10]), counts("pass", [100]))
    assert list(read(border)["place"]) == ["bridge", "ferry", "pass"]
    assert list(read(border, scope=Scope(places=frozenset({"west"})))["place"]) == ["bridge", "ferry"]


@pytest.mark.parametrize("place_id", ["pass", "east", "land", "nowhere"])
def test_what_lies_out_of_scope_is_read_like_what_does_not_exist(border, place_id):
    accept(border, counts("ferry", [5]), counts("pass", [100]))
    assert read(border, place_id, scope=Scope(places=frozenset({"west"}))).empty


def test_an_empty_scope_reads_nothing(border):
    accept(border, counts("ferry", [5]))
    assert read(border, scope=Scope()).empty


def test_at_most_as_many_rows_come_back_as_asked_for_the_first_days_first(border):
    accept(border, counts("ferry", range(9)), counts("bridge", range(9)))
    assert by_day(read(border, "ferry", limit=2)) == {days(2)[0]: (0, True), days(2)[1]: (1, True)}
    assert len(read(border, "west", limit=3)) == 3


def test_measures_are_not_summed_together(border):
    accept(border, counts("ferry", [5]), counts("bridge", [9], measure="departures"))
    assert by_day(read(border, "west")) == {DAY: (5, True)}


def test_beds_are_read_as_the_regions_report_them_and_summed_over_a_country(border):
    beds = {"measure": "occupied_beds"}
    accept(border, counts("west", [300, 310], **beds), counts("east", [50], **beds))
    assert by_day(read(border, "west", **beds)) == {DAY: (300, True), days(2)[1]: (310, True)}
    assert by_day(read(border, "land", **beds)) == {DAY: (350, True), days(2)[1]: (None, False)}
    assert set(read(border, **beds)["place"]) == {"west", "east"}
    assert set(read(border, scope=Scope(places=frozenset({"east"})), **beds)["place"]) == {"east"}


def stocks(store, measure="waiting", *, as_of=NOW, last_observation=10**6, cutoff=LAST):
    frame = store.observations.stocks(measure, as_of=as_of, last_observation=last_observation, cutoff=cutoff)
    return list(zip(frame["place"], frame["date"].dt.date, frame["value"], frame["unit"], strict=True))


def test_stocks_come_with_their_units_of_crossings_and_regions_alike(border):
    queue = counts("ferry", [3.5, 0], measure="waiting").assign(unit="km")
    accept(border, queue, counts("bridge", [40], measure="waiting").assign(unit="people"))
    accept(border, counts("west", [300], measure="occupied_beds").assign(unit="beds"))
    assert stocks(border) == [("bridge", DAY, 40, "people"), ("ferry", DAY, 3.5, "km"),
                              ("ferry", days(2)[1], 0, "km")]  # fmt: skip
    assert stocks(border, "occupied_beds") == [("west", DAY, 300, "beds")]


def test_stocks_are_of_one_vintage_and_end_with_the_cutoff(border):
    accept(border, counts("ferry", [3, 4], measure="waiting"))
    known = border.observations.vintage()
    accept(border, counts("ferry", [9], measure="waiting", recorded_at=NOW + timedelta(hours=1)))
    later = NOW + timedelta(hours=2)
    assert [row[2] for row in stocks(border, as_of=later)] == [9, 4]
    assert [row[2] for row in stocks(border)] == [3, 4]
    assert [row[2] for row in stocks(border, as_of=later, last_observation=known)] == [3, 4]
    assert [row[2] for row in stocks(border, cutoff=DAY)] == [3]
    assert stocks(border, "occupied_beds") == []
