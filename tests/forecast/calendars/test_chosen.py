"""Places follow the calendars chosen for them, or for what they lie in."""

from datetime import date

from forecast.calendars import Calendars, break_shapes, country_calendar, design, near_holidays
from forecast.places import Place, Places

DAY = date(2026, 4, 15)  # a Wednesday on which Kazakhstan works
TREE = Places(
    [
        Place("land", "Land", "country"),
        Place("east", "East", "region", parent="land"),
        Place("syrym", "Syrym", parent="east", country="KZ", neighbour="RU"),
        Place("kordai", "Kordai", parent="land", country="kz"),
    ]
)


def countries(calendars, tree=TREE):
    return {place.id: place.countries for place in calendars.of_places(TREE.crossings, tree)}


def test_without_a_choice_places_follow_the_register():
    assert not Calendars()
    assert countries(Calendars()) == {"syrym": ("KZ", "RU"), "kordai": ("KZ",)}


def test_the_nearest_choice_holds():
    chosen = Calendars(countries={"land": ("CN",), "east": ("KG", "RU")})
    assert countries(chosen) == {"syrym": ("KG", "RU"), "kordai": ("CN",)}
    own = Calendars(countries={"east": ("KG",), "syrym": ("RU",)})
    assert countries(own, None) == {"syrym": ("RU",), "kordai": ("KZ",)}


def test_days_off_are_added_on_both_sides_of_the_border():
    added = Calendars(holidays={"KZ": (DAY,)})
    assert countries(added) == {"syrym": ("KZ+2026-04-15", "RU"), "kordai": ("KZ+2026-04-15",)}


def test_an_added_day_is_a_break_like_any_other():
    plain, added = (country_calendar(code, [2026]) for code in ("KZ", "kz+2026-04-15"))
    assert set(added.names) - set(plain.names) == {DAY}
    assert added.is_free(DAY)
    assert {day: names for day, names in added.names.items() if day != DAY} == plain.names
    assert break_shapes(("KZ+2026-04-15",), DAY, DAY).any()
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    changed = near_holidays([("KZ+2026-04-15",)], first, last) != near_holidays([("KZ",)], first, last)
    assert changed.any()
    assert set(design(("KZ+2026-04-15",), first, last).names) >= {"KZ:first", "KZ:last"}


def test_a_country_without_known_holidays_has_the_days_that_are_listed():
    listed = Calendars(countries={"kordai": ("XX",)}, holidays={"XX": (DAY,)})
    assert countries(listed)["kordai"] == ("XX+2026-04-15",)
    assert set(country_calendar("XX+2026-04-15", [2026]).names) == {DAY}
