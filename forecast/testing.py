"""The contract that a member must keep; call `check_member` in the tests of one's own."""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from forecast.arrays import FloatArray
from forecast.members import MEMBERS, Context, Member, OneByOne, fingerprint, installed, settled_of
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS
from forecast.simulate import World, simulate

HORIZON = 10
SMALL = World(series=4, days=200, onset_within=60, missing=0.03, closing=0.5)
PAST = (40, 30)  # days before the panel's end on which members are hindcast
CLOSE = 1e-6  # relative; sums of many series are rounded otherwise than those of one

Fault = tuple[str, str]
"""A rule and what is wrong, in a sentence with the remedy."""


class ContractError(AssertionError):
    """What a member does that no member may: `broken` maps each rule to a sentence with the remedy."""

    def __init__(self, name: str, broken: Mapping[str, str]):
        told = "\n".join(f"- {rule}: {fault}" for rule, fault in broken.items())
        super().__init__(f"member {name} breaks the contract:\n{told}")
        self.broken = dict(broken)


def check_member(member: Member, panel: Panel | None = None) -> None:
    """Raise ContractError if a member breaks the contract on a panel (a simulated one, if none is given)."""
    broken = broken_rules(member, panel)
    if broken:
        raise ContractError(repr(getattr(member, "name", member)), broken)


def broken_rules(member: Member, panel: Panel | None = None) -> dict[str, str]:
    """The rules that a member breaks, each with a sentence on what to do; empty if there is none."""
    broken = dict(_part_faults(member))
    if "parts" in broken:
        return broken
    broken |= dict(_travel_faults(member))
    case = _Case(member, panel or simulate(SMALL, seed=1).panel)
    broken |= dict(_run_faults(case))
    if not broken.keys() & {"input", "runs", "shape", "same again"}:
        broken |= dict(_comparison_faults(case))
        broken |= dict(_thin_faults(case, broken))
    return broken


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A member before a panel."""

    member: Member
    panel: Panel

    @property
    def cutoffs(self) -> list[int]:
        """Two past days and the last."""
        return [*(self.panel.days - days for days in PAST), self.panel.days - 1]

    def hindcast(self, cutoffs: Sequence[int], panel: Panel | None = None) -> FloatArray:
        """What the member says: [cutoff, series, horizon, level]."""
        panel = panel or self.panel
        return self.member.hindcast(panel, Context.of(panel), cutoffs, HORIZON)

    def on(self, panel: Panel) -> FloatArray:
        """The forecast as of a panel's last day: [series, horizon, level]."""
        return np.asarray(self.hindcast([panel.days - 1], panel)[0])


def _part_faults(member: Any) -> Iterator[Fault]:
    if isinstance(member, type):
        yield "parts", f"{member.__name__} is a class; hand in {member.__name__}()"
        return
    lacking = [part for part in ("name", "slow", "stride", "hindcast") if not hasattr(member, part)]
    if lacking:
        yield "parts", f"it lacks {', '.join(lacking)}; a member has name, slow, stride and hindcast()"
        return
    if not isinstance(member.name, str) or not member.name:
        yield "name", f"its name is {member.name!r}; give it a text that weights can be told under"
    elif _taken(member):
        yield "name", f"{member.name!r} is the name of another member; choose one that is free"
    if member.slow and not isinstance(member, OneByOne):
        yield "slow", "it is slow by itself; write a one-series method and hand in OneByOne(method)"
    if isinstance(member.stride, bool) or not isinstance(member.stride, int) or member.stride < 1:
        yield "stride", f"its stride is {member.stride!r}; make it a whole number of days, such as 1 or 7"


def _taken(member: Member) -> bool:
    """Whether the library, or what another package installs, bears a member's name."""
    same, kind = MEMBERS.get(member.name), type(settled_of(member))
    if same is not None:
        return type(settled_of(same)) is not kind
    point = installed().get(member.name)
    return point is not None and point.module.partition(".")[0] != kind.__module__.partition(".")[0]


def _travel_faults(member: Member) -> Iterator[Fault]:
    """It goes to worker processes, and what is kept of it is found again by its settings."""
    try:
        known = fingerprint(member)
    except ValueError as error:
        yield "settings", str(error)
        return
    try:
        arrived = pickle.loads(pickle.dumps(member))  # noqa: S301 - of our own making
    except Exception as error:  # whatever a field's class raises
        yield (
            "pickle",
            f"it cannot be sent to another process ({type(error).__name__}: {error}); define its class "
            "at the top of a module, and keep functions, locks and open files out of its fields",
        )
        return
    if fingerprint(arrived) != known:
        yield "pickle", "it arrives in another process with other settings; make it a frozen dataclass"


def _run_faults(case: _Case) -> Iterator[Fault]:
    """It runs twice with the same outcome, changes nothing, and says quantiles."""
    panel, before = case.panel, _fingerprint(case.member)
    context = Context.of(panel)
    seen = _copies(panel, context)
    try:
        made = case.member.hindcast(panel, context, case.cutoffs, HORIZON)
    except Exception as error:  # whatever it raises is told
        if "read-only" in str(error):
            yield "input", "it writes into the panel; work on a copy, as panel.counts.copy()"
            return
        yield (
            "runs",
            f"hindcast raised {type(error).__name__}: {error}; return NaN where it has nothing to say",
        )
        return
    if not all(
        np.array_equal(*both, equal_nan=True) for both in zip(seen, _copies(panel, context), strict=True)
    ):
        yield "input", "it writes into the context; work on a copy, as context.counts.copy()"
    yield from _value_faults(made, (len(case.cutoffs), len(panel.places)))
    if not _same(made, case.hindcast(case.cutoffs)):
        yield (
            "same again",
            "two runs on the same panel differ; draw random numbers from a generator with a fixed seed, made "
            "anew in each call, and keep nothing between calls",
        )
    elif _fingerprint(case.member) != before:
        yield (
            "itself",
            "hindcast changes the member; make it a frozen dataclass that keeps nothing between calls",
        )


def _fingerprint(member: Member) -> str | None:
    try:
        return fingerprint(member)
    except ValueError:
        return None


def _copies(panel: Panel, context: Context) -> list[FloatArray]:
    arrays = (panel.counts, panel.closed, panel.partial, context.counts, context.closed, context.reliance)
    return [np.array(array, dtype=float) for array in arrays]


def _value_faults(made: Any, shape: tuple[int, ...]) -> Iterator[Fault]:
    wanted = (*shape, HORIZON, len(QUANTILE_LEVELS))
    found = getattr(made, "shape", type(made).__name__)
    if found != wanted:
        yield "shape", f"quantiles must be {wanted}, [cutoff, series, horizon, level], not {found}"
        return
    if np.isinf(made).any():
        yield "finite", "a quantile is infinite; bound it, or say NaN for the whole day"
    if (made < 0).any():
        yield "negative", "a quantile is negative; nobody crosses less than never: np.maximum(0, quantiles)"
    if (made[..., 1:] < made[..., :-1]).any():
        yield (
            "ascending",
            "quantiles do not ascend over QUANTILE_LEVELS; sort them: np.sort(quantiles, axis=-1)",
        )
    unknown = np.isnan(made)
    if (unknown.all(axis=-1) != unknown.any(axis=-1)).any():
        yield "NaN", "some levels of a day are missing; say all 23 quantiles of a day, or NaN for all"


def _comparison_faults(case: _Case) -> Iterator[Fault]:
    made = case.hindcast(case.cutoffs)
    for row in range(len(case.panel.places)):
        alone = case.hindcast(case.cutoffs, case.panel.select([row]))[:, 0]
        if not _close(alone, made[:, row]):
            yield (
                "alone",
                f"series {row} is forecast differently without the others; learn of each series from itself "
                "alone, as series are passed in parts",
            )
            break
    yield from _future_faults(case)


def _future_faults(case: _Case) -> Iterator[Fault]:
    """Hindcasts must not move when later days do, and must be what the panel cut there gives."""
    cutoffs = case.cutoffs[: len(PAST)]
    later = case.panel.counts.copy()
    later[:, cutoffs[-1] + 1 :] = 7 * later[:, cutoffs[-1] + 1 :] + 100
    seen = case.hindcast(cutoffs)
    if not _same(seen, case.hindcast(cutoffs, replace(case.panel, counts=later))):
        yield (
            "future",
            "a past forecast moves when later days change; as of a cutoff use counts[:, : cutoff + 1] only",
        )
        return
    past = case.panel.until(case.panel.start + timedelta(days=cutoffs[-1]))
    if not _close(case.hindcast(cutoffs[-1:])[0], case.on(past)):
        yield (
            "future",
            "a past forecast is not that of the panel cut there; do the same at every cutoff, the last too",
        )


def _thin_faults(case: _Case, broken: Mapping[str, str]) -> Iterator[Fault]:
    """One day of history, and series that never had a count, must give quantiles or NaN.

    What is `broken` anyway is not told again.
    """
    nothing = replace(case.panel, counts=np.full_like(case.panel.counts, np.nan))
    for thin, which in ((case.panel.until(case.panel.start), "of one day"), (nothing, "without a count")):
        try:
            faults = dict(_value_faults(case.on(thin), (len(case.panel.places),)))
        except Exception as error:  # whatever it raises is told
            faults = {"": f"hindcast raised {type(error).__name__}: {error}"}
        for fault in [fault for rule, fault in faults.items() if rule not in broken][:1]:
            yield (
                "thin",
                f"on a panel {which}, {fault}; where too little is known, return NaN in the full shape",
            )
            return


def _same(first: FloatArray, second: FloatArray) -> bool:
    return np.array_equal(first, second, equal_nan=True)


def _close(first: FloatArray, second: FloatArray) -> bool:
    return np.allclose(first, second, rtol=CLOSE, atol=CLOSE, equal_nan=True)
