"""`arrivals mail` and the test mail, as an operator types them."""

import logging

import pytest
import structlog
from click.testing import CliRunner

from service.cli import main
from service.cli.mail import test_mail_command as trial_command
from service.cli.operations import examine
from service.clock import SimulatedClock
from service.settings import Settings
from service.store import Store
from tests.service.mail.builders import NOW, a_letter, laid


@pytest.fixture
def url(tmp_path, monkeypatch):
    """An outbox with a letter that failed, one that is uncertain and one that waits."""
    found = f"sqlite:///{tmp_path / 'arrivals.db'}"
    with Store.open(found) as store:
        laid(store, *(a_letter(f"2022-W{week}") for week in (37, 38, 39)))
        store.outbox.failed(claim(store), "550 no such desk", at=NOW)
        store.outbox.uncertain(claim(store), "lost after the last byte", at=NOW)
    SimulatedClock(tmp_path / "clock").set(NOW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARRIVALS_HOME", str(tmp_path))
    monkeypatch.setenv("ARRIVALS_SIMULATED_CLOCK", str(tmp_path / "clock"))
    return found


@pytest.fixture(autouse=True)
def log():
    """The logging that commands configure is taken back."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def claim(store):
    return store.outbox.claim("mail", owner="one", now=NOW, lease_until=NOW.replace(hour=3))


def run(command, *words, code=0):
    outcome = CliRunner().invoke(command, words)
    assert outcome.exit_code == code, outcome.output
    return " ".join((outcome.stdout if code == 0 else outcome.output).split())


def states(url):
    with Store.open(url) as store:
        return {one.letter.period: one.state for one in store.outbox.page(10)}


def doctor(subject="mail"):
    return [(one.state, one.text) for one in examine(Settings()) if one.subject == subject]


def test_the_list_says_what_became_of_each_letter_and_why(url):
    said = run(main, "mail", "list")
    for shown in ("550 no such desk", "lost after the last byte", "2022-W39", "to-1", "report"):
        assert shown in said
    assert "1 pending, 0 sending, 0 sent, 1 uncertain, 1 failed" in said
    assert "@" not in said
    assert "2022-W37" not in run(main, "mail", "list", "--state", "uncertain", "--state", "pending")
    assert "2022-W38" not in run(main, "mail", "list", "--limit", "1")


def test_what_waits_is_sent_when_asked(url, tmp_path):
    assert run(main, "mail", "deliver") == "1 sent"
    assert run(main, "mail", "deliver") == "nothing was due"
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert states(url)["2022-W39"] == "sent"


def test_letters_are_settled_by_number(url):
    assert "letter 2 is sent" in run(main, "mail", "settle", "2", "--came")
    assert "letter 1 is pending" in run(main, "mail", "settle", "1", "--send-again")
    assert states(url) == {"2022-W37": "pending", "2022-W38": "sent", "2022-W39": "pending"}
    assert "settled by cli:" in run(main, "mail", "list")
    assert run(main, "mail", "deliver") == "2 sent"


def test_several_are_left_as_they_are_at_once(url):
    run(main, "mail", "settle", "1", "2", "--leave")
    assert states(url) == {"2022-W37": "failed", "2022-W38": "uncertain", "2022-W39": "pending"}
    assert doctor() == [("ok", "no letter is in trouble")]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("1",), "say --came"),
        (("3", "--came"), "is pending"),
        (("9", "--came"), "there is no letter 9"),
        (("--came",), "Missing argument"),
    ],
)
def test_what_cannot_be_settled_is_refused(url, words, why):
    assert why in run(main, "mail", "settle", *words, code=2)


def test_the_doctor_counts_letters_in_trouble_without_a_name(url):
    first, second = doctor()
    assert first[0] == second[0] == "problem"
    assert first[1].startswith("letters that failed: 1")
    assert second[1].startswith("letters that may or may not have come: 1")
    with Store.open(url) as store:
        store.outbox.deferred(claim(store), "450 try later", at=NOW, until=NOW.replace(hour=3))
    assert ("warning", "letters that wait for their next try: 1; the last reason: 450 try later") in doctor()


def test_a_test_mail_says_where_it_went(url, tmp_path):
    said = run(trial_command, "duty@desk.example")
    assert "was laid into" in said
    assert len(list((tmp_path / "mail").glob("*-test-*.eml"))) == 1


def test_a_test_mail_that_fails_says_why(url, tmp_path):
    (tmp_path / "mail").write_text("a file stands where the folder should be")
    assert "it was not sent: given up: the mail folder cannot be written" in run(
        trial_command, "duty@desk.example", code=1
    )


@pytest.mark.parametrize("words", [("duty",), ("duty@desk.example", "--language", "xx")])
def test_a_test_mail_to_nobody_or_in_no_language_is_refused(url, words):
    run(trial_command, *words, code=2)
