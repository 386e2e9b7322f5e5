"""A backtest in a notebook, by either command, and the job's issue say the same to the last digit."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecast import Configuration, Place, Places, backtest, issue
from forecast.documents import toml_of
from service.cli import main
from service.cycle.computation import configuration_from
from service.demo.bench import open_demo
from service.reading import panel_of, vintages_of

CUTOFFS = (date(2022, 9, 19), date(2022, 9, 26))
SPAN = f"{CUTOFFS[0]}:{CUTOFFS[1]}:7"
CONFIGURATION = Configuration(horizon=14, paths=120, seed=7, members=("weekly_naive", "root"))
KEYS = ["crossing", "cutoff", "horizon", "quantile_level"]


@pytest.fixture
def home(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARRIVALS_CONFIG", str(demo_home / "arrivals.toml"))
    return demo_home


def in_notebook(
    cutoffs: tuple[date, ...] = CUTOFFS, configuration: Configuration = CONFIGURATION
) -> pd.DataFrame:
    store, settings = open_demo()
    with store:
        vintages = vintages_of(store, as_of=settings.clock.now())
        return backtest(vintages, cutoffs, configuration, places=store.places.all())


def typed(*words: str) -> None:
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 0, said.output


def assert_same(made: pd.DataFrame, file: Path) -> None:
    theirs = pd.read_csv(file, parse_dates=["cutoff", "target_date"], float_precision="round_trip")
    both = made.merge(theirs, on=KEYS, suffixes=("", "_theirs"))
    assert len(both) == len(made) == len(theirs)
    assert np.array_equal(both["arrivals"].round(1), both["arrivals_theirs"])  # files hold tenths


def test_the_model_command_gives_the_notebook_s_backtest(home: Path, tmp_path: Path) -> None:
    (tmp_path / "tried.toml").write_text(toml_of(CONFIGURATION))
    file = tmp_path / "quantiles.csv"
    typed(
        "model", "backtest", str(tmp_path / "tried.toml"), "--cutoffs", SPAN, "--known", "evening",
        "--output", str(file),
    )  # fmt: skip
    assert_same(in_notebook(), file)


def test_the_command_for_files_gives_the_notebook_s_backtest_of_the_same_reports(
    home: Path, tmp_path: Path
) -> None:
    store, settings = open_demo()
    with store:
        reports = vintages_of(store, as_of=settings.clock.now()).frame
    counts, file = tmp_path / "counts.csv", tmp_path / "quantiles.csv"
    reports.to_csv(counts, index=False)
    typed(
        "backtest", str(counts), "--cutoffs", SPAN, "--output", str(file), "--horizon", "14", "--seed", "7",
        "--members", "weekly_naive,root", "--country", "KZ", "--neighbour", "RU", "--processes", "1",
    )  # fmt: skip
    bare = Places(
        Place(name, name, country="KZ", neighbour="RU") for name in sorted(reports["crossing"].unique())
    )
    as_in_file = replace(CONFIGURATION, paths=Configuration().paths)
    assert_same(backtest(reports, CUTOFFS, as_in_file, places=bare), file)


def test_the_job_s_issue_is_the_notebook_s_of_the_same_vintage_and_seed(home: Path) -> None:
    store, _ = open_demo()
    with store:
        published = store.issues.latest()
        configuration = configuration_from(published.configuration)
        made = issue(panel_of(store, issue=published.id), configuration, places=store.places.all())
        kept = store.issues.paths(published.id, "arrivals")
        told = {one.place_id: one.values for one in store.issues.forecasts(published.id, measure="arrivals")}
    assert np.array_equal(made.paths.values, kept.values)
    past = in_notebook((published.cutoff,), configuration)
    for row, place in enumerate(made.quantiles.ids):
        assert np.array_equal(made.quantiles.values[row], told[place])
        own = past[past["crossing"] == place]["arrivals"].to_numpy().reshape(told[place].shape)
        assert np.array_equal(own, told[place])
