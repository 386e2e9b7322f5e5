"""The PDF: tagged and readable aloud, A4, the same bytes each time, and no word of it is markup."""

import io
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reports.page import Grid, Page, Section
from service.reports.pdf import pdf_of
from tests.service.reports.sheets import ATTACKS, KAZAKH, example_page

MARKUP = (
    "#import", '#read("x")', "*bold*", "_thin_", "$x^2$", "@label", "<label>", "\\u{41}", "\\", "`raw`",
    "#strong[x]", "= heading", "- point", "+ point", "/ term: x", "// note", "/* note */", "~", "#{1+1}",
    "https://evil.example", "<script>", "&amp;", "{{x}}", "{page}", "=cmd|' /C calc'!A0", "]", ")", '"',
)  # fmt: skip
A4 = (595.3, 841.9)  # points


def read(page: Page) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf_of(page)))


def named(name: str) -> Page:
    """A page without charts that says a name everywhere."""
    grid = Grid(name, ("Place", name), ((name, "1"),))
    section = Section(name, sentences=(name,), points=(name,), grids=(grid,), remarks=(name,))
    return replace(example_page(), title=name, sections=(section,))


def words(pdf: pypdf.PdfReader) -> str:
    """All text without its breaks."""
    return "".join("".join(sheet.extract_text().split()) for sheet in pdf.pages)


@pytest.mark.parametrize("code", ["en", "ru", "kk", "de"])
def test_it_is_tagged_and_says_language_and_title(code: str) -> None:
    pdf = read(example_page(code))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == code
    assert pdf.metadata is not None
    assert pdf.metadata.title == example_page().title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_it_is_on_a4_and_every_sheet_has_its_number() -> None:
    pdf = read(example_page())
    assert 2 <= len(pdf.pages) <= 6
    for number, sheet in enumerate(pdf.pages, 1):
        assert tuple(map(float, sheet.mediabox[2:])) == pytest.approx(A4, abs=0.5)
        assert f"Page {number} of {len(pdf.pages)}" in sheet.extract_text()


def test_kazakh_letters_are_there() -> None:
    assert "".join(KAZAKH.split()) in words(read(example_page()))


def test_markup_in_words_comes_out_as_text() -> None:
    found = words(read(example_page()))
    for attack in ATTACKS:
        assert "".join(attack.split()).replace("--", "-") in found.replace("--", "-")
    assert "root:" not in found


@pytest.mark.parametrize(
    "name", ["Каракасы Ҡәҙерле", "საქართველო", "Հայաստան", "معبر", "e\u0301\u0323 Z\u0351"]
)
def test_letters_of_the_neighbours_are_there_whatever_fonts_the_machine_has(name: str) -> None:
    found = words(read(named(name)))
    assert "\ufffd" not in found
    assert set(unicodedata.normalize("NFD", name)) - {" "} <= set(unicodedata.normalize("NFD", found))


@pytest.mark.parametrize("name", ["Post \U0001f6a6", "霍尔果斯", "a\x00b", "\ue000", "\ud800", "\ufffe"])
def test_a_letter_that_no_font_has_is_told_as_such_and_refuses_no_report(name: str) -> None:
    assert "\ufffd" in words(read(named(name)))


def test_a_name_without_a_break_stays_on_the_sheet() -> None:
    name = "Қ" * 400
    pages = pypdf.PdfReader(io.BytesIO(pdf_of(named(name)))).pages
    ends: list[float] = []

    def visit(text: str, _: object, place: list[float], *rest: object) -> None:
        ends.append(place[4])

    for sheet in pages:
        sheet.extract_text(visitor_text=visit)
    assert max(ends) < A4[0]
    assert words(pypdf.PdfReader(io.BytesIO(pdf_of(named(name))))).count("Қ") >= 3 * 400


@given(st.text(max_size=60))
@settings(max_examples=15, deadline=None)
def test_any_words_at_all_make_a_pdf(text: str) -> None:
    assert pdf_of(named(f"x{text}")).startswith(b"%PDF-")


@given(st.lists(st.sampled_from(MARKUP), min_size=1, max_size=6).map(" ".join))
@settings(max_examples=15, deadline=None)
def test_any_markup_comes_out_as_it_was_written(text: str) -> None:
    assert "".join(text.split()) in words(read(named(text))).replace("\u200b", "")


def test_every_chart_has_words() -> None:
    page = example_page()
    written = read(page)
    told = {
        entry["/Alt"] for entry in _entries(written.trailer["/Root"]["/StructTreeRoot"]) if "/Alt" in entry
    }
    assert {one.alt for one in page.figures} <= told


def test_tables_have_heads() -> None:
    kinds = [
        entry["/S"]
        for entry in _entries(read(example_page()).trailer["/Root"]["/StructTreeRoot"])
        if "/S" in entry
    ]
    assert kinds.count("/Table") == 2
    assert kinds.count("/TH") == 4 + 5


def test_the_same_page_is_the_same_bytes() -> None:
    assert pdf_of(example_page()) == pdf_of(example_page())


def test_its_date_is_when_the_report_was_made() -> None:
    later = replace(example_page(), made_at=example_page().made_at + timedelta(days=1))
    written = read(later).metadata
    assert written is not None
    assert written.creation_date == later.made_at


def test_a_page_that_no_screen_reader_could_read_is_refused() -> None:
    with pytest.raises(typst.TypstError):
        pdf_of(replace(example_page(), title=""))


def _entries(node: pypdf.generic.PdfObject) -> list[pypdf.generic.DictionaryObject]:
    """All entries of the structure tree."""
    node = node.get_object() if node is not None else None
    if isinstance(node, pypdf.generic.ArrayObject):
        return [entry for child in node for entry in _entries(child)]
    if not isinstance(node, pypdf.generic.DictionaryObject):
        return []
    return [node, *(_entries(node["/K"]) if "/K" in node else [])]
