"""A one-series method becomes a member; its failures cost one series, with the reason."""

from dataclasses import dataclass

import numpy as np
import pytest

from forecast.members import Context, OneByOne, series_of
from forecast.members.residuals import quantiles_of
from forecast.quantiles import QUANTILE_LEVELS
from forecast.testing import check_member
from tests.forecast.panels import panel_of, weekly

MEDIAN = QUANTILE_LEVELS.index(0.5)


@dataclass(frozen=True)
class Mean:
    """Forecasts the mean; trips over sevens."""

    name: str = "mean"
    stride: int = 7
    least: int = 2

    def fit(self, series):
        if 7 in series.counts:
            raise ValueError("no sevens, please\nsecond line")
        return Level(float(np.nanmean(series.counts)))

    def hindcast(self, series, cutoffs, horizon):
        return np.stack([self.fit(series.until(cutoff)).forecast(horizon) for cutoff in cutoffs])


@dataclass(frozen=True)
class Level:
    mean: float

    def forecast(self, horizon):
        return np.full(horizon, self.mean)


PANEL = panel_of([[2, 4, 6, 8], [1, 7, 1, 1], [np.nan, np.nan, 5, 9]], country="kz")
MEMBER = OneByOne(Mean())


def test_a_failing_series_is_nan_with_its_reason_and_does_not_stop_the_others():
    made = MEMBER.medians(PANEL, Context.of(PANEL), [3], 2)[0]
    np.testing.assert_array_equal(made, [[5, 5], [np.nan, np.nan], [7, 7]])
    reasons = [
        MEMBER.hindcast_series(series_of(PANEL, Context.of(PANEL), row)[0], [1], 2)[1] for row in range(3)
    ]
    assert reasons == [None, "ValueError: no sevens, please", None]


def test_medians_begin_where_a_series_has_enough_days():
    made = MEMBER.medians(PANEL, Context.of(PANEL), [1, 2, 3], 1)[:, :, 0]
    np.testing.assert_array_equal(made[:, 0], [3, 4, 5])
    np.testing.assert_array_equal(made[:, 2], [np.nan, np.nan, 7])


def test_quantiles_are_those_of_the_methods_own_errors_at_its_stride_and_at_the_cutoffs():
    panel = panel_of([weekly(200)])
    context = Context.of(panel)
    cutoffs = [150, 199]
    made_on = sorted({*range(0, 200, 7), *cutoffs})
    medians = np.stack([np.full((1, 5), panel.counts[0, : day + 1].mean()) for day in made_on])
    medians[0] = np.nan  # one day alone is too few
    expected = quantiles_of(medians, made_on, context.counts, cutoffs)
    np.testing.assert_allclose(MEMBER.hindcast(panel, context, cutoffs, 5), expected)


def test_a_method_is_never_shown_what_came_after_the_last_cutoff():
    counts = weekly(60)
    counts[50:] = 7.0  # what it would trip over
    panel = panel_of([counts])
    assert np.isfinite(MEMBER.hindcast(panel, Context.of(panel), [40, 49], 3)).all()


def test_the_member_it_makes_keeps_the_contract():
    check_member(MEMBER)


def test_it_is_named_after_its_method_and_slow():
    assert (MEMBER.name, MEMBER.slow, MEMBER.stride) == ("mean", True, 7)


def test_a_series_begins_with_its_first_count():
    series, first = series_of(PANEL, Context.of(PANEL), 2)
    assert first == 2
    assert series.start == PANEL.dates[2].date()
    assert series.countries == ("KZ",)
    assert series.open_days == 2


@pytest.mark.parametrize("days", [0, 1])
def test_below_its_least_days_a_method_is_not_asked(days):
    panel = panel_of([np.r_[np.full(10 - days, np.nan), np.full(days, 7.0)]])
    assert np.isnan(MEMBER.hindcast(panel, Context.of(panel), [9], 2)).all()
