"""A million rows: stored and read back within the memory that a small server has."""

import subprocess
import sys

import pytest

INGEST = """
import pathlib, resource, sys
from datetime import UTC, date, datetime
import numpy as np, pandas as pd
from forecast.places import Place
from service.store import Store
from service.store.records import Upload

url, series, days = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
now = datetime(2022, 9, 26, tzinfo=UTC)
names = np.array([f"crossing-{number:04d}" for number in range(series)], dtype=object)
frame = pd.DataFrame({
    "place": np.repeat(names, days),
    "measure": "arrivals",
    "date": np.tile(pd.date_range("2019-01-01", periods=days).to_numpy(), series),
    "value": np.random.default_rng(1).poisson(100, series * days).astype(float),
    "status": "reported",
    "source": "test",
    "unit": None,
    "recorded_at": pd.Timestamp(now),
})
upload = Upload("u1", now, "test", "counts.csv", "00", "accepted", len(frame))
with Store.open(url) as store:
    store.places.put([Place(name, name) for name in names], at=now)
    stored = store.observations.accept(upload, frame)
    known = store.observations.known("arrivals", names, date(2019, 1, 1), date(2029, 1, 1))
    panel = store.observations.panel(
        "arrivals", as_of=now, last_observation=store.observations.vintage(), cutoff=date(2029, 1, 1)
    )
same = np.array_equal(known["value"], frame["value"]) and np.nansum(panel.counts) == frame["value"].sum()
# getrusage counts what the parent had when it forked; the kernel's own figure does not
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
told = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
most = told[0] if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(stored, len(known), same, most // 1024)
"""


@pytest.mark.parametrize(("series", "days"), [(100, 300), pytest.param(1_000, 1_000, marks=pytest.mark.soak)])
def test_many_rows_are_stored_and_read_back_in_bounded_memory(database_url, series, days):
    command = [sys.executable, "-c", INGEST, database_url, str(series), str(days)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    stored, known, same, megabytes = done.stdout.split()
    assert (int(stored), int(known), same) == (series * days, series * days, "True")
    assert int(megabytes) < 600
