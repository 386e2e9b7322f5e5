"""Bytes to tables: encodings, broken CSV, JSON, and the bounds on what is told."""

import codecs
import json

import pytest

from service.ingest import Counts, Refusal, read_counts
from service.ingest.reasons import MOST_REASONS, quoted

ROW = "crossing,date,arrivals\nköping,2022-01-01,5\n"


def found_in(content: bytes, name: str = "counts.csv") -> list[str]:
    refusal = read_counts(content, name=name)
    assert isinstance(refusal, Refusal)
    return [reason.found for reason in refusal.reasons]


@pytest.mark.parametrize(
    "content", [ROW.encode(), codecs.BOM_UTF8 + ROW.encode(), ROW.replace("\n", "\r\n").encode()]
)
def test_utf_8_is_read_with_and_without_a_mark_and_with_any_line_ends(content: bytes):
    counts = read_counts(content, name="counts.csv")
    assert isinstance(counts, Counts)
    assert counts.frame["place"].tolist() == ["köping"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (ROW.encode("utf-16"), "UTF-16"),
        (ROW.encode("utf-16-be"), "NUL"),
        (ROW.encode("latin-1"), "line 2, which is not UTF-8"),
        (b"crossing,date,arrivals\na,2022-01-01,\x005\n", "NUL"),
        (b"PK\x03\x04....", "spreadsheet"),
        (b"\x1f\x8b....", "gzip"),
        (b"", "no header"),
        (codecs.BOM_UTF8, "no header"),
    ],
)
def test_other_encodings_are_refused_by_what_they_are(content: bytes, word: str):
    assert word in found_in(content)[0]


@pytest.mark.parametrize("cell", ['"5', '5"', '"5"6'])
def test_a_broken_quote_is_told_with_its_row(cell: str):
    refusal = read_counts(
        f"crossing,date,arrivals\na,2022-01-01,4\na,2022-01-02,{cell}\n".encode(), name="x.csv"
    )
    assert isinstance(refusal, Refusal)
    assert refusal.reasons[0].row == 2


def test_a_field_of_a_megabyte_is_refused_and_not_repeated():
    content = b"crossing,date,arrivals\n" + b"a" * 1_000_000 + b",2022-01-01,5\n"
    assert all(len(found) < 200 for found in found_in(content))


def test_a_thousand_columns_are_refused_by_their_number():
    assert found_in((",".join(f"c{n}" for n in range(1000)) + "\n").encode()) == ["1000 columns"]


def test_the_listing_of_reasons_ends_and_says_how_many_more_there_are():
    rows = "".join(f"a,2022-01-01,bad{n}\n" for n in range(2500))
    found = found_in(f"crossing,date,arrivals\n{rows}".encode())
    assert len(found) == MOST_REASONS + 1
    assert found[0] == "bad0"
    assert found[-1] == "1500 more reasons"


def test_a_quote_of_an_upload_holds_no_control_characters():
    assert quoted("a\x1b[31m\n\ud800") == "a\\x1b[31m\\n\\ud800"
    assert quoted("x" * 100).endswith("(100 characters)")


def test_json_is_a_list_of_objects_or_holds_one_as_observations():
    rows = [{"crossing": "a", "date": "2022-01-01", "arrivals": 5}]
    for document in (rows, {"observations": rows}):
        assert isinstance(read_counts(json.dumps(document).encode(), name="x.json"), Counts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "5",
        "null",
        '"a"',
        "[1]",
        "[[]]",
        "[]",
        "[{}]",
        '{"observations": {}}',
        '{"observations": [], "more": 1}',
        '[{"crossing": "a", "crossing": "b"}]',
        "[" * 100000,
        "1" * 5000,
        '[{"crossing": "\\ud800"}]',
        "NaN",
    ],
)
def test_other_json_is_refused(text: str):
    assert found_in(text.encode(), "upload.json")


def test_json_does_not_let_a_field_pass_that_csv_would_not():
    text = '[{"crossing": "a", "date": "2022-01-01", "arrivals": 5, "passport": "N1"}]'
    assert found_in(text.encode(), "upload.json") == ["a column that is not known"]
