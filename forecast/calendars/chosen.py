"""Which calendars the places of a panel follow, where it is not those of the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from forecast.calendars.countries import is_supported, with_days
from forecast.places import Place, Places

SIDES = 2


@dataclass(frozen=True, slots=True)
class Calendars:
    """By place (a crossing, region or country) the codes of the near and the far side; free days by country.

    `holidays` are days off that the known calendar of a country lacks, as a government's late decree.
    """

    countries: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    holidays: Mapping[str, tuple[date, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for place, codes in self.countries.items():
            if isinstance(codes, str) or not 1 <= len(codes) <= SIDES:
                raise ValueError(f"countries of {place!r} must be one or two codes, not {codes!r}")
            for code in codes:
                if not is_supported(code) and code not in self.holidays:
                    raise ValueError(
                        f"countries of {place!r}: no holidays of {code!r} are known; write its ISO 3166 code "
                        "of two letters, or list its days among the holidays"
                    )
        for code, days in self.holidays.items():
            if not code.isalpha() or code != code.upper():
                raise ValueError(
                    f"holidays of {code!r}: a country is its ISO 3166 code in capitals, such as KZ"
                )
            if not days:
                raise ValueError(f"holidays of {code!r} must hold a day at least")

    def __bool__(self) -> bool:
        return bool(self.countries or self.holidays)

    def of_places(self, places: Iterable[Place], tree: Places | None = None) -> tuple[Place, ...]:
        """The places with the calendars chosen for them, or for what they lie in; the nearest holds."""
        return tuple(self._of(place, tree) for place in places)

    def _of(self, place: Place, tree: Places | None) -> Place:
        above = tree.ancestors(place.id) if tree is not None and place.id in tree else ()
        chosen = next((self.countries[one] for one in (place.id, *above) if one in self.countries), None)
        near, far = place.country, place.neighbour
        if chosen is not None:
            near, far = chosen[0], chosen[1] if len(chosen) == SIDES else None
        return replace(place, country=self._with_days(near), neighbour=self._with_days(far))

    def _with_days(self, code: str | None) -> str | None:
        return code and with_days(code, self.holidays.get(code.upper(), ()))
