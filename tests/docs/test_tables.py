"""What the pages repeat is what its source says: the settings of themselves, the benchmark's figures."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from service.settings import Settings
from tests.docs.pages import ROOT, blocks

OPERATIONS = ROOT / "docs" / "operations.md"


@pytest.fixture(scope="module")
def make_tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_tables", ROOT / "docs" / "make_tables.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_up_to_date(make_tables: ModuleType) -> None:
    for page, wanted in make_tables.pages().items():
        assert page.read_text() == wanted, f"{page.name}: run .venv/bin/python docs/make_tables.py"


def test_figures_are_taken_from_the_benchmarks_page(make_tables: ModuleType) -> None:
    results = """# Accuracy

## Land, calm

| method | natural | log1p | 50 % | 80 % | 95 % | p |
|---|---|---|---|---|---|---|
| ensemble | 0.71 | 0.65 | 52 | 81 | 94 |  |
| weekly naive | 1.00 | 1.00 | 40 | 70 | 88 | 0.01 |
| Prophet | 0.88 | 0.72 | 45 | 75 | 84 | 0.02 |

## By horizon

| set | 1-7 |
|---|---|
| Land, calm | 0.6 |
"""
    table = make_tables.figures_table(results).splitlines()
    assert table[2:] == ["| Land, calm | 0.71 / 0.65 | 0.88 / 0.72 |  | 81 %, 94 % |"]


def test_without_a_benchmark_no_figure_is_claimed(make_tables: ModuleType) -> None:
    assert "make bench" in make_tables.figures_table("")


def test_every_setting_stands_in_the_table_with_its_variable() -> None:
    page = OPERATIONS.read_text()
    for setting in Settings.model_fields:
        assert re.search(rf"^\| `{setting}` \| `ARRIVALS_{setting.upper()}` \|", page, re.MULTILINE)


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("example", [block.text for block in blocks(OPERATIONS, "toml")])
def test_the_example_files_are_accepted(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "arrivals.toml"
    file.write_text(example)
    monkeypatch.setenv("ARRIVALS_CONFIG", str(file))
    if "[smtp]" in example:
        monkeypatch.setenv("ARRIVALS_SMTP__PASSWORD", "as the page says")
    assert set(tomllib.loads(example)) <= Settings().model_fields_set


def test_variables_named_on_the_pages_exist() -> None:
    known = {f"ARRIVALS_{name.upper()}" for name in Settings.model_fields}
    known |= {"ARRIVALS_CONFIG", "ARRIVALS_BENCH_DATA", "ARRIVALS_REQUIRE_BROWSER"}
    found = re.findall(r"\bARRIVALS_[A-Z_]+[A-Z]", OPERATIONS.read_text())
    told = {name.partition("__")[0] for name in found}  # the part of a setting follows two underscores
    assert told <= known
