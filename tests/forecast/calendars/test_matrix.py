"""The columns of a border's calendar: stable, distinct, and right on days that can be checked by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast.calendars import design, near_holidays

BORDERS = [("KZ", "RU"), ("HK", "CN"), ("US",), ("GB", "FR"), ("KZ", "XX"), ()]
FIRST, LAST = date(2020, 1, 24), date(2023, 12, 31)


def column(found, name):
    """The days of a column that stands under a name, alone or joined with others."""
    (index,) = [at for at, joined in enumerate(found.names) if name in joined.split(" | ")]
    return found.columns[:, index]


def days_of(found, name):
    return [found.first + timedelta(days=int(row)) for row in np.flatnonzero(column(found, name))]


@pytest.mark.parametrize("countries", BORDERS)
def test_no_column_depends_on_which_day_of_the_year_is_last(countries):
    whole = design(countries, FIRST, date(2023, 12, 31))
    for last in (date(2023, 1, 1), date(2023, 2, 28), date(2023, 7, 5)):
        cut = design(countries, FIRST, last)
        assert (cut.names, cut.kinds) == (whole.names, whole.kinds)
        assert np.array_equal(cut.prior, whole.prior)
        assert np.array_equal(cut.columns, whole.columns[: len(cut.columns)])
        assert np.array_equal(cut.special, whole.special[: len(cut.special)])


@pytest.mark.parametrize("countries", BORDERS)
def test_a_column_is_the_same_in_every_span_that_has_it(countries):
    early = design(countries, date(2019, 3, 1), date(2022, 6, 30))
    late = design(countries, date(2021, 5, 1), date(2024, 2, 29))
    common = set(early.names) & set(late.names)
    assert len(common) > 0.6 * len(early.names)
    shift = (late.first - early.first).days
    for name in common:
        assert np.array_equal(
            column_at(early, name)[shift:], column_at(late, name)[: len(early.columns) - shift]
        )


def column_at(found, name):
    return found.columns[:, found.names.index(name)]


@pytest.mark.parametrize("countries", BORDERS)
def test_columns_are_named_apart_and_neither_empty_nor_equal(countries):
    found = design(countries, date(2020, 1, 1), LAST)
    rows = {found.columns[:, at].tobytes() for at in range(len(found.names))}
    assert found.columns.any(axis=0).all()
    assert len(rows) == len(set(found.names)) == len(found.kinds) == len(found.prior)
    assert (found.prior > 0).all()
    assert found.columns.shape == (1461, len(found.names))


def test_the_number_of_columns_stays_within_bounds():
    assert 60 <= len(design(("US",), FIRST, LAST).names) <= 130
    assert 100 <= len(design(("HK", "CN"), FIRST, LAST).names) <= 240
    assert len(design(("KZ", "RU"), FIRST, LAST).names) <= 240


def test_a_country_without_known_holidays_adds_nothing():
    assert design(("XX",), FIRST, LAST).names == design((), FIRST, LAST).names
    assert design(("KZ", "XX"), FIRST, LAST).names == design(("KZ",), FIRST, LAST).names
    assert not design(("XX",), FIRST, LAST).special.any()
    assert set(design((), FIRST, LAST).kinds) == {"weekday", "year"}


def test_weekdays_are_contrasts_that_cancel_over_a_week():
    found = design((), date(2023, 5, 1), date(2023, 5, 14))  # from a Monday on
    week = found.columns[:, :7]
    assert found.names[:7] == tuple(f"weekday:{n}" for n in range(7))
    assert np.allclose(week[0], np.eye(7)[0] - 1 / 7)
    assert np.allclose(week[:7].sum(axis=0), 0)
    assert np.array_equal(week[:7], week[7:])


def test_waves_of_the_year_begin_anew_each_january_leap_years_too():
    found = design((), date(2019, 1, 1), date(2024, 12, 31))
    sine, cosine = column(found, "year:sin1"), column(found, "year:cos1")
    for year in range(2019, 2025):
        row = (date(year, 1, 1) - found.first).days
        assert (sine[row], cosine[row]) == (0.0, 1.0)
    row = (date(2024, 12, 31) - found.first).days
    assert sine[row] == pytest.approx(np.sin(2 * np.pi * 365 / 365.25))


def test_weekdays_may_differ_by_season():
    found = design((), date(2023, 1, 1), date(2023, 12, 31))
    assert found.kinds[found.names.index("weekday:4:sin1")] == "weekday"
    expected = column(found, "weekday:4") * column(found, "year:sin1")
    assert np.array_equal(column(found, "weekday:4:sin1"), expected)


def test_the_day_before_march_is_marked_in_leap_years():
    found = design(("KZ",), date(2023, 1, 1), date(2024, 12, 31))
    # Women's Day, 8 March, was a Friday in 2024: the break began on it, its eve was Thursday.
    assert date(2024, 3, 7) in days_of(found, "KZ:eve")
    assert len(found.columns) == 365 + 366


def test_moving_feasts_line_up_across_years():
    found = design(("HK", "KZ"), date(2021, 1, 1), date(2023, 12, 31))
    assert days_of(found, "HK:named:easter:+0") == [date(2021, 4, 2), date(2022, 4, 15), date(2023, 4, 7)]
    assert days_of(found, "HK:named:easter:+3") == [date(2021, 4, 5), date(2022, 4, 18), date(2023, 4, 10)]
    assert days_of(found, "HK:named:lunar new year:-6")[1:] == [date(2022, 1, 26), date(2023, 1, 16)]
    assert days_of(found, "KZ:named:eid al-adha:-3") == [
        date(2021, 7, 17),
        date(2022, 7, 6),
        date(2023, 6, 25),
    ]


def test_optional_holidays_are_there_too():
    found = design(("HK",), date(2023, 1, 1), date(2023, 12, 31))
    assert date(2023, 12, 26) in days_of(found, "HK:holiday_on_weekday")
    assert date(2023, 4, 7) in days_of(found, "HK:holiday_on_weekday")


def test_a_weekend_that_is_worked_has_a_column():
    worked = days_of(design(("CN",), date(2023, 1, 1), date(2023, 12, 31)), "CN:working")
    assert worked == [
        date(2023, 1, 28), date(2023, 1, 29), date(2023, 4, 23), date(2023, 5, 6), date(2023, 6, 25),
        date(2023, 10, 7), date(2023, 10, 8),
    ]  # fmt: skip


def test_a_feast_that_both_sides_keep_on_the_same_days_is_one_column():
    found = design(("HK", "CN"), FIRST, LAST)
    (joined,) = [name for name in found.names if "HK:named:lunar new year:+0" in name]
    assert "CN:named:lunar new year:+0" in joined
    at = found.names.index(joined)
    assert found.prior[at] == 0.25
    assert found.kinds[at] == "named"


def test_one_country_on_both_sides_counts_once():
    assert design(("KZ", "kz"), FIRST, LAST).names == design(("KZ",), FIRST, LAST).names


def test_the_sides_may_be_named_in_any_order():
    one, other = design(("KZ", "RU"), FIRST, LAST), design(("RU", "KZ"), FIRST, LAST)
    parts = [{frozenset(name.split(" | ")) for name in found.names} for found in (one, other)]
    assert parts[0] == parts[1]
    assert np.array_equal(one.special, other.special)
    assert {c.tobytes() for c in one.columns.T} == {c.tobytes() for c in other.columns.T}


def test_special_days_lie_in_or_next_to_a_break_of_either_side():
    found = design(("KZ", "RU"), date(2023, 2, 20), date(2023, 3, 26))
    special = {found.first + timedelta(days=int(row)) for row in np.flatnonzero(found.special)}
    # Defender's Day in Russia 23 to 26 February; Women's Day in both; Nauryz in Kazakhstan.
    russian = {date(2023, 2, day) for day in range(22, 28)}
    both = {date(2023, 3, day) for day in (7, 8, 9)}
    assert special == russian | both | {date(2023, 3, day) for day in range(20, 25)}


def test_a_design_is_made_once_and_nobody_can_write_to_it():
    found = design(("KZ",), FIRST, LAST)
    assert design(("KZ",), FIRST, LAST) is found
    for values in (found.columns, found.prior, found.special):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1


def test_days_near_holidays_are_those_of_each_border():
    found = near_holidays([("US",), (), ("US", "FR")], date(2023, 7, 1), date(2023, 7, 31))
    of_july = [[day + 1 for day in np.flatnonzero(row)] for row in found]
    assert of_july == [[3, 4, 5], [], [3, 4, 5, 13, 14, 15, 16, 17]]
