"""`arrivals recipients`, as an operator types it."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from forecast.places import Place
from service.cli import main
from service.clock import SimulatedClock
from service.store import Store

NOW = datetime(2022, 9, 27, 6, 0, tzinfo=UTC)
PLACES = (
    Place("kz", "Kazakhstan", "country"),
    Place("west-kazakhstan", "West Kazakhstan", "region", "kz"),
    Place("syrym", "Syrym", parent="west-kazakhstan"),
)


@pytest.fixture
def url(tmp_path, monkeypatch):
    found = f"sqlite:///{tmp_path / 'a.db'}"
    with Store.open(found) as store:
        store.places.put(PLACES, at=NOW)
    SimulatedClock(tmp_path / "clock").set(NOW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARRIVALS_DATABASE", found)
    monkeypatch.setenv("ARRIVALS_SIMULATED_CLOCK", str(tmp_path / "clock"))
    return found


def arrivals(*words, code=0):
    outcome = CliRunner().invoke(main, ["recipients", *words])
    assert outcome.exit_code == code, outcome.output
    return " ".join(outcome.output.split())


def register(url, *, ended=False):
    with Store.open(url) as store:
        return store.recipients.all(ended=ended)


def audited(url):
    with Store.open(url) as store:
        return store.audit.read(100)


def test_an_address_is_added_for_reports_and_alerts_in_english_unless_said_otherwise(url):
    arrivals("add", "duty@desk.example", "--place", "west-kazakhstan")
    arrivals("add", "chief@desk.example", "--place", "kz", "--place", "syrym", "--kind", "alert")
    first, second = sorted(register(url), key=lambda one: len(one.places))
    assert (first.address, first.language, first.kinds) == ("duty@desk.example", "en", {"report", "alert"})
    assert (second.places, second.kinds) == ({"kz", "syrym"}, {"alert"})
    assert first.created_at == NOW


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("duty@desk.example", "--place", "west-kazakstan"), "did you mean west-kazakhstan?"),
        (("duty@desk.example", "--place", "syrym"), "a region or country"),
        (("duty@desk.example", "--place", "kz", "--kind", "reports"), "did you mean report?"),
        (("duty@desk.example", "--place", "kz", "--language", "rus"), "one of the languages en"),
        (("duty desk", "--place", "kz"), "write name@domain"),
    ],
)
def test_what_is_unknown_is_refused_with_the_nearest_name(url, words, hint):
    assert hint in arrivals("add", *words, code=2)
    assert register(url) == ()


def test_an_address_is_not_added_twice(url):
    arrivals("add", "duty@desk.example", "--place", "kz")
    assert "registered already" in arrivals("add", "Duty@desk.example", "--place", "kz", code=2)


def test_a_file_is_registered_whole(url, tmp_path):
    file = tmp_path / "recipients.csv"
    file.write_text(
        "address,language,kinds,places\nduty@desk.example,,,kz\nchief@desk.example,en,alert,syrym; kz\n"
    )
    assert "2 recipients read, 2 new or changed" in arrivals("import", str(file))
    assert "2 recipients read, 0 new or changed" in arrivals("import", str(file))
    before = {one.address: one.id for one in register(url)}
    file.write_text("address,places,kinds\nduty@desk.example,west-kazakhstan,report\n")
    assert "1 recipients read, 1 new or changed" in arrivals("import", str(file))
    after = {one.address: one for one in register(url)}
    assert after["chief@desk.example"].id == before["chief@desk.example"], "who is not named stays"
    assert after["duty@desk.example"].places == {"west-kazakhstan"}
    assert len(register(url, ended=True)) == 3


def test_a_file_with_one_wrong_row_is_refused_whole_with_every_reason(url, tmp_path):
    file = tmp_path / "recipients.csv"
    rows = ["duty@desk.example,en,kz", "duty,xx,nowhere", "DUTY@desk.example,en,kz"]
    file.write_text("address,language,places\n" + "\n".join(rows[:2]))
    said = arrivals("import", str(file), code=1)
    for found in ("duty", "xx", "nowhere"):
        assert found in said
    file.write_text("address,language,places\n" + "\n".join([rows[0], rows[2]]))
    assert "as in row 1" in arrivals("import", str(file), code=1)
    file.write_text("address,phone\nduty@desk.example,1\n")
    said = arrivals("import", str(file), code=1)
    assert "phone" in said
    assert "no such column" in said
    file.write_text("address,places\n")
    assert "at least one recipient" in arrivals("import", str(file), code=1)
    assert register(url, ended=True) == ()


def test_who_is_removed_is_kept_with_the_day(url):
    arrivals("add", "duty@desk.example", "--place", "kz")
    assert "gets no more mail" in arrivals("remove", "Duty@desk.example")
    assert "there is no recipient" in arrivals("remove", "duty@desk.example", code=2)
    assert "duty@desk.example" not in arrivals("list")
    assert "2022-09-27" in arrivals("list", "--all")


def test_the_log_names_who_changed_what_by_id_and_no_address(url):
    arrivals("add", "duty@desk.example", "--place", "kz")
    (one,) = register(url)
    arrivals("remove", one.id)
    entries = audited(url)
    assert [(entry.action, entry.subject) for entry in reversed(entries)] == [
        ("recipients.add", one.id),
        ("recipients.remove", one.id),
    ]
    assert entries[0].detail == {"language": "en", "kinds": ["alert", "report"], "places": ["kz"]}
    assert "@" not in repr(entries)
    assert "duty" not in one.id
