"""Our pipeline is scored whole and in parts, each at the cutoffs asked for."""

import pytest

from benchmarks.ours import ENSEMBLE, FAST, WHOLE, Job, ablations, compared, score_ours
from benchmarks.records import BASELINE, relative
from forecast.members import MEMBERS
from forecast.pipeline import Configuration
from tests.benchmarks.small import CUTOFFS, small_set

FASTEST = {FAST: compared()[FAST]}


@pytest.fixture(scope="module")
def scored():
    alone = {name: made for name, made in ablations().items() if name.endswith("alone")}
    name, configuration = next(iter(alone.items()))
    found = score_ours(Job(small_set(), FASTEST, {name: configuration}, thin=2))
    return name, found.records


def test_every_default_member_is_left_out_once_and_each_fast_one_stands_alone():
    made = ablations()
    for name in WHOLE.members:
        if len(WHOLE.members) > 1 and f"without {name}" in made:
            assert set(made[f"without {name}"].members) == set(WHOLE.members) - {name}
        assert (f"{name} alone" in made) >= (not MEMBERS[name].slow)
    assert all(isinstance(one, Configuration) for one in made.values())


def test_the_whole_pipeline_has_the_products_defaults():
    assert compared()[ENSEMBLE] == Configuration(horizon=28)
    assert not any(MEMBERS[name].slow for name in compared()[FAST].members)


def test_the_baseline_scores_one_against_itself(scored):
    assert relative(scored[1], BASELINE) == (1.0, 1.0)


def test_ablations_are_scored_at_every_nth_cutoff_only(scored):
    name, found = scored
    assert set(found.loc[found["method"] == FAST, "cutoff"]) == {day.isoformat() for day in CUTOFFS}
    assert set(found.loc[found["method"] == name, "cutoff"]) == {CUTOFFS[0].isoformat()}


def test_our_quantiles_are_never_negative_or_crossed(scored):
    own = scored[1][scored[1]["method"] == FAST]
    assert own["days"].sum() > 0
    assert own[["negative", "crossed", "fell_back"]].sum().sum() == 0
