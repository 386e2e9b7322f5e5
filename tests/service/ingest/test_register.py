"""Counts against the register: known crossings, days that were over where they were counted."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from forecast.places import Place, Places
from service.ingest import read_counts
from service.ingest.counts import MEASURES, draft
from service.ingest.formats import read_table
from service.ingest.reasons import Reasons
from service.ingest.register import check_days, check_places
from service.store.records import Reason

REGISTER = Places(
    [
        Place("kz", "Kazakhstan", "country"),
        Place("west", "West Kazakhstan", "region", parent="kz"),
        Place("syrym", "Syrym", parent="west", time_zone="Asia/Oral"),
        Place("zhana-zhol", "Zhana Zhol", parent="kz", time_zone="Asia/Almaty"),
        Place("lars", "Lars", time_zone="America/New_York"),
    ]
)
# 23:30 UTC: the 28th in Kazakhstan (UTC+5, UTC+6 in 2022), still the 27th in New York.
NOW = datetime(2022, 9, 27, 23, 30, tzinfo=UTC)


def drafted(text: str, *, history: bool = False) -> tuple[pd.DataFrame, Reasons]:
    reasons = Reasons()
    frame = draft(read_table(text.encode(), "x.csv", reasons), MEASURES, reasons, history=history)
    assert frame is not None
    assert not reasons
    return frame, reasons


def places_refused(crossing: str, allowed: frozenset[str] | None = None) -> tuple[Reason, ...]:
    frame, reasons = drafted(f"crossing,date,arrivals,departures\n{crossing},2022-09-01,5,6\n")
    check_places(frame, REGISTER, reasons, allowed=allowed)
    return reasons.refusal().reasons


def days_refused(*rows: str, history: bool = False) -> list[tuple[int, str | None]]:
    columns = "crossing,date,arrivals,status,recorded_at" if history else "crossing,date,arrivals,status"
    frame, reasons = drafted("\n".join([columns, *rows]) + "\n", history=history)
    check_days(frame, REGISTER, reasons, now=NOW)
    return [(reason.row, reason.column) for reason in reasons.refusal().reasons]


def test_a_registered_crossing_is_taken():
    assert places_refused("syrym") == ()


@pytest.mark.parametrize("text", ["Syrym", "syrim", "SYRYM", "syrym "])
def test_an_unknown_crossing_is_refused_once_a_row_with_the_nearest_name(text: str):
    (reason,) = places_refused(text)
    assert (reason.row, reason.column, reason.found) == (1, "crossing", text)
    assert "syrym" in reason.wanted


def test_a_region_is_refused_because_its_count_is_a_sum():
    (reason,) = places_refused("west")
    assert "sum" in reason.wanted


def refused_rows(text: str, allowed: frozenset[str] | None = None) -> list[int]:
    frame, reasons = drafted(text)
    check_places(frame, REGISTER, reasons, allowed=allowed)
    return [reason.row for reason in reasons.refusal().reasons]


def test_occupied_beds_are_taken_by_region_too_and_beside_empty_cells():
    assert refused_rows("place,date,occupied_beds\nwest,2022-09-01,300\nsyrym,2022-09-01,5\n") == []
    assert refused_rows("place,date,arrivals,occupied_beds\nwest,2022-09-01,,300\n") == []


def test_a_region_reports_no_other_measure_and_a_country_none():
    assert refused_rows("place,date,arrivals,occupied_beds\nwest,2022-09-01,7,300\n") == [1]
    assert refused_rows("place,date,arrivals,occupied_beds\nwest,2022-09-01,7,\n") == [1]
    assert refused_rows("place,date,occupied_beds\nkz,2022-09-01,300\n") == [1]
    assert refused_rows("place,date,waiting\nwest,2022-09-01,300\n") == [1]
    assert refused_rows("place,date,occupied_beds\nwest,2022-09-01,300\n", frozenset({"syrym"})) == [1]


def test_a_crossing_outside_a_reporters_own_is_refused_like_one_that_does_not_exist():
    own = frozenset({"lars"})
    (foreign,) = places_refused("syrym", own)
    (absent,) = places_refused("nowhere", own)
    assert "syrym" not in foreign.wanted
    assert foreign.wanted == absent.wanted


def test_suggestions_end_before_they_cost_much():
    rows = "".join(f"syrym{n},2022-09-01,1\n" for n in range(100))
    frame, reasons = drafted(f"crossing,date,arrivals\n{rows}")
    check_places(frame, REGISTER, reasons)
    listed = reasons.refusal().reasons
    assert len(listed) == 100
    assert 0 < sum("such as" in reason.wanted for reason in listed) <= 20


def test_a_day_is_over_by_the_places_own_clock():
    assert days_refused("syrym,2022-09-27,5,", "zhana-zhol,2022-09-27,5,") == []
    assert days_refused("lars,2022-09-27,5,") == [(1, "date")]


def test_the_running_day_is_taken_as_partial_only():
    assert days_refused("syrym,2022-09-28,5,partial", "lars,2022-09-27,5,partial") == []
    assert days_refused("syrym,2022-09-28,5,reported", "lars,2022-09-27,,closed") == [
        (1, "date"),
        (2, "date"),
    ]


def test_a_day_to_come_is_refused_even_as_partial():
    assert days_refused("syrym,2022-09-29,5,partial", "lars,2022-09-28,0,") == [(1, "date"), (2, "date")]


def test_a_day_to_come_without_a_count_says_nothing():
    assert days_refused("syrym,2022-09-29,,") == []


def test_history_cannot_know_a_count_before_its_day_or_after_now():
    assert days_refused(
        "syrym,2022-09-20,5,,2022-09-19T12:00:00Z", "syrym,2022-09-20,5,,2022-09-28T00:00:00Z", history=True
    ) == [(1, "date"), (2, "recorded_at")]


def test_history_takes_a_count_from_within_its_day_as_partial_unless_it_claims_to_be_whole():
    # 19:30 UTC on the 20th is 00:30 on the 21st in Asia/Oral.
    rows = ["syrym,2022-09-20,5,,2022-09-20T18:30:00Z", "syrym,2022-09-20,6,,2022-09-20T19:30:00Z"]
    frame, reasons = drafted(
        "\n".join(["crossing,date,arrivals,status,recorded_at", *rows]) + "\n", history=True
    )
    check_days(frame, REGISTER, reasons, now=NOW)
    assert not reasons
    assert frame["status"].astype(object).where(frame["status"].notna(), None).tolist() == ["partial", None]
    assert days_refused("syrym,2022-09-20,5,reported,2022-09-20T18:30:00Z", history=True) == [(1, "date")]


def test_reading_alone_knows_no_register():
    assert read_counts(b"crossing,date,arrivals\nnowhere,2199-01-01,5\n", name="x.csv").rows == 1


def test_without_any_register_one_reason_says_what_to_do():
    frame, reasons = drafted("crossing,date,arrivals\na,2022-09-01,5\nb,2022-09-01,5\n")
    check_places(frame, Places([]), reasons)
    check_days(frame, Places([]), reasons, now=NOW)
    (reason,) = reasons.refusal().reasons
    assert (reason.row, reason.found) == (0, "no place is registered")
    assert "arrivals places import" in reason.wanted
