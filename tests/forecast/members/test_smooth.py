"""The smoothing members on panels of several borders: each series by its own calendar and by itself."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.calendars import design
from forecast.members import MEMBERS, Context, smooth
from forecast.panel import Nowcast
from forecast.quantiles import QUANTILE_LEVELS
from tests.forecast.panels import panel_of, weekly

MEDIAN = QUANTILE_LEVELS.index(0.5)
BORDERS = [("KZ", "UZ"), ("HK", "CN"), ("kz", "uz"), (None, None), ("XX", None)]
LEVELS = (300.0, 900.0, 200.0, 4_000.0, 50.0)


def borders():
    """Crossings of several borders in one panel, Spring Festival just ahead."""
    counts = np.stack([weekly(380, level=level, seed=row) for row, level in enumerate(LEVELS)])
    counts[1, 100:130] = np.nan
    plain = panel_of(counts, start=date(2022, 1, 3))
    places = tuple(
        replace(place, country=country, neighbour=neighbour)
        for place, (country, neighbour) in zip(plain.places, BORDERS, strict=True)
    )
    return replace(plain, places=places)


PANEL = borders()
CUTOFFS = [250, 300, 379]


def hindcast(panel, cutoffs=CUTOFFS, name="log", horizon=28):
    return MEMBERS[name].hindcast(panel, Context.of(panel), cutoffs, horizon)


@pytest.mark.parametrize("name", ["root", "log", "slow"])
def test_series_of_different_borders_get_what_they_get_alone(name):
    together = hindcast(PANEL, name=name)
    for row in range(len(LEVELS)):
        np.testing.assert_allclose(
            together[:, row], hindcast(PANEL.select([row]), name=name)[:, 0], rtol=1e-7
        )


def test_how_many_series_pass_at_a_time_changes_nothing(monkeypatch):
    whole = hindcast(PANEL)
    monkeypatch.setattr(smooth, "TOGETHER", 1)
    np.testing.assert_allclose(hindcast(PANEL), whole, rtol=1e-7)


@pytest.mark.parametrize(
    ("cutoff", "tolerance"),
    [(340, 1e-7), (300, 0.01)],  # a calendar of another year may join columns that are told apart later
)
def test_a_hindcast_under_a_calendar_is_the_forecast_of_the_panel_cut_there(cutoff, tolerance):
    past = PANEL.until(PANEL.dates[cutoff].date())
    np.testing.assert_allclose(hindcast(past, [cutoff]), hindcast(PANEL, [cutoff]), rtol=tolerance)


def test_every_series_is_forecast_at_its_level():
    median = hindcast(PANEL)[-1, :, 14:, MEDIAN].mean(axis=1)
    np.testing.assert_allclose(median, np.array(LEVELS) * 8.7 / 7, rtol=0.2)


def test_components_add_up_to_the_median_of_every_row():
    passed = MEMBERS["log"].passed(PANEL, Context.of(PANEL), CUTOFFS, 28)
    assert sorted(row for part in passed.components for row in part.rows.tolist()) == [0, 1, 2, 3, 4]
    for part in passed.components:
        centre = part.scale.back(part.ahead + part.effects.sum(axis=2))
        # What past errors add to it is little: they are centred.
        np.testing.assert_allclose(centre, passed.quantiles[-1, part.rows, :, MEDIAN], rtol=0.1)
        assert part.effects.shape == (len(part.rows), 28, len(part.calendar.names))


def test_upper_and_lower_case_name_the_same_border():
    parts = MEMBERS["log"].passed(PANEL, Context.of(PANEL), CUTOFFS, 28).components
    rows = [sorted(part.rows.tolist()) for part in parts]
    assert [0, 2] in rows


def test_the_last_one_step_errors_are_those_on_the_members_scale():
    errors = MEMBERS["log"].passed(PANEL, Context.of(PANEL), CUTOFFS, 28).errors
    assert errors.shape == (smooth.RECENT, len(LEVELS))
    assert np.abs(errors).max() < 0.6
    yesterday = MEMBERS["log"].passed(PANEL, Context.of(PANEL), [378], 1).components
    for part in yesterday:
        said = part.ahead[:, 0] + part.effects[:, 0].sum(axis=1)
        came = np.log1p(PANEL.counts[part.rows, 379])
        np.testing.assert_allclose(errors[-1, part.rows], came - said, rtol=1e-6, atol=1e-9)


def test_only_the_slow_member_believes_in_a_large_season():
    plain, seasoned = (MEMBERS[name].calendar(("KZ",), PANEL, 28) for name in ("log", "slow"))
    yearly = np.array([kind == "year" for kind in plain.kinds])
    np.testing.assert_allclose(seasoned.prior[yearly], 6 * plain.prior[yearly])
    np.testing.assert_array_equal(seasoned.prior[~yearly], plain.prior[~yearly])
    np.testing.assert_array_equal(plain.prior, design(("KZ",), plain.first, date(2023, 2, 14)).prior)


def test_a_nowcast_moves_a_forecast_less_than_a_whole_count():
    counts = weekly(200)[None]
    counts[0, -1] *= 3
    partial = np.zeros(counts.shape, dtype=bool)
    partial[0, -1] = True
    completed, reliance = np.full(counts.shape, np.nan), np.ones(counts.shape)
    completed[0, -1], reliance[0, -1] = counts[0, -1], 0.3
    whole = panel_of(counts)
    nowcast = replace(panel_of(counts, partial=partial), nowcast=Nowcast(completed, reliance))
    unknown = panel_of(counts, partial=partial)
    high, some, none = (hindcast(panel, [199])[0, 0, 6, MEDIAN] for panel in (whole, nowcast, unknown))
    assert none < some < high
