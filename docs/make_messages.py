"""Brings the catalogues up to date with the messages in code and templates: `python docs/make_messages.py`.

What is new stands at its place with an empty translation, what is no longer said is dropped.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[1]
SERVICE = ROOT / "service"
CATALOGUES = SERVICE / "languages"
MESSAGES = {"say": 1, "count": 2}
"""How many literals a message is made of, by the method of `Language` that says it."""

HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""
"""No dates and no names, which would differ from run to run."""

Message = tuple[str, ...]


def messages() -> dict[Message, list[str]]:
    """Every message that is said, with the files that say it."""
    found: dict[Message, list[str]] = {}
    for file in sorted(SERVICE.rglob("*")):
        where = file.relative_to(ROOT).as_posix()
        for message in _said_in(file):
            found.setdefault(message, [])
            if where not in found[message]:
                found[message].append(where)
    return found


def _said_in(file: Path) -> Iterator[Message]:
    if file.suffix == ".py":
        yield from _in_code(file.read_text())
    elif file.suffix in {".html", ".j2", ".txt"} and "templates" in file.parts:
        yield from _in_template(file.read_text())


def _in_code(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            literals = [one.value for one in node.args if isinstance(one, ast.Constant)]
            yield from _message(node.func.attr, literals)


def _in_template(source: str) -> Iterator[Message]:
    for node in Environment().parse(source).find_all(nodes.Call):  # noqa: S701 - parsed, never rendered
        called = node.node.name if isinstance(node.node, nodes.Name) else getattr(node.node, "attr", "")
        literals = [one.value for one in node.args if isinstance(one, nodes.Const)]
        yield from _message(called, literals)


def _message(called: str, literals: list[Any]) -> Iterator[Message]:
    wanted = MESSAGES.get(called)
    if wanted and len(literals) >= wanted and all(isinstance(one, str) for one in literals[:wanted]):
        yield tuple(literals[:wanted])


def catalogue_of(file: Path) -> Catalog:
    """The catalogue of a language as it stands."""
    with file.open("rb") as content:
        return read_po(content, locale=file.stem)


def renewed(catalogue: Catalog) -> Catalog:
    """A catalogue with every message that is said, and with no other."""
    fresh = Catalog(locale=catalogue.locale, project="arrivals", charset="utf-8", fuzzy=False)
    for message, files in messages().items():
        known = catalogue.get(message[0])
        told = known.string if known is not None and bool(known.pluralizable) == (len(message) > 1) else None
        name = message[0] if len(message) == 1 else message
        fresh.add(name, told or None, locations=[(where, 0) for where in files])
    return fresh


def main() -> None:
    """Renew every catalogue."""
    for file in sorted(CATALOGUES.glob("*.po")):
        fresh = renewed(catalogue_of(file))
        with file.open("wb") as content:
            content.write(HEADER.format(language=file.stem, plurals=fresh.plural_forms).encode())
            write_po(content, fresh, width=110, omit_header=True, include_lineno=False, sort_output=True)


if __name__ == "__main__":
    main()
