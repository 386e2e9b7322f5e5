"""The contract lets our members pass and catches those that break it."""

from dataclasses import dataclass

import numpy as np
import pytest

from forecast.members import MEMBERS
from forecast.simulate import World, simulate
from forecast.testing import ContractError, check_member


@pytest.mark.parametrize("name", ["weekly_naive", "random_walk"])
def test_the_fast_members_keep_the_contract(name):
    check_member(MEMBERS[name])


@pytest.mark.parametrize("name", ["ets", "prophet"])
def test_the_slow_members_keep_the_contract(name):
    check_member(MEMBERS[name], simulate(World(series=2, days=160, onset_within=20), seed=3).panel)


@dataclass(frozen=True)
class Constant:
    """A fit whose forecasts are known."""

    medians: np.ndarray

    def forecast(self, horizon):
        return self.medians[:, :horizon]


@dataclass(frozen=True)
class Honest:
    """Forecasts the newest count, or NaN; each fault below changes one thing about it."""

    name: str = "honest"
    slow: bool = False
    stride: int = 1

    def fit(self, panel, context):
        return Constant(self.hindcast(panel, context, [panel.days - 1], 30)[0])

    def hindcast(self, panel, context, cutoffs, horizon):
        return np.stack([np.repeat(context.counts[:, [cutoff]], horizon, axis=1) for cutoff in cutoffs])


class Negative(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon) - 1e9


class Infinite(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon) / 0.0


class Pooled(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return np.nanmean(super().hindcast(panel, context, cutoffs, horizon)) + np.zeros(
            (len(cutoffs), len(panel.places), horizon)
        )


class Clairvoyant(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        mean = np.nanmean(np.nan_to_num(panel.counts), axis=1)
        return np.broadcast_to(mean[None, :, None], (len(cutoffs), len(panel.places), horizon))


class Fickle(Honest):
    def fit(self, panel, context):
        return Constant(super().fit(panel, context).medians + np.random.default_rng().random())


class Forgetful(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon) * (
            1 if cutoffs[0] == panel.days - 1 else 0.5
        )


def test_an_honest_member_passes():
    check_member(Honest())


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value", "ignore:Mean of empty slice")
@pytest.mark.parametrize(
    ("member", "fault"),
    [
        (Negative(), "negative"),
        (Infinite(), "infinite"),
        (Pooled(), "differently without the others"),
        (Clairvoyant(), "moves when later days change"),
        (Fickle(), "two fits to the same panel differ"),
        (Forgetful(), "not what a fit on its cutoff gives"),
    ],
)
def test_a_member_that_breaks_the_contract_is_caught(member, fault):
    with pytest.raises(ContractError, match=fault):
        check_member(member)
