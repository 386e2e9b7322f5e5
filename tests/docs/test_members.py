"""The guide to writing a member: its files and its code run in order, up to a file for the service."""

import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from forecast.combine import Weighing, Widening
from forecast.configuration import Configuration
from forecast.documents.reading import EVENT_KEYS, KEYS
from forecast.events import KINDS
from service.members import configuration_from_document, document_of
from tests.docs.pages import ROOT, blocks
from tests.docs.test_analyst import own_csv

PAGE = ROOT / "docs" / "members.md"
TEXT = PAGE.read_text()
MODULES = ("fourweeks", "halves")


def install(folder: Path, project: dict[str, Any]) -> None:
    """Put the distribution of a project's table beside its modules."""
    about = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    name, version = project["name"], project["version"]
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = [
        line
        for group, points in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{point} = {value}" for point, value in points.items()))
    ]
    (about / "entry_points.txt").write_text("\n".join(lines))


def run(folder: Path, code: str, known: dict[str, Any]) -> None:
    """Write a block that begins with its file's name, execute another."""
    first = code.splitlines()[0]
    if first.startswith("# ") and first.endswith(".py"):
        (folder / first[2:]).write_text(code)
        sys.modules.pop(first[2:-3], None)
        for cached in folder.glob("__pycache__/*"):
            cached.unlink()
        return
    exec(code, known)  # the page's own code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own_csv(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for module in MODULES:
        monkeypatch.delitem(sys.modules, module, raising=False)
    return tmp_path


def test_the_guide_leads_from_an_empty_class_to_a_configuration(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project,) = [tomllib.loads(block.text)["project"] for block in blocks(PAGE, "toml")]
    install(folder, project)
    known: dict[str, Any] = {}
    for block in blocks(PAGE, "python"):
        run(folder, block.text, known)
    told = capsys.readouterr().out
    (refusal,) = [block.text for block in blocks(PAGE, "text")]
    assert refusal in told
    assert "with four_weeks scores" in told
    assert "'four_weeks': " in told
    made = known["configuration"]
    assert made.names == ("weekly_naive", "root", "log", "four_weeks")
    assert made.chosen[-1].weeks == 6
    assert made.as_dict()["own"] == {"four_weeks": {"class": "fourweeks:FourWeeks", "version": "1.0"}}
    assert configuration_from_document(document_of(made)).hash == made.hash
    for module in MODULES:
        sys.modules.pop(module, None)


def test_the_guide_names_every_key_of_a_file_and_what_it_usually_is() -> None:
    for key in KEYS:
        assert f"`{key}" in TEXT, f"{key} is not in the guide"
    for name in (*EVENT_KEYS, *Weighing.__dataclass_fields__, *Widening.__dataclass_fields__):
        assert f"`{name}`" in TEXT, f"{name} is not in the guide"
    assert all(kind in TEXT for kind in KINDS)
    usual = Configuration()
    assert f"| {usual.horizon}, {usual.paths}, {usual.seed} |" in TEXT
    weighing, widening = usual.weighing, usual.widening
    numbers = (weighing.half_life, weighing.own, weighing.sharpness, weighing.patience, weighing.gate)
    assert f"| {', '.join(f'{number:g}' for number in numbers)} |" in TEXT
    numbers = (widening.drift, widening.rise, widening.surge, widening.event, widening.tails)
    assert f"| {', '.join(f'{number:g}' for number in numbers)} |" in TEXT


def test_the_guide_names_every_rule_of_the_contract() -> None:
    source = (ROOT / "forecast" / "testing.py").read_text()
    for rule in (
        "parts",
        "name",
        "slow",
        "stride",
        "settings",
        "pickle",
        "input",
        "runs",
        "same again",
        "itself",
    ):
        assert f'"{rule}"' in source
        assert f"`{rule}`" in TEXT
    for rule in ("shape", "finite", "negative", "ascending", "NaN", "alone", "future", "thin"):
        assert f'"{rule}"' in source
        assert f"`{rule}`" in TEXT
