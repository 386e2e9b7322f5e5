"""What is timed is what it is called."""

import json
import subprocess
import sys

import numpy as np
from click.testing import CliRunner

from benchmarks.speed import REVISED, _country, _revised, border, main, nights


def test_a_revision_changes_the_28_days_before_the_newest_and_nothing_else():
    panel = border(3, 200)
    changed = np.flatnonzero(
        (np.nan_to_num(_revised(panel).counts) != np.nan_to_num(panel.counts)).any(axis=0)
    )
    assert changed.min() >= 200 - 1 - REVISED
    assert changed.max() == 198
    assert len(changed) == REVISED


def test_a_country_has_ten_crossings_in_six_regions():
    panel, places = _country()
    assert len(panel.places) == len(places.crossings) == 10
    assert [place.level for place in places.totals].count("region") == 6
    assert all(places.region(place.id) for place in places.crossings)


def test_timings_of_nights_are_positive():
    assert all(found > 0 for found in nights(border(2, 120), 1))


def test_memory_is_that_of_the_process_that_asks():
    # in a process of its own: what other tests held before would hide what is held now
    program = (
        "from benchmarks.speed import _peak; import numpy; before = _peak(); "
        "filled = numpy.ones(30_000_000); print(_peak() - before)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert float(told.stdout) > 150


def test_a_cold_issue_tells_seconds_and_megabytes():
    told = json.loads(CliRunner().invoke(main, ["--cold", "2"]).output)
    assert len(told) == 2
    assert min(told) > 0
