"""Holidays of a country by name, its weekends, and the weekends that it works."""

from datetime import date

import pytest

from forecast.calendars import country_calendar, is_supported


def test_optional_holidays_count_where_a_country_has_them():
    names = country_calendar("HK", [2023]).names
    assert date(2023, 4, 7) in names  # Good Friday
    assert date(2023, 12, 26) in names


@pytest.mark.parametrize("country", ["CN", "KZ", "RU"])
def test_a_country_without_optional_holidays_still_has_its_public_ones(country):
    assert date(2023, 1, 1) in country_calendar(country, [2023]).names


def test_days_that_only_some_take_are_no_holidays_of_the_country():
    names = country_calendar("IN", [2023]).names
    assert date(2023, 1, 26) in names  # Republic Day
    assert date(2023, 11, 14) not in names  # one of thirty days of which an employee picks two
    assert len(names) < 25


def test_an_unsupported_country_has_no_holidays_and_says_so():
    assert country_calendar("XX", [2023]).names == {}
    assert not is_supported("XX")
    assert is_supported("KZ")


def test_names_do_not_depend_on_the_environments_language(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_HK")
    assert "Labor Day" in country_calendar("HK", [2019]).names[date(2019, 5, 1)]


def test_names_carry_no_remark_that_changes_from_year_to_year():
    for country in ("HK", "CN"):
        names = {name for day in country_calendar(country, [2023]).names.values() for name in day}
        assert "National Day" in names
        assert not [name for name in names if "(" in name]


def test_labels_keep_the_remarks_that_names_lose():
    calendar = country_calendar("KZ", [2023])
    assert calendar.labels[date(2023, 1, 3)] == ("New Year's Day (observed)",)
    assert calendar.names[date(2023, 1, 3)] == ("New Year's Day",)


def test_weekends_that_are_worked_are_no_free_days():
    calendar = country_calendar("CN", [2023])
    assert not calendar.is_free(date(2023, 6, 25))
    assert calendar.is_free(date(2023, 6, 18))
