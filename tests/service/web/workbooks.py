"""A reader of workbooks for the tests, by the standard library alone: cells as they stand in the file."""

import io
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Cell = str | float | None


def sheets(content: bytes) -> dict[str, list[list[Cell]]]:
    """Rows of every sheet by its name; a number is a float, an empty cell None. Refuses formulas."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        shared = _shared(file)
        book = ElementTree.fromstring(file.read("xl/workbook.xml"))
        names = [sheet.get("name", "") for sheet in book.iter(f"{MAIN}sheet")]
        return {
            name: [list(_cells(row, shared)) for row in _rows(file, number)]
            for number, name in enumerate(names, start=1)
        }


def _shared(file: zipfile.ZipFile) -> list[str]:
    tree = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))
    return ["".join(part.text or "" for part in one.iter(f"{MAIN}t")) for one in tree.iter(f"{MAIN}si")]


def _rows(file: zipfile.ZipFile, number: int) -> list[ElementTree.Element]:
    sheet = ElementTree.fromstring(file.read(f"xl/worksheets/sheet{number}.xml"))
    assert not list(sheet.iter(f"{MAIN}f")), "a formula"
    assert not list(sheet.iter(f"{MAIN}hyperlink")), "a link"
    return list(sheet.iter(f"{MAIN}row"))


def _cells(row: ElementTree.Element, shared: list[str]) -> list[Cell]:
    found: list[Cell] = []
    for cell in row:
        value = cell.find(f"{MAIN}v")
        if value is None or value.text is None:
            found.append(None)
        else:
            found.append(shared[int(value.text)] if cell.get("t") == "s" else float(value.text))
    return found
