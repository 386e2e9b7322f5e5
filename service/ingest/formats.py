"""Bytes to a table: CSV and JSON; a further format is one more reader in `READERS`."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePath
from typing import Any

from service.ingest.reasons import Reasons
from service.ingest.tables import Table, TableBuilder, refuse_header

Reader = Callable[[bytes, Reasons], Table | None]
BATCH = 20_000
# Bounds on memory: a row of next to nothing costs far more in memory than in the file.
MOST_ROWS = 2_000_000
LARGEST_JSON = 8_000_000
LARGEST_NUMBER = 10**15
ENVELOPES = {"observations", "events"}
_FOREIGN_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK\x03\x04": "a zip archive or spreadsheet",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
}


def read_table(content: bytes, name: str, reasons: Reasons) -> Table | None:
    """The table in a file, or None with the reasons noted; the name's ending tells the format, else CSV."""
    if refuse_encoding(content, reasons):
        return None
    return READERS.get(PurePath(name).suffix.lower(), csv_table)(content, reasons)


def refuse_encoding(content: bytes, reasons: Reasons) -> bool:
    """Whether bytes are anything but UTF-8 text (a byte order mark is allowed)."""
    wanted = "UTF-8 text; save or export the file as CSV UTF-8"
    for mark, kind in _FOREIGN_MARKS.items():
        if content.startswith(mark):
            reasons.add(0, None, found=kind, wanted=wanted)
            return True
    if (nul := content.find(b"\0")) >= 0:
        reasons.add(content.count(b"\n", 0, nul), None, found="a NUL byte, as in UTF-16", wanted=wanted)
        return True
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start)
        found = f"byte 0x{content[error.start]:02x} in line {line + 1}, which is not UTF-8"
        reasons.add(line, None, found=found, wanted=wanted)
        return True
    return False


def csv_table(content: bytes, reasons: Reasons) -> Table | None:
    """The table in a CSV of UTF-8 text with a header, commas and double quotes."""
    records = _records(content, reasons)
    names = next(records, None)
    if not names:
        reasons.add(0, None, found="no header", wanted="a first line such as crossing,date,arrivals")
        return None
    if len(names) == 1 and (other := next((sign for sign in ";\t|" if sign in names[0]), None)):
        reasons.add(0, None, found=f"columns parted by {other!r}", wanted="columns parted by commas")
        return None
    if refuse_header(names, reasons):
        return None
    builder = TableBuilder(names)
    first = 1
    while batch := list(islice(records, BATCH)):
        _add_batch(builder, batch, first, len(names), reasons)
        first += len(batch)
        if first > MOST_ROWS + 1:
            reasons.add(0, None, found=f"more than {MOST_ROWS} rows", wanted="fewer rows; send it in parts")
            break
    return builder.table()


def _records(content: bytes, reasons: Reasons) -> Iterator[list[str]]:
    """The records of a CSV; after a broken one nothing more can be read."""
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    reader = csv.reader(lines, strict=True)
    number = 0
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            wanted = 'closed quotes, and "" for a quote within quotes; nothing below was read'
            reasons.add(number, None, found=f"broken CSV: {error}", wanted=wanted)
            return
        number += 1


def _add_batch(
    builder: TableBuilder, batch: Sequence[list[str]], first: int, width: int, reasons: Reasons
) -> None:
    """Add the records that are as wide as the header; wholly empty ones say nothing and are passed over."""
    rows, records = [], []
    for row, record in enumerate(batch, first):
        if not any(record):
            continue
        if len(record) == width:
            rows.append(row)
            records.append(record)
        else:
            wanted = f"{width} cells, as in the header; quote a cell that holds a comma"
            reasons.add(row, None, found=f"{len(record)} cells", wanted=wanted)
    builder.add(rows, records)


def json_table(content: bytes, reasons: Reasons) -> Table | None:
    """The table in JSON: a list of objects, or an object whose only field, of `ENVELOPES`, is such a list."""
    document = json_document(content, reasons)
    if reasons:
        return None
    if isinstance(document, dict) and len(document) == 1 and set(document) <= ENVELOPES:
        (document,) = document.values()
    if not isinstance(document, list):
        wanted = 'a list of objects, or {"observations": [...]} and no other field'
        reasons.add(0, None, found=_kind(document), wanted=wanted)
        return None
    return rows_table(document, reasons)


def json_document(content: bytes, reasons: Reasons) -> Any:
    """What UTF-8 text holds as JSON; None, with the reason noted, where it is broken or too large."""
    if len(content) > LARGEST_JSON:
        wanted = f"at most {LARGEST_JSON} bytes of JSON; send it in parts, or as CSV"
        reasons.add(0, None, found=f"{len(content)} bytes", wanted=wanted)
        return None
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        reasons.add(0, None, found=f"broken JSON: {error}", wanted="a list of objects")
        return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("an object names a field twice")
    return fields


def rows_table(records: Sequence[object], reasons: Reasons) -> Table | None:
    """The table in a list of objects; a field that an object lacks is an empty cell."""
    for row, record in enumerate(records, 1):
        if not isinstance(record, Mapping):
            reasons.add(row, None, found=_kind(record), wanted='an object such as {"crossing": "syrym", ...}')
    objects = [record for record in records if isinstance(record, Mapping)]
    names = tuple(dict.fromkeys(str(name) for fields in objects for name in fields))
    if len(objects) != len(records) or refuse_header(names, reasons):
        return None
    builder = TableBuilder(names)
    for first in range(0, len(objects), BATCH):
        batch = objects[first : first + BATCH]
        rows = range(first + 1, first + 1 + len(batch))
        builder.add(
            rows, [_cells(fields, names, row, reasons) for row, fields in zip(rows, batch, strict=True)]
        )
    return builder.table()


def _cells(fields: Mapping[Any, object], names: Sequence[str], row: int, reasons: Reasons) -> list[str]:
    """An object's values as the texts that a CSV would hold."""
    cells = []
    for name in names:
        text = _text(fields.get(name))
        if text is None:
            wanted = f"a text, or a number of at most {LARGEST_NUMBER}"
            reasons.add(row, name, found=_kind(fields[name]), wanted=wanted)
        cells.append(text or "")
    return cells


def _text(value: object) -> str | None:
    """A value as text; None for one that is neither text nor a finite number."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value) if abs(value) <= LARGEST_NUMBER else None


def _kind(value: object) -> str:
    """What a JSON value is, in words."""
    kinds: dict[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "another number")


READERS: dict[str, Reader] = {".csv": csv_table, ".json": json_table}
