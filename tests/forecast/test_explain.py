from datetime import date, timedelta

import pytest

from forecast.explain import Explanation, HolidayEffect, factors_frame

CUTOFF = date(2022, 3, 19)


@pytest.mark.parametrize(("weekday", "holidays"), [((1.0,) * 6, (1.0,) * 3), ((1.0,) * 7, (1.0,) * 2)])
def test_an_explanation_has_seven_weekdays_and_a_factor_for_each_day_ahead(weekday, holidays):
    with pytest.raises(ValueError, match="weekday must hold 7 factors, season and holidays one for each day"):
        Explanation(100.0, weekday, (1.0,) * 3, holidays, (), {}, {})


def test_factors_come_as_a_row_for_each_day_with_its_holidays_and_the_members():
    effect = HolidayEffect(CUTOFF + timedelta(days=2), ("KZ: eve", "KZ: Nauryz holiday"), 1.4)
    week = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
    why = Explanation(80.0, week, (1.0, 1.01, 1.02), (1.0, 1.4, 1.0), (effect,), {"log": 0.6}, {"log": 0.9})
    rows = factors_frame(("a", "b", "land"), CUTOFF, (None, why))
    assert rows.to_dict("list") == {
        "crossing": ["b"] * 3,
        "cutoff": [CUTOFF] * 3,
        "horizon": [1, 2, 3],
        "target_date": [CUTOFF + timedelta(days=ahead) for ahead in (1, 2, 3)],
        "level": [80.0] * 3,
        "weekday": [1.3, 0.7, 0.8],  # the cutoff is a Saturday
        "season": [1.0, 1.01, 1.02],
        "holidays": [1.0, 1.4, 1.0],
        "names": ["", "KZ: eve; KZ: Nauryz holiday", ""],
        "weight_log": [0.6] * 3,
        "score_log": [0.9] * 3,
    }


def test_factors_of_nothing_explained_are_no_rows():
    assert factors_frame(("a",), CUTOFF, (None,)).empty
