"""What is remembered is what would have been said."""

import numpy as np

from benchmarks.ours import HORIZON, compared
from benchmarks.remembering import remembering
from forecast.members import WeeklyNaive
from forecast.members.protocol import Context
from forecast.pipeline import issue
from tests.benchmarks.small import small_set


def test_a_member_is_asked_once_for_the_same_panel():
    first, second = small_set().panels()
    with remembering() as answers:
        said = [WeeklyNaive().hindcast(first, Context.of(first), (60,), HORIZON) for _ in range(2)]
        assert said[0] is said[1]
        WeeklyNaive().hindcast(second, Context.of(second), (60,), HORIZON)
        WeeklyNaive().hindcast(first, Context.of(first), (61,), HORIZON)
        assert len(answers) == 3
    again = WeeklyNaive().hindcast(first, Context.of(first), (60,), HORIZON)
    assert again is not said[0]
    np.testing.assert_array_equal(again, said[0])


def test_an_issue_of_remembered_hindcasts_is_the_same():
    panel = next(small_set().panels())
    configuration = next(iter(reversed(compared().values())))
    fresh = issue(panel, configuration)
    with remembering() as answers:
        for _ in range(2):
            made = issue(panel, configuration)
        asked = [member for _, member, *_ in answers]
        assert len(asked) == len(set(asked)) > 0
    np.testing.assert_array_equal(made.quantiles.values, fresh.quantiles.values)
