"""Reads the documentation for its tests: pages, links, code blocks, headings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").glob("*.md")])
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A fenced piece of code on a page."""

    page: Path
    language: str
    text: str


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> Iterator[Block]:
    for found in _BLOCK.finditer(page.read_text()):
        if found[1] == language:
            yield Block(page, found[1], found[2])


def links(page: Path) -> list[str]:
    return _LINK.findall(_BLOCK.sub("", page.read_text()))


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _BLOCK.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shell_lines() -> list[tuple[str, str]]:
    """Every command line in a `sh` block, continuation lines joined: (page, line)."""
    found = []
    for page in PAGES:
        for block in blocks(page, "sh"):
            joined = block.text.replace("\\\n", " ")
            found += [(name(page), line.strip()) for line in joined.splitlines() if line.strip()]
    return found
