"""A file of a million rows, in a process of its own: all of it stored, within the memory promised."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from forecast.places import Place
from service.ingest import read_counts
from service.ingest.formats import BATCH
from service.store import Store
from tests.service.ingest.borders import NOW, file_of

MOST_MEGABYTES = 600
CODE = """
import resource, sys
from service.cli import main
try:
    main(["ingest", sys.argv[1]])
except SystemExit as end:
    assert not end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def rows(crossings: int, days: int) -> bytes:
    """Counts of many crossings and days that differ from row to row."""
    first = date(2012, 1, 1)
    return file_of(
        (f"c{crossing:03d}", first + timedelta(days=day), 1000 + (crossing * 7919 + day * 104_729) % 500)
        for crossing in range(crossings)
        for day in range(days)
    )


def test_rows_keep_their_numbers_across_batches():
    content = rows(1, 2500) + b"".join(b"c%03d,2012-01-01,x\n" % n for n in range(1, BATCH))
    refusal = read_counts(content, name="x.csv")
    assert refusal.reasons[0].row == 2501
    assert refusal.rows == 2500 + BATCH - 1


@pytest.mark.soak
def test_a_million_rows_are_stored_within_the_memory_promised(sqlite_database_url: str, tmp_path: Path):
    file = tmp_path / "million.csv"
    file.write_bytes(rows(300, 3334))
    with Store.open(sqlite_database_url) as store:
        store.places.put([Place(f"c{number:03d}", f"C {number}") for number in range(300)], at=NOW)
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(file)],
        env={**os.environ, "ARRIVALS_DATABASE": sqlite_database_url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    told = done.stdout.splitlines()
    assert "1,000,200 rows, 1,000,200 new counts stored" in told[0]
    assert int(told[-1]) < MOST_MEGABYTES
