"""A file of those who get mail, checked by row against the register of places and the languages there are."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from secrets import token_hex
from typing import Any, cast

from forecast.places import Places
from service.addresses import address_of
from service.ingest.formats import read_table, rows_table
from service.ingest.reasons import Reasons, Refusal
from service.ingest.tables import Table
from service.languages import SOURCE, languages
from service.store.mail_records import TOPICS, Recipient, Topic

_BETWEEN = re.compile(r"[\s;,]+")


@dataclass(frozen=True, slots=True)
class RecipientDesk:
    """What recipients are checked against: the register of places, and the instant they are registered at."""

    register: Places
    now: datetime


def read_recipients(content: bytes, *, name: str, desk: RecipientDesk) -> tuple[Recipient, ...] | Refusal:
    """The recipients in a CSV or JSON file, or every reason why they are not fit to be registered.

    Columns: address, language, kinds (report, alert), places; the last two are lists with blanks or
    semicolons between. Without a language it is English, without kinds both.
    """
    reasons = Reasons()
    return _check(read_table(content, name, reasons), desk, reasons)


def recipient_from(fields: Mapping[str, str], desk: RecipientDesk) -> tuple[Recipient, ...] | Refusal:
    """One recipient from named fields, checked like a row of a file."""
    reasons = Reasons()
    return _check(rows_table([fields], reasons), desk, reasons)


def _check(table: Table | None, desk: RecipientDesk, reasons: Reasons) -> tuple[Recipient, ...] | Refusal:
    found: dict[int, Recipient] = {}
    if table is not None and not _refuse_columns(table, reasons):
        if not len(table):
            reasons.add(0, None, found="no rows", wanted="at least one recipient")
        meanings = table.meanings(_parsers(desk.register), reasons)
        if not reasons:
            found = {row: _recipient(fields, desk) for row, fields in meanings.items()}
            _check_reports(found, desk, reasons)
            _check_addresses(found, reasons)
    return reasons.refusal(rows=len(table) if table else 0) if reasons else tuple(found.values())


def _refuse_columns(table: Table, reasons: Reasons) -> bool:
    table.refuse_unknown_columns(("address", "language", "kinds", "places"), reasons)
    for name in ("address", "places"):
        if name not in table.columns:
            reasons.add(0, name, found="no such column", wanted="the columns address and places at least")
    return bool(reasons)


def _recipient(fields: Mapping[str, Any], desk: RecipientDesk) -> Recipient:
    return Recipient(
        id=f"to-{token_hex(4)}",  # drawn, so that a log which names it gives no address away
        address=fields["address"],
        language=fields.get("language", SOURCE),
        kinds=cast(frozenset[Topic], fields.get("kinds", frozenset(TOPICS))),
        places=fields["places"],
        created_at=desk.now,
    )


def _parsers(register: Places) -> dict[str, Callable[[str], Any]]:
    names = {place.name.casefold(): place.id for place in register}
    ids = {place.id: place.id for place in register}
    return {
        "address": address_of,
        "language": _language,
        "kinds": _kinds,
        "places": lambda text: _places(text, ids, names),
    }


def _language(text: str) -> str:
    code = text.strip().casefold() or SOURCE
    if code not in languages():
        raise ValueError(
            f"one of the languages {', '.join(languages())}{_near(code, {one: one for one in languages()})}"
        )
    return code


def _kinds(text: str) -> frozenset[str]:
    kinds = _listed(text) or TOPICS
    wrong = [kind for kind in kinds if kind not in TOPICS]
    if wrong:
        raise ValueError(f"{' or '.join(TOPICS)}, or both{_near(wrong[0], {one: one for one in TOPICS})}")
    return frozenset(kinds)


def _places(text: str, ids: Mapping[str, str], names: Mapping[str, str]) -> frozenset[str]:
    asked = _listed(text)
    if not asked:
        raise ValueError("the ids of places, such as " + " ".join([*ids][:2]))
    unknown = [one for one in asked if one not in ids]
    if unknown:
        near = _near(unknown[0], {**ids, **names})
        raise ValueError(f"ids of registered places; {unknown[0]!r} is none{near}")
    return frozenset(asked)


def _near(text: str, known: Mapping[str, str]) -> str:
    """A hint at what the nearest of some names stands for."""
    near = get_close_matches(text[:60].casefold(), list(known), n=1, cutoff=0.5)
    return f"; did you mean {known[near[0]]}?" if near else ""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _BETWEEN.split(text.strip())))


def _check_reports(found: Mapping[int, Recipient], desk: RecipientDesk, reasons: Reasons) -> None:
    for row, one in found.items():
        levels = {desk.register[place].level for place in one.places}
        if "report" in one.kinds and levels == {"crossing"}:
            wanted = "a region or country, of which there are reports, or the kind alert alone"
            reasons.add(row, "places", found=" ".join(sorted(one.places)), wanted=wanted)


def _check_addresses(found: Mapping[int, Recipient], reasons: Reasons) -> None:
    rows: dict[str, int] = {}
    for row, one in found.items():
        earlier = rows.setdefault(one.address.lower(), row)
        if earlier != row:
            reasons.add(row, "address", found=f"{one.address}, as in row {earlier}", wanted="each once")
