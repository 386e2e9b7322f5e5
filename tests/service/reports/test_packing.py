"""A packed PDF says the same as before, in fewer bytes."""

import io

import pypdf
import pytest
import typst

from service.reports.packing import packed

CELLS = b"""
#set document(title: "T")
#table(columns: 5, table.header(..range(5).map(str)), ..range(1500).map(str))
"""


@pytest.fixture(scope="module")
def plain() -> bytes:
    made = typst.compile(CELLS, format="pdf", pdf_standards="ua-1")
    assert isinstance(made, bytes)
    return made


def entries(node: pypdf.generic.PdfObject) -> list[tuple[str, int]]:
    """The structure tree, each element with how much lies in it."""
    node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        return [one for child in node for one in entries(child)]
    if not isinstance(node, pypdf.generic.DictionaryObject):
        return []
    below = entries(node["/K"]) if "/K" in node else []
    return [(str(node.get("/S")), len(below)), *below]


def test_it_reads_the_same(plain: bytes) -> None:
    before, after = (pypdf.PdfReader(io.BytesIO(one), strict=True) for one in (plain, packed(plain)))
    assert [one.extract_text() for one in after.pages] == [one.extract_text() for one in before.pages]
    assert after.metadata == before.metadata
    trees = [entries(one.trailer["/Root"]["/StructTreeRoot"]) for one in (before, after)]
    assert trees[0] == trees[1]
    assert sum(kind == "/TD" for kind, _ in trees[1]) == 1500


def test_it_keeps_its_identity(plain: bytes) -> None:
    before, after = (pypdf.PdfReader(io.BytesIO(one)) for one in (plain, packed(plain)))
    assert after.trailer["/ID"] == before.trailer["/ID"]
    assert after.trailer["/Info"].get_object() == before.trailer["/Info"].get_object()


def test_it_is_much_smaller(plain: bytes) -> None:
    assert len(packed(plain)) < len(plain) / 3


def test_every_object_is_found_where_the_table_says(plain: bytes) -> None:
    before, after = (pypdf.PdfReader(io.BytesIO(one), strict=True) for one in (plain, packed(plain)))
    for number in range(1, before.trailer["/Size"]):
        reference = pypdf.generic.IndirectObject(number, 0, after)
        assert type(after.get_object(reference)) is type(
            before.get_object(pypdf.generic.IndirectObject(number, 0, before))
        )


def test_packing_twice_is_refused(plain: bytes) -> None:
    with pytest.raises(ValueError, match="no plain cross-reference table"):
        packed(packed(plain))


def test_a_table_that_lies_is_refused(plain: bytes) -> None:
    lying = plain.replace(b"0000000016 00000 n", b"0000000017 00000 n", 1)
    assert lying != plain
    with pytest.raises(ValueError, match="is not where its table says"):
        packed(lying)


def test_no_pdf_is_refused() -> None:
    with pytest.raises(ValueError, match="no plain cross-reference table"):
        packed(b"%PDF-1.7\nnothing")
