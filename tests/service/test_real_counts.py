"""Real counts from a file to a planner's answer, where a folder of them is at hand."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from click.testing import CliRunner

from forecast.pipeline import in_order
from forecast.places import Place
from forecast.quantiles import QUANTILE_LEVELS
from service.access import create_key
from service.cli import main
from service.cycle import Means, complete_cycle
from service.ingest import take
from service.web import create_app
from tests.service.borders import fast_settings

NOW = datetime(2024, 1, 1, 1, tzinfo=UTC)
ZONE = "Asia/Hong_Kong"


@pytest.fixture
def hong_kong(bench_data):
    return bench_data / "hong_kong_arrivals.csv"


def test_hong_kongs_counts_are_taken_in_forecast_and_answered(sqlite_store, hong_kong):
    crossings = sorted(pd.read_csv(hong_kong, usecols=["crossing"])["crossing"].unique())
    country = Place("hong-kong", "Hong Kong", "country", time_zone="Asia/Hong_Kong")
    sqlite_store.places.put(
        [
            country,
            *(Place(name, name, parent="hong-kong", time_zone=country.time_zone) for name in crossings),
        ],
        at=NOW,
    )
    upload = take(sqlite_store, hong_kong.read_bytes(), name=hong_kong.name, source="file", now=NOW)
    settings = fast_settings(horizon=28, time_zone=ZONE)
    complete_cycle(sqlite_store, settings, Means(in_order), now=NOW)
    _, secret = create_key(sqlite_store, "analyst", now=NOW, by="a test")

    answer = (
        create_app(sqlite_store, settings)
        .test_client()
        .get("/v1/forecasts?place=hong-kong", headers={"Authorization": f"Bearer {secret}"})
        .get_json()
    )

    assert upload.stored == upload.rows > 18_000
    assert answer["issue"]["cutoff"] == "2023-12-31"
    assert [day["horizon"] for day in answer["forecasts"]] == list(range(1, 29))
    assert all(len(day["quantiles"]) == len(QUANTILE_LEVELS) for day in answer["forecasts"])


@pytest.mark.soak
def test_hong_kongs_18_calm_cutoffs_go_through_backtest_and_score(hong_kong, tmp_path):
    made = tmp_path / "backtest.csv"
    words = ["--cutoffs", "2023-04-02:2023-11-26:14", "--country", "HK", "--neighbour", "CN"]
    outcome = CliRunner().invoke(
        main, ["backtest", str(hong_kong), *words, "--processes", "2", "--output", str(made)]
    )
    assert outcome.exit_code == 0, outcome.output

    forecasts = pd.read_csv(made)
    assert forecasts.groupby(["crossing", "cutoff", "horizon"])["quantile_level"].nunique().eq(23).all()
    assert forecasts["cutoff"].nunique() == 18
    assert forecasts["arrivals"].ge(0).all()
    scored = CliRunner().invoke(main, ["score", str(made), str(hong_kong)])
    assert scored.exit_code == 0, scored.output
