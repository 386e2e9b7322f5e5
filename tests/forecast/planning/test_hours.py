"""The hours of a horizon: which booths are open when, by the registers in force."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from forecast.planning.hours import hours_of
from forecast.planning.registers import CrossingCapacity, Registers, Version

SUNDAY = date(2022, 9, 25)
LONG_AGO = date(2020, 1, 1)
CALM = CrossingCapacity(
    booths=np.full((7, 24), 6), rates=(30.0,), profile=np.full((7, 24), 1 / 24.1), booths_limit=20
)


def hours_at(one, days):
    return hours_of(Registers([Version("a", LONG_AGO, one)]), ["a"], cutoff=SUNDAY, horizon=days)


def test_registers_are_laid_over_the_days_on_which_they_are_in_force():
    later = replace(CALM, booths=np.full((7, 24), 9))
    registers = Registers(
        [
            Version("a", LONG_AGO, CALM),
            Version("a", SUNDAY + timedelta(days=3), later, SUNDAY + timedelta(days=4)),
            Version("late", SUNDAY + timedelta(days=2), CALM),
        ]
    )
    hours = hours_of(registers, ["a", "late", "none"], cutoff=SUNDAY, horizon=6)
    assert hours.ids == ("a",)
    assert hours.booths.reshape(6, 24)[:, 12].tolist() == [6, 6, 9, 9, 9, 9]
    assert hours.capacity.reshape(6, 24)[:3, 12].tolist() == [180, 180, 270]
    assert hours.after.shape == (1, 7 * 24)
    assert (hours.after == 270).all()
    np.testing.assert_allclose(hours.profile.sum(axis=2), 1)


def test_the_hours_of_a_monday_follow_a_sunday_as_cutoff():
    booths = np.repeat(np.arange(7)[:, None], 24, axis=1)
    hours = hours_at(replace(CALM, booths=booths), days=9)
    assert hours.booths[0, ::24].tolist() == [0, 1, 2, 3, 4, 5, 6, 0, 1]
    assert hours.after[0, ::24].tolist() == [60, 90, 120, 150, 180, 0, 30]


def test_another_roster_changes_what_passes_and_nothing_else():
    hours = hours_at(CALM, days=2)
    staffed = hours.staffed(np.full((1, 48), 8))
    assert (staffed.capacity == 240).all()
    assert staffed.profile is hours.profile


def test_people_of_a_day_come_by_the_profile_of_its_weekday():
    profile = np.full((7, 24), 1 / 24)
    profile[1] = np.where(np.arange(24) == 9, 1.0, 0.0)
    hourly = hours_at(replace(CALM, profile=profile), days=2).hourly(np.array([[[240.0, 500.0]]]))
    assert hourly.shape == (1, 1, 48)
    np.testing.assert_allclose(hourly[0, 0, :24], 10)
    assert hourly[0, 0, 24 + 9] == 500
    assert hourly.sum() == 740
