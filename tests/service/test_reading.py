import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from werkzeug.serving import make_server

from forecast.events import Event
from forecast.pipeline import issue
from service.cycle.computation import configuration_from
from service.reading import Api, ReadingError, open_store, panel_of, vintages_of
from service.store import Store, StoreError
from service.web import create_app
from tests.service.cycle.nights import FIRST, LONG, deliver, morning, night, open_border
from tests.service.web.world import CUTOFF, NOW, FixedSettings, build_world


@pytest.fixture
def border(sqlite_store):
    open_border(sqlite_store)
    return sqlite_store


def same(first, second):
    assert (first.ids, first.start, first.measure) == (second.ids, second.start, second.measure)
    assert np.array_equal(first.counts, second.counts, equal_nan=True)
    assert np.array_equal(first.closed, second.closed)


def test_a_store_for_reading_refuses_every_write(database_url):
    Store.open(database_url).close()
    with open_store(database_url) as store:
        assert store.issues.latest() is None
        with pytest.raises(StoreError, match="opened to be read only; nothing was written"):
            store.places.stop("ferry", at=NOW, by="me", reason="")


def test_not_even_the_connection_of_a_store_for_reading_writes(sqlite_database_url):
    with (
        open_store(sqlite_database_url) as store,
        store.database.engine.connect() as connection,
        pytest.raises(Exception, match="readonly"),
    ):
        connection.execute(text("DELETE FROM measure"))


def test_a_store_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(StoreError, match="there is no database"):
        open_store(f"sqlite:///{tmp_path / 'none' / 'arrivals.db'}")
    assert not (tmp_path / "none").exists()


def test_an_older_store_is_not_brought_up_to_date_for_reading(empty_database_url):
    if empty_database_url.startswith("sqlite"):
        Path(empty_database_url.removeprefix("sqlite:///")).touch()
    with pytest.raises(StoreError, match="older than the code or empty"):
        open_store(empty_database_url)


def test_the_panel_of_an_issue_gives_the_issue_to_the_last_digit(border):
    published = night(border).issue
    deliver(border, 90, 93)
    with open_store(str(border.database.url)) as store:
        panel = panel_of(store, issue=published.id)
        made = issue(panel, configuration_from(published.configuration), places=store.places.all())
        kept = store.issues.paths(published.id, "arrivals")
    assert panel.cutoff == published.cutoff
    assert np.array_equal(made.paths.values, kept.values)
    same(panel, panel_of(border, issue="latest"))


def test_the_vintages_of_a_store_give_the_panels_that_its_issues_saw(border):
    published = night(border).issue
    deliver(border, FIRST, FIRST + 5)
    vintages = vintages_of(border, as_of=morning(FIRST + 5))
    for known in (published.cutoff, published.cutoff + timedelta(days=4)):
        theirs = panel_of(border, as_of=evening(known), cutoff=known)
        ours = vintages.panel(known)
        same(ours, theirs)
        assert ours.events == theirs.events
        assert np.array_equal(ours.learnable, theirs.learnable, equal_nan=True)


def test_the_vintages_hold_every_report_and_every_version_of_an_event_that_was_known(border):
    expected = Event("fair", "surge-expected", date(2024, 4, 1), date(2024, 4, 9), recorded_at=morning(1))
    changed = replace(expected, multiple=2.0, recorded_at=morning(2))
    for event in (expected, changed):
        border.events.put([event], at=event.recorded_at)
    deliver(border, FIRST, FIRST + 3)
    vintages = vintages_of(border, as_of=morning(FIRST + 1))
    assert vintages.events == (expected, changed)
    assert vintages.frame["recorded_at"].max() <= morning(FIRST + 1)
    assert len(vintages.frame) == len(
        LONG.frame().query("recorded_at <= @at", local_dict={"at": morning(FIRST + 1)})
    )


def test_vintages_without_a_count_are_refused(border):
    with pytest.raises(ReadingError, match="no count of arrivals was known at 2000-01-01"):
        vintages_of(border, as_of=datetime(2000, 1, 1, tzinfo=UTC))


def evening(day):
    return datetime.combine(day, time.max, tzinfo=UTC)


def test_the_panel_of_an_instant_knows_what_was_known_then(border):
    deliver(border, 90, 95)
    panel = panel_of(border, as_of=morning(91))
    assert panel.cutoff == morning(91).date() - timedelta(days=1)
    frame = LONG.frame()
    last = frame[frame["date"] == np.datetime64(panel.cutoff)]["value"]
    assert panel.counts[:, -1].tolist() == last.tolist()
    assert panel_of(border, as_of=morning(91), cutoff=date(2024, 2, 1)).cutoff == date(2024, 2, 1)


def test_what_is_not_there_is_said(border):
    with pytest.raises(ReadingError, match="there is no issue 'latest'"):
        panel_of(border, issue="latest")
    with pytest.raises(ReadingError, match="no count of departures up to"):
        panel_of(border, "departures", as_of=morning())


@pytest.fixture
def served(tmp_path):
    """A world behind its API on a free port of this machine."""
    with Store.open(f"sqlite:///{tmp_path / 'arrivals.db'}") as store:
        world = build_world(store)
        repairs = Event("repairs", "closure", CUTOFF + timedelta(days=3), place="birchgate", recorded_at=NOW)
        storm = Event("storm", "disruption", CUTOFF, place="west-quarrel", recorded_at=NOW)
        store.events.put([repairs, storm], at=NOW)
        app = create_app(store, FixedSettings(rate_limit="100000 per minute"))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield world, f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_analyst_reads_over_the_api_what_stands_in_the_store(served):
    world, address = served
    read = Api(address, world.keys["analyst"]).panel(as_of=NOW, cutoff=CUTOFF)
    own = panel_of(world.store, as_of=NOW, cutoff=CUTOFF)
    same(read, own)
    assert read.places == own.places
    assert {(one.place, one.kind, one.first) for one in read.events} == {
        (one.place, one.kind, one.first) for one in own.events
    }


def test_a_planner_reads_the_own_crossings_with_what_concerns_them(served):
    world, address = served
    read = Api(address, world.keys["amberford planner"]).panel(as_of=NOW, cutoff=CUTOFF)
    assert read.ids == ("amberford",)
    assert [(one.place, one.kind) for one in read.events] == [("amberford", "disruption")]


def test_counts_of_a_later_day_are_not_read(served):
    world, address = served
    early = Api(address, world.keys["analyst"]).panel(as_of=NOW - timedelta(days=7))
    assert early.cutoff == (NOW - timedelta(days=8)).date()


@pytest.mark.parametrize(
    ("key", "measure", "told"),
    [
        ("arv_none_x", "arrivals", "/v1/places: 401"),
        (None, "nobody", "/v1/observations: 422 No such measure"),
    ],
)
def test_a_refusal_of_the_api_is_told_in_its_words(served, key, measure, told):
    world, address = served
    with pytest.raises(ReadingError, match=told):
        Api(address, key or world.keys["analyst"]).panel(measure, as_of=NOW)


def test_a_key_does_not_travel_in_the_open():
    with pytest.raises(ReadingError, match="is not encrypted"):
        Api("http://arrivals.example", "arv_x_y")
    Api("https://arrivals.example", "arv_x_y")


def test_an_address_that_nobody_answers_at_is_told_without_the_key():
    with pytest.raises(ReadingError, match="does not answer") as told:
        Api("http://127.0.0.1:9", "arv_secret_key").places()
    assert "secret" not in str(told.value)


def test_a_panel_of_a_vintage_stays_what_it_was(border):
    before = panel_of(border, as_of=morning())
    deliver(border, 90, 95)
    after = panel_of(border, as_of=morning())
    same(before, after)
