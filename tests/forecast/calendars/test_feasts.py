"""When feasts begin, year by year, whatever a calendar calls their days."""

from datetime import date

import pytest

from forecast.calendars import Calendar, country_calendar
from forecast.calendars.feasts import feasts


def begins(country, name, years=range(2020, 2025)):
    return next(feast for feast in feasts(country_calendar(country, years)) if feast.name == name).begins


def feasts_of(**labels):
    """Feasts of a calendar with one label a day, given as _20230101="New Year's Day"."""
    kept = {date.fromisoformat(day[1:]): (label,) for day, label in labels.items()}
    return feasts(Calendar(kept, kept, frozenset({5, 6}), frozenset()))


NEW_YEARS = (date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10))


@pytest.mark.parametrize("country", ["HK", "CN", "VN", "KR", "SG"])
def test_lunar_new_year_begins_on_the_same_day_everywhere(country):
    # Hong Kong lists only the second to fourth day of 2023, Vietnam lists days before.
    assert begins(country, "lunar new year") == NEW_YEARS


@pytest.mark.parametrize("country", ["HK", "GB", "FR", "PL"])
def test_easter_is_counted_from_good_friday_even_where_only_its_monday_is_free(country):
    assert begins(country, "easter", range(2022, 2025)) == (
        date(2022, 4, 15),
        date(2023, 4, 7),
        date(2024, 3, 29),
    )


def test_the_easter_of_eastern_churches_has_days_of_its_own():
    assert begins("GR", "easter", [2023]) == (date(2023, 4, 14),)
    assert begins("LB", "orthodox easter", [2023]) == (date(2023, 4, 14),)
    assert begins("LB", "easter", [2023]) == (date(2023, 4, 7),)


def test_the_feast_of_sacrifice_moves_through_the_year():
    found = next(f for f in feasts(country_calendar("KZ", range(2021, 2024))) if f.name == "eid al-adha")
    assert found.begins == (date(2021, 7, 20), date(2022, 7, 9), date(2023, 6, 28))
    assert found.window == (-3, 4)


def test_a_feast_may_come_twice_within_a_civil_year():
    assert begins("TR", "eid al-fitr", [2030]) == (date(2030, 2, 4),)
    assert begins("TR", "eid al-adha", [2006]) == (date(2006, 1, 10), date(2006, 12, 31))


def test_nauryz_lasts_three_days_and_its_window_two_more():
    found = next(f for f in feasts(country_calendar("KZ", range(2020, 2024))) if f.name.startswith("nowruz"))
    assert (found.lasts, found.window) == (3, (-2, 4))
    assert found.begins == tuple(date(year, 3, 21) for year in range(2020, 2024))


def test_a_day_in_lieu_moves_no_feast_and_makes_it_no_longer():
    (found,) = feasts_of(_20230101="New Year's Day", _20230102="New Year's Day (observed)")
    assert (found.begins, found.lasts) == ((date(2023, 1, 1),), 1)


def test_a_feast_listed_only_by_its_day_in_lieu_begins_on_that():
    (found,) = feasts_of(_20230703="Unity Day (observed)")
    assert found.begins == (date(2023, 7, 3),)


def test_eves_and_days_after_are_told_from_the_feast_itself():
    (found,) = feasts_of(_20231224="Christmas Eve", _20231225="Christmas Day", _20231226="Boxing Day")
    assert (found.name, found.begins, found.lasts) == ("christmas", (date(2023, 12, 25),), 2)


@pytest.mark.parametrize(
    "label",
    ["Day off (substituted from 01/29/2022)", "Additional day off by decree", "Temporary Public Holiday"],
)
def test_days_without_a_name_of_their_own_are_no_feast(label):
    assert feasts_of(_20220131=label) == ()
