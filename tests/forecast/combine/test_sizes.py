"""What many zeros and few people are."""

import numpy as np

from forecast.combine.sizes import intermittent, small


def test_many_recent_zeros_make_a_series_intermittent():
    counts = np.ones((4, 300))
    counts[0, -60:] = 0
    counts[1, :150] = 0
    counts[2, -100:] = np.nan
    counts[2, -110:-100] = 0  # half of the 20 days known of late
    counts[3, :] = np.nan
    assert intermittent(counts).tolist() == [True, False, True, False]


def test_small_series_are_those_of_few_people_on_the_last_open_days():
    counts = np.full((4, 300), 500.0)
    counts[0, -120:] = 19.0
    counts[1, -120:] = 21.0
    counts[2, -120:-1] = np.nan
    counts[2, -1] = 3.0
    counts[3, -119:] = 0.0  # one day of 500 in the last 120
    assert small(counts).tolist() == [True, False, True, True]
