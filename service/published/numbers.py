"""How numbers of people and levels are written for readers."""


def number(value: float | None) -> int | float | None:
    """A count as people write it: whole where it is whole, one decimal otherwise, None for NaN."""
    if value is None or value != value:
        return None
    rounded = round(float(value), 1)
    return int(rounded) if rounded.is_integer() else rounded


def level_name(level: float) -> str:
    """A level as it stands in names: 0.5, 0.025."""
    return f"{level:g}"
