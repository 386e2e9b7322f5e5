"""How much each member counts, by how its past quantiles scored beside those of the others."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.combine.losses import Losses
from forecast.combine.ranges import checked
from forecast.combine.sizes import intermittent, small

TINY = 1e-9
EXACT = 2e-3  # mean loss in log units below which all are right and none is said to be better
LARGEST_RELATIVE = 2.0  # log units; so no series alone decides what a member is worth elsewhere
COUNT = "count"
FOR_INTERMITTENT = ("analog", COUNT)
TOGETHER = 0.7  # their weight where a series is intermittent


@dataclass(frozen=True, slots=True)
class Weighing:
    """How strongly a better record counts, and how many cutoffs make it count half.

    After `half_life` days a score counts half; `own` is the share of a series' own record, the rest being the
    panel's. A slow member is on trial: beyond `gate`, in log units of relative loss, it has no weight.
    """

    sharpness: float = 2.0
    patience: float = 2.0
    gate: float = 0.1
    half_life: float = 56.0
    own: float = 0.7

    def __post_init__(self) -> None:
        for name in ("sharpness", "patience"):
            checked(name, getattr(self, name), least=0.0, most=100.0)
        checked("gate", self.gate, least=-LARGEST_RELATIVE, most=LARGEST_RELATIVE)
        checked("half_life", self.half_life, least=1.0, most=10_000.0)
        checked("own", self.own, least=0.0, most=1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A member's log relative loss, and how many cutoffs, weighted, say so: [series] each."""

    relative: FloatArray
    cutoffs: FloatArray

    @property
    def pooled(self) -> float:
        """The mean over series with a record."""
        if not self.cutoffs.any():
            return 0.0
        return float(np.average(self.relative, weights=self.cutoffs))


def standings(
    losses: Mapping[str, Losses], fast: tuple[str, ...], age: FloatArray, weighing: Weighing = Weighing()
) -> dict[str, Standing]:
    """Each member beside the middle one of the `fast`, which speak of a series at every cutoff or never.

    `age` [cutoff] is in days; both scales count alike.
    """
    return {
        name: _standing(own, [losses[other] for other in fast], 0.5 ** (age / weighing.half_life))
        for name, own in losses.items()
    }


def _standing(own: Losses, others: list[Losses], weights: FloatArray) -> Standing:
    # A member that a series is too young for is not waited for.
    spoken = np.array([other.known.any(axis=0) for other in others])
    known = own.known & np.all(
        [other.known | ~ever for other, ever in zip(others, spoken, strict=True)], axis=0
    )
    mass = np.where(known, weights[:, None], 0.0)
    natural, log = (
        _middle(np.array([_total(getattr(other, scale), mass) for other in others]), spoken)
        for scale in ("natural", "log")
    )
    relative = np.log([_total(own.natural, mass) / natural, _total(own.log, mass) / log]).mean(axis=0)
    told = log > EXACT * mass.sum(axis=0)
    bounded = np.clip(relative, -LARGEST_RELATIVE, LARGEST_RELATIVE)
    return Standing(np.where(told, bounded, 0.0), np.where(told, mass.sum(axis=0), 0.0))


def _middle(totals: FloatArray, spoken: BoolArray) -> FloatArray:
    """The median of [member, series] over the members that ever spoke of a series, or over all: [series]."""
    return np.asarray(np.nanmedian(np.where(spoken | ~spoken.any(axis=0), totals, np.nan), axis=0))


def _total(losses: FloatArray, mass: FloatArray) -> FloatArray:
    return np.asarray((mass * np.nan_to_num(losses)).sum(axis=0) + TINY)


def member_weights(
    standing: Mapping[str, Standing], fast: tuple[str, ...], weighing: Weighing = Weighing()
) -> dict[str, FloatArray]:
    """Weights that sum to one over members: [series] each; a slow one without a record has none."""
    raw = {}
    for name, member in standing.items():
        share = weighing.own * member.cutoffs / (member.cutoffs + weighing.patience)
        expected = share * member.relative + (1 - share) * member.pooled
        raw[name] = np.exp(-weighing.sharpness * expected)
        if name not in fast:
            raw[name] *= (member.cutoffs > 0) & (expected < weighing.gate)
    total = np.sum(list(raw.values()), axis=0)
    return {name: values / total for name, values in raw.items()}


def for_intermittent(weights: Mapping[str, FloatArray], counts: FloatArray) -> dict[str, FloatArray]:
    """The weights [series], most of it with the members made for them where series are intermittent.

    The count model has none where a series is neither small nor intermittent; counts [series, day].
    """
    quiet = intermittent(counts)
    special = [name for name in FOR_INTERMITTENT if name in weights]
    others = np.sum([values for name, values in weights.items() if name not in special], axis=0)
    found = {}
    for name, values in weights.items():
        if name in special:
            ordinary = np.where(small(counts), values, 0.0) if name == COUNT else values
            found[name] = np.where(quiet, TOGETHER / len(special), ordinary)
        else:
            rest = (1 - TOGETHER) / np.maximum(others, TINY) if special else 1.0
            found[name] = np.where(quiet, rest * values, values)
    return found


def in_upheaval(
    weights: Mapping[str, FloatArray], fast: tuple[str, ...], upheaval: BoolArray
) -> dict[str, FloatArray]:
    """The weights [series], slow members' none in an `upheaval` [series]: they know what was before."""
    return {
        name: values if name in fast else np.where(upheaval, 0.0, values) for name, values in weights.items()
    }
