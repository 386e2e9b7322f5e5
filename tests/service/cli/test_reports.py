"""`arrivals report`: looked at in every form, sent once, corrected, listed."""

import tempfile
import webbrowser
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.store import Store
from service.store.mail_records import Dispatch
from tests.service.alerts.matters import day, morning, place_all, publish, recipient

WEEK = "2022-W38"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service's folder on the morning after its first issue, with a desk that reads reports of the west."""
    clock = tmp_path / "clock"
    clock.write_text(morning(day(0)).isoformat())
    monkeypatch.setenv("ARRIVALS_HOME", str(tmp_path))
    monkeypatch.setenv("ARRIVALS_SIMULATED_CLOCK", str(clock))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Store.open(f"sqlite:///{tmp_path / 'arrivals.db'}") as store:
        place_all(store)
        store.recipients.add(recipient("west", "west", kinds=("report",)))
        publish(store, 0)
    return tmp_path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a browser is asked to show."""
    asked: list[str] = []

    def show(address: str) -> bool:
        asked.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", show)
    return asked


def run(*words: str, code: int = 0) -> Result:
    outcome = CliRunner().invoke(main, ["report", *words])
    assert outcome.exit_code == code, outcome.output
    return outcome


def laid(home: Path) -> tuple[Dispatch, ...]:
    with Store.open(f"sqlite:///{home / 'arrivals.db'}") as store:
        return store.outbox.page(100)


def test_the_text_is_shown_in_the_terminal(home: Path) -> None:
    told = run("preview", "--region", "west", "--form", "text").output
    assert "West: arrivals, week 38 of 2022" in told
    assert told.count("\n") > 30


def test_a_page_is_written_and_shown_in_the_browser(home: Path, opened: list[str]) -> None:
    told = run("preview", "--region", "west", "--open").output
    (address,) = opened
    assert address.startswith("file:///")
    file = Path(address.removeprefix("file://"))
    assert file.name == f"arrivals-west-{WEEK}.html"
    assert f"{file}: {file.stat().st_size:,} bytes." in told
    assert file.read_text().startswith("<!DOCTYPE html>")


def test_without_a_browser_the_file_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert "open the file yourself" in run("preview", "--region", "west", "--open").output


@pytest.mark.parametrize("form", ["html", "pdf", "text", "eml"])
def test_each_form_goes_to_the_file_that_is_named(home: Path, form: str, opened: list[str]) -> None:
    file = home / "looked-at"
    run("preview", "--region", "west", "--form", form, "--output", str(file))
    assert file.stat().st_size > 2_000
    assert opened == []


def test_the_pdf_is_in_the_language_asked_for(home: Path) -> None:
    file = home / "report.pdf"
    run("preview", "--region", "west", "--form", "pdf", "--language", "kk", "--output", str(file))
    assert pypdf.PdfReader(file).trailer["/Root"]["/Lang"] == "kk"


def test_a_look_writes_to_nobody_and_keeps_nothing(home: Path) -> None:
    run("preview", "--region", "west", "--form", "text")
    assert laid(home) == ()
    assert WEEK not in run("list").output


def test_a_report_is_sent_once(home: Path) -> None:
    assert "letters 1, new True" in run("send", "--region", "west").output
    assert "letters 0, new False" in run("send", "--region", "west").output
    assert [(one.letter.kind, one.letter.period) for one in laid(home)] == [("report", WEEK)]


def test_a_correction_goes_to_those_who_got_the_wrong_one(home: Path) -> None:
    run("send", "--region", "west")
    told = run(
        "correct", "--region", "west", "--week", WEEK, "--note", "A count was ten times too high."
    ).output
    assert "edition 1" in told
    assert {(one.letter.kind, one.letter.recipient) for one in laid(home)} == {
        ("report", "to-west"),
        ("correction", "to-west"),
    }


def test_reports_are_listed_newest_first(home: Path) -> None:
    run("send", "--region", "west")
    run("correct", "--region", "west", "--note", "A count was ten times too high.")
    lines = [line for line in run("list").output.splitlines() if WEEK in line]
    assert len(lines) == 2
    assert "ten times too high" in lines[0]
    assert "ten times too high" not in lines[1]


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("preview", "--region", "wets"), "`arrivals places list` shows those there are"),
        (("preview", "--region", "bridge"), "region"),
        (("preview", "--region", "west", "--language", "xx"), "there are en"),
        (("preview", "--region", "west", "--form", "docx"), "'html', 'pdf', 'text', 'eml'"),
        (("correct", "--region", "west", "--note", "Wrong."), "no report of west"),
        (("send", "--region", "west", "--week", "last"), "'last' is no ISO week; write it like 2022-W38"),
        (("send", "--region", "west", "--week", "2022-W99"), "no ISO week"),
        (("send", "--region", "west", "--week", "2022-W39"), "has not come yet"),
        (("correct", "--region", "west", "--week", "22-W38", "--note", "Wrong."), "no ISO week"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(home: Path, words: tuple[str, ...], remedy: str) -> None:
    outcome = run(*words, code=2)
    assert remedy in " ".join(outcome.output.split())
    assert laid(home) == ()


def test_a_file_that_cannot_be_written_is_refused(home: Path) -> None:
    file = home / "no" / "folder.html"
    outcome = run("preview", "--region", "west", "--output", str(file), code=2)
    assert str(file.parent) in outcome.output


def test_a_trial_mail_is_one_of_its_commands(home: Path) -> None:
    assert "laid into" in run("test-mail", "duty@desk.example").output
