"""Waits learnt from history: at a made-up control with a known rule, and at a real one."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.planning.observed_waits.learning import HistoryError, learn_waits


def control(days=90):
    """Hours of a control whose wait follows the people a booth of this hour and of the one before."""
    rng = np.random.default_rng(11)
    index = pd.date_range("2021-01-04", periods=24 * days, freq="h")
    people = rng.poisson(400 * np.exp(np.sin(2 * np.pi * (index.hour - 8) / 24)))
    booths = np.maximum(1, np.rint(people / rng.uniform(30, 70, len(index))))
    load = people / booths
    ordinary = 2 + 0.2 * load + 0.15 * np.append(load[:1], load[:-1])
    wait = ordinary * np.exp(rng.normal(0, 0.25, len(index)))
    frame = pd.DataFrame({"people": people, "booths": booths, "wait": wait}, index=index)
    return frame, pd.Series(ordinary, index=index)


@pytest.fixture(scope="module")
def learnt():
    history, ordinary = control()
    return learn_waits(history.iloc[: 24 * 60]), history.iloc[24 * 60 :], ordinary.iloc[24 * 60 :]


def test_waits_are_told_from_the_loads_of_the_hour_and_the_one_before(learnt):
    model, later, ordinary = learnt
    told = model.waits(later)
    assert told.index.equals(later.index)
    assert (told - ordinary).abs().mean() < 0.35 * (ordinary.median() - ordinary).abs().mean()


def test_the_median_leaves_half_the_waits_above_and_the_mean_no_bias(learnt):
    model, later, _ = learnt
    assert (later["wait"] > model.waits(later)).mean() == pytest.approx(0.5, abs=0.06)
    assert model.waits(later, towards_mean=1).mean() == pytest.approx(later["wait"].mean(), rel=0.06)
    between = model.waits(later, towards_mean=0.5)
    assert (model.waits(later) < between).all()


def test_hours_without_a_row_had_nobody(learnt):
    model, later, _ = learnt
    there = later.drop(later.index[3])
    empty = later.copy()
    empty.loc[later.index[3], ["people", "booths"]] = 0
    told = model.waits(there)
    assert len(told) == len(later) - 1
    assert told.tolist() == pytest.approx(model.waits(empty).drop(later.index[3]).tolist())


def test_hours_whose_wait_is_not_known_are_not_learnt_from_but_their_people_tell(learnt):
    history, _ = control()
    gaps = history.iloc[: 24 * 60].copy()
    gaps.loc[gaps.index[::7], "wait"] = np.nan
    model, later, ordinary = learnt
    assert (learn_waits(gaps).waits(later) - model.waits(later)).abs().mean() < 2
    assert model.waits(later).corr(ordinary) > 0.9


def refused(history, message):
    with pytest.raises(HistoryError, match=message):
        learn_waits(history)


def test_a_history_that_cannot_be_learnt_from_is_refused_with_what_it_lacks():
    history, _ = control(30)
    refused(history.drop(columns="wait"), "lacks the column wait")
    refused(history.drop(columns="booths"), "lacks the column booths")
    refused(history.iloc[:100], "found 100 hours")
    refused(history.assign(wait=-1.0), "0 minutes or more")
    refused(history.assign(wait=np.inf), "0 minutes or more")
    refused(history.assign(people=-1.0), "0 or more")
    refused(history.assign(booths=np.nan), "0 or more")
    refused(history.reset_index(drop=True), "start of each hour")
    refused(pd.concat([history, history.iloc[:1]]), "each once")
    refused(history.set_axis(history.index + pd.Timedelta("20min")), "start of each hour")


@pytest.mark.skipif("ARRIVALS_BENCH_DATA" not in os.environ, reason="ARRIVALS_BENCH_DATA is not set")
def test_a_years_waits_at_a_real_control_are_told_from_the_year_before():
    path = Path(os.environ["ARRIVALS_BENCH_DATA"]) / "airport_passport_control_hourly.csv"
    names = {"passengers": "people", "avg_wait_minutes": "wait"}
    history = pd.read_csv(path, index_col="datetime", parse_dates=True).rename(columns=names)
    known, later = history.loc["2016"], history.loc["2017"]
    error = learn_waits(known).waits(later) - later["wait"]
    assert error.abs().mean() <= 5.4
    assert abs(error.mean()) <= 1
