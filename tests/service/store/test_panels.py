from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from forecast.nowcast import Reports, completed
from forecast.panel import Panel
from tests.service.store.builders import DAY, NOW, accept, counts, days

CUTOFF = days(4)[-1]
EVENING = datetime(DAY.year, DAY.month, DAY.day, 20, tzinfo=UTC)


def panel(store, **changes):
    vintage = {"as_of": NOW, "last_observation": store.observations.vintage(), "cutoff": CUTOFF}
    return store.observations.panel("arrivals", **{**vintage, **changes})


def test_a_panel_keeps_missing_zero_partial_and_closed_apart(border):
    accept(border, counts("ferry", [7, 0, 3, None], status=["reported", "reported", "partial", "closed"]))
    accept(border, counts("bridge", [5], first=days(2)[1]))
    found = panel(border)
    assert found.ids == ("bridge", "ferry")
    assert (found.start, found.cutoff) == (DAY, CUTOFF)
    np.testing.assert_array_equal(found.counts, [[np.nan, 5, np.nan, np.nan], [7, 0, 3, np.nan]])
    assert found.closed.tolist() == [[False] * 4, [False, False, False, True]]
    assert found.partial.tolist() == [[False] * 4, [False, False, True, False]]


def test_a_panel_is_the_same_as_one_made_of_the_same_rows_in_memory(border):
    frames = [
        counts("ferry", [10, 20, 30]),
        counts("pass", [None, 2], status=["closed", "partial"]),
        counts("ferry", [15, 25], recorded_at=NOW + timedelta(hours=1)),
    ]
    for frame in frames:
        accept(border, frame)
    as_of, crossings = (
        NOW + timedelta(hours=2),
        tuple(border.places.all()[name] for name in ("ferry", "pass")),
    )
    rows = pd.concat(frames).rename(columns={"place": "crossing", "value": "arrivals"})
    expected = Panel.from_frame(rows, places=crossings, as_of=as_of).until(CUTOFF)
    found = panel(border, as_of=as_of)
    assert (found.measure, found.places, found.start) == ("arrivals", crossings, expected.start)
    for name in ("counts", "closed", "partial"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_a_panel_ends_at_its_cutoff(border):
    accept(border, counts("ferry", range(9)))
    assert panel(border).counts.tolist() == [[0, 1, 2, 3]]


def test_where_nothing_was_known_there_is_no_panel(border):
    accept(border, counts("ferry", [1], first=CUTOFF + timedelta(days=1)))
    assert panel(border) is None
    assert panel(border, cutoff=CUTOFF + timedelta(days=1)).counts.tolist() == [[1]]
    assert panel(border, cutoff=CUTOFF + timedelta(days=1), as_of=NOW - timedelta(hours=1)) is None


def test_a_panel_is_cut_at_its_vintage(border):
    accept(border, counts("ferry", [1]))
    accept(border, counts("ferry", [2], recorded_at=NOW + timedelta(hours=1)))
    assert panel(border).counts[0, 0] == 1
    assert panel(border, as_of=NOW + timedelta(hours=1)).counts[0, 0] == 2


def test_history_brought_in_after_an_issue_does_not_alter_what_it_saw(border):
    accept(border, counts("ferry", [10, 20]))
    seen = border.observations.vintage()
    accept(border, counts("ferry", [99], recorded_at=NOW - timedelta(days=5), first=DAY - timedelta(days=1)))
    accept(border, counts("ferry", [98], recorded_at=NOW))
    assert panel(border, last_observation=seen).counts[0, :2].tolist() == [10, 20]
    assert panel(border).counts[0, :3].tolist() == [99, 98, 20]


def test_a_panel_has_the_register_of_its_instant(border):
    accept(border, counts("ferry", [1]))
    border.places.put([replace(border.places.all()["ferry"], neighbour="CN")], at=NOW + timedelta(hours=1))
    assert panel(border).places[0].neighbour == "RU"
    assert panel(border, as_of=NOW + timedelta(hours=1)).places[0].neighbour == "CN"


def test_another_measure_is_another_panel(border):
    accept(border, counts("ferry", [1]), counts("ferry", [2], measure="waiting"))
    assert panel(border).counts[0, 0] == 1


def late(place, finals, shares):
    """Each day's count reported on its evening and the evenings after, as shares of the final one."""
    return [
        counts(place, [share * final], first=day, recorded_at=EVENING + timedelta(days=ahead + later))
        for ahead, (day, final) in enumerate(zip(days(len(finals)), finals, strict=True))
        for later, share in enumerate(shares)
    ]


def test_the_last_days_are_completed_as_the_library_does_it_from_the_same_rows(border):
    frames = [*late("ferry", [100.0] * 45, [0.8, 0.9, 1.0]), *late("pass", [50.0, 60.0] * 22, [1.0])]
    frames.append(counts("pass", [3], first=days(45)[-1], status="partial", recorded_at=EVENING))
    accept(border, *frames)
    cutoff, as_of = days(40)[-1], EVENING + timedelta(days=39)
    found = panel(border, cutoff=cutoff, as_of=as_of)
    rows = pd.concat(frames).rename(columns={"place": "crossing", "value": "arrivals"})
    known = rows[(rows["recorded_at"] <= as_of) & (rows["date"] <= pd.Timestamp(cutoff))]
    bare = Panel.from_frame(known, places=found.places, as_of=as_of).until(cutoff)
    expected = completed(bare, Reports.of(bare, known, as_of=as_of))
    np.testing.assert_array_equal(found.learnable, expected.learnable)
    np.testing.assert_array_equal(found.reliance, expected.reliance)
    np.testing.assert_array_equal(found.counts, bare.counts)
    assert found.counts[0, -3:].tolist() == [100, 90, 80]
    np.testing.assert_allclose(found.learnable[0, -3:], 100)


def test_a_report_brought_in_later_with_an_older_instant_does_not_alter_what_an_issue_completed(border):
    accept(border, *late("ferry", [100.0] * 40, [0.8, 1.0]))
    vintage = {"cutoff": days(40)[-1], "as_of": EVENING + timedelta(days=39)}
    seen = border.observations.vintage()
    before = panel(border, **vintage)
    accept(border, *late("ferry", [10.0] * 40, [0.1]))
    after = panel(border, **vintage, last_observation=seen)
    np.testing.assert_array_equal(before.learnable, after.learnable)
    np.testing.assert_array_equal(before.reliance, after.reliance)
