"""Members become one forecast: a median across them, quantile by quantile, weighted by their past scores."""

from forecast.combine.losses import Losses, losses_of
from forecast.combine.mixing import caps, weighted_median
from forecast.combine.scale import from_root, intermittent, to_root
from forecast.combine.weights import Standing, Weighing, for_bursts, member_weights, standings
from forecast.combine.widening import Unrest, expecting, widened

__all__ = [
    "Losses",
    "Standing",
    "Unrest",
    "Weighing",
    "caps",
    "expecting",
    "for_bursts",
    "from_root",
    "intermittent",
    "losses_of",
    "member_weights",
    "standings",
    "to_root",
    "weighted_median",
    "widened",
]
