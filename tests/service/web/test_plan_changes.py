"""The plan of a day and its changes over HTTP, in every form."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.plans.files import XLSX_MEDIA
from tests.service.web.workbooks import sheets
from tests.service.web.world import CUTOFF, EAST, NOW, WEST, World, issue_of, publish

DAY = timedelta(days=1)


def ask(client: FlaskClient, world: World, query: str, who: str = "west planner") -> Any:
    answer = client.get(f"/v1/plan/{query}", headers=world.headers(who))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer


@pytest.fixture
def later(own_world: World) -> World:
    """A second issue, a day later."""
    publish(own_world.store, issue_of(CUTOFF + DAY, at=NOW + DAY, name="issue-2"), scores=())
    return own_world


def test_changes_name_both_issues_and_compare_the_same_days(own_client: FlaskClient, later: World) -> None:
    told = ask(own_client, later, "changes?place=amberford&days=2").get_json()
    assert (told["issue"]["id"], told["before"]["id"]) == ("issue-2", "issue-1")
    (place,) = told["places"]
    days = [(one["measure"], one["target_date"], one["horizon"]) for one in place["changes"]]
    assert days == [
        (measure, day, ahead)
        for day, ahead in (("2022-09-28", 1), ("2022-09-29", 2))
        for measure in ("arrivals", "demand", "longest_wait", "booths_needed")
    ]
    then = ask(own_client, later, "waits?place=amberford&issue=issue-1&days=2&quantiles=0.95").get_json()
    demand = then["places"][0]["days"][1]["demand"]
    (change,) = [one for one in place["changes"] if one["measure"] == "demand" and one["horizon"] == 1]
    assert (change["median_before"], change["upper_before"]) == (
        demand["median"],
        demand["quantiles"]["0.95"],
    )
    assert place["reasons"][0] == "no count came for 2022-09-27"


def test_the_first_issue_has_none_before(client: FlaskClient, world: World) -> None:
    told = ask(client, world, "changes?place=amberford&day=2022-09-30").get_json()
    assert told["before"] is None
    assert told["places"][0]["reasons"] == ["this is the first issue"]
    assert {one["target_date"] for one in told["places"][0]["changes"]} == {"2022-09-30"}


def test_a_region_brings_its_crossings_and_a_planner_sees_no_other(client: FlaskClient, world: World) -> None:
    for query in (f"changes?place={WEST.id}", "changes"):
        told = ask(client, world, query).get_json()["places"]
        assert [one["place"]["id"] for one in told] == [WEST.id, "amberford", "birchgate"]


def test_changes_of_what_is_withheld_are_null_and_have_no_reason(
    own_client: FlaskClient, later: World
) -> None:
    later.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    told = {one["place"]["id"]: one for one in ask(own_client, later, "changes").get_json()["places"]}
    for name in (WEST.id, "amberford"):
        assert (told[name]["suppressed"], told[name]["reasons"]) == (True, [])
        numbers = [
            value
            for one in told[name]["changes"]
            for key, value in one.items()
            if key.startswith(("median", "upper"))
        ]
        assert set(numbers) == {None}
    assert told["birchgate"]["changes"][0]["median_now"] is not None


def test_changes_as_csv_have_a_row_for_each_measure_and_day(own_client: FlaskClient, later: World) -> None:
    text = ask(own_client, later, "changes?place=amberford&days=2&format=csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 8
    assert (rows[0]["issue"], rows[0]["issue_before"]) == ("issue-2", "issue-1")
    assert {row["unit"] for row in rows} == {"people/day", "hours", "booths"}
    assert rows[0]["reasons"].startswith("no count came")


def test_the_plan_of_a_day_says_the_same_in_every_form(client: FlaskClient, world: World) -> None:
    told = ask(client, world, "day?day=2022-09-29").get_json()
    assert (told["day"], told["horizon"]) == ("2022-09-29", 3)
    tables = {table["name"]: table for table in told["tables"]}
    book = sheets(ask(client, world, "day?day=2022-09-29&format=xlsx").get_data())
    assert list(book) == [*tables, "About"]
    for name, table in tables.items():
        at = [number for number, column in enumerate(table["columns"]) if column["unit"]]
        for row, cells in zip(table["rows"], book[name][1:], strict=True):
            values = [row[table["columns"][number]["name"]] for number in at]
            assert [cells[number] for number in at] == values
    text = ask(client, world, "day?day=2022-09-29&format=csv").get_data(as_text=True)
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["table"] == "Waits"]
    longest = {row["place"]: float(row["value"]) for row in rows if row["column"] == "longest_wait_0.95"}
    assert longest == {row["place"]: row["longest_wait_0.95"] for row in tables["Waits"]["rows"]}


def test_without_a_day_it_is_the_first_one_ahead(client: FlaskClient, world: World) -> None:
    assert ask(client, world, "day").get_json()["day"] == "2022-09-27"


def test_a_workbook_is_sent_as_a_file_to_whoever_asks_for_one(client: FlaskClient, world: World) -> None:
    headers = world.headers("west planner") | {"Accept": XLSX_MEDIA}
    answer = client.get("/v1/plan/day", headers=headers)
    assert answer.mimetype == XLSX_MEDIA
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan-2022-09-27.xlsx"'
    other = client.get("/v1/plan/changes", headers=headers)
    assert (other.status_code, other.get_json()["errors"][0]["wanted"]) == (406, "application/json, text/csv")


@pytest.mark.parametrize("route", ["day", "changes"])
def test_a_day_beyond_the_issue_is_refused_with_the_days_there_are(
    client: FlaskClient, world: World, route: str
) -> None:
    answer = client.get(f"/v1/plan/{route}?day=2022-12-24", headers=world.headers("west planner"))
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (404, "day")
    assert "2022-09-27 to 2022-10-06" in answer.get_json()["detail"]


def test_a_planner_of_one_region_has_a_workbook_of_that_one(client: FlaskClient, world: World) -> None:
    book = sheets(ask(client, world, "day?format=xlsx").get_data())
    told = {str(row[0]) for name, rows in book.items() if name != "About" for row in rows[1:]}
    assert told == {WEST.id, "amberford", "birchgate"}
    theirs = sheets(ask(client, world, "day?format=xlsx", "east planner").get_data())
    assert {row[0] for row in theirs["Beds"][1:]} == {EAST.id}
