"""A file of lengths of stay: how many left after so many nights, and how many were still there then."""

import re
from collections.abc import Callable
from typing import Any

from forecast.planning.stays import LONGEST
from service.ingest import cells
from service.ingest.formats import read_table
from service.ingest.reasons import Reasons, Refusal

Lengths = dict[str, dict[str, int]]


def read_lengths(content: bytes, *, name: str) -> Lengths | Refusal:
    """`lengths` and `still_present` by nights, as a region's document has them, or the reasons against it.

    Columns: nights, count, and where some have not left yet still_present; counts only, no row for a person.
    """
    reasons = Reasons()
    table = read_table(content, name, reasons)
    if table is not None:
        table.refuse_unknown_columns(PARSERS, reasons)
        for column in ("nights", "count"):
            if column not in table.columns:
                wanted = "the columns nights, count and, where known, still_present"
                reasons.add(0, column, found="no such column", wanted=wanted)
        if not len(table):
            reasons.add(0, None, found="no rows", wanted="at least one length of stay")
    if table is None or reasons:
        return reasons.refusal()
    found: Lengths = {"lengths": {}, "still_present": {}}
    for row, fields in table.meanings(PARSERS, reasons).items():
        if not {"nights", "count"} <= fields.keys():
            continue
        nights = fields["nights"]
        if nights in found["lengths"]:
            reasons.add(row, "nights", found=nights, wanted="each number of nights once")
        found["lengths"][nights] = fields["count"]
        found["still_present"][nights] = fields.get("still_present") or 0
    return reasons.refusal(rows=len(table)) if reasons else found


def _nights(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > LONGEST:
        raise ValueError(f"whole nights, 0 to {LONGEST}")
    return str(int(text))


def _people(text: str) -> int:
    found = cells.count(text) if text else 0.0
    if not found.is_integer():
        raise ValueError("a whole number of people")
    return int(found)


PARSERS: dict[str, Callable[[str], Any]] = {"nights": _nights, "count": _people, "still_present": _people}
