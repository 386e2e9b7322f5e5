"""Uploads of counts, read without a register: what is understood, and every reason by row and column."""

import numpy as np
import pandas as pd
import pytest

from service.ingest import Counts, Refusal, read_counts, read_rows


def read(text: str, *, history: bool = False) -> Counts | Refusal:
    return read_counts(text.encode(), name="counts.csv", history=history)


def accepted(text: str, *, history: bool = False) -> pd.DataFrame:
    counts = read(text, history=history)
    assert isinstance(counts, Counts), counts
    return counts.frame


def refused(text: str, *, history: bool = False) -> list[tuple[int, str | None, str]]:
    refusal = read(text, history=history)
    assert isinstance(refusal, Refusal), refusal
    return [(reason.row, reason.column, reason.found) for reason in refusal.reasons]


def cell(column: str, text: str) -> str:
    """A file of one row whose only doubtful cell is this one."""
    cells = {"crossing": "syrym", "date": "2022-09-27", "arrivals": "5210", column: text}
    return f"{','.join(cells)}\n{','.join(cells.values())}\n"


def test_a_row_becomes_a_count_of_its_measure():
    frame = accepted("crossing,date,arrivals\nsyrym,2022-09-27,5210\n")
    row = frame.iloc[0]
    assert (row["place"], row["measure"], row["value"]) == ("syrym", "arrivals", 5210.0)
    assert (row["date"], row["status"], row["unit"]) == (pd.Timestamp("2022-09-27"), "reported", "people/day")


def test_a_column_per_measure_and_measure_value_pairs_say_the_same():
    wide = accepted("crossing,date,arrivals,departures\na,2022-01-01,1,2\nb,2022-01-01,3,4\n")
    long = accepted(
        "place,date,measure,value\n"
        "a,2022-01-01,arrivals,1\na,2022-01-01,departures,2\nb,2022-01-01,arrivals,3\nb,2022-01-01,departures,4\n"
    )
    columns = ["place", "measure", "date", "value", "status", "unit"]
    tidy = [
        frame[columns].astype({"place": str, "measure": str, "status": str, "unit": str})
        for frame in (wide, long)
    ]
    first, second = (frame.sort_values(columns).reset_index(drop=True) for frame in tidy)
    pd.testing.assert_frame_equal(first, second)


def test_an_empty_cell_is_a_missing_count_and_gives_no_row():
    counts = read("crossing,date,arrivals,departures\na,2022-01-01,,7\na,2022-01-02,0,\n")
    assert isinstance(counts, Counts)
    assert counts.frame[["measure", "value"]].to_numpy().tolist() == [["arrivals", 0.0], ["departures", 7.0]]
    assert (counts.rows, counts.empty) == (2, 2)


def test_a_closed_day_needs_no_count_and_may_say_zero():
    frame = accepted("crossing,date,arrivals,status\na,2022-01-01,,closed\na,2022-01-02,0,closed\n")
    assert np.isnan(frame["value"].iloc[0])
    assert frame["value"].iloc[1] == 0
    assert list(frame["status"]) == ["closed", "closed"]


def test_a_closed_day_with_people_is_refused():
    assert refused("crossing,date,arrivals,status\na,2022-01-01,3,closed\n") == [(1, "arrivals", "3")]


def test_every_reason_is_told_by_row_and_column_not_only_the_first():
    found = refused(
        "crossing,date,arrivals,status\n"
        "a,2022-09-27,5,\n"
        "a,2022-04-31,-4,open\n"
        'a,2022-09-28,"5,300",\n'
        "a,2022-09-29,1\n"
    )
    assert found == [
        (2, "date", "2022-04-31"),
        (2, "status", "open"),
        (2, "arrivals", "-4"),
        (3, "arrivals", "5,300"),
        (4, None, "3 cells"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "20220927",
        "2022-9-27",
        "27.09.2022",
        "2022-04-31",
        "2023-02-29",
        "0201-09-27",
        "1989-12-31",
        "2200-01-01",
        "9999-12-31",
        "2022-09-27T00:00",
        " 2022-09-27",
        "2022-09-27 ",
        "２０２２-09-27",
        "",
        "=TODAY()",
        "44831",
        "-2022-09-27",
    ],
)
def test_a_day_is_a_real_one_written_in_iso_form_from_1990_on(text: str):
    assert refused(cell("date", text)) == [(1, "date", text)]


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "-0",
        "5.5",
        "1e3",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "1 000",
        "1.000.000",
        "0x10",
        "٣",
        "½",
        "+5",
        "ten",
        "=1+1",
        "NA",
        "null",
        "-",
        " 5",
        "5 ",
        "10000001",
        "9" * 400,
        "1_000",
        "true",
    ],
)
def test_a_count_is_digits_and_nothing_else(text: str):
    assert [(row, column) for row, column, _ in refused(cell("arrivals", text))] == [(1, "arrivals")]


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("007", 7), ("5210.0", 5210), ("10000000", 10_000_000)]
)
def test_whole_numbers_are_taken_as_spreadsheets_and_pandas_write_them(text: str, value: float):
    assert accepted(cell("arrivals", text))["value"].tolist() == [value]


def test_a_thousands_separator_is_named_as_such():
    refusal = read('crossing,date,arrivals\na,2022-01-01,"5,210"\n')
    assert isinstance(refusal, Refusal)
    assert refusal.reasons[0].wanted == "digits without thousands separators"


def test_a_day_that_stands_twice_is_refused_even_with_the_same_count():
    rows = "a,2022-01-01,5\nb,2022-01-01,5\na,2022-01-01,5\n"
    refusal = read(f"crossing,date,arrivals\n{rows}")
    assert isinstance(refusal, Refusal)
    assert [(reason.row, reason.column) for reason in refusal.reasons] == [(3, "date")]
    assert "row 1" in refusal.reasons[0].found


def test_two_rows_may_share_a_day_if_they_count_different_things():
    frame = accepted("crossing,date,arrivals,departures\na,2022-01-01,5,\na,2022-01-01,,6\n")
    assert len(frame) == 2


@pytest.mark.parametrize(
    "name", ["passport", "plate", "nationality", "Arrivals", "Unnamed: 3", "=cmd|' /C calc'!A0"]
)
def test_a_column_that_is_not_known_is_refused_by_name(name: str):
    found = refused(f"crossing,date,arrivals,{name}\na,2022-01-01,5,x\n")
    assert [(row, column) for row, column, _ in found] == [(0, name)]


def test_no_cell_of_an_unknown_column_is_repeated_in_the_reasons():
    refusal = read("crossing,date,arrivals,passport\na,2022-01-01,5,N1234567\n")
    assert "N1234567" not in repr(refusal)


def test_rows_are_checked_even_when_a_column_is_unknown():
    found = refused("crossing,date,arrivals,plate\na,2022-01-01,-5,x\n")
    assert [(row, column) for row, column, _ in found] == [(0, "plate"), (1, "arrivals")]


@pytest.mark.parametrize(
    "header",
    [
        "crossing,arrivals",
        "date,arrivals",
        "crossing,date",
        "crossing,place,date,arrivals",
        "crossing,date,measure",
        "crossing,date,arrivals,measure,value",
        "crossing,date,value",
        "crossing,date,arrivals,arrivals",
        "crossing,,arrivals",
        "crossing;date;arrivals",
        "",
        "\n",
    ],
)
def test_a_header_that_cannot_be_understood_is_refused_as_such(header: str):
    assert all(row == 0 for row, _, _ in refused(f"{header}\n"))


def test_a_file_without_rows_is_refused():
    assert refused("crossing,date,arrivals\n") == [(0, None, "no rows")]


def test_recorded_at_is_for_history_alone():
    text = "crossing,date,arrivals,recorded_at\na,2022-01-01,5,2022-01-02T06:00:00Z\n"
    assert [(row, column) for row, column, _ in refused(text)] == [(0, "recorded_at")]
    assert accepted(text, history=True)["recorded_at"].iloc[0] == pd.Timestamp("2022-01-02T06:00:00")


@pytest.mark.parametrize(
    "text", ["2022-01-02", "2022-01-02T06:00:00", "", "yesterday", "2022-13-02T06:00:00Z"]
)
def test_an_instant_of_history_needs_an_offset(text: str):
    file = f"crossing,date,arrivals,recorded_at\na,2022-01-01,5,{text}\n"
    assert refused(file, history=True) == [(1, "recorded_at", text)]


def test_history_may_hold_several_vintages_of_a_day_but_one_at_an_instant():
    head = "crossing,date,arrivals,recorded_at\na,2022-01-01,5,2022-01-02T06:00:00Z\n"
    assert len(accepted(f"{head}a,2022-01-01,6,2022-01-03T06:00:00Z\n", history=True)) == 2
    twice = refused(f"{head}a,2022-01-01,6,2022-01-02T11:00:00+05:00\n", history=True)
    assert [(row, column) for row, column, _ in twice] == [(2, "date")]


def test_a_queue_is_counted_in_people_vehicles_or_kilometres():
    frame = accepted(
        "crossing,date,waiting,unit\na,2022-01-01,40,\na,2022-01-02,3,vehicles\na,2022-01-03,3.5,km\n"
    )
    assert list(frame["unit"]) == ["people", "vehicles", "km"]
    assert frame["value"].iloc[2] == 3.5
    assert refused("crossing,date,waiting,unit\na,2022-01-01,3.5,vehicles\n") == [(1, "waiting", "3.5")]


def test_a_unit_that_the_measure_does_not_have_is_refused():
    assert refused("crossing,date,arrivals,unit\na,2022-01-01,3,cars\n") == [(1, "unit", "cars")]


def test_an_unknown_measure_is_refused_where_it_stands():
    found = refused("crossing,date,measure,value\na,2022-01-01,arrivals,1\na,2022-01-01,tension,0\n")
    assert found == [(2, "measure", "tension")]


def test_rows_without_any_cell_are_passed_over_but_counted():
    found = refused("crossing,date,arrivals\n\n,,\na,2022-01-01,x\n")
    assert found == [(3, "arrivals", "x")]


def test_objects_are_read_like_rows():
    counts = read_rows(
        [
            {"crossing": "a", "date": "2022-01-01", "arrivals": 5},
            {"crossing": "a", "date": "2022-01-02", "arrivals": None, "status": "closed"},
            {"crossing": "a", "date": "2022-01-03"},
        ]
    )
    assert isinstance(counts, Counts)
    assert counts.frame["status"].tolist() == ["reported", "closed"]
    assert (counts.rows, counts.empty) == (3, 1)


@pytest.mark.parametrize("value", [True, [5], {"count": 5}, float("nan"), float("inf"), 10**400, -1, 5.5])
def test_a_value_that_is_no_count_is_refused_by_row_and_field(value: object):
    refusal = read_rows([{"crossing": "a", "date": "2022-01-01", "arrivals": value}])
    assert isinstance(refusal, Refusal)
    assert [(reason.row, reason.column) for reason in refusal.reasons] == [(1, "arrivals")]


def test_a_formula_is_only_text():
    assert refused(cell("source", "=HYPERLINK(1)")) == [(1, "source", "=HYPERLINK(1)")]
    assert accepted(cell("source", "Border Service, shift".replace(",", "")))["source"].tolist() == [
        "Border Service shift"
    ]
