"""Members become one forecast: a median across them, quantile by quantile, weighted by their past scores."""

from forecast.combine.losses import Losses, losses_of
from forecast.combine.mixing import caps, weighted_median
from forecast.combine.sizes import intermittent
from forecast.combine.weights import (
    Standing,
    Weighing,
    for_intermittent,
    in_upheaval,
    member_weights,
    standings,
)
from forecast.combine.widening import Unrest, Widening, expecting, widened, with_tails

__all__ = [
    "Losses",
    "Standing",
    "Unrest",
    "Weighing",
    "Widening",
    "caps",
    "expecting",
    "for_intermittent",
    "in_upheaval",
    "intermittent",
    "losses_of",
    "member_weights",
    "standings",
    "weighted_median",
    "widened",
    "with_tails",
]
