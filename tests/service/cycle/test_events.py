"""What was registered and reported late reaches the issue, and the issue made again sees the same."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast.events import Event
from forecast.pipeline import in_order
from forecast.places import Place
from service.cycle import Means, complete_cycle
from service.cycle.reproduction import remade
from service.store.records import EVERYTHING
from tests.service.borders import REGISTER, Border, accept, fast_settings

BORDER = Border(days=60)
NOW = BORDER.morning_after
CUTOFF = NOW.date() - timedelta(days=1)
CLOSURE = Event("works", "closure", CUTOFF + timedelta(days=3), CUTOFF + timedelta(days=5), "west",
                recorded_at=NOW - timedelta(hours=1))  # fmt: skip


@pytest.fixture
def filled(store):
    BORDER.fill(store)
    return store


def cycle(store, *, now=NOW):
    return complete_cycle(store, fast_settings(), Means(in_order), now=now).issue


def forecast_of(store, issue, place):
    return store.issues.forecasts(issue.id, EVERYTHING, place_ids=[place])[0]


def test_a_registered_closure_of_a_region_empties_its_crossings_on_its_days(filled):
    filled.events.put([CLOSURE], at=NOW)
    issue = cycle(filled)
    assert issue.last_event == 1
    ferry = forecast_of(filled, issue, "ferry")
    assert np.flatnonzero((ferry.values == 0).all(axis=1)).tolist() == [2, 3, 4]
    assert ferry.modes[:6] == ("calm", "calm", "closed", "closed", "closed", "calm")
    assert "events: works" in ferry.flags
    assert (forecast_of(filled, issue, "west").values[2:5] == 0).all()
    assert (forecast_of(filled, issue, "pass").values[2:5].max(axis=1) > 0).all()


def test_an_issue_made_again_sees_the_events_that_it_saw_and_none_registered_later(filled):
    filled.events.put([CLOSURE], at=NOW)
    issue = cycle(filled)
    filled.events.put([replace(CLOSURE, id="late", place="pass")], at=NOW)
    longer = replace(CLOSURE, last=None, recorded_at=NOW + timedelta(minutes=1))
    filled.events.put([longer], at=NOW + timedelta(minutes=1))
    assert remade(filled, filled.issues.get(issue.id), in_order).checksum == issue.checksum
    assert cycle(filled, now=NOW + timedelta(hours=1)).checksum != issue.checksum


def test_late_counts_are_completed_flagged_and_scored_as_they_were_reported(store):
    store.places.put(REGISTER, at=NOW - timedelta(days=99))
    whole = BORDER.frame()
    early = whole.assign(value=np.floor(0.8 * whole["value"]))
    accept(store, early)
    accept(
        store, whole.assign(recorded_at=whole["recorded_at"] + timedelta(days=1)).query("recorded_at <= @NOW")
    )
    issue = cycle(store)
    assert f"nowcast: {CUTOFF}" in forecast_of(store, issue, "pass").flags
    assert remade(store, store.issues.get(issue.id), in_order).checksum == issue.checksum
    known = store.observations.known("arrivals", ["pass"], CUTOFF, CUTOFF)
    panel = store.observations.panel("arrivals", as_of=NOW, last_observation=10**9, cutoff=CUTOFF)
    assert panel.complete[panel.ids.index("pass"), -1] == known["value"].iloc[0]
    assert panel.learnable[panel.ids.index("pass"), -1] == pytest.approx(
        known["value"].iloc[0] / 0.8, rel=0.01
    )


def test_a_crossing_never_heard_of_is_published_once_it_is_registered_to_open(filled):
    filled.places.put([*REGISTER, Place("tunnel", "Tunnel", parent="west")], at=NOW - timedelta(hours=2))
    assert not filled.issues.forecasts(cycle(filled).id, EVERYTHING, place_ids=["tunnel"])
    opening = Event(
        "tunnel-opens",
        "opening",
        CUTOFF + timedelta(days=4),
        place="tunnel",
        recorded_at=NOW - timedelta(hours=1),
    )
    filled.events.put([opening], at=NOW + timedelta(minutes=1))
    issue = cycle(filled, now=NOW + timedelta(hours=1))
    tunnel = forecast_of(filled, issue, "tunnel")
    assert tunnel.modes[:5] == ("closed", "closed", "closed", "reopening", "reopening")
    assert (tunnel.values[:3] == 0).all()
    assert "events: tunnel-opens" in tunnel.flags
    assert remade(filled, issue, in_order).checksum == issue.checksum
