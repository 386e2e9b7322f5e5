from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.store import Store, StoreError
from tests.service.store.builders import DAY, NOW, REGISTER, accept, counts, days, upload

LAST = DAY + timedelta(days=30)
MICROSECOND = timedelta(microseconds=1)


def known(store, *places, as_of=None, measure="arrivals"):
    """Value by place and day."""
    frame = store.observations.known(measure, places, DAY, LAST, as_of=as_of)
    keys = zip(frame["place"], frame["date"].dt.date, strict=True)
    return dict(zip(keys, frame["value"], strict=True))


def test_counts_come_back_with_their_types(border):
    assert accept(border, counts("ferry", [12, None], status=["partial", "closed"])) == 2
    frame = border.observations.known("arrivals", ["ferry"], DAY, LAST)
    assert frame.to_dict("list") == {
        "place": ["ferry", "ferry"],
        "date": [pd.Timestamp(day) for day in days(2)],
        "value": [12.0, pytest.approx(np.nan, nan_ok=True)],
        "status": ["partial", "closed"],
        "recorded_at": [pd.Timestamp(NOW)] * 2,
    }
    assert [str(dtype) for dtype in frame.dtypes[["date", "value", "recorded_at"]]] == [
        "datetime64[ns]",
        "float64",
        "datetime64[ns, UTC]",
    ]


def test_where_nothing_is_known_the_frame_is_empty_with_the_same_types(border):
    accept(border, counts("ferry", [12]))
    full = border.observations.known("arrivals", ["ferry"], DAY, LAST)
    for empty in (
        border.observations.known("arrivals", [], DAY, LAST),
        border.observations.known("departures", ["ferry"], DAY, LAST),
    ):
        assert empty.empty
        assert list(empty.dtypes) == list(full.dtypes)


def test_known_counts_are_ordered_by_place_and_day_whatever_their_order_was(border):
    accept(border, counts("pass", [1, 2]).iloc[::-1], counts("bridge", [3, 4]))
    assert list(known(border, "pass", "bridge").values()) == [3, 4, 1, 2]


def test_a_correction_is_a_new_row_and_the_old_vintage_can_still_be_read(border):
    accept(border, counts("ferry", [100]))
    accept(border, counts("ferry", [140], recorded_at=NOW + timedelta(days=1)))
    assert known(border, "ferry") == {("ferry", DAY): 140}
    assert known(border, "ferry", as_of=NOW) == {("ferry", DAY): 100}
    assert known(border, "ferry", as_of=NOW - MICROSECOND) == {}


def test_an_instant_divides_vintages_to_the_microsecond(border):
    exact = datetime(2022, 9, 26, 5, 30, 0, 999_999, tzinfo=UTC)
    accept(border, counts("ferry", [100], recorded_at=exact))
    assert known(border, "ferry", as_of=exact) == {("ferry", DAY): 100}
    assert known(border, "ferry", as_of=exact - MICROSECOND) == {}
    (read,) = border.observations.known("arrivals", ["ferry"], DAY, LAST)["recorded_at"]
    assert read == pd.Timestamp(exact)


def test_an_instant_of_another_zone_is_the_same_instant(border):
    oral = pd.Timestamp(NOW).tz_convert("Asia/Oral")
    frame = counts("ferry", [100]).assign(recorded_at=pd.Series([oral]))
    border.observations.accept(upload(), frame)
    assert known(border, "ferry", as_of=NOW) == {("ferry", DAY): 100}
    assert known(border, "ferry", as_of=NOW - MICROSECOND) == {}


def test_of_two_rows_of_one_instant_the_later_one_counts(border):
    accept(border, counts("ferry", [100]))
    accept(border, counts("ferry", [140]))
    assert known(border, "ferry") == {("ferry", DAY): 140}


def test_what_is_known_already_is_not_stored_again(border):
    frame = counts("ferry", [100, None, 0], status=["reported", "closed", "reported"])
    assert accept(border, frame) == 3
    assert accept(border, frame.assign(recorded_at=pd.Timestamp(NOW + timedelta(days=1)))) == 0
    assert border.observations.vintage() == 3


@pytest.mark.parametrize(
    ("value", "status"), [(101.0, "reported"), (100.0, "partial"), (None, "closed"), (0.0, "closed")]
)
def test_another_value_or_status_is_new(border, value, status):
    accept(border, counts("ferry", [100]))
    later = counts("ferry", [value], status=status, recorded_at=NOW + timedelta(days=1))
    assert accept(border, later) == 1


def test_a_count_that_returns_to_an_old_value_is_new(border):
    for day, value in enumerate((100, 140, 100)):
        assert accept(border, counts("ferry", [value], recorded_at=NOW + timedelta(days=day))) == 1


def test_a_history_of_vintages_brought_twice_changes_nothing(border):
    vintages = [
        counts("ferry", [value], recorded_at=NOW + timedelta(days=n)) for n, value in enumerate((5, 7, 9))
    ]
    assert accept(border, *vintages) == 3
    assert accept(border, *vintages) == 0


def test_an_older_vintage_brought_in_later_does_not_become_the_newest(border):
    accept(border, counts("ferry", [140]))
    assert accept(border, counts("ferry", [100], recorded_at=NOW - timedelta(days=3))) == 1
    assert known(border, "ferry") == {("ferry", DAY): 140}
    assert known(border, "ferry", as_of=NOW - timedelta(days=2)) == {("ferry", DAY): 100}


def test_places_and_measures_are_kept_apart(border):
    accept(border, counts("ferry", [1]), counts("pass", [2]), counts("ferry", [3], measure="departures"))
    assert known(border, "ferry", "pass") == {("ferry", DAY): 1, ("pass", DAY): 2}
    assert known(border, "ferry", measure="departures") == {("ferry", DAY): 3}


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (counts("gate", [1]), "place 'gate' is not registered"),
        (counts("ferry", [1], measure="lorries"), "measure 'lorries' is not known"),
    ],
)
def test_an_unknown_place_or_measure_is_refused_and_nothing_is_stored(border, frame, message):
    with pytest.raises(StoreError, match=message):
        border.observations.accept(upload(), pd.concat([counts("ferry", [1]), frame]))
    assert border.observations.vintage() == 0
    assert border.uploads.recent(10) == ()


def test_the_database_itself_refuses_a_negative_count_and_the_upload_with_it(border):
    with pytest.raises(Exception, match="observation_value"):
        border.observations.accept(upload(), counts("ferry", [10, -1]))
    assert border.observations.vintage() == 0
    assert border.uploads.get("u1") is None


def test_an_instant_without_a_zone_is_refused(border):
    frame = counts("ferry", [1])
    with pytest.raises(ValueError, match="no time zone"):
        border.observations.accept(
            upload(), frame.assign(recorded_at=frame["recorded_at"].dt.tz_localize(None))
        )


def test_a_frame_of_categories_and_coarse_dates_is_taken_as_well(border):
    frame = counts("ferry", [5, None], status=["reported", "closed"])
    coarse = {"place": "category", "measure": "category", "status": "category", "date": "datetime64[s]"}
    border.observations.accept(upload(), frame.astype(coarse).astype({"recorded_at": "datetime64[us, UTC]"}))
    assert list(known(border, "ferry")) == [("ferry", day) for day in days(2)]


def test_an_upload_says_which_observations_it_brought(border):
    accept(border, counts("ferry", [1, 2, 3]))
    accept(border, counts("ferry", [1, 2, 4]))
    accept(border, counts("ferry", [1, 2, 4]))
    assert [one.stored for one in border.uploads.recent(9)] == [0, 1, 3]


def test_more_rows_than_a_part_holds_are_stored_all(border, monkeypatch):
    monkeypatch.setattr("service.store.acceptance.ROWS_AT_ONCE", 7)
    frames = [
        counts(place, range(10), measure=m)
        for place in ("ferry", "pass", "bridge")
        for m in ("arrivals", "waiting")
    ]
    assert accept(border, *frames) == 60
    assert accept(border, *frames) == 0
    assert list(known(border, "pass", measure="waiting").values()) == list(range(10))


def test_more_places_than_a_statement_takes_are_read_all(border, monkeypatch):
    monkeypatch.setattr("service.store.observations.PLACES_AT_ONCE", 2)
    accept(border, counts("ferry", [1]), counts("pass", [2]), counts("bridge", [3]))
    assert set(known(border, "ferry", "pass", "bridge", "gate").values()) == {1, 2, 3}


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ferry", "pass"]),
        st.integers(0, 2),  # day
        st.integers(0, 2),  # value
        st.sampled_from(["reported", "partial"]),
        st.integers(0, 3),  # recorded so many hours after NOW
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uploads=st.lists(ROWS, min_size=1, max_size=4), hours=st.integers(-1, 4))
def test_what_was_known_at_any_instant_is_what_a_slow_loop_finds(
    uploads, hours, sqlite_template, tmp_path_factory
):
    file = tmp_path_factory.mktemp("slow") / "arrivals.db"
    file.write_bytes(sqlite_template.read_bytes())
    as_of, expected = NOW + timedelta(hours=hours), {}
    with Store.open(f"sqlite:///{file}") as store:
        store.places.put(REGISTER, at=NOW)
        for rows in uploads:
            frames = [_row(*row) for row in rows]
            accept(store, *(frames or [counts("ferry", [])]))
        for place, day, value, _, hour in sorted(
            (row for rows in uploads for row in rows), key=lambda row: row[4]
        ):
            if hour <= hours:
                expected[place, DAY + timedelta(days=day)] = value
        assert known(store, "ferry", "pass", as_of=as_of) == expected


def _row(place: str, day: int, value: int, status: str, hour: int) -> pd.DataFrame:
    first = DAY + timedelta(days=day)
    return counts(place, [value], first=first, status=status, recorded_at=NOW + timedelta(hours=hour))


def test_the_vintage_is_the_largest_id(border):
    assert border.observations.vintage() == 0
    accept(border, counts("ferry", [1, 2]))
    assert border.observations.vintage() == 2


def test_a_date_long_past_and_a_date_ahead_are_kept(border):
    accept(
        border, counts("ferry", [1], first=date(1899, 12, 31)), counts("ferry", [2], first=date(2100, 1, 1))
    )
    frame = border.observations.known("arrivals", ["ferry"], date(1800, 1, 1), date(2200, 1, 1))
    assert list(frame["date"].dt.date) == [date(1899, 12, 31), date(2100, 1, 1)]
