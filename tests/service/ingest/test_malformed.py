"""Malformed uploads by the hundred: always an answer, never an exception, the store as it was."""

import codecs
import json
import random
import zlib
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from service.ingest import take
from service.ingest.reasons import LONGEST_QUOTE, MOST_REASONS
from service.store import Store
from tests.service.ingest.borders import NOW, PLACES, registered, stored

VALID = "\n".join(
    ["crossing,date,arrivals,departures,status"]
    + [
        f"{place.id},{date(2022, 9, 1) + timedelta(day)},{day * 7},,reported"
        for place in PLACES[2:5]
        for day in range(9)
    ]
).encode()
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1251", "koi8-r", "utf-7", "cp037", "shift-jis")
HEADERS = (
    "crossing",
    "place",
    "date",
    "arrivals",
    "measure",
    "value",
    "status",
    "source",
    "unit",
    "recorded_at",
)
WORDS = (
    "",
    " ",
    "syrym",
    "SYRYM",
    "kz",
    "west",
    "Сырым",
    "\x1b[2J",
    "\ud7ff",
    "=1+1",
    "@SUM(A1)",
    "'; DROP TABLE place;--",
)
DATES = (
    "2022-09-26",
    "0201-09-26",
    "2022-04-31",
    "2022-13-01",
    "9999-12-31",
    "10000-01-01",
    "0",
    "44831",
    "-1",
    "26.9.22",
)
DATES += (
    "2022-09-28",
    "2999-01-01",
    "2022-02-29",
    "now",
    "２０２２-09-26",
    "2022-09-26T20:00:00Z",
    "2199-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59-23:59",
    "0000-00-00",
)
NUMBERS = (
    "0",
    "5",
    "-1",
    "1e9",
    "1e400",
    "NaN",
    "inf",
    "5.5",
    "1,000",
    "٣",
    "9" * 5000,
    "0x1F",
    "true",
    "--",
    "5\x00",
)


def text(generator: random.Random) -> str:
    pool = generator.choice((WORDS, DATES, NUMBERS, HEADERS))
    return generator.choice(pool)


def cell(generator: random.Random, column: str) -> str:
    pools = {"date": DATES, "recorded_at": DATES, "crossing": WORDS, "place": WORDS}
    found = generator.choice(pools.get(column, NUMBERS)) if generator.random() < 0.7 else text(generator)
    return f'"{found}"' if "," in found and generator.random() < 0.8 else found


def noise(generator: random.Random) -> bytes:
    return generator.randbytes(generator.choice((0, 1, 2, 3, 17, 400, 5000)))


def other_encoding(generator: random.Random) -> bytes:
    words = VALID.decode().replace("syrym", "Сырым ä")
    return words.encode(generator.choice(ENCODINGS), errors="replace")


def other_header(generator: random.Random) -> bytes:
    names = [generator.choice((*HEADERS, text(generator), "passport")) for _ in range(generator.randrange(9))]
    ends = generator.choice(("\n", "\r\n", "\r", "\n\n", "\0"))
    separator = generator.choice((",", ",", ",", ";", "\t", "|"))
    return ends.join([separator.join(names), *VALID.decode().splitlines()[1:]]).encode(errors="replace")


def other_cells(generator: random.Random) -> bytes:
    names = [
        "crossing",
        "date",
        "arrivals",
        *generator.sample(("status", "source", "unit", "departures", "recorded_at"), 2),
    ]
    rows = [",".join(cell(generator, name) for name in names) for _ in range(generator.randrange(1, 60))]
    return "\n".join([",".join(names), *rows]).encode(errors="replace")


def huge_field(generator: random.Random) -> bytes:
    filling = generator.choice((b"9", b"a", b'"', b",", b"\n", b"=", "ж".encode())) * generator.randrange(
        10**5, 10**6
    )
    at = generator.randrange(len(VALID))
    return VALID[:at] + filling + VALID[at:]


def mutated(generator: random.Random) -> bytes:
    content = bytearray(VALID)
    for _ in range(generator.choice((1, 1, 2, 5, 40))):
        at = generator.randrange(len(content))
        change = generator.randrange(4)
        if change == 0:
            content[at] = generator.randrange(256)
        elif change == 1:
            del content[at : at + generator.choice((1, 1, 20))]
        elif change == 2:
            content[at:at] = generator.choice(
                (b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"-", codecs.BOM_UTF8)
            )
        else:
            other = generator.randrange(len(content))
            content[at:at] = content[other : other + generator.choice((3, 30, 300))]
    return bytes(content)


def cut_or_packed(generator: random.Random) -> bytes:
    kinds = (VALID[: generator.randrange(len(VALID))], zlib.compress(VALID), b"PK\x03\x04" + VALID, VALID * 2)
    return generator.choice(kinds)


def json_like(generator: random.Random) -> bytes:
    def value(depth: int) -> object:
        kinds: tuple[Callable[[], object], ...] = (
            lambda: text(generator),
            lambda: generator.choice((0, -1, 5.5, 10**300, float("nan"), float("inf"), None, True)),
            lambda: {text(generator): value(depth + 1) for _ in range(3)} if depth < 3 else {},
            lambda: [value(depth + 1) for _ in range(3)] if depth < 3 else [],
        )
        return generator.choice(kinds)()

    rows = [{name: value(1) for name in generator.sample(HEADERS, 3)} for _ in range(generator.randrange(5))]
    document = generator.choice((rows, {"observations": rows}, value(0), [value(1)]))
    written = json.dumps(document).encode()
    return written if generator.random() < 0.7 else written[: generator.randrange(len(written) + 1)]


KINDS = (
    noise,
    other_encoding,
    other_header,
    other_cells,
    huge_field,
    mutated,
    mutated,
    cut_or_packed,
    json_like,
)


def attack(store: Store, seed: int, *, history: bool) -> None:
    """Send one malformed upload and look at everything that it must not have done."""
    generator = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    content = kind(generator)
    before = store.observations.vintage()
    name = generator.choice(("x.json", "x.csv")) if kind in (json_like, noise) else "x.csv"
    upload = take(store, content, name=name, source="test", now=NOW, history=history)
    assert store.uploads.get(upload.id) == upload
    if upload.state == "accepted":
        assert not upload.reasons
        assert store.observations.vintage() == before + upload.stored
        return
    assert upload.reasons
    assert len(upload.reasons) <= MOST_REASONS + 1
    assert all(len(reason.found) < LONGEST_QUOTE * 12 for reason in upload.reasons)
    assert all(
        (reason.found + reason.wanted + (reason.column or "")).isprintable() for reason in upload.reasons
    )
    assert store.uploads.content(upload.id) == content
    assert store.observations.vintage() == before


def attack_often(store: Store, seeds: range) -> None:
    border = registered(store)
    for seed in seeds:
        attack(border, seed, history=seed % 5 == 0)
    for place in PLACES:
        assert all(0 <= value <= 10_000_000 or value != value for value in stored(border, place.id).values())


@pytest.mark.parametrize("part", range(6))
def test_a_malformed_upload_is_answered_and_changes_nothing(sqlite_store: Store, part: int):
    attack_often(sqlite_store, range(part * 50, (part + 1) * 50))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
def test_five_thousand_malformed_uploads_are_answered_and_change_nothing(sqlite_store: Store, part: int):
    attack_often(sqlite_store, range(10_000 + part * 250, 10_000 + (part + 1) * 250))


def test_the_uploads_are_malformed_in_many_ways_and_the_valid_one_is_not(sqlite_store: Store):
    border = registered(sqlite_store)
    assert take(border, VALID, name="x.csv", source="test", now=NOW).state == "accepted"
    states = [
        take(
            border, KINDS[seed % len(KINDS)](random.Random(seed)), name="x.csv", source="test", now=NOW
        ).state
        for seed in range(45)
    ]
    assert states.count("refused") > 35
