"""A border of four crossings in two regions, its paths and its documents, for tests of scenarios."""

from datetime import date, timedelta

import numpy as np

from forecast.paths import Paths
from forecast.places import Place, Places
from forecast.planning.scenarios.assumptions import Setting

CUTOFF = date(2022, 9, 26)
HORIZON = 10
PLACES = Places(
    [
        Place("land", "Land", "country"),
        Place("west", "West", "region", "land"),
        Place("east", "East", "region", "land"),
        Place("bridge", "Bridge", parent="west"),
        Place("ferry", "Ferry", parent="west"),
        Place("pass", "Pass", parent="east"),
        Place("tunnel", "Tunnel", parent="east"),
    ]
)
CROSSINGS = ("bridge", "ferry", "pass", "tunnel")
CROSSING = {"place": "bridge", "valid_from": "2022-01-01", "booths": 4, "service_rate": 30}
REGION = {
    "place": "west",
    "valid_from": "2022-01-01",
    "beds": 300,
    "bed_share": 0.4,
    "stays": [
        {"kind": "stay", "weight": 10, "mean_nights": 14},
        {"kind": "onward_land", "weight": 30, "mean_nights": 1.5},
    ],
}


def day(ahead: int) -> date:
    return CUTOFF + timedelta(days=ahead)


def demand(seed: int = 3, paths: int = 40) -> Paths:
    levels = np.array([900, 350, 80, 7])[None, :, None]
    return Paths(CROSSINGS, CUTOFF, np.random.default_rng(seed).poisson(levels, (paths, 4, HORIZON)))


def setting(**changes) -> Setting:
    given = {"places": PLACES, "crossings": CROSSINGS, "cutoff": CUTOFF, "horizon": HORIZON}
    return Setting(**{**given, **changes})
