"""The page on architecture draws the layers that the import contracts keep, and names every module."""

import re
import tomllib

import pytest

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text()
CONTRACTS = {
    contract["containers"][0]: contract["layers"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers"
}


@pytest.mark.parametrize(("package", "name"), [("forecast", "library"), ("service", "service")])
def test_the_layers_on_the_page_are_those_of_the_contracts(package: str, name: str) -> None:
    drawn = re.search(rf"^- {name}: `([^`]+)`", PAGE, re.MULTILINE)
    assert drawn
    assert re.sub(r"\s+", " ", drawn[1]).split(" -> ") == CONTRACTS[package]


@pytest.mark.parametrize("package", CONTRACTS)
def test_every_module_has_its_room_on_the_page(package: str) -> None:
    rooms = PAGE[PAGE.index("```text\nforecast/") : PAGE.index("data/   ")]
    for module in ROOT.joinpath(*package.split(".")).iterdir():
        if module.name.startswith("_") or not (module.suffix == ".py" or (module / "__init__.py").exists()):
            continue
        named = module.name if module.suffix else f"{module.name}/"
        assert re.search(rf"(^|\s){re.escape(named)}", rooms), f"{package}/{named} has no room"
