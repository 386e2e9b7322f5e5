import pytest

from forecast.explain import Explanation


@pytest.mark.parametrize(("weekday", "holidays"), [((1.0,) * 6, (1.0,) * 3), ((1.0,) * 7, (1.0,) * 2)])
def test_an_explanation_has_seven_weekdays_and_a_factor_for_each_day_ahead(weekday, holidays):
    with pytest.raises(ValueError, match="weekday must hold 7 factors, season and holidays one for each day"):
        Explanation(100.0, weekday, (1.0,) * 3, holidays, (), {}, {})
