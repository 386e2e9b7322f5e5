"""Forecasting CSV files: any counts in, whole forecasts out, every fault one line."""

import gzip
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecast.backtests import backtest
from forecast.pipeline import Configuration
from forecast.places import Place, Places
from forecast.quantiles import QUANTILE_LEVELS
from forecast.simulate import World, simulate
from service.cli import main

FAST = ("--members", "weekly_naive,root", "--processes", "1", "--horizon", "5")
COLUMNS = ["crossing", "cutoff", "horizon", "target_date", "quantile_level"]


@pytest.fixture
def arrivals(tmp_path):
    """Run a command in which IN and OUT stand for files of the test's folder."""
    files = {"IN": str(tmp_path / "counts.csv"), "OUT": str(tmp_path / "forecasts.csv")}

    def run(*arguments):
        return CliRunner().invoke(main, [files.get(argument, argument) for argument in arguments])

    return run


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "counts.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def counts(tmp_path):
    """Sixty days of three crossings."""
    frame = simulate(World(series=3, days=60, onset_within=20), seed=1).frame.drop(columns="status")
    frame.to_csv(tmp_path / "counts.csv", index=False)
    return frame


def read(tmp_path):
    return pd.read_csv(tmp_path / "forecasts.csv", dtype={"crossing": str})


def test_a_forecast_has_every_crossing_day_and_level_in_order(arrivals, counts, tmp_path):
    told = arrivals("forecast", "IN", *FAST, "--output", "OUT")
    assert told.exit_code == 0, told.output
    forecasts = read(tmp_path)
    assert list(forecasts.columns) == [*COLUMNS, "arrivals"]
    assert set(forecasts["cutoff"]) == {"2021-03-01"}
    assert forecasts["target_date"].iloc[0] == "2021-03-02"
    np.testing.assert_array_equal(
        forecasts["quantile_level"].to_numpy().reshape(15, 23), [QUANTILE_LEVELS] * 15
    )
    values = forecasts["arrivals"].to_numpy().reshape(15, 23)
    assert (values >= 0).all()
    assert (np.diff(values, axis=1) >= 0).all()


def test_the_last_line_tells_crossings_cutoffs_rows_seconds_and_fallbacks(arrivals, counts):
    told = arrivals("backtest", "IN", "--cutoffs", "2021-02-01:2021-02-15:7", *FAST, "--output", "OUT")
    assert told.stdout == ""
    assert re.search(
        r"3 crossings, 3 cutoffs, 1035 rows, 0 of 9 fell back, in \d+ s$", told.stderr.strip()
    ), told.stderr


def test_a_backtest_writes_what_the_library_says(arrivals, counts, tmp_path):
    told = arrivals("backtest", "IN", "--cutoffs", "2021-02-01:2021-02-15:7", *FAST,
                    "--country", "hk", "--neighbour", "CN", "--output", "OUT")  # fmt: skip
    assert told.exit_code == 0, told.output
    names = sorted(counts["crossing"].unique())
    places = Places(Place(name, name, country="HK", neighbour="CN") for name in names)
    cutoffs = [pd.Timestamp(day).date() for day in ("2021-02-01", "2021-02-08", "2021-02-15")]
    configuration = Configuration(horizon=5, members=("weekly_naive", "root"))
    expected = backtest(counts, cutoffs, configuration, places=places)
    written = read(tmp_path)
    np.testing.assert_allclose(written["arrivals"], expected["arrivals"].round(1))
    assert written["crossing"].tolist() == expected["crossing"].tolist()


def test_slow_members_give_the_same_with_one_process_and_with_two(arrivals, counts, tmp_path):
    counts[(counts["crossing"] != "s002") & (counts["date"] < "2021-02-12")].to_csv(
        tmp_path / "counts.csv", index=False
    )
    written = []
    for processes in ("1", "2"):
        options = ("--members", "weekly_naive,ets", "--horizon", "3", "--processes", processes)
        told = arrivals("forecast", "IN", *options, "--output", "OUT")
        assert told.exit_code == 0, told.output
        written.append(read(tmp_path))
    pd.testing.assert_frame_equal(*written)


def test_another_measure_names_the_output_column(arrivals, counts, tmp_path):
    counts.rename(columns={"arrivals": "departures"}).to_csv(tmp_path / "counts.csv", index=False)
    assert arrivals("forecast", "IN", *FAST, "--output", "OUT").exit_code == 0
    assert list(read(tmp_path).columns) == [*COLUMNS, "departures"]


def test_columns_may_stand_in_any_order_with_a_byte_order_mark_and_empty_counts(arrivals, write, tmp_path):
    rows = "".join(f"{day % 5},2021-01-{day:02},007\r\n" for day in range(1, 31))
    write(b"\xef\xbb\xbfarrivals, date ,crossing\r\n,2021-01-31,007\r\n" + rows.encode() + b"\r\n")
    told = arrivals("forecast", "IN", *FAST, "--output", "OUT")
    assert told.exit_code == 0, told.output
    forecasts = read(tmp_path)
    assert set(forecasts["crossing"]) == {"007"}
    assert set(forecasts["cutoff"]) == {"2021-01-30"}


def test_a_crossing_without_a_count_on_the_cutoff_is_forecast_all_the_same(arrivals, counts, tmp_path):
    gap = counts[(counts["crossing"] != "s001") | (counts["date"] < "2021-02-27")]
    gap.to_csv(tmp_path / "counts.csv", index=False)
    assert arrivals("forecast", "IN", *FAST, "--output", "OUT").exit_code == 0
    assert set(read(tmp_path)["crossing"]) == {"s000", "s001", "s002"}


def test_a_crossing_that_starts_after_a_cutoff_is_left_out_of_it(arrivals, counts, tmp_path):
    later = counts[(counts["crossing"] != "s001") | (counts["date"] > "2021-02-10")]
    later.to_csv(tmp_path / "counts.csv", index=False)
    told = arrivals("backtest", "IN", "--cutoffs", "2020-12-25:2021-02-15:13", *FAST, "--output", "OUT")
    assert told.exit_code == 0, told.output
    assert "4 cutoffs (1 before the first count)" in told.stderr
    crossings = read(tmp_path).groupby("cutoff")["crossing"].nunique()
    assert crossings.tolist() == [2, 2, 2, 3]


def test_a_forecast_from_an_earlier_cutoff_sees_what_was_known_then(arrivals, write, tmp_path):
    late = simulate(World(series=1, days=60, late=0.5), seed=3).frame
    outputs = []
    for frame in (late, late[late["recorded_at"] < "2021-02-11"]):
        frame.to_csv(tmp_path / "counts.csv", index=False)
        told = arrivals("forecast", "IN", "--cutoff", "2021-02-10", *FAST, "--output", "OUT")
        assert told.exit_code == 0, told.output
        outputs.append(read(tmp_path))
    pd.testing.assert_frame_equal(*outputs)


def test_a_forecast_from_now_uses_every_row_whenever_it_was_recorded(arrivals, counts, tmp_path):
    assert arrivals("forecast", "IN", *FAST, "--output", "OUT").exit_code == 0
    plain = read(tmp_path)
    first = counts.assign(arrivals=counts["arrivals"] // 2, recorded_at="2021-05-01T00:00Z")
    last = counts.assign(recorded_at="2021-06-01T00:00:00+05:00")
    pd.concat([last, first]).to_csv(tmp_path / "counts.csv", index=False)
    assert arrivals("forecast", "IN", *FAST, "--output", "OUT").exit_code == 0
    pd.testing.assert_frame_equal(read(tmp_path), plain)


HEADER = "crossing,date,arrivals\n"
FAULTS = [
    ("", "the file is empty; its first line must be crossing,date,arrivals"),
    (HEADER, "no counts below the header"),
    ("crossing;date;arrivals\na;2021-01-01;3\n", "column crossing is missing; separate values by commas"),
    ("unique_id,ds,y\na,2021-01-01,3\n", "column crossing is missing; rename one of unique_id, ds, y"),
    ("crossing,date\na,2021-01-01\n", "one column of counts is wanted"),
    ("crossing,date,in,out\na,2021-01-01,3,4\n", "keep one, or call it arrivals"),
    ("crossing,date,date,arrivals\na,2021-01-01,2021-01-01,3\n", "column date stands there twice"),
    (HEADER + "a,2021-01-01,3\na,2021-02-30,4\n", "line 3, column date: found '2021-02-30'; write a day"),
    (HEADER + "a,01.02.2021,4\n", "line 2, column date: found '01.02.2021'"),
    (HEADER + "a,0201-02-03,4\n", "write a day from 1950 to 2100 as YYYY-MM-DD"),
    (HEADER + "a,2021-01-01,-4\nb,2021-01-01,x\n", "column arrivals: found '-4'; write a number from 0 to"),
    (HEADER + "a,2021-01-01,inf\n", "found 'inf'"),
    (HEADER + 'a,2021-01-01,"1,234"\n', "found '1,234'"),
    (HEADER + "a,2021-01-01,1e30\n", "found '1e30'"),
    (HEADER + ",2021-01-01,1\n", "line 2, column crossing: found ''; name the crossing"),
    (HEADER + "a,2021-01-01\n", "line 2: 2 values where the header has 3"),
    (HEADER + "a,2021-01-01,3,4\n", "line 2: 4 values where the header has 3"),
    (HEADER + "a,2021-01-01,3\na,2021-01-01,3\n", "line 3, column date: a has a second count for 2021-01-01"),
    (HEADER + 'a,"2021-01-01,3\n', "line 2: unexpected end of data; save the file as plain CSV"),
    (HEADER.encode() + b"a,2021-01-01,\xff\n", "line 2: not UTF-8; save the file as CSV in UTF-8"),
    (b"\x00\x01PK\xff", "not UTF-8"),
    (gzip.compress(HEADER.encode())[:-9], "counts.csv: a damaged gzip archive"),
    (b"\x1f\x8bno archive", "counts.csv: a damaged gzip archive"),
    (gzip.compress(HEADER.encode() + b"a,2021-01-01,-4\n"), "line 2, column arrivals: found '-4'"),
    ("crossing,date,arrivals,status\na,2021-01-01,3,shut\n", "write one of reported, partial, closed"),
    ("crossing,date,arrivals,recorded_at\na,2021-01-01,3,soon\n", "column recorded_at: found 'soon'"),
    (HEADER + "a,2021-01-01,\n", "no row has a count"),
]


@pytest.mark.parametrize(("content", "fault"), FAULTS, ids=[fault[:40] for _, fault in FAULTS])
def test_a_faulty_file_is_refused_in_one_line_that_names_it(arrivals, write, tmp_path, content, fault):
    write(content)
    told = arrivals("forecast", "IN", *FAST, "--output", "OUT")
    assert told.exit_code == 2
    assert told.stderr.count("\n") == 1
    assert "counts.csv" in told.stderr
    assert fault in told.stderr
    assert not (tmp_path / "forecasts.csv").exists()


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--country", "ZZ"), "--country ZZ: no holidays are known for it"),
        (("--members", "weekly_naive,arima"), "--members arima: choose among weekly_naive"),
        (("--horizon", "0"), "0 is not in the range 1<=x<=90"),
        (("--cutoff", "2020-01-01"), "no count up to 2020-01-01; name a later cutoff"),
        (("--cutoff", "9999-12-20"), "--cutoff 9999-12-20: name a day up to 2100-12-31"),
        (("--output", "/nowhere/at/all.csv"), "name a file in a folder that is there"),
        (("--output", "IN"), "these are the counts themselves; name another file"),
    ],
)
def test_a_faulty_option_is_refused_with_a_remedy(arrivals, counts, options, fault):
    told = arrivals("forecast", "IN", *FAST, "--output", "OUT", *options)
    assert told.exit_code == 2
    assert fault in told.stderr


def test_what_is_no_plain_file_is_never_replaced(arrivals, counts, tmp_path):
    os.mkfifo(tmp_path / "forecasts.csv")
    told = arrivals("forecast", "IN", *FAST, "--output", "OUT")
    assert told.exit_code == 2
    assert "name a file in a folder that is there" in told.stderr
    assert (tmp_path / "forecasts.csv").is_fifo()


def test_cutoffs_beyond_the_calendar_are_refused(arrivals, counts):
    told = arrivals("backtest", "IN", "--cutoffs", "9999-12-30:9999-12-31:1", *FAST, "--output", "OUT")
    assert told.exit_code == 2
    assert "--cutoffs 9999-12-30: name a day up to 2100-12-31" in told.stderr


def test_faulty_cutoffs_are_refused_with_an_example(arrivals, counts):
    told = arrivals("backtest", "IN", "--cutoffs", "2021-02-01-2021-02-15", *FAST, "--output", "OUT")
    assert told.exit_code == 2
    assert "write first:last:days, such as 2023-04-02:2023-11-26:14" in told.stderr


def test_a_file_that_is_not_there_is_refused_in_one_line(arrivals):
    told = arrivals("forecast", "none.csv", *FAST, "--output", "OUT")
    assert told.exit_code == 2
    assert told.stderr == "Error: none.csv: No such file or directory; name a CSV file that can be read\n"


def test_scores_are_shown_by_band_and_for_all(arrivals, counts):
    arrivals("backtest", "IN", "--cutoffs", "2021-02-01:2021-02-15:7", *FAST, "--output", "OUT")
    told = arrivals("score", "OUT", "IN", "--by", "crossing")
    assert told.exit_code == 0, told.output
    for word in ("natural", "log1p", "80%", "s000", "s002", "all"):
        assert word in told.stdout


def test_what_cannot_be_scored_is_refused_in_one_line(arrivals, counts, tmp_path):
    arrivals("forecast", "IN", *FAST, "--output", "OUT")
    for arguments, fault in [
        (("score", "OUT", "IN"), "nothing to score"),
        (("score", "OUT", "IN", "--by", "colour"), "--by colour: choose among band"),
        (("score", "IN", "IN"), "column 'cutoff' is missing"),
        (("score", "none.csv", "IN"), "No such file"),
    ]:
        told = arrivals(*arguments)
        assert told.exit_code == 2
        assert fault in told.stderr


def test_sigterm_ends_a_run_with_its_workers_and_leaves_no_file(counts, tmp_path):
    command = [sys.executable, "-m", "service.cli", "backtest", str(tmp_path / "counts.csv"),
               "--cutoffs", "2021-01-10:2021-02-28", "--members", "weekly_naive,ets", "--processes", "1",
               "--output", str(tmp_path / "forecasts.csv")]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as running:
        assert "2021-01-10" in running.stderr.readline()
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 128 + signal.SIGTERM
        assert "Traceback" not in running.stderr.read()
    assert [path.name for path in Path(tmp_path).iterdir()] == ["counts.csv"]


def test_an_explanation_has_every_crossing_and_day_with_factors_and_members(arrivals, counts, tmp_path):
    told = arrivals("explain", "IN", *FAST, "--output", "OUT")
    assert told.exit_code == 0, told.output
    rows = read(tmp_path)
    assert list(rows.columns[:10]) == [
        "crossing", "cutoff", "horizon", "target_date", "mode",
        "level", "weekday", "season", "holidays", "names",
    ]  # fmt: skip
    assert list(rows["horizon"]) == [1, 2, 3, 4, 5] * 3
    assert (rows[["level", "weekday", "season", "holidays"]] > 0).all(axis=None)
    weights = rows.filter(like="weight_")
    assert set(weights.columns) <= {"weight_weekly_naive", "weight_root"}
    np.testing.assert_allclose(weights.fillna(0).sum(axis=1), 1, atol=0.01)


def test_an_explanation_without_a_member_that_tells_factors_is_refused(arrivals, counts, tmp_path):
    told = arrivals("explain", "IN", "--members", "weekly_naive,analog", "--output", "OUT")
    assert told.exit_code == 2
    assert "--members weekly_naive,analog: none tells factors; add root or log or slow" in told.output
    assert not (tmp_path / "forecasts.csv").exists()


def test_a_cutoff_far_beyond_the_last_count_is_warned_of(arrivals, counts):
    near, far = (
        arrivals("forecast", "IN", "--cutoff", cutoff, *FAST, "--output", "OUT")
        for cutoff in ("2021-03-05", "2021-05-01")
    )
    assert "Warning" not in near.stderr
    assert (
        "Warning: 3 crossings have no report for more than a week before the cutoff 2021-05-01" in far.stderr
    )
    assert "--cutoff" in far.stderr


def test_the_help_says_what_a_cutoff_leaves_out(arrivals):
    told = " ".join(arrivals("forecast", "--help").stdout.split())
    assert "rows of a later recorded_at are left out" in told
