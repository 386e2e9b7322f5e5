"""What the crossings reported between two instants of the demo."""

from datetime import datetime

import pandas as pd

from service.demo import COUNTS_FILE, story

FIRST_MORNING = story.FIRST_DAY.replace(year=story.FIRST_DAY.year + 1)  # with a year of history behind it
LAST_MORNING = story.LAST_DAY  # on the next one there would be nothing to take in


def between(after: datetime | None, until: datetime) -> bytes | None:
    """The reports recorded after one instant and up to another as the register's CSV, or None."""
    reports = pd.read_csv(COUNTS_FILE, dtype=str)
    recorded_at = pd.to_datetime(reports["recorded_at"], utc=True)
    wanted = recorded_at <= pd.Timestamp(until)
    if after is not None:
        wanted &= recorded_at > pd.Timestamp(after)
    return reports[wanted].to_csv(index=False).encode() if wanted.any() else None
