"""What members said at past cutoffs, of which weights and widths are made; what is kept between nights."""

from forecast.hindcasts.cutoffs import weekly_cutoffs
from forecast.hindcasts.fast import Spoken, spoken_by
from forecast.hindcasts.kept import Forgetful, Kept
from forecast.hindcasts.slow import Run, SlowHindcasts, hindcast_slow

__all__ = [
    "Forgetful",
    "Kept",
    "Run",
    "SlowHindcasts",
    "Spoken",
    "hindcast_slow",
    "spoken_by",
    "weekly_cutoffs",
]
