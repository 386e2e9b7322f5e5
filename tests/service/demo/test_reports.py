"""What the demo's crossings report between two instants."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise

import pandas as pd

from service.demo import COUNTS_FILE
from service.demo.reports import between

MORNING = datetime(2022, 9, 27, 0, 15, tzinfo=UTC)


def test_nothing_recorded_later_is_told() -> None:
    reports = pd.read_csv(BytesIO(between(None, MORNING) or b""), parse_dates=["recorded_at"])
    assert reports["recorded_at"].max() <= pd.Timestamp(MORNING)
    assert reports["date"].max() == "2022-09-26"


def test_a_day_brings_ten_first_reports_and_corrections_of_days_before() -> None:
    reports = pd.read_csv(BytesIO(between(MORNING, MORNING + timedelta(days=1)) or b""))
    assert (reports["date"] == "2022-09-27").sum() == 10
    assert {"2022-09-25", "2022-09-23"} <= set(reports["date"])


def test_steps_of_a_day_tell_the_same_as_the_whole_at_once() -> None:
    instants = [MORNING + timedelta(days=n) for n in range(6)]
    steps = [between(a, b) or b"" for a, b in pairwise(instants)]
    together = pd.concat([pd.read_csv(BytesIO(step)) for step in steps], ignore_index=True)
    whole = pd.read_csv(BytesIO(between(instants[0], instants[-1]) or b""))
    pd.testing.assert_frame_equal(together, whole)


def test_after_the_last_report_there_is_nothing() -> None:
    assert between(datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 6, 1, tzinfo=UTC)) is None
    assert COUNTS_FILE.exists()
