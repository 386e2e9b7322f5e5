"""`arrivals plan` as a planner at the machine types it."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.service.cli.test_registers import Desk, border, desk
from tests.service.web.workbooks import sheets
from tests.service.web.world import EAST, WEST, build_world, issue_of, publish

__all__ = ["border", "desk"]


@pytest.fixture
def planned(desk: Desk) -> Desk:
    with desk.store() as store:
        build_world(store)
    return desk


def test_the_plan_of_the_first_day_is_shown_with_units_and_remarks(planned: Desk):
    said = planned.type("plan", "show")
    assert said.exit_code == 0
    assert "Plan of 2022-09-27, issue issue-1, counts up to 2022-09-26." in said.output
    for words in ("Waits", "Staff", "Beds", "Plan to", "Changes", "(hours)", "(people/day)", "booth-hours"):
        assert words in said.output
    assert "Amberford: ran at capacity on 2022-09-26" in said.output


def test_a_place_brings_what_lies_in_it_alone(planned: Desk):
    said = json.loads(planned.type("plan", "show", "--place", WEST.id, "--format", "json").output)
    told = {row["place"] for table in said["tables"] for row in table["rows"]}
    assert told == {WEST.id, "amberford", "birchgate"}
    assert said["day"] == "2022-09-27"
    units = {column["name"]: column["unit"] for column in said["tables"][0]["columns"]}
    assert units["longest_wait_0.95"] == "hours"


def test_a_day_is_shown_as_csv(planned: Desk):
    said = planned.type("plan", "show", "--day", "2022-09-30", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.output)))
    assert {row["day"] for row in rows} == {"2022-09-30"}
    assert EAST.id in {row["place"] for row in rows}


def test_a_workbook_and_a_csv_are_written(planned: Desk):
    book, table = planned.folder / "plan.xlsx", planned.folder / "plan.csv"
    said = planned.type("plan", "export", "--day", "2022-09-28", str(book))
    assert "plan of 2022-09-28 from issue issue-1; rows: Waits 4, Staff 8, Beds 3" in said.output
    assert planned.type("plan", "export", str(table)).exit_code == 0
    assert ["Plan of", "2022-09-28"] in sheets(book.read_bytes())["About"]
    assert table.read_text().startswith("issue,day,table,place,name,of,column,value,unit\nissue-1,2022-09-27")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "--place", "nowhere"), "nowhere: not registered; `arrivals places list` shows"),
        (("show", "--day", "2022-12-24"), "2022-12-24 is not planned for; this issue plans 2022-09-27 to"),
        (("export", "plan.ods"), "plan.ods: end the name with .xlsx or .csv"),
        (("export", "missing/plan.xlsx"), "missing/plan.xlsx: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(planned: Desk, words: tuple[str, ...], said: str):
    told = planned.type("plan", *words)
    assert (told.exit_code, told.output.count("\n")) == (2, 1)
    assert said in told.output
    assert not Path("plan.ods").exists()


def test_before_the_first_issue_it_says_what_to_do(border: Desk):
    told = border.type("plan", "show")
    assert (told.exit_code, "`arrivals cycle`" in told.output) == (2, True)


def test_without_capacities_it_says_what_to_do(planned: Desk):
    with planned.store() as store:
        publish(store, issue_of(name="issue-2"), scores=(), planned=False)
    told = planned.type("plan", "show")
    assert (told.exit_code, "arrivals capacities import FILE" in told.output) == (2, True)
