"""docs/api.md tells of every route, every parameter and every role, and its examples answer."""

import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.access import MAY
from service.ingest import read_places
from service.store import Store
from service.store.alerts import Settlement
from service.store.mail_records import Alert, Matter, Mute
from service.store.model_records import ModelRecord, Override
from service.store.records import ROLES
from service.web import create_app
from tests.docs.pages import ROOT, blocks
from tests.service.web.world import NOW, FixedSettings, World, build_world

PAGE = ROOT / "docs" / "api.md"
SECTIONS = {
    part.split("\n", 1)[0]: part
    for part in PAGE.read_text().split("\n## ")[1:]
    if part.startswith(("GET", "POST", "PUT", "DELETE"))
}
KNOWN = {
    "$SCENARIO": "scenario-1",
    "$ALERT": "1",
    "$MUTE": "1",
    "$CONFIGURATION": "c0ffee",
    "$OVERRIDE": "override-1",
}
EXAMPLES = [
    line.strip()
    for block in blocks(PAGE, "sh")
    for line in block.text.replace("\\\n", " ").splitlines()
    if line.startswith("curl")
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The demonstration's register with made-up counts and one issue."""
    read = read_places((ROOT / "data" / "places.csv").read_bytes(), name="places.csv")
    assert isinstance(read, tuple)
    levels = {
        place.id: 1_000 * (number + 1) for number, place in enumerate(read) if place.level == "crossing"
    }
    path: Path = tmp_path_factory.mktemp("documented") / "arrivals.db"
    with Store.open(f"sqlite:///{path}") as store:
        alert = Alert(Matter("job-late", "", "cycle"), NOW, detail={"last": NOW.isoformat()}, number=1)
        store.alerts.settle(lambda _: Settlement(raised=(alert,)), issue_id=None, now=NOW)
        store.alerts.mute(Mute("", "job-late", NOW + timedelta(days=1), NOW, "cli", "Moving house."))
        store.models.propose(ModelRecord("c0ffee", "0" * 64, "seed = 2\n", "", "cli", NOW))
        world = build_world(store, read, levels, {"operator": ("operator", ())})
        first = world.issue.cutoff + timedelta(days=1)
        said = "Two more trains.", "cli", NOW
        days = (first, first)
        store.overrides.put(Override("override-1", world.issue.id, "syrym", "arrivals", *days, 9000.0, *said))
        yield world


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    return create_app(world.store, FixedSettings()).test_client()


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/openapi.json").get_json()
    return told


def test_every_route_has_its_section_and_every_section_its_route(document: dict[str, Any]) -> None:
    routes = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert set(SECTIONS) == routes | {"GET /"}


def test_every_parameter_is_named_in_its_section(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            section = SECTIONS[f"{method.upper()} {path}"]
            for parameter in operation["parameters"]:
                assert re.search(rf"\b{parameter['name']}\b", section), (path, parameter["name"])


def test_every_route_of_the_document_has_an_example(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method in methods:
            assert "curl" in SECTIONS[f"{method.upper()} {path}"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_pasted_as_it_stands_answers(client: FlaskClient, world: World, example: str) -> None:
    words = iter(shlex.split(example)[1:])
    headers, address, body, method = {}, "", None, None
    for word in words:
        if word == "-H":
            name, value = next(words).split(": ")
            headers[name] = value.replace("$KEY", world.keys["operator"])
        elif word == "-X":
            method = next(words)
        elif word == "--output":
            next(words)
        elif word.startswith("--data"):
            body = next(words).replace("@counts.csv", "crossing,date,arrivals\nsyrym,2022-09-25,4100\n")
        else:
            address = word.removeprefix("$AT")
    for variable, known in KNOWN.items():
        address = address.replace(variable, known)
    method = method or ("GET" if body is None else "POST")
    answer = client.open(address, method=method, headers=headers, data=body)
    assert answer.status_code in {200, 201, 204}, answer.get_data(as_text=True)
    assert answer.get_data() or answer.status_code == 204


def test_every_role_is_in_the_table() -> None:
    rows = re.findall(r"^\| (\w+) \|", PAGE.read_text(), re.MULTILINE)
    assert [role for role in rows if role in ROLES] == list(ROLES)
    assert all(roles <= set(ROLES) for roles in MAY.values())
