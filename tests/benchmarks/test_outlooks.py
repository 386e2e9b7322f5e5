"""Outlooks are scored on the days that came, and beside what the past alone would have said."""

import numpy as np
import pytest

from benchmarks.outlooks import outlook_scores, summaries
from benchmarks.tasks import HORIZON
from forecast.outlook import Chances, Outlook, Yardstick
from tests.benchmarks.small import small_set

EDGES = (-0.3, -0.1, 0.1, 0.3)
SURE = (0.0, 0.0, 1.0, 0.0, 0.0)
EVEN = (0.2,) * 5
OUTLOOK = Outlook(
    Yardstick((np.log1p(100.0),) * 7, 0.5, 100.0, (EDGES,)), Chances(0.0, (SURE,)), Chances(0.5, (EVEN,))
)


@pytest.fixture
def scores():
    panel = next(small_set().panels())
    counts = np.full((2, HORIZON), 100.0)
    counts[1, :7] = 300.0
    phases = np.full((2, HORIZON), "open")
    return outlook_scores(panel, (OUTLOOK, OUTLOOK), counts, phases=phases)


def test_an_outlook_that_was_sure_and_right_scores_nothing_and_wrong_scores_one(scores):
    surges = scores[scores["kind"] == "surge"].set_index("crossing")
    assert surges["score"].to_dict() == {"s000": 0.0, "s001": 1.0}
    assert surges["reference"].tolist() == [0.25, 0.25]
    assert set(scores["phase"]) == {"open"}


def test_what_was_not_ordinary_is_counted(scores):
    found = {(kind, days): more for kind, days, *more in summaries(scores)}
    assert found["surge", "1-7"] == [2, 0.5, 0.5, 0.25]
    assert found["change", "1-7"][:2] == [2, 0.5]


def test_days_that_are_not_known_are_not_judged():
    panel = next(small_set().panels())
    counts = np.full((2, HORIZON), np.nan)
    assert outlook_scores(panel, (OUTLOOK, OUTLOOK), counts, phases=np.full((2, HORIZON), "")).empty
