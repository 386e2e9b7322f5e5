"""The members of a whole panel, hindcast and combined a chunk of series at a time."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.arrays import FloatArray
from forecast.combine import Combined, combine
from forecast.hindcast import Run, SlowHindcasts, hindcast_fast, hindcast_slow, joined
from forecast.members import Context, Member, OneByOne
from forecast.panel import Panel

CHUNK = 64  # series whose hindcasts are in memory together


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """All series' members combined.

    `quantiles` [series, horizon, level] are NaN where no member could; `errors` [cutoff, series, horizon] are
    past ones; `weights` maps a member to [series]; `without` names per series the members missing today and
    why, with an empty reason where they were not asked.
    """

    quantiles: FloatArray
    errors: FloatArray
    weights: Mapping[str, FloatArray]
    without: tuple[Mapping[str, str], ...]

    def weights_of(self, row: int) -> dict[str, float]:
        """One series' weights of the members that have any."""
        return {
            name: round(float(values[row]), 4) for name, values in self.weights.items() if values[row] > 0
        }


def ensemble_of(
    panel: Panel,
    members: Sequence[Member],
    horizon: int,
    *,
    slow_series: int,
    run: Run[Any, Any],
    kept: MutableMapping[str, FloatArray],
) -> Ensemble:
    """Combine the members' forecasts; only the `slow_series` largest series get the slow members."""
    one_by_one = [member for member in members if isinstance(member, OneByOne)]
    rows = _largest(panel, slow_series) if one_by_one else ()
    slow = hindcast_slow(one_by_one, panel, rows, horizon, run=run, kept=kept)
    fast = [member for member in members if not member.slow]
    strides = {member.name: member.stride for member in members}
    parts = []
    for first in range(0, len(panel.places), CHUNK):
        chunk = range(first, min(first + CHUNK, len(panel.places)))
        part = panel.select(list(chunk))
        hindcasts = joined(hindcast_fast(fast, part, horizon), slow, chunk)
        counts = Context.of(part).counts
        parts.append(combine(hindcasts.medians, counts, cutoffs=hindcasts.cutoffs, strides=strides))
    return _assembled(parts, _without(slow, len(panel.places)))


def _largest(panel: Panel, count: int) -> tuple[int, ...]:
    """The rows of the largest series of the last year, in panel order."""
    size = np.nan_to_num(panel.counts[:, -365:]).sum(axis=1)
    return tuple(sorted(np.argsort(-size, kind="stable")[:count].tolist()))


def _without(slow: SlowHindcasts, series: int) -> tuple[dict[str, str], ...]:
    """The slow members that are missing per series: failed ones with their reason, others with none."""
    without = []
    for row in range(series):
        asked = slow.medians if row in slow.rows else {}
        reasons = {name: slow.reasons[name][row] for name in asked if row in slow.reasons[name]}
        without.append(reasons | {name: "" for name in slow.medians if name not in asked})
    return tuple(without)


def _assembled(parts: Sequence[Combined], without: tuple[dict[str, str], ...]) -> Ensemble:
    return Ensemble(
        np.concatenate([part.quantiles for part in parts]),
        np.concatenate([part.errors for part in parts], axis=1),
        {name: np.concatenate([part.weights[name] for part in parts]) for name in parts[0].weights},
        without,
    )
