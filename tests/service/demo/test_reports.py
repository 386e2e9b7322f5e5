"""What the demo's crossings and regions report, and what is decided, between two instants."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from service.demo import COUNTS_FILE, STOCKS_FILE
from service.demo.reports import between, decided_between

MORNING = datetime(2022, 9, 27, 0, 15, tzinfo=UTC)


def test_nothing_recorded_later_is_told() -> None:
    reports = pd.read_csv(BytesIO(between(COUNTS_FILE, None, MORNING) or b""), parse_dates=["recorded_at"])
    assert reports["recorded_at"].max() <= pd.Timestamp(MORNING)
    assert reports["date"].max() == "2022-09-26"


def test_a_day_brings_ten_first_reports_and_corrections_of_days_before() -> None:
    reports = pd.read_csv(BytesIO(between(COUNTS_FILE, MORNING, MORNING + timedelta(days=1)) or b""))
    assert (reports["date"] == "2022-09-27").sum() == 10
    assert {"2022-09-25", "2022-09-23"} <= set(reports["date"])


def test_steps_of_a_day_tell_the_same_as_the_whole_at_once() -> None:
    instants = [MORNING + timedelta(days=n) for n in range(6)]
    steps = [between(COUNTS_FILE, a, b) or b"" for a, b in pairwise(instants)]
    together = pd.concat([pd.read_csv(BytesIO(step)) for step in steps], ignore_index=True)
    whole = pd.read_csv(BytesIO(between(COUNTS_FILE, instants[0], instants[-1]) or b""))
    pd.testing.assert_frame_equal(together, whole)


@pytest.mark.parametrize("file", [COUNTS_FILE, STOCKS_FILE], ids=lambda file: file.name)
def test_after_the_last_report_there_is_nothing(file: Path) -> None:
    assert between(file, datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 6, 1, tzinfo=UTC)) is None
    assert between(file, MORNING, MORNING + timedelta(days=1)) is not None


def test_capacities_are_told_once_they_were_decided() -> None:
    def told(after: datetime | None, until: datetime) -> list[str]:
        documents = json.loads(decided_between(after, until) or b"[]")
        return [document["valid_from"] for document in documents if document["place"] == "syrym"]

    assert told(None, MORNING) == ["2019-04-01", "2022-09-01"]
    assert told(MORNING, MORNING + timedelta(days=1)) == ["2022-09-28"]
    assert decided_between(MORNING - timedelta(days=1), MORNING) is None
