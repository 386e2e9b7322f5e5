"""The contract lets our members pass and catches those that break it."""

from dataclasses import dataclass

import numpy as np
import pytest

from forecast.members import MEMBERS
from forecast.quantiles import QUANTILE_LEVELS
from forecast.simulate import World, simulate
from forecast.testing import ContractError, check_member

SLOW = [name for name, member in MEMBERS.items() if member.slow]
FAST = [name for name in MEMBERS if name not in SLOW]


@pytest.mark.parametrize("name", FAST)
def test_the_fast_members_keep_the_contract(name):
    check_member(MEMBERS[name])


@pytest.mark.parametrize("name", SLOW)
def test_the_slow_members_keep_the_contract(name):
    check_member(MEMBERS[name], simulate(World(series=1, days=75, onset_within=20), seed=3).panel)


@dataclass(frozen=True)
class Honest:
    """The newest count, give or take a tenth, or NaN; each fault below changes one thing about it."""

    name: str = "honest"
    slow: bool = False
    stride: int = 1

    def hindcast(self, panel, context, cutoffs, horizon):
        newest = context.counts.T[list(cutoffs)][:, :, None, None]
        return newest * (0.9 + 0.2 * np.array(QUANTILE_LEVELS)) * np.ones((horizon, 1))


class Negative(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon) - 1e9


class Infinite(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon) + np.inf


class Crossed(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon)[:, :, :, ::-1]


class Median(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon)[:, :, :, 11]


class Halved(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        made = super().hindcast(panel, context, cutoffs, horizon)
        made[:, :, :, 12:] = np.nan
        return made


class Pooled(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        made = np.nan_to_num(super().hindcast(panel, context, cutoffs, horizon))
        return made + made.mean(axis=1, keepdims=True)


class Clairvoyant(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        mean = np.nan_to_num(panel.counts).mean(axis=1)[None, :, None, None]
        return mean + np.nan_to_num(super().hindcast(panel, context, cutoffs, horizon))


class Fickle(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon) + np.random.default_rng().random()


class Forgetful(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        return super().hindcast(panel, context, cutoffs, horizon) * (
            1 if cutoffs[-1] == panel.days - 1 else 0.5
        )


class Presuming(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        known = np.isfinite(context.counts).any()
        return super().hindcast(panel, context, cutoffs, horizon) if known else np.zeros((1, 1, 1, 1))


def test_an_honest_member_passes():
    check_member(Honest())


@pytest.mark.parametrize(
    ("member", "fault"),
    [
        (Negative(), "negative"),
        (Infinite(), "infinite"),
        (Crossed(), "do not ascend"),
        (Median(), "quantiles must be"),
        (Halved(), "some levels of a day are missing"),
        (Pooled(), "differently without the others"),
        (Clairvoyant(), "moves when later days change"),
        (Fickle(), "two runs on the same panel differ"),
        (Forgetful(), "not that of the panel cut there"),
        (Presuming(), "quantiles must be"),
    ],
)
def test_a_member_that_breaks_the_contract_is_caught(member, fault):
    with pytest.raises(ContractError, match=fault):
        check_member(member)
