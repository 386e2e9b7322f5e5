"""The notebooks run from top to bottom on the demo without a warning, and show their figures."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from service.demo.home import settings_of
from service.store import Store

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
STORIES = sorted(FOLDER.glob("*.py"))
MOST_LINES = 150
PNG = "image/png"
DRAWS = re.compile(r"^(figure|plots\.stamp\(.*\)\.figure)$")


def executed(source: str, home: Path) -> NotebookNode:
    """The notebook of a script, run by a kernel of its own that finds the demo by ARRIVALS_CONFIG."""
    notebook = jupytext.reads(source, fmt="py:percent")
    environment = os.environ | {"ARRIVALS_CONFIG": str(home / "arrivals.toml"), "PYTHONWARNINGS": "default"}
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(FOLDER)}})
    client.execute(env=environment)
    return notebook


def outputs(notebook: NotebookNode) -> Iterator[tuple[str, Any]]:
    """The last line of each cell of code, and one of its outputs."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield cell.source.splitlines()[-1], output


def shown(notebook: NotebookNode) -> str:
    """All that the cells print and end in, as text."""
    texts = (
        output.get("text") or output.get("data", {}).get("text/markdown", "")
        for _, output in outputs(notebook)
    )
    return "\n".join(texts)


def rows(home: Path) -> dict[str, int]:
    """The number of rows in each table of the demo's store."""
    with sqlite3.connect(home / "arrivals.db") as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}


def test_there_are_six_stories() -> None:
    assert [story.name[0] for story in STORIES] == list("123456")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_a_story_is_short_and_says_that_the_counts_are_synthetic(story: Path) -> None:
    source = story.read_text()
    assert len(source.splitlines()) < MOST_LINES
    notebook = jupytext.reads(source, fmt="py:percent")
    assert "SYNTHETIC" in notebook.cells[0].source
    assert "filterwarnings" not in source
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            told = " ".join(line for line in cell.source.splitlines() if not line.startswith("#"))
            assert 1 <= len(re.findall(r"[.?!]\*{0,2}(?:\s|$)", told)) <= 4, told


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_a_story_runs_on_the_demo_without_a_warning_and_shows_its_figures(
    story: Path, demo_home: Path
) -> None:
    before = rows(demo_home)
    notebook = executed(story.read_text(), demo_home)
    drawn = [
        output.data.get(PNG)
        for last, output in outputs(notebook)
        if output.output_type == "execute_result" and DRAWS.match(last)
    ]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(drawn) == sum(bool(DRAWS.match(cell.source.splitlines()[-1])) for cell in cells) > 0
    assert all(drawn), "a figure is not shown"
    for last, output in outputs(notebook):
        assert output.get("name") != "stderr", f"{last}: {output.text}"
    assert "DIFFERENT" not in shown(notebook)
    assert rows(demo_home) == before, "a notebook changed the store"


def test_a_proposal_is_written_once_the_analyst_sets_the_flag(demo_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(demo_home, tmp_path / "home"))
    settings = home / "arrivals.toml"
    settings.write_text(settings.read_text().replace(str(demo_home), str(home)))
    (story,) = [one for one in STORIES if one.stem == "5_event"]
    source = story.read_text()
    assert source.count("PROPOSE = False") == 1
    told = shown(executed(source.replace("PROPOSE = False", "PROPOSE = True"), home))
    with Store.open(settings_of(home).database_url, read_only=True) as store:
        (proposed,) = store.models.all()
        (entry,) = store.audit.read(1)
    assert f"Proposed {proposed.id}." in told
    assert (proposed.proposed_by, entry.action, entry.subject) == ("notebook", "models.propose", proposed.id)
    with Store.open(settings_of(demo_home).database_url, read_only=True) as store:
        assert store.models.all() == ()
