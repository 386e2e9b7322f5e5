"""Checks what settings may be."""

from math import isfinite


def checked(name: str, value: float, *, least: float, most: float) -> None:
    """Raise ValueError if a setting is no number from least to most, both included."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not number or not least <= value <= most:
        raise ValueError(f"{name} must be a number from {least:g} to {most:g}, not {value!r}")
