"""What the pages tell a reader to type exists, and everything there is to type is told."""

import re
import shlex
from collections.abc import Iterator

import click

from service.cli import main
from tests.docs.pages import PAGES, ROOT, shell_lines

TEXT = "\n".join(page.read_text() for page in PAGES)
SHELL = shell_lines()
ARRIVALS = re.compile(r"(?:^|\s)(?:\S*/)?arrivals\s")


def _commands() -> Iterator[list[str]]:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None, f"arrivals {name} is in the table and nowhere else"
        yield [name]
        if isinstance(command, click.Group):
            yield from ([name, below] for below in command.commands)


def _is_documented(words: list[str]) -> bool:
    """Whether a page has the command, or its group's row or line with the command's name in it."""
    told = re.findall(rf"^.*arrivals {words[0]}\b.*$", TEXT, re.MULTILINE)
    return any(re.search(rf"\b{words[-1]}\b", line) for line in told)


def test_every_command_is_documented() -> None:
    assert [" ".join(words) for words in _commands() if not _is_documented(words)] == []


def _unknown_flags(words: list[str]) -> set[str]:
    """What a command line names that the command it calls does not have."""
    command: click.Command = main
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        if found is None:
            return {f"command {words}"}
        command = found
    options = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}
    return {word.split("=")[0] for word in words if word.startswith("--")} - options


def test_commands_on_the_pages_exist_with_their_options() -> None:
    lines = [(page, line) for page, line in SHELL if ARRIVALS.search(line)]
    assert len(lines) > 10
    for page, line in lines:
        words = shlex.split(ARRIVALS.split(line, maxsplit=1)[1], comments=True)
        assert not _unknown_flags(words), f"{page}: {line}"


def test_make_targets_on_the_pages_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = {found for _, line in SHELL for found in re.findall(r"(?:^|&& )make ([a-z-]+)", line)}
    assert {"demo", "test", "setup", "check"} <= told
    assert told <= targets
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets


def test_make_help_names_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"help", "clean"}
    shown = set(re.findall(r"make ([a-z-]+)  ?", "\n".join(re.findall(r"@echo \"(.+)\"", makefile))))
    assert targets <= shown
