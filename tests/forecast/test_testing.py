"""The contract lets our members pass and catches those that break it."""

from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import pytest

from forecast.members import MEMBERS, OneByOne, own_members
from forecast.quantiles import QUANTILE_LEVELS
from forecast.simulate import World, simulate
from forecast.testing import ContractError, broken_rules, check_member
from tests.service.own import install

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
        said = super().hindcast(panel, context, cutoffs, horizon)
        return said * (1 if cutoffs[-1] == panel.days - 1 else 0.5)


class Presuming(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        known = np.isfinite(context.counts).any()
        return super().hindcast(panel, context, cutoffs, horizon) if known else np.zeros((1, 1, 1, 1))


class Greedy(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        if panel.days < 100:
            raise IndexError("index 99 is out of bounds")
        return super().hindcast(panel, context, cutoffs, horizon)


class Filling(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        said = super().hindcast(panel, context, cutoffs, horizon)
        context.counts[np.isnan(context.counts)] = 0
        return said


class Overwriting(Honest):
    def hindcast(self, panel, context, cutoffs, horizon):
        panel.counts[:] = 0
        return super().hindcast(panel, context, cutoffs, horizon)


@dataclass(frozen=True)
class Counting(Honest):
    calls: int = 0

    def hindcast(self, panel, context, cutoffs, horizon):
        object.__setattr__(self, "calls", self.calls + 1)
        return super().hindcast(panel, context, cutoffs, horizon)


@dataclass(frozen=True)
class Holding(Honest):
    lock: object = field(default_factory=Lock)


@dataclass(frozen=True)
class Telling(Honest):
    note: str = "usual"

    def __reduce__(self):
        return Telling, ()


@dataclass(frozen=True)
class Working:
    """A one-series method."""

    name: str = "working"
    stride: int = 1
    least: int = 3

    def hindcast(self, series, cutoffs, horizon):
        return np.repeat(series.counts[list(cutoffs)][:, None], horizon, axis=1)


class Bare:
    name = "bare"
    slow = False


def local():
    @dataclass(frozen=True)
    class Local(Honest):
        pass

    return Local()


def test_an_honest_member_passes():
    check_member(Honest())
    assert broken_rules(OneByOne(Working())) == {}


@pytest.mark.parametrize(
    ("member", "rule", "fault"),
    [
        (Honest, "parts", r"Honest is a class; hand in Honest\(\)"),
        (Bare(), "parts", "it lacks stride, hindcast"),
        (Honest(name=""), "name", "its name is ''; give it a text"),
        (Honest(name="root"), "name", "'root' is the name of another member; choose one that is free"),
        (Honest(slow=True), "slow", r"hand in OneByOne\(method\)"),
        (Honest(stride=0), "stride", "its stride is 0; make it a whole number of days"),
        (Holding(), "settings", "lock is <unlocked _thread.lock .*; make it a number, a text"),
        (local(), "pickle", "it cannot be sent to another process .* at the top of a module"),
        (Telling(note="unusual"), "pickle", "it arrives in another process with other settings"),
        (Overwriting(), "input", r"writes into the panel; work on a copy, as panel.counts.copy\(\)"),
        (Filling(), "input", "it writes into the context; work on a copy"),
        (Counting(), "itself", "hindcast changes the member; make it a frozen dataclass"),
        (Median(), "shape", r"quantiles must be \(3, 4, 10, 23\), .* not \(3, 4, 10\)"),
        (Negative(), "negative", r"a quantile is negative; .* np.maximum\(0, quantiles\)"),
        (Infinite(), "finite", "a quantile is infinite; bound it, or say NaN"),
        (Crossed(), "ascending", r"do not ascend over QUANTILE_LEVELS; sort them: np.sort"),
        (Halved(), "NaN", "some levels of a day are missing; say all 23 quantiles of a day, or NaN for all"),
        (Pooled(), "alone", r"series \d is forecast differently without the others; learn of each"),
        (Clairvoyant(), "future", r"moves when later days change; .* use counts\[:, : cutoff \+ 1\] only"),
        (Forgetful(), "future", "not that of the panel cut there; do the same at every cutoff"),
        (Fickle(), "same again", "two runs on the same panel differ; .* with a fixed seed"),
        (
            Presuming(),
            "thin",
            r"on a panel without a count, quantiles must be .* return NaN in the full shape",
        ),
        (Greedy(), "thin", "on a panel of one day, hindcast raised IndexError: index 99 is out of bounds"),
    ],
)
def test_a_member_is_told_the_one_rule_that_it_breaks_and_what_to_do(member, rule, fault):
    with pytest.raises(ContractError, match=fault) as refusal:
        check_member(member)
    assert list(refusal.value.broken) == [rule]


def test_a_name_that_another_package_installed_is_taken(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, name="same-day")
    assert list(broken_rules(Honest(name="same-day"))) == ["name"]
    (member,) = own_members(["same-day"]).values()
    assert broken_rules(member) == {}


def test_several_broken_rules_are_told_together():
    class Careless(Negative):
        pass

    with pytest.raises(ContractError, match=r"member 'root' breaks the contract:\n- name: .*\n- pickle: "):
        check_member(Careless(name="root"))
    assert list(broken_rules(Careless(name="root"))) == ["name", "pickle", "negative"]
