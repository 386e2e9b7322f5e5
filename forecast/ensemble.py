"""The members of a whole panel, scored on past weeks and combined, some series at a time."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forecast.arrays import FloatArray
from forecast.combine import (
    Losses,
    Standing,
    Unrest,
    Weighing,
    Widening,
    caps,
    for_intermittent,
    in_upheaval,
    intermittent,
    losses_of,
    member_weights,
    standings,
    weighted_median,
    widened,
    with_tails,
)
from forecast.hindcasts import Kept, Run, SlowHindcasts, Spoken, hindcast_slow, spoken_by, weekly_cutoffs
from forecast.members import Components, Context, Member, OneByOne
from forecast.members.residuals import quantiles_of
from forecast.ordinary import Deviations, deviations
from forecast.panel import Panel
from forecast.smoothing import ROOT

CHUNK = 256  # series whose hindcasts are in memory together


@dataclass(frozen=True, slots=True)
class Capacities:
    """What an ensemble may use: slow members on the `slow_series` largest series, records, more width."""

    slow_series: int
    weighing: Weighing = Weighing()  # noqa: RUF009 - frozen
    widening: Widening = Widening()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """All series' members combined.

    `quantiles` [series, horizon, level] are NaN where no member could; `weights` maps a member to [series],
    `standing` to its record; `components` say what a smoother's forecasts are made of; `without` names per
    series the members missing today and why, with an empty reason where they were not asked.
    """

    quantiles: FloatArray
    weights: Mapping[str, FloatArray]
    standing: Mapping[str, Standing]
    components: tuple[Components, ...]
    without: tuple[Mapping[str, str], ...]

    def weights_of(self, row: int) -> dict[str, float]:
        """One series' weights of the members that have any."""
        return {
            name: round(float(values[row]), 4) for name, values in self.weights.items() if values[row] > 0
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Some series: what each member says today, its past losses, and the smoother's last one-step errors."""

    counts: FloatArray
    today: Mapping[str, FloatArray]
    losses: Mapping[str, Losses]
    errors: FloatArray
    components: tuple[Components, ...]


def ensemble_of(
    panel: Panel,
    members: Sequence[Member],
    horizon: int,
    *,
    capacities: Capacities,
    run: Run[Any, Any],
    kept: MutableMapping[str, FloatArray],
    lately: Deviations | None = None,
) -> Ensemble:
    """Combine the members' forecasts; only the largest series get the slow members.

    `lately` is where the series stand beside their ordinary level, judged by the counts if not given.
    """
    one_by_one = [member for member in members if isinstance(member, OneByOne)]
    rows = _largest(panel, capacities.slow_series) if one_by_one else ()
    slow = hindcast_slow(one_by_one, panel, rows, horizon, run=run, kept=kept)
    fast = [member for member in members if not isinstance(member, OneByOne)]
    chunks = [
        range(first, min(first + CHUNK, len(panel.places))) for first in range(0, len(panel.places), CHUNK)
    ]
    parts = [_part(panel, fast, slow, chunk, horizon=horizon, kept=kept) for chunk in chunks]
    names = tuple(member.name for member in fast)
    standing = standings(_losses(parts), names, _ages(panel), capacities.weighing)
    weights = member_weights(standing, names, capacities.weighing)
    made = []
    for part, chunk in zip(parts, chunks, strict=True):
        own = {name: weights[name][chunk] for name in weights}
        now = _of(chunk, part, lately)
        made.append(_combined(part, own, names, lately=now, widening=capacities.widening))
    return Ensemble(
        np.concatenate([quantiles for quantiles, _ in made]),
        {name: np.concatenate([used[name] for _, used in made]) for name in weights},
        standing,
        _placed(parts, chunks),
        _without(slow, len(panel.places)),
    )


def _largest(panel: Panel, count: int) -> tuple[int, ...]:
    """The rows of the largest series of the last year, in panel order."""
    size = np.nan_to_num(panel.counts[:, -365:]).sum(axis=1)
    return tuple(sorted(np.argsort(-size, kind="stable")[:count].tolist()))


def _ages(panel: Panel) -> FloatArray:
    """How many days ago each past cutoff was, today's left out: [cutoff]."""
    return panel.days - 1.0 - np.asarray(weekly_cutoffs(panel)[:-1])


def _part(
    panel: Panel, fast: Sequence[Member], slow: SlowHindcasts, chunk: range, *, horizon: int, kept: Kept
) -> _Part:
    """What all members say of some series, and what the ensemble needs of their past."""
    part = panel.select(list(chunk))
    context = Context.of(part)
    spoken = spoken_by(fast, part, context, horizon=horizon, kept=kept)
    _ask_slow(slow, fast[0], chunk, (part, context), spoken)
    top = caps(context.counts)[:, None, None]
    return _Part(
        context.counts,
        {name: _capped(values, top) for name, values in spoken.today.items()},
        spoken.losses,
        spoken.errors,
        spoken.components,
    )


def _capped(quantiles: FloatArray, top: FloatArray) -> FloatArray:
    """A member's quantiles, none above `top`; NaN, as if it said nothing, in place of infinity."""
    return np.where(np.isinf(quantiles), np.nan, np.minimum(quantiles, top))


def _ask_slow(
    slow: SlowHindcasts, first: Member, chunk: range, part: tuple[Panel, Context], spoken: Spoken
) -> None:
    """Add the slow members' quantiles, as wide as those of the first fast one before they have own errors."""
    panel, context = part
    asked = np.array([place for place, row in enumerate(chunk) if row in slow.rows], dtype=np.intp)
    rows, cutoffs = [slow.rows.index(chunk[place]) for place in asked], weekly_cutoffs(panel)
    shape = (len(cutoffs), *next(iter(spoken.today.values())).shape)
    counts = context.counts[asked]
    if len(asked) and slow.medians:
        like = first.hindcast(panel.select(asked), context.select(asked), cutoffs, shape[2])
    for name, medians in slow.medians.items():
        quantiles = np.full(shape, np.nan)
        if len(asked):
            quantiles[:, asked] = quantiles_of(medians[:, rows], slow.cutoffs, counts, cutoffs, like=like)
        spoken.today[name] = quantiles[-1]
        spoken.losses[name] = losses_of(quantiles[:-1], context.counts, cutoffs[:-1])


def _losses(parts: Sequence[_Part]) -> dict[str, Losses]:
    """The losses of all series together."""
    return {
        name: Losses(
            *(
                np.concatenate([getattr(part.losses[name], scale) for part in parts], axis=1)
                for scale in ("natural", "log")
            )
        )
        for name in parts[0].losses
    }


def _combined(
    part: _Part,
    weights: Mapping[str, FloatArray],
    fast: tuple[str, ...],
    *,
    lately: Deviations,
    widening: Widening,
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Quantiles [series, horizon, level] of some series, and the weights they were made with."""
    weights = in_upheaval(for_intermittent(weights, part.counts), fast, lately.upheaval)
    used = _able(weights, part.today)
    mixed = weighted_median(
        np.stack(list(part.today.values())), np.stack([used[name] for name in part.today])
    )
    unrest = Unrest(intermittent(part.counts), lately.upheaval, lately.surging)
    wide = widened(ROOT.there(np.sort(mixed, axis=2)), part.errors, unrest, widening)
    made = ROOT.back(with_tails(wide, unrest.intermittent, widening))
    return np.minimum(made, caps(part.counts)[:, None, None]), used


def _of(chunk: range, part: _Part, lately: Deviations | None) -> Deviations:
    return deviations(part.counts) if lately is None else lately.select(slice(chunk.start, chunk.stop))


def _able(weights: Mapping[str, FloatArray], today: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The weights of members that say something today; all zero where none does."""
    able = {name: np.where(np.isfinite(today[name]).all(axis=(1, 2)), weights[name], 0.0) for name in today}
    total = np.sum(list(able.values()), axis=0)
    return {name: values / np.where(total > 0, total, 1.0) for name, values in able.items()}


def _placed(parts: Sequence[_Part], chunks: Sequence[range]) -> tuple[Components, ...]:
    """The parts' components with rows counted from the panel's first."""
    return tuple(
        replace(found, rows=found.rows + chunk.start)
        for part, chunk in zip(parts, chunks, strict=True)
        for found in part.components
    )


def _without(slow: SlowHindcasts, series: int) -> tuple[dict[str, str], ...]:
    """The slow members that are missing per series: failed ones with their reason, others with none."""
    without = []
    for row in range(series):
        asked = slow.medians if row in slow.rows else {}
        reasons = {name: slow.reasons[name][row] for name in asked if row in slow.reasons[name]}
        without.append(reasons | {name: "" for name in slow.medians if name not in asked})
    return tuple(without)
