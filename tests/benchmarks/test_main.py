"""Kept scores are used where they fit and named where they do not."""

from benchmarks.__main__ import _kept
from benchmarks.cache import STALE, Cache, KeptPeers, Origin
from tests.benchmarks.small import rows, small_set


def test_fresh_scores_are_used_and_stale_ones_named(tmp_path):
    task_set, cache, peers = small_set(), Cache(tmp_path), KeptPeers({}, set())
    for name, tasks in (("Prophet", task_set.hash), ("AutoETS", "another")):
        origin = Origin(tasks, "2026-01-02", {"numpy": "2.4"}, 3.4)
        cache.write(task_set.name, name, rows(name, {"s000": 1.0}), origin)
    found = _kept(task_set, peers, cache)
    assert set(found["method"]) == {"Prophet"}
    told = peers.seconds[task_set.name]
    assert (told["Prophet"], told["AutoETS"], told["LightGBM"]) == ("3", STALE, "not scored")
    assert peers.origins == {"2026-01-02: numpy 2.4"}
