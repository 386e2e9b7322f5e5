"""What the fast members say of some series, and were worth before; from checkpoints if there are any."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.combine import Losses, losses_of
from forecast.hindcasts.checkpoint import Checkpoints, Found
from forecast.hindcasts.cutoffs import weekly_cutoffs
from forecast.hindcasts.kept import Kept
from forecast.members import Components, Context, Count, Member, Smooth, Span
from forecast.members.smooth import RECENT, Passed, passed_together
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import ROOT

Rows = npt.NDArray[np.intp]


@dataclass(slots=True, eq=False)
class Spoken:
    """What fast members say of some series.

    `today` [series, horizon, level] and `losses` [cutoff, series] at the past weekly cutoffs are by name; of
    the smoothing ones `errors` [day, series] are the last one-step errors, `components` what a forecast is
    made of.
    """

    today: dict[str, FloatArray]
    losses: dict[str, Losses]
    errors: FloatArray
    components: tuple[Components, ...] = ()

    @classmethod
    def nothing(cls, members: Sequence[Member], *, series: int, cutoffs: int, horizon: int) -> "Spoken":
        """Not a word yet."""
        return cls(
            {member.name: np.full((series, horizon, len(QUANTILE_LEVELS)), np.nan) for member in members},
            {member.name: Losses(*np.full((2, cutoffs, series), np.nan)) for member in members},
            np.zeros((RECENT, series)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Night:
    """All that one chunk's members are asked with."""

    members: tuple[Member, ...]
    panel: Panel
    context: Context
    cutoffs: tuple[int, ...]
    horizon: int
    checkpoints: Checkpoints

    def part(self, rows: Rows) -> tuple[Panel, Context]:
        """Some of the series."""
        return self.panel.select(rows), self.context.select(rows)


def spoken_by(
    members: Sequence[Member], panel: Panel, context: Context, *, horizon: int, kept: Kept
) -> Spoken:
    """Hindcast a panel with the fast members, each series from where what is `kept` of it ends."""
    cutoffs = weekly_cutoffs(panel)
    checkpoints = Checkpoints.of(panel, context, members, horizon=horizon, kept=kept)
    night = _Night(tuple(members), panel, context, cutoffs, horizon, checkpoints)
    spoken = Spoken.nothing(members, series=len(panel.places), cutoffs=len(cutoffs) - 1, horizon=horizon)
    found = [checkpoints.found(row, cutoffs[0]) for row in range(len(panel.places))]
    for rows in _alike(found):
        _speak(night, rows, [found[row] for row in rows.tolist()], spoken)
    return spoken


def _alike(found: Sequence[Found | None]) -> Iterator[Rows]:
    """The series by how far what is kept of them reaches."""
    by_reach: dict[tuple[int, int], list[int]] = {}
    for row, known in enumerate(found):
        by_reach.setdefault((known.after, known.scored) if known else (-1, -1), []).append(row)
    for rows in by_reach.values():
        yield np.array(rows)


def _speak(night: _Night, rows: Rows, found: Sequence[Found | None], spoken: Spoken) -> None:
    """Fill in what is said of some series of which the same is known, and keep what will spare time later."""
    known = [each for each in found if each is not None]
    scored = known[0].scored if known else -1
    fresh = tuple(cutoff for cutoff in night.cutoffs if cutoff > scored)
    panel, context = night.part(rows)
    quantiles, passed, numbers = _asked(night.members, panel, context, _span(night, fresh, known))
    for place, member in enumerate(night.members):
        made = quantiles[member.name]
        spoken.today[member.name][rows] = made[-1]
        losses = losses_of(made[:-1], context.counts, fresh[:-1])
        own = spoken.losses[member.name]
        for scale, (all_of_them, new) in enumerate(((own.natural, losses.natural), (own.log, losses.log))):
            old = len(night.cutoffs) - len(fresh)
            all_of_them[old:, rows] = new
            if old:
                all_of_them[:old, rows] = np.stack(
                    [each.losses[place, scale, -old:] for each in known], axis=1
                )
    _note(night, rows, passed, spoken)
    _keep(night, rows, spoken, numbers=numbers, known=known)


def _span(night: _Night, fresh: tuple[int, ...], known: Sequence[Found]) -> Span:
    """What members are asked, from where the kept ones ended."""
    return Span(
        fresh,
        night.horizon,
        after=known[0].after if known else None,
        numbers=[each.numbers for each in known],
        keep=night.checkpoints.due(known[0] if known else None),
        kept=night.checkpoints.kept,
        tag=night.checkpoints.tag,
    )


def _asked(
    members: Sequence[Member], panel: Panel, context: Context, span: Span
) -> tuple[dict[str, FloatArray], dict[str, Passed], list[FloatArray]]:
    """All members' quantiles, what else the smoothing ones tell, and each series' numbers to keep."""
    quantiles: dict[str, FloatArray] = {}
    kept: list[list[FloatArray]] = []
    for member in members:
        if isinstance(member, Count):
            own = replace(span, numbers=[numbers[: member.numbers] for numbers in span.numbers])
            span = replace(span, numbers=[numbers[member.numbers :] for numbers in span.numbers])
            quantiles[member.name], numbers = member.passed(panel, context, own)
            kept.append(numbers)
        elif not isinstance(member, Smooth):
            quantiles[member.name] = member.hindcast(panel, context, span.cutoffs, span.horizon)
    smooth = [member for member in members if isinstance(member, Smooth)]
    passed, numbers = passed_together(smooth, panel, context, span)
    quantiles |= {name: each.quantiles for name, each in passed.items()}
    return quantiles, passed, [np.concatenate(own) for own in zip(*kept, numbers, strict=True)]


def _note(night: _Night, rows: Rows, passed: dict[str, Passed], spoken: Spoken) -> None:
    """What the ensemble wants of the smoothing members besides their quantiles."""
    for member in night.members:
        if isinstance(member, Smooth) and member.smoothing.scale is ROOT:
            spoken.errors[:, rows] = passed[member.name].errors
    for first in list(passed.values())[:1]:
        placed = (part.on(rows[part.rows]) for part in first.components)
        spoken.components = (*spoken.components, *placed)


def _keep(
    night: _Night, rows: Rows, spoken: Spoken, *, numbers: list[FloatArray], known: Sequence[Found]
) -> None:
    """Keep states and losses where a newer week allows it."""
    checkpoints = night.checkpoints
    losses = np.stack([[each.natural, each.log] for each in spoken.losses.values()])
    for place, row in enumerate(rows.tolist()):
        own = known[place] if known else None
        for day, states in checkpoints.to_keep(own):
            upto = losses[:, :, : np.searchsorted(night.cutoffs[:-1], day, side="right"), row]
            checkpoints.keep(row, day, (night.cutoffs[0], upto), numbers[place] if states else None)
