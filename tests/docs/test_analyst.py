"""The analyst's guide: its code runs from top to bottom, on an own CSV and on the demo."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import forecast
from forecast import frames, plots
from service.members import configuration_from_document
from tests.conftest import Served
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "analyst.md"
TEXT = PAGE.read_text()
CODE = [block.text for block in blocks(PAGE, "python")]
FIVE = 5  # lines from a CSV to a chart
PLACED = "http://127.0.0.1:8000"


def own_csv(folder: Path) -> Path:
    """Counts of two stations up to the end of June 2022 as somebody else keeps them."""
    days = pd.date_range("2021-10-01", "2022-06-30")
    week = np.array([1.0, 1.0, 1.0, 1.1, 1.3, 1.8, 1.5])[days.dayofweek]
    stations = [
        pd.DataFrame(
            {"day": days, "station": name, "people": np.random.default_rng(seed).poisson(level * week)}
        )
        for seed, (name, level) in enumerate({"north": 400, "south": 60}.items())
    ]
    file = folder / "counts.csv"
    pd.concat(stations).to_csv(file, index=False)
    return file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own_csv(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_five_lines_lead_from_a_csv_to_a_fan_chart(folder: Path) -> None:
    assert sum(1 for line in CODE[0].splitlines() if line) == FIVE
    known: dict[str, Any] = {}
    exec(CODE[0], known)  # the page's own code
    assert (folder / "fan.png").read_bytes().startswith(b"\x89PNG")
    assert known["axes"].get_title(loc="left").startswith("north: arrivals up to 2022-06-30")


@pytest.fixture
def service(folder: Path, demo_home: Path, served_demo: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    monkeypatch.setenv("ARRIVALS_CONFIG", str(demo_home / "arrivals.toml"))
    monkeypatch.setenv("KEY", served_demo.key)
    return served_demo


def test_the_guide_runs_from_top_to_bottom(
    folder: Path, service: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    known: dict[str, Any] = {}
    for code in CODE:
        exec(code.replace(PLACED, service.address), known)
    told = capsys.readouterr().out
    (refusal,) = [block.text for block in blocks(PAGE, "text")]
    assert refusal in told
    assert known["verdict"].verdict in told
    assert known["published"]["forecasts"][0]["target_date"] == "2022-09-27"
    assert {file.name for file in folder.glob("*.png")} >= {f"figure-{number}.png" for number in range(1, 9)}
    assert all(isinstance(axes, Axes) for axes in known["drawn"])
    assert len(pd.read_csv(folder / "week.csv")) == 3 * 7
    assert known["seen"].ids == tuple(place.id for place in known["register"].crossings)
    assert set(known["told"].ids) == set(known["seen"].ids)


def test_the_guide_names_everything_that_the_library_offers() -> None:
    for name in forecast.__all__:
        assert f"`{name}`" in TEXT, f"{name} is not in the guide"
    for name in plots.__all__:
        if name not in ("Fan", "FanWords", "draw_fan"):  # what reports and pages draw with
            assert f"`{name}(" in TEXT, f"plots.{name} is not in the guide"
    for name in vars(frames):
        if name.endswith("_frame") and name not in ("long_frame", "factors_frame"):
            assert f"`{name}(" in TEXT, f"frames.{name} is not in the guide"


def test_the_guides_configuration_is_one() -> None:
    (document,) = [block.text for block in blocks(PAGE, "toml")]
    made = configuration_from_document(document)
    assert made.members == ("weekly_naive", "root", "log", "analog", "count")
