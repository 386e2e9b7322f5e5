"""Days, instants and numbers as each language writes them, and messages with them in it."""

from datetime import UTC, date, datetime

import pytest

from service.languages import UnknownLanguageError, language

DAY = date(2022, 10, 9)
AT = datetime(2022, 10, 9, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "day", "short", "full"),
    [
        ("en", "Sun, 9 Oct", "9 Oct", "9 October 2022"),
        ("de", "So., 9. Okt.", "9. Okt.", "9. Oktober 2022"),
        ("ru", "вс, 9 окт.", "9 окт.", "9 октября 2022\u202fг."),
        ("kk", "9 қаз., жс", "9 қаз.", "2022\u202fж. 9 қазан"),
    ],
)
def test_days_are_written_as_the_language_orders_them(code, day, short, full):
    spoken = language(code)
    assert (spoken.day(DAY), spoken.short_day(DAY)) == (day, short)
    assert spoken.full_day(DAY).replace("\u00a0", "\u202f") == full
    assert spoken.instant(AT) == f"{spoken.full_day(DAY)}, 05:07"


@pytest.mark.parametrize(
    ("code", "number"), [("en", "10,958.5"), ("de", "10.958,5"), ("ru", "10\u202f958,5")]
)
def test_numbers_are_grouped_as_the_language_does(code, number):
    assert language(code).number(10_958.46, 1) == number


@pytest.mark.parametrize(("chance", "told"), [(0.0, "<\u202f1%"), (0.156, "16%"), (0.999, ">\u202f99%")])
def test_no_chance_is_told_as_certain(chance, told):
    assert language("en").share(chance) == told


def test_a_sentence_ends_with_one_point():
    spoken = language("de")
    assert spoken.say("The last day known is {day}.", day=spoken.day(DAY)).endswith("9. Okt.")
    assert language("en").say("{day}. {note}", day="a.", note="b..") == "a. b.."


def test_a_plural_follows_the_languages_rule():
    alerts = ("{number} alert", "{number} alerts")
    assert [language("ru").count(*alerts, number) for number in (1, 3, 5, 21)] == [
        "1 предупреждение",
        "3 предупреждения",
        "5 предупреждений",
        "21 предупреждение",
    ]


def test_a_language_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(UnknownLanguageError, match="'fr' is no language here; there are en, de, kk, ru"):
        language("fr")
