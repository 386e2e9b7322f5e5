"""Reports going to press: once, to whom they concern, and corrected for those who read the wrong one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.mail.letters import read
from service.reports.contents import from_json
from service.reports.sources import NoReportError
from service.reports.weekly import Press
from service.settings import Settings
from service.store import Store
from service.store.mail_records import Letter
from tests.service.alerts.matters import (
    CROSSINGS,
    FIRST,
    HORIZON,
    day,
    forecast,
    morning,
    place_all,
    publish,
    recipient,
)
from tests.service.store import builders

WEEK = "2022-W39"
NOTE = "The counts of Bridge were wrong on two days."
SETTINGS = Settings(mail_sender="Arrivals <arrivals@border.example>", mail_contact="desk@border.example")


@pytest.fixture
def border(sqlite_store: Store) -> Store:
    """A border with one issue, and desks that read of its regions."""
    place_all(sqlite_store)
    sqlite_store.recipients.add(
        recipient("west", "west", kinds=("report", "alert")),
        recipient("other", "west", kinds=("report",)),
        recipient("alerts", "west"),
        recipient("east", "east", kinds=("report",)),
        recipient("land", "land", kinds=("report",)),
    )
    publish(sqlite_store, 0)
    return sqlite_store


def press(store: Store, *, ahead: int = 0, by: str = "job") -> Press:
    return Press(store, SETTINGS, morning(day(ahead)), by)


def _publish_at(store: Store, *, level: float) -> None:
    """One more issue of the first day, with other figures."""
    forecasts = [forecast(place, level=level) for place in (*CROSSINGS, "west", "east", "land")]
    at = {"issued_at": morning(FIRST), "as_of": morning(FIRST), "cutoff": FIRST, "horizon": HORIZON}
    store.issues.publish(builders.issue("corrected", forecasts, {}, **at), forecasts, {})


def told(store: Store, kind: str = "report") -> list[str]:
    return sorted(one.letter.recipient for one in store.outbox.page(100) if one.letter.kind == kind)


def letters(store: Store) -> dict[str, Letter]:
    """The letters that lie there with their bytes, the newest of each reader."""
    at, found = morning(day(1)), {}
    while dispatch := store.outbox.claim("mail", owner="a", now=at, lease_until=at + timedelta(hours=1)):
        found[dispatch.letter.recipient] = dispatch.letter
    return found


def test_a_report_goes_to_those_who_read_of_its_place_and_to_nobody_else(border: Store) -> None:
    made = press(border).make("west", WEEK)
    assert (made.edition, made.letters, made.new) == (0, 2, True)
    assert told(border) == ["to-other", "to-west"]


def test_a_report_of_the_country_is_for_those_who_name_the_country(border: Store) -> None:
    press(border).make("land", WEEK)
    assert told(border) == ["to-land"]


def test_a_report_is_made_once_whoever_asks_and_whatever_was_issued_since(border: Store) -> None:
    first = press(border).make("west", WEEK)
    publish(border, 1)
    again = press(border, ahead=1, by="cli:operator").make("west", WEEK)
    assert (again.issue, again.letters, again.new) == (first.issue, 0, False)
    assert len(told(border)) == 2


def test_two_who_make_it_at_once_write_one(border: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as blind:
        blind.setattr(border.reports, "latest", lambda *_: None)
        outcomes = [press(border).make("west", WEEK) for _ in range(2)]
    assert [one.new for one in outcomes] == [True, False]
    assert len(border.reports.page(10)) == 1


def test_who_dies_in_the_midst_has_made_nothing(border: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("service.store.reports.audit.append", dies)
        with pytest.raises(KeyboardInterrupt):
            press(border).make("west", WEEK)
    assert border.reports.page(10) == ()
    assert told(border) == []
    assert press(border).make("west", WEEK).letters == 2


def test_a_report_that_nobody_reads_is_kept_all_the_same(border: Store) -> None:
    border.recipients.end("to-east", at=morning(FIRST))
    assert press(border).make("east", WEEK).letters == 0
    assert border.reports.latest("east", WEEK).issue_id == "issue-0"


def test_the_letter_is_that_of_the_report_that_is_kept(border: Store) -> None:
    press(border).make("west", WEEK)
    kept = from_json(border.reports.latest("west", WEEK).content)
    letter = letters(border)["to-west"]
    assert letter.period == kept.week == WEEK
    assert str(read(letter)["Subject"]) == letter.subject
    assert kept.made_at == letter.queued_at


@pytest.mark.parametrize("place", ["bridge", "nowhere"])
def test_a_crossing_has_no_report(border: Store, place: str) -> None:
    with pytest.raises(NoReportError, match="no region and no country"):
        press(border).make(place, WEEK)


def test_before_the_first_issue_there_is_no_report(sqlite_store: Store) -> None:
    place_all(sqlite_store)
    with pytest.raises(NoReportError, match="nothing was issued yet"):
        press(sqlite_store).make("west", WEEK)


def test_a_correction_goes_to_those_who_may_have_read_the_wrong_one(border: Store) -> None:
    press(border).make("west", WEEK)
    border.recipients.add(recipient("new", "west", kinds=("report",)))
    border.recipients.end("to-other", at=morning(FIRST))
    publish(border, 1)
    made = press(border, ahead=1).correct("west", WEEK, NOTE)
    assert (made.edition, made.letters, made.issue) == (1, 1, "issue-1")
    assert told(border, "correction") == ["to-west"]


def test_a_correction_says_what_was_wrong_and_which_figures_differ(border: Store) -> None:
    press(border).make("west", WEEK)
    _publish_at(border, level=400.0)
    press(border, by="cli:operator").correct("west", WEEK, f"{NOTE}\r\nBcc: all@border.example")
    record = border.reports.latest("west", WEEK)
    correction = from_json(record.content).correction
    assert correction.note == record.note == f"{NOTE} Bcc: all@border.example"
    upper = [one for one in correction.differences if one.what == "upper" and one.place.id == "west"]
    assert [one.date for one in upper] == [day(ahead) for ahead in range(1, HORIZON + 1)]
    assert all(one.now > one.was for one in upper)
    text = read(letters(border)["to-west"]).get_body(("plain",)).get_content()
    assert " ".join(text.split()).count(NOTE) == 1


def test_a_second_correction_is_one_more_mail(border: Store) -> None:
    press(border).make("west", WEEK)
    made = [press(border).correct("west", WEEK, NOTE).edition for _ in range(2)]
    assert made == [1, 2]
    assert len(told(border, "correction")) == 4
    assert len({one.letter.message_id for one in border.outbox.page(100)}) == 6


def test_what_was_never_reported_is_not_corrected(border: Store) -> None:
    with pytest.raises(NoReportError, match="no report of west"):
        press(border).correct("west", WEEK, NOTE)


def test_a_correction_without_a_reason_is_refused(border: Store) -> None:
    press(border).make("west", WEEK)
    with pytest.raises(ValueError, match="what was wrong"):
        press(border).correct("west", WEEK, " \n ")
    assert told(border, "correction") == []


def test_who_made_and_who_corrected_stand_in_the_audit_log(border: Store) -> None:
    press(border).make("west", WEEK)
    press(border, by="cli:operator").correct("west", WEEK, NOTE)
    entries = [one for one in border.audit.read(10) if one.action == "report.make"]
    assert {(one.actor, one.detail["edition"]) for one in entries} == {("job", 0), ("cli:operator", 1)}


def test_each_reader_is_written_to_in_the_own_language(border: Store) -> None:
    border.recipients.add(replace(recipient("german", "west", kinds=("report",)), language="de"))
    press(border).make("west", WEEK)
    found = {reader: read(letter).get_body(("html",)) for reader, letter in letters(border).items()}
    assert 'lang="de"' in found["to-german"].get_content()
    assert 'lang="en"' in found["to-west"].get_content()
