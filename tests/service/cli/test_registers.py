"""`arrivals ingest`, `places` and `measures` as an operator types them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.clock import SimulatedClock
from service.store import Store

PLACES = (
    "id,name,level,parent,time_zone,country,neighbour,capacity\n"
    "west,West Kazakhstan,region,,Asia/Oral,KZ,RU,\n"
    "syrym,Syrym,crossing,west,Asia/Oral,KZ,RU,6000\n"
)
GOOD = "crossing,date,arrivals,departures\nsyrym,2022-09-26,2600,\n"
BAD = "crossing,date,arrivals\nsyrym,2022-09-26,-5\nnowhere,2022-09-31,[bold]5\n"


class Desk:
    """An operator's desk: a folder, the settings of an empty service, the command line."""

    def __init__(self, folder: Path, database_url: str):
        self.folder, self._url = folder, database_url
        clock = folder / "clock"
        SimulatedClock(clock).set(datetime(2022, 9, 28, 3, tzinfo=UTC))
        self._settings = {"ARRIVALS_DATABASE": database_url, "ARRIVALS_SIMULATED_CLOCK": str(clock)}

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def type(self, *words: str) -> Result:
        return CliRunner(env={**self._settings, "COLUMNS": "200"}).invoke(main, words)

    def store(self) -> Store:
        return Store.open(self._url)


@pytest.fixture
def desk(tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, sqlite_database_url)


@pytest.fixture
def border(desk: Desk) -> Desk:
    assert desk.type("places", "import", desk.file("places.csv", PLACES)).exit_code == 0
    return desk


def test_a_file_is_stored_and_what_happened_is_said(border: Desk):
    said = border.type("ingest", border.file("counts.csv", GOOD))
    assert said.exit_code == 0
    assert "counts.csv: 1 rows, 1 new counts stored" in said.output
    assert "1 empty cells: those counts are missing, not zero." in said.output


def test_the_same_file_again_stores_nothing(border: Desk):
    file = border.file("counts.csv", GOOD)
    border.type("ingest", file)
    assert "0 new counts stored" in border.type("ingest", file).output


def test_a_refused_file_is_told_by_row_and_column_and_stays_where_it_is(border: Desk):
    file = border.file("counts.csv", BAD)
    said = border.type("ingest", file)
    assert said.exit_code == 1
    assert "refused, nothing of it is stored" in said.output
    for cell in ("-5", "nowhere", "2022-09-31", "[bold]5"):
        assert cell in said.output
    assert Path(file).read_text() == BAD
    with border.store() as store:
        (upload,) = store.uploads.recent(5)
        assert store.uploads.content(upload.id) == BAD.encode()


def test_one_refused_file_does_not_hold_up_the_others(border: Desk):
    said = border.type("ingest", border.file("bad.csv", BAD), border.file("good.csv", GOOD))
    assert said.exit_code == 1
    assert "good.csv: 1 rows, 1 new counts stored" in said.output


def test_a_formula_in_a_file_is_printed_as_text(border: Desk):
    said = border.type("ingest", border.file("counts.csv", "crossing,date,arrivals\n=1+1,2022-09-26,5\n"))
    assert "=1+1" in said.output


def test_history_brings_its_own_instants_and_only_if_asked_for(border: Desk):
    text = "crossing,date,arrivals,recorded_at\nsyrym,2022-09-01,5,2022-09-02T06:00:00Z\n"
    file = border.file("history.csv", text)
    assert border.type("ingest", file).exit_code == 1
    assert border.type("ingest", "--history", "--source", "archive", file).exit_code == 0
    with border.store() as store:
        day = date(2022, 9, 1)
        known = store.observations.known("arrivals", ["syrym"], day, day)
        assert known["recorded_at"].iloc[0] == datetime(2022, 9, 2, 6, tzinfo=UTC)
        assert store.uploads.recent(1)[0].source == "archive"


def test_a_file_beyond_the_setting_is_refused(border: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARRIVALS_UPLOAD_BYTES", "1000")
    said = border.type("ingest", border.file("big.csv", GOOD + "\n" * 1000))
    assert said.exit_code == 1
    assert "at most 1000 bytes" in said.output


def test_a_file_that_is_not_there_is_a_usage_error(border: Desk):
    assert border.type("ingest", "nowhere.csv").exit_code == 2


def test_every_write_is_in_the_audit(border: Desk):
    border.type("ingest", border.file("counts.csv", GOOD))
    border.type("ingest", border.file("bad.csv", BAD))
    with border.store() as store:
        entries = [(entry.actor, entry.action) for entry in store.audit.read(10)]
    assert sorted(entries) == [("cli", "observations.write")] * 2 + [("cli", "places.write")]


def test_a_crossing_is_added_without_a_change_of_code(border: Desk):
    said = border.type(
        "places", "add", "--id", "lars", "--name", "Lars", "--time-zone", "Asia/Tbilisi", "--country", "GE"
    )
    assert said.exit_code == 0
    assert "Asia/Tbilisi" in border.type("places", "list").output
    counts = border.file("counts.csv", "crossing,date,arrivals\nlars,2022-09-26,7\n")
    assert border.type("ingest", counts).exit_code == 0


def test_a_place_that_cannot_be_is_refused_with_the_reason(border: Desk):
    said = border.type("places", "add", "--id", "lars", "--parent", "georgia")
    assert said.exit_code == 1
    assert "georgia" in said.output
    with border.store() as store:
        assert "lars" not in store.places.all()


def test_a_register_is_taken_whole_or_not_at_all(border: Desk):
    said = border.type("places", "import", border.file("more.csv", "id,level\nnew,crossing\nsyrym,region\n"))
    assert said.exit_code == 1
    with border.store() as store:
        assert {place.id for place in store.places.all()} == {"west", "syrym"}


def test_the_register_can_be_brought_again_with_changes(border: Desk):
    border.type("places", "import", border.file("places.csv", PLACES.replace("6000", "7000")))
    with border.store() as store:
        assert store.places.all()["syrym"].capacity == 7000


def test_measures_are_shown_with_their_units(border: Desk):
    said = border.type("measures").output
    assert "arrivals" in said
    assert "people/day" in said


EVENTS = "id,kind,first,last,place,note\nrepairs,closure,2022-10-01,2022-10-09,syrym,[bold]new bridge\n"


def test_events_are_registered_listed_changed_and_withdrawn(border: Desk):
    said = border.type("events", "import", border.file("events.csv", EVENTS))
    assert (said.exit_code, said.output) == (0, "1 events read, 1 new or changed.\n")
    again = border.type("events", "import", border.file("events.csv", EVENTS))
    assert again.output == "1 events read, 0 new or changed.\n"
    listed = border.type("events", "list").output
    assert "repairs" in listed
    assert "[bold]new bridge" in listed
    longer = border.file("longer.csv", EVENTS.replace("2022-10-09", ""))
    assert border.type("events", "import", longer).output == "1 events read, 1 new or changed.\n"
    with border.store() as store:
        now = datetime(2022, 9, 28, 3, tzinfo=UTC)
        assert [event.last for event in store.events.known(as_of=now)] == [None]
    assert border.type("events", "withdraw", "repairs").exit_code == 0
    assert "repairs" not in border.type("events", "list").output
    gone = border.type("events", "withdraw", "repairs")
    assert gone.exit_code == 2
    assert "'repairs' is not registered" in gone.output


def test_a_refused_file_of_events_registers_nothing_and_says_why(border: Desk):
    bad = EVENTS + "later,closure,2022-10-05,,syrym,\nwrong,closure,2022-10-05,2022-10-01,,\n"
    said = border.type("events", "import", border.file("events.csv", bad))
    assert said.exit_code == 1
    assert "Refused, nothing of it is registered." in said.output
    assert "give a day from first on" in said.output
    with border.store() as store:
        assert store.events.vintage() == 0
        assert not [entry for entry in store.audit.read(9) if entry.action == "events.write"]


def test_a_change_of_the_register_of_events_is_written_down(border: Desk):
    border.type("events", "import", border.file("events.csv", EVENTS))
    with border.store() as store:
        (entry,) = [entry for entry in store.audit.read(9) if entry.action == "events.write"]
    assert (entry.actor, entry.detail) == ("cli", {"events": ["repairs"], "count": 1, "changed": 1})


def test_counts_before_any_register_are_refused_with_the_remedy_alone(desk: Desk):
    said = desk.type("ingest", desk.file("counts.csv", GOOD))
    assert said.exit_code == 1
    assert "no place is registered" in said.output
    assert "arrivals places import FILE" in said.output
    assert "syrym" not in said.output


def test_ten_reasons_are_shown_and_the_number_of_the_others(border: Desk):
    rows = "".join(f"nowhere{row},2022-09-26,5\n" for row in range(1, 25))
    said = border.type("ingest", border.file("counts.csv", "crossing,date,arrivals\n" + rows))
    assert "counted from the first below the header" in said.output
    assert "nowhere10 " in said.output
    assert "nowhere11 " not in said.output
    assert "and 14 more reasons." in said.output
