"""Peers' scores are kept with what they were made from, and nothing else."""

import json

import pandas as pd
import pytest

from benchmarks.cache import FOLDER, Cache, Origin
from benchmarks.peers import PEERS
from benchmarks.records import COVERAGES, KEYS, SUMS
from tests.benchmarks.small import rows

ORIGIN = Origin("abc", "2026-01-02", {"numpy": "2.4"}, 3.5)


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cached")


def test_what_is_kept_comes_back(cache):
    kept = rows("Prophet", {"a": 1.25, "b": 3.0}, cutoffs=2)
    cache.write("Hong Kong, calm", "Prophet", kept, ORIGIN)
    pd.testing.assert_frame_equal(cache.read("Hong Kong, calm"), kept, check_dtype=False)
    assert cache.known("Hong Kong, calm", "Prophet") == ORIGIN


def test_a_peer_made_anew_replaces_itself_and_leaves_the_others(cache):
    for name, score in (("Prophet", 1.0), ("AutoETS", 2.0), ("Prophet", 3.0)):
        cache.write("Channel", name, rows(name, {"a": score}), ORIGIN)
    found = cache.read("Channel").set_index("method")["wis"] / 28
    assert found.to_dict() == {"AutoETS": 2.0, "Prophet": 3.0}


def test_scores_of_other_tasks_are_stale(cache):
    cache.write("Channel", "Prophet", rows("Prophet", {"a": 1.0}), ORIGIN)
    assert cache.fresh("Channel", "Prophet", "abc")
    assert not cache.fresh("Channel", "Prophet", "abd")
    assert not cache.fresh("Channel", "AutoETS", "abc")
    assert not cache.fresh("Hong Kong", "Prophet", "abc")


def test_the_same_scores_make_the_same_file(tmp_path):
    for name in ("one", "two"):
        Cache(tmp_path / name).write("Channel", "Prophet", rows("Prophet", {"a": 1.0}), ORIGIN)
    (first,), (second,) = ((tmp_path / name).glob("*.gz") for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_the_kept_scores_hold_no_counts():
    for path in FOLDER.glob("*.csv.gz"):
        kept = pd.read_csv(path, keep_default_na=False)
        assert list(kept.columns) == [*KEYS, *SUMS]
        assert set(kept["method"]) <= set(PEERS)
        assert (kept[[f"in{level}" for level in COVERAGES]].le(kept["days"], axis=0)).all(axis=None)


def test_every_entry_of_the_index_has_its_rows():
    cache = Cache()
    index = json.loads((FOLDER / "index.json").read_text()) if FOLDER.exists() else {}
    for name, peers in index.items():
        assert set(cache.read(name)["method"]) == set(peers)
        assert all(cache.fresh(name, peer, entry["tasks"]) for peer, entry in peers.items())
