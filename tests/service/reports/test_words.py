"""How numbers, days and names are written: small ones never as numbers, halves upwards."""

from datetime import UTC, date, datetime, timedelta

import pytest

from service.languages import language
from service.reports.contents import Quantity
from service.reports.words import Words
from tests.service.reports.reports import CUTOFF, TASKALA

WORDS = Words(language("en"), 10, "Asia/Oral")


@pytest.mark.parametrize(
    ("value", "cell", "sentence"),
    [(1_234.5, "1,235", "1,235"), (0, "0", "0"), ("small", "<10", "fewer than 10"), (None, "–", "not told")],
)
def test_a_number_in_a_table_and_in_a_sentence(value: Quantity, cell: str, sentence: str) -> None:
    assert (WORDS.cell(value), WORDS.number(value)) == (cell, sentence)


def test_hours_have_a_tenth() -> None:
    assert [WORDS.hours(value) for value in (7.25, 0.04, None)] == ["7.3", "0", "–"]


def test_a_name_keeps_to_its_line() -> None:
    assert "\n" not in WORDS.name(TASKALA)
    assert "\r" not in WORDS.at(TASKALA, CUTOFF)


def days(*numbers: int) -> list[date]:
    return [date(2022, 9, number) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((), ""),
        ((3,), "3 Sep"),
        ((3, 4), "3 Sep, 4 Sep"),
        ((3, 4, 5), "3 Sep to 5 Sep"),
        ((1, 3, 4, 5, 6, 9, 10), "1 Sep, 3 Sep to 6 Sep, 9 Sep, 10 Sep"),
    ],
)
def test_days_in_a_row_are_told_by_the_first_and_the_last(numbers: tuple[int, ...], said: str) -> None:
    assert WORDS.days(days(*numbers)) == said


def test_an_instant_is_told_by_the_places_clocks() -> None:
    late = datetime(2022, 9, 25, 21, 30, tzinfo=UTC)
    assert WORDS.instant(late) == "26 September 2022, 02:30"
    assert WORDS.local_day(late) == CUTOFF + timedelta(days=1)
