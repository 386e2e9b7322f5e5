"""From the settings to a configuration and back, and the hindcasts that a night leaves behind."""

import numpy as np

from forecast.pipeline import Configuration
from service.cycle.computation import Kept, configuration_from, configuration_of
from service.settings import Settings
from tests.service.borders import fast_settings


def test_without_settings_the_job_forecasts_as_the_library_does(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert configuration_of(Settings(), fast=False) == Configuration()


def test_a_recorded_configuration_is_the_one_that_was_recorded():
    made = configuration_of(fast_settings(seed=7, horizon=9), fast=True)
    assert made.slow_series == 0
    assert configuration_from(made.as_dict()) == made


def test_hindcasts_that_were_neither_read_nor_made_are_dropped():
    kept = Kept({"read": np.zeros(1), "unread": np.zeros(1)})
    assert kept["read"] == 0
    kept["made"] = np.ones(1)
    assert set(kept) == {"read", "unread", "made"}
    assert set(kept.used) == {"read", "made"}
    del kept["made"]
    assert set(kept.used) == {"read"}
