"""The contract that a member must keep; call `check_member` in the tests of one's own."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from forecast.arrays import FloatArray
from forecast.members import Context, Member
from forecast.panel import Panel
from forecast.simulate import World, simulate

HORIZON = 10
SMALL = World(series=4, days=200, onset_within=60, missing=0.03, closing=0.5)


class ContractError(AssertionError):
    """What a member does that no member may."""


def check_member(member: Member, panel: Panel | None = None) -> None:
    """Raise ContractError if a member breaks the contract on a panel (a simulated one, if none is given)."""
    panel = panel or simulate(SMALL, seed=1).panel
    forecasts = _forecast(member, panel)
    _check_values(forecasts, (len(panel.places), HORIZON))
    _require(_same(forecasts, _forecast(member, panel)), "two fits to the same panel differ")
    _check_series_stand_alone(member, panel, forecasts)
    _check_the_future_is_unseen(member, panel)
    _check_hindcasts_are_forecasts(member, panel)
    _check_thin_panels(member, panel)


def _forecast(member: Member, panel: Panel) -> FloatArray:
    return member.fit(panel, Context.of(panel)).forecast(HORIZON)


def _check_values(forecasts: FloatArray, shape: tuple[int, ...]) -> None:
    _require(forecasts.shape == shape, f"forecasts must be {shape}, not {forecasts.shape}")
    _require(not np.isinf(forecasts).any(), "a forecast is infinite")
    _require(not (forecasts < 0).any(), "a forecast is negative")


def _check_series_stand_alone(member: Member, panel: Panel, forecasts: FloatArray) -> None:
    for row in range(len(panel.places)):
        alone = _forecast(member, panel.select([row]))[0]
        _require(_same(alone, forecasts[row]), f"series {row} is forecast differently without the others")


def _check_the_future_is_unseen(member: Member, panel: Panel) -> None:
    """Hindcasts must not move when the days after their cutoffs do."""
    cutoffs = [panel.days - 40, panel.days - 30]
    later = panel.counts.copy()
    later[:, cutoffs[-1] + 1 :] = 7 * later[:, cutoffs[-1] + 1 :] + 100
    changed = replace(panel, counts=later)
    seen, unseen = (member.hindcast(world, Context.of(world), cutoffs, HORIZON) for world in (panel, changed))
    _require(_same(seen, unseen), "a past forecast moves when later days change")


def _check_hindcasts_are_forecasts(member: Member, panel: Panel) -> None:
    """The newest hindcast must be what a fit on its cutoff says."""
    cutoff = panel.days - 30
    hindcast = member.hindcast(panel, Context.of(panel), [cutoff], HORIZON)
    _check_values(hindcast, (1, len(panel.places), HORIZON))
    past = panel.until(panel.start + timedelta(days=cutoff))
    close = np.allclose(hindcast[0], _forecast(member, past), rtol=1e-6, atol=1e-6, equal_nan=True)
    _require(close, "a past forecast is not what a fit on its cutoff gives")


def _check_thin_panels(member: Member, panel: Panel) -> None:
    """One day of history, and series that never had a count, must give numbers or NaN."""
    shape = (len(panel.places), HORIZON)
    _check_values(_forecast(member, panel.until(panel.start)), shape)
    _check_values(_forecast(member, replace(panel, counts=np.full_like(panel.counts, np.nan))), shape)


def _same(first: FloatArray, second: FloatArray) -> bool:
    return bool(np.array_equal(first, second, equal_nan=True))


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise ContractError(fault)
