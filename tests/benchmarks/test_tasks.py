"""The sets hold what their cutoffs allow, and tell apart what is asked for."""

from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.tasks import HORIZON, Part, newest, observed, real_sets
from tests.benchmarks.small import small_set


def test_without_real_counts_there_are_no_real_sets(tmp_path):
    assert list(real_sets(None)) == []
    assert list(real_sets(tmp_path)) == []


def test_closed_crossings_are_left_out_where_only_open_ones_are_asked_for(tmp_path):
    records = [(name, day, count) for day in pd.date_range("2022-12-01", "2023-02-05")
               for name, count in (("open", day.day + 5), ("shut", 0))]  # fmt: skip
    frame = pd.DataFrame(records, columns=["crossing", "date", "arrivals"])
    frame.to_csv(tmp_path / "hong_kong_arrivals.csv", index=False)
    reopening = {one.name: one for one in real_sets(tmp_path)}["Hong Kong, reopening"]
    panel = next(reopening.panels())
    assert reopening.phases_of(panel)[:, 0].tolist() == ["open", "shut"]
    assert reopening.phases_of(panel).shape == (2, HORIZON)
    assert [part.name for part in reopening.parts if part.main] == [
        "Hong Kong, reopening, open at the cutoff"
    ]


def test_ten_airports_are_told_apart_from_all(tmp_path):
    names = [f"a{number:02d}" for number in range(12)]
    frame = pd.DataFrame({"crossing": names, "date": "2020-03-01", "arrivals": 5})
    frame.to_csv(tmp_path / "airport_checkpoints.csv", index=False)
    airports = next(one for one in real_sets(tmp_path) if one.name == "Airports, collapse")
    assert airports.peers_see == airports.parts[0].crossings == tuple(names[:10])
    assert airports.parts[1].crossings == ()


def test_observed_are_the_counts_after_the_cutoff_and_nan_beyond_the_last():
    task_set = small_set(missing=0.0)
    whole = newest(task_set)
    panel = list(task_set.panels())[1]
    found = observed(whole, panel)
    first = (panel.cutoff - whole.start).days + 1
    np.testing.assert_array_equal(found[:, 0], whole.counts[:, first])
    late = observed(whole, whole.until(whole.dates[-4].date()))
    assert np.isfinite(late).sum(axis=1).tolist() == [3, 3]


def test_the_hash_changes_with_a_count_and_with_a_cutoff():
    task_set = small_set()
    changed = task_set.frame.copy()
    changed.loc[3, "arrivals"] += 1
    hashes = {task_set.hash, small_set().hash}
    assert len(hashes) == 1
    hashes |= {replace(task_set, frame=changed).hash, replace(task_set, cutoffs=task_set.cutoffs[:1]).hash}
    assert len(hashes) == 3


def test_a_part_takes_its_phases_and_crossings():
    records = pd.DataFrame({"phase": ["open", "shut", "open"], "crossing": ["a", "a", "b"]})
    assert Part("all").rows(records).index.tolist() == [0, 1, 2]
    assert Part("some", ("open",), ("a",)).rows(records).index.tolist() == [0]
