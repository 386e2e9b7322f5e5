"""A scenario: assumptions about the days of an issue, checked against it and against one another."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from forecast.planning.registers import CapacityError
from forecast.planning.scenarios.assumptions import (
    Assumption,
    Close,
    Multiply,
    Release,
    Setting,
    Shift,
    check_together,
)

_ORDER = (Multiply, Shift, Release, Close)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Assumptions about the days of an issue, checked against it. Raises CapacityError."""

    assumptions: tuple[Assumption, ...]
    setting: Setting = field(repr=False)

    def __post_init__(self) -> None:
        for position, assumption in enumerate(self.assumptions):
            try:
                assumption.check(self.setting)
            except CapacityError as error:
                raise within(error, f"assumptions[{position}]") from None
        try:
            check_together(self.assumptions)
        except CapacityError as error:
            raise within(error, "assumptions") from None

    @property
    def places(self) -> tuple[str, ...]:
        """All places that are named, each once."""
        return tuple(dict.fromkeys(place for one in self.assumptions for place in one.places))

    def of_demand(self) -> Iterator[Multiply | Shift | Release | Close]:
        """The assumptions that change demand, in the order in which they work."""
        for kind in _ORDER:
            yield from (one for one in self.assumptions if isinstance(one, kind))


def within(error: CapacityError, path: str) -> CapacityError:
    """The same error, its field told with the path to it."""
    joint = "" if error.field.startswith("[") else "."
    return CapacityError(f"{path}{joint}{error.field}", found=error.found, wanted=error.wanted)
