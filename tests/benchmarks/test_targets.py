"""Each target stands beside its figure, met or not."""

from dataclasses import replace

import pytest

from benchmarks.targets import Target, reasons, targets
from tests.benchmarks.findings import SPEED, findings, scored
from tests.benchmarks.small import rows


def by_key(*parts, **more) -> dict[str, Target]:
    return {one.key: one for one in targets(findings(*parts, **more))}


def test_hong_kong_has_its_own_limit_on_both_scales():
    assert by_key(scored("Hong Kong, calm", {"a": 0.79}))["hong-kong"].met
    assert not by_key(scored("Hong Kong, calm", {"a": 0.80}))["hong-kong"].met
    assert "hong-kong" not in by_key(scored("Elsewhere", {"a": 0.7}))


def test_over_all_sets_the_mean_is_geometric():
    found = by_key(scored("Land", {"a": 0.5}), scored("Sea", {"a": 0.98}))["all-sets"]
    assert found.figure == "0.70 / 0.70"
    assert found.met


def test_simulated_sets_count_only_without_real_ones():
    real, simulated = scored("Land", {"a": 0.5}), scored("Simulated, calm", {"a": 0.9})
    assert by_key(real, simulated)["all-sets"].figure == "0.50 / 0.50"
    assert by_key(simulated)["all-sets"].figure == "0.90 / 0.90"


def test_a_set_on_which_a_peer_is_better_is_named():
    found = by_key(scored("Land", {"a": 0.8}, {"Prophet": 0.9, "AutoETS": 0.7}), scored("Sea", {"a": 0.5}))
    assert found["best-peer"].figure == "behind on 1 of 1: Land 0.80 against AutoETS 0.70"
    assert found["best-peer"].met is False


def test_without_peers_nothing_is_claimed_of_them():
    assert by_key(scored("Land", {"a": 0.8}))["best-peer"].met is None


def test_the_worst_series_and_the_worst_set_are_named():
    found = by_key(scored("Land", {"a": 0.5, "b": 1.2}), scored("Sea", {"c": 0.9}))
    assert found["worst-series-natural"].figure == "1.20 (Land: b)"
    assert not found["worst-series-natural"].met
    assert found["worst-set"].figure == "0.90 (Sea)"
    assert found["worst-set"].met


@pytest.mark.parametrize(("inside", "met"), [(0.8, True), (0.84, False), (0.77, True), (0.76, False)])
def test_coverage_may_be_off_by_some_points(inside, met):
    assert by_key(scored("Land", {"a": 0.5}, inside=inside))["coverage-80"].met is met


def test_hard_weeks_have_limits_of_their_own():
    found = by_key(scored("Airports, collapse", {"a": 0.5}, inside=0.6))
    assert found["collapse-80"].met
    assert not found["collapse-95"].met


def test_surges_are_judged_by_forecasts_made_in_them():
    found = by_key(scored("Land", {"a": 0.5}))
    assert found["surge-onset"].figure == "90 %"
    assert found["surge-onset"].met
    assert found["surge-after"].met


def test_a_negative_or_crossed_quantile_of_any_configuration_misses_the_target():
    fine = scored("Land", {"a": 0.5})
    assert by_key(fine)["valid"].met
    spoilt = replace(fine, some=rows("without root", {"a": 0.5}, crossed=1.0))
    found = by_key(spoilt)["valid"]
    assert not found.met
    assert found.figure.startswith("0 negative, 1 crossed of")


def test_delays_and_false_days_are_apart():
    found = by_key(scored("Land", {"a": 0.5}))
    assert found["delay-doubling"].met
    assert not found["false-doubling"].met


def test_speed_is_stated_in_milliseconds_and_as_ratios():
    found = by_key(scored("Land", {"a": 0.5}))
    assert found["cold"].met
    assert "20.0 times as long" in found["cold"].figure
    assert found["one-day"].met
    assert not found["revised"].met
    assert found["country-cold"].met
    assert not found["country-nightly"].met
    assert found["memory"].met is None
    assert found["linear"].met


def test_memory_is_judged_at_ten_thousand_series():
    large = replace(SPEED, sizes={"50": (20.0, 300.0), "10000": (40.0, 2_100.0)})
    found = by_key(scored("Land", {"a": 0.5}), speed=large)
    assert found["memory"].met is False
    assert not found["linear"].met


def test_every_reason_belongs_to_a_target():
    names = (
        "Hong Kong, calm",
        "Hong Kong, reopening, open at the cutoff",
        "Airports, collapse",
        "Simulated, calm",
    )
    keys = set(by_key(*(scored(name, {"a": 0.5}) for name in names)))
    keys |= {f"false-{name}" for name in ("Hong Kong, calm", "Channel, small boats", "Airports, recovery")}
    keys |= {f"{told}-{kind}" for told in ("delay", "false") for kind in ("surge", "doubling", "halving")}
    assert set(reasons()) <= keys
