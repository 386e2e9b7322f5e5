"""Small panels with a known shape."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from forecast.panel import Panel
from forecast.places import Place, Places

START = date(2022, 1, 3)  # a Monday


def panel_of(
    counts: Sequence[Sequence[float]] | np.ndarray,
    *,
    closed: np.ndarray | None = None,
    partial: np.ndarray | None = None,
    country: str | None = None,
    start: date = START,
) -> Panel:
    """A panel of crossings a, b, c ... with these counts."""
    values = np.array(counts, dtype=float)
    nothing = np.zeros(values.shape, dtype=bool)
    places = tuple(Place(chr(97 + row), chr(97 + row), country=country) for row in range(len(values)))
    shut = nothing.copy() if closed is None else closed
    return Panel("arrivals", places, start, values, shut, nothing.copy() if partial is None else partial)


def weekly(days: int, *, level: float = 400.0, seed: int = 1) -> np.ndarray:
    """Counts with busy weekends around a level."""
    pattern = level * np.array([1.0, 1.0, 1.0, 1.1, 1.3, 1.8, 1.5])
    return np.random.default_rng(seed).poisson(pattern[np.arange(days) % 7]).astype(float)


def two_regions(crossings: Sequence[str]) -> Places:
    """The register that puts every other crossing in region north, the rest in south, all in one country."""
    tree = [Place("land", "Land", "country"), *(Place(r, r, "region", "land") for r in ("north", "south"))]
    return Places([*tree, *(Place(c, c, parent=("north", "south")[n % 2]) for n, c in enumerate(crossings))])
