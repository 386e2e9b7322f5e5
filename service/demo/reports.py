"""What the crossings and regions reported, and what was decided, between two instants of the demo."""

import json
from datetime import datetime
from pathlib import Path

import pandas as pd

from service.demo import CAPACITIES_FILE, story

FIRST_MORNING = story.FIRST_DAY.replace(year=story.FIRST_DAY.year + 1)  # with a year of history behind it
LAST_MORNING = story.LAST_DAY  # on the next one there would be nothing to take in


def between(file: Path, after: datetime | None, until: datetime) -> bytes | None:
    """The reports of a file recorded after one instant and up to another, as the register's CSV, or None."""
    reports = pd.read_csv(file, dtype=str)
    recorded_at = pd.to_datetime(reports["recorded_at"], utc=True)
    wanted = recorded_at <= pd.Timestamp(until)
    if after is not None:
        wanted &= recorded_at > pd.Timestamp(after)
    return reports[wanted].to_csv(index=False).encode() if wanted.any() else None


def decided_between(after: datetime | None, until: datetime) -> bytes | None:
    """The capacities recorded after one instant and up to another, as a file of documents, or None."""
    documents = json.loads(CAPACITIES_FILE.read_text())["capacities"]
    wanted = [one for one in documents if _within(datetime.fromisoformat(one["recorded_at"]), after, until)]
    return json.dumps(wanted).encode() if wanted else None


def _within(instant: datetime, after: datetime | None, until: datetime) -> bool:
    return instant <= until and (after is None or instant > after)
