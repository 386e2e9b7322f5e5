"""Workbooks and CSV files: numbers as numbers, text as text, whatever it begins with."""

import csv
import io
import zipfile
from datetime import date

import pytest

from service.plans.files import csv_text, day_csv, workbook
from service.plans.reading import Desk, as_tree
from service.plans.tables import Column, Table, tables_of_day
from tests.service.web.workbooks import sheets

DAY = date(2022, 9, 28)
WICKED = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://evil.example", "mailto:a@b"]


def table(*names: str) -> Table:
    columns = (Column("place", "Place"), Column("name", "Name"), Column("beds", "Beds", "beds"))
    rows = [{"place": str(number), "name": name, "beds": number} for number, name in enumerate(names)]
    return Table("Beds", columns, tuple(rows))


def opened(desk: Desk, *told: Table) -> dict:
    return sheets(workbook(desk.issue, DAY, told, purpose="For reception."))


def test_a_workbook_has_a_sheet_for_each_table_and_one_that_says_what_it_is(desk: Desk):
    found = opened(desk, *tables_of_day(desk, as_tree(desk.places), 1))
    assert list(found) == ["Waits", "Staff", "Beds", "Plan to", "Changes", "About"]
    assert ["Purpose", "For reception."] in found["About"]
    assert ["Counts up to", "2022-09-27"] in found["About"]
    heading, first, *_ = found["Waits"]
    assert heading[8:10] == ["Longest wait, 95 % safe (hours)", "Longest wait, median (hours)"]
    assert isinstance(first[8], float)


def test_text_that_begins_like_a_formula_stays_text(desk: Desk):
    rows = opened(desk, table(*WICKED))["Beds"][1:]  # the reader refuses formulas and links
    assert [name for _, name, _ in rows] == WICKED
    assert [beds for *_, beds in rows] == list(range(len(WICKED)))


def test_the_header_stays_in_sight_and_columns_are_wide_enough(desk: Desk):
    content = workbook(desk.issue, DAY, [table("A name of some length")], purpose="")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="1"' in sheet
    assert 'state="frozen"' in sheet
    assert float(sheet.split('<col min="2" max="2" width="')[1].split('"')[0]) > len("A name of some length")


def test_the_same_tables_give_the_same_bytes(desk: Desk):
    told = tables_of_day(desk, as_tree(desk.places), 1)
    assert workbook(desk.issue, DAY, told, purpose="x") == workbook(desk.issue, DAY, told, purpose="x")


@pytest.mark.parametrize("text", [one for one in WICKED if one[0] in "=+-@\t"])
def test_a_csv_cell_that_begins_like_a_formula_is_quoted(text: str):
    told = list(csv.reader(io.StringIO(csv_text(["a"], [{"a": text}]))))
    assert told == [["a"], [f"'{text}"]]


def test_csv_numbers_keep_their_sign_and_what_is_not_known_is_empty():
    assert csv_text(["a", "b", "c"], [{"a": -1.5, "b": None, "c": True}]) == "a,b,c\n-1.5,,true\n"


def test_a_days_csv_has_a_row_for_each_number_with_its_unit(desk: Desk):
    told = tables_of_day(desk, as_tree(desk.places), 1)
    rows = list(csv.DictReader(io.StringIO(day_csv(desk.issue, DAY, told))))
    values = [one for one in rows if one["column"] not in ("remarks",)]
    assert values
    assert all(one["unit"] for one in values)
    (longest,) = [one for one in rows if (one["place"], one["column"]) == ("amberford", "longest_wait_0.95")]
    assert (longest["unit"], longest["table"], longest["day"]) == ("hours", "Waits", "2022-09-28")
    assert float(longest["value"]) == told[0].rows[0]["longest_wait_0.95"]
    levels = [one["of"] for one in rows if (one["place"], one["column"]) == ("west-quarrel", "level")]
    assert levels == [f"{what} {one}" for what in ("beds", "buses") for one in (0.99, 0.95, 0.8, 0.5, 0.8)]
