"""The tables of a day as files: a workbook of sheets, or one CSV of single values."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from service.plans.tables import Column, Table
from service.store.records import Issue

XLSX_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet takes for a formula."""
VALUES = ("issue", "day", "table", "place", "name", "of", "column", "value", "unit")
NARROWEST, WIDEST = 9, 60
WHOLE = ("people", "people/day", "beds", "buses", "booth-hours")


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV with a header; what is not known is empty, and no text becomes a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def day_csv(issue: Issue, day: date, tables: Sequence[Table]) -> str:
    """A day's tables as one CSV: a row for each value, with its unit."""
    rows = ({"issue": issue.id, "day": day, **row} for table in tables for row in _values(table))
    return csv_text(VALUES, rows)


def _values(table: Table) -> Iterator[dict[str, Any]]:
    own = ("place", "name", "what", "unit", "booths")
    for row in table.rows:
        head = {"table": table.name, "place": row["place"], "name": row["name"]}
        of = " ".join(str(row[name]) for name in ("what", "booths", "safety") if row.get(name) is not None)
        for column in table.columns:
            if column.name not in own and not _says_nothing(row.get(column.name)):
                unit = column.unit or row.get("unit", "")
                yield {
                    **head,
                    "of": of,
                    "column": column.name,
                    "value": row[column.name],
                    "unit": "" if isinstance(row[column.name], str | bool) else unit,
                }


def _says_nothing(value: Any) -> bool:
    return value is None or value == "" or value is False


def workbook(issue: Issue, day: date, tables: Sequence[Table], *, purpose: str) -> bytes:
    """A day's tables as a workbook, a sheet each, units in the headers, and a sheet that says what it is.

    The same tables give the same bytes: the time in it is the issue's.
    """
    content = io.BytesIO()
    # text stays text: a cell that begins with = is neither a formula nor a link
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties(
            {
                "title": f"Plan of {day}",
                "comments": f"Issue {issue.id}",
                "created": issue.issued_at.replace(tzinfo=None),
            }
        )
        for table in tables:
            _sheet(book, table)
        _about(book, issue, day, purpose)
    return content.getvalue()


def _sheet(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E9EEF3"}
    )
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 48)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for at, column in enumerate(table.columns):
        style = book.add_format(_style(column))
        sheet.set_column(at, at, _width(table, column))
        sheet.write_string(0, at, column.heading, head)
        for number, row in enumerate(table.rows, start=1):
            _write(sheet, (number, at), row.get(column.name), style)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _style(column: Column) -> dict[str, Any]:
    style: dict[str, Any] = {"valign": "top"}
    if column.name == "remarks":
        style["text_wrap"] = True
    if column.unit in ("chance", "share"):
        style["num_format"] = "0 %"
    elif column.unit in WHOLE or column.name.startswith("person_hours"):
        style["num_format"] = "#,##0"
    elif column.unit == "hours":
        style["num_format"] = "0.0"
    return style


def _width(table: Table, column: Column) -> float:
    if column.name == "remarks":
        return WIDEST
    if column.unit:
        return NARROWEST if column.name.startswith("hour_") else NARROWEST + 4
    longest = max((len(str(row.get(column.name) or "")) for row in table.rows), default=0)
    return min(WIDEST, max(NARROWEST, longest + 2))


def _write(sheet: Any, at: tuple[int, int], value: Any, style: Any) -> None:
    if value is None:
        sheet.write_blank(*at, None, style)
    elif isinstance(value, bool):
        sheet.write_string(*at, "yes" if value else "", style)
    elif isinstance(value, int | float):
        sheet.write_number(*at, value, style)
    else:
        sheet.write_string(*at, str(value), style)


def _about(book: Any, issue: Issue, day: date, purpose: str) -> None:
    sheet = book.add_worksheet("About")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90, wrapped)
    facts = {
        "Plan of": day.isoformat(),
        "Issue": issue.id,
        "Counts up to": issue.cutoff.isoformat(),
        "Known at": _instant(issue.as_of),
        "Published": _instant(issue.issued_at),
        "Version": issue.model_version,
        "95 % safe": "suffices in 95 of 100 cases if the forecast is right; plan by this, not by the median",
        "Waits": "as they will be with the registered booths; Staff says what the roster makes of them",
        "Purpose": purpose,
    }
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value, wrapped)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple | list):
        value = "; ".join(map(str, value))
    if isinstance(value, str) and value.startswith(ACTIVE):
        return f"'{value}"
    return "" if value is None else value
