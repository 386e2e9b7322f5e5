"""The pages hold together: their links lead somewhere, and nothing on them belongs to somebody's machine."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links, name

EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=name)


def test_the_pages_that_must_be_there_are_there() -> None:
    there = {name(page) for page in PAGES}
    assert {
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "data/README.md",
        "docs/api.md",
        "docs/architecture.md",
        "docs/ethics.md",
        "docs/glossary.md",
        "docs/model-card.md",
        "docs/operations.md",
    } <= there
    assert len([page for page in there if page.startswith("docs/decisions/")]) >= 5


@EACH_PAGE
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    for link in links(page):
        if re.match(r"https?://", link):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        if heading:
            assert heading in anchors(target), f"{link}: {name(target)} has no such heading"


@EACH_PAGE
def test_pages_ask_no_foreign_host_for_a_picture(page: Path) -> None:
    assert not re.search(r"!\[[^\]]*\]\(https?:", page.read_text())


@EACH_PAGE
def test_pages_leave_nothing_to_be_done(page: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|TBD|XXX)\b", page.read_text())


def test_every_file_of_data_is_described() -> None:
    described = (ROOT / "data" / "README.md").read_text()
    files = [file for file in (ROOT / "data").rglob("*") if file.is_file() and file.name != "README.md"]
    assert files
    for file in files:
        assert file.relative_to(ROOT / "data").as_posix() in described


def test_counts_and_their_description_say_synthetic() -> None:
    for page in ("README.md", "data/README.md"):
        assert "SYNTHETIC" in (ROOT / page).read_text()
