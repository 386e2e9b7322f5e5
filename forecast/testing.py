"""The contract that a member must keep; call `check_member` in the tests of one's own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from forecast.arrays import FloatArray
from forecast.members import Context, Member
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS
from forecast.simulate import World, simulate

HORIZON = 10
SMALL = World(series=4, days=200, onset_within=60, missing=0.03, closing=0.5)
PAST = (40, 30)  # days before the panel's end on which members are hindcast
CLOSE = 1e-6  # relative; sums of many series are rounded otherwise than those of one


class ContractError(AssertionError):
    """What a member does that no member may."""


def check_member(member: Member, panel: Panel | None = None) -> None:
    """Raise ContractError if a member breaks the contract on a panel (a simulated one, if none is given)."""
    panel = panel or simulate(SMALL, seed=1).panel
    cutoffs = [*(panel.days - days for days in PAST), panel.days - 1]
    made = _hindcast(member, panel, cutoffs)
    _check_values(made, (len(cutoffs), len(panel.places)))
    again = _hindcast(member, panel, cutoffs)
    _require(np.array_equal(made, again, equal_nan=True), "two runs on the same panel differ")
    _check_series_stand_alone(member, panel, cutoffs, made)
    _check_the_future_is_unseen(member, panel)
    _check_hindcasts_are_forecasts(member, panel)
    _check_thin_panels(member, panel)


def _hindcast(member: Member, panel: Panel, cutoffs: Sequence[int]) -> FloatArray:
    return member.hindcast(panel, Context.of(panel), cutoffs, HORIZON)


def _today(member: Member, panel: Panel) -> FloatArray:
    """The forecast as of the panel's last day: [series, horizon, level]."""
    return np.asarray(_hindcast(member, panel, [panel.days - 1])[0])


def _check_values(made: FloatArray, shape: tuple[int, ...]) -> None:
    wanted = (*shape, HORIZON, len(QUANTILE_LEVELS))
    _require(made.shape == wanted, f"quantiles must be {wanted}, not {made.shape}")
    _require(not np.isinf(made).any(), "a quantile is infinite")
    _require(not (made < 0).any(), "a quantile is negative")
    _require(not (np.diff(made, axis=-1) < 0).any(), "quantiles do not ascend")
    unknown = np.isnan(made)
    _require(bool((unknown.all(axis=-1) == unknown.any(axis=-1)).all()), "some levels of a day are missing")


def _check_series_stand_alone(member: Member, panel: Panel, cutoffs: Sequence[int], made: FloatArray) -> None:
    for row in range(len(panel.places)):
        alone = _hindcast(member, panel.select([row]), cutoffs)[:, 0]
        _require(_close(alone, made[:, row]), f"series {row} is forecast differently without the others")


def _check_the_future_is_unseen(member: Member, panel: Panel) -> None:
    """Hindcasts must not move when the days after their cutoffs do."""
    cutoffs = [panel.days - days for days in PAST]
    later = panel.counts.copy()
    later[:, cutoffs[-1] + 1 :] = 7 * later[:, cutoffs[-1] + 1 :] + 100
    changed = replace(panel, counts=later)
    seen, unseen = (_hindcast(member, world, cutoffs) for world in (panel, changed))
    _require(np.array_equal(seen, unseen, equal_nan=True), "a past forecast moves when later days change")


def _check_hindcasts_are_forecasts(member: Member, panel: Panel) -> None:
    """A hindcast must be what is forecast from the panel that ends on its cutoff."""
    cutoff = panel.days - PAST[-1]
    past = panel.until(panel.start + timedelta(days=cutoff))
    hindcast = _hindcast(member, panel, [cutoff])[0]
    _require(_close(hindcast, _today(member, past)), "a past forecast is not that of the panel cut there")


def _check_thin_panels(member: Member, panel: Panel) -> None:
    """One day of history, and series that never had a count, must give quantiles or NaN."""
    nothing = replace(panel, counts=np.full_like(panel.counts, np.nan))
    for thin in (panel.until(panel.start), nothing):
        _check_values(_today(member, thin), (len(panel.places),))


def _close(first: FloatArray, second: FloatArray) -> bool:
    return np.allclose(first, second, rtol=CLOSE, atol=CLOSE, equal_nan=True)


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise ContractError(fault)
