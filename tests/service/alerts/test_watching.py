"""A look at the newest issue: once, whoever looks and whenever they are killed."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from service.alerts import watch
from service.alerts.watching import Watched
from service.mail.letters import read
from service.settings import Settings, Webhook
from service.store import Store
from service.store.alerts import Settlement, Sought
from service.store.mail_records import Mute
from tests.service.alerts.matters import SETTINGS, day, morning, publish, recipient

ALL = Sought("all")


def look(store: Store, ahead: int, *, minutes: int = 0, settings: Settings = SETTINGS) -> Watched:
    return watch(store, settings, now=morning(day(ahead)) + timedelta(minutes=minutes))


def matters(store: Store, sought: Sought = ALL) -> list[tuple[str, str]]:
    return [(one.matter.kind, one.matter.place_id) for one in reversed(store.alerts.page(100, sought=sought))]


def letters(store: Store) -> list[tuple[str, str]]:
    """Recipient and subject of every letter, oldest first."""
    return [(one.letter.recipient, one.letter.subject) for one in reversed(store.outbox.page(100))]


def test_without_an_issue_there_is_nothing_to_tell(border: Store) -> None:
    assert look(border, 0) == Watched()


def test_an_issue_is_judged_once(border: Store) -> None:
    border.recipients.add(recipient("west", "west"))
    publish(border, 0, {"bridge": 0.6})
    assert look(border, 0) == Watched("issue-0", raised=1, letters=1)
    assert look(border, 0, minutes=5) == Watched()
    assert matters(border) == [("surge", "bridge")]
    assert letters(border) == [("to-west", "Bridge: a surge of arrivals may come")]


def test_a_calm_issue_is_judged_once_as_well(border: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(border, 0)
    assert look(border, 0) == Watched("issue-0")
    monkeypatch.setattr(border.issues, "forecasts", _never)
    assert look(border, 0, minutes=5) == Watched()


def _never(*_: Any, **__: Any) -> None:
    raise AssertionError("an issue that was judged is read again")


def test_a_worker_that_is_slow_does_not_go_back_to_an_older_issue(border: Store) -> None:
    old, new = publish(border, 0), publish(border, 1, {"bridge": 0.9})
    look(border, 1)
    stale = border.alerts.standing(old.id, now=morning(day(1)))
    assert stale.judged
    assert border.alerts.standing(new.id, now=morning(day(1))).judged


def test_a_surge_of_a_region_is_one_letter_to_each_who_is_told_of_it(border: Store) -> None:
    border.recipients.add(
        recipient("west", "west"),
        recipient("east", "east"),
        recipient("land", "land"),
        recipient("bridge", "bridge"),
        recipient("reader", "west", kinds=("report",)),
    )
    publish(border, 0, {"bridge": 0.6, "ferry": 0.5, "west": 0.7, "land": 0.4})
    assert look(border, 0).letters == 3
    assert dict(letters(border)) == {
        "to-west": "West: a surge of arrivals may come; 2 more alerts",
        "to-land": "Land: a surge of arrivals may come; 3 more alerts",
        "to-bridge": "Bridge: a surge of arrivals may come",
    }


def test_no_letter_tells_of_a_matter_that_was_told_before(border: Store) -> None:
    border.recipients.add(recipient("west", "west"))
    for ahead, chance in enumerate((0.6, 0.9, 0.4, 0.6, 0.1)):
        publish(border, ahead, {"bridge": chance, "ferry": 0.5 if ahead == 2 else 0.25})
        look(border, ahead)
        look(border, ahead, minutes=5)
    assert letters(border) == [
        ("to-west", "Bridge: a surge of arrivals may come"),
        ("to-west", "Ferry: a surge of arrivals may come"),
    ]


def test_an_alert_ends_after_quiet_issues_and_stays_in_the_list(border: Store) -> None:
    for ahead, chance in enumerate((0.6, 0.1, 0.1)):
        publish(border, ahead, {"bridge": chance})
        assert look(border, ahead).ended == (ahead == 2)
    assert matters(border, Sought("ended")) == [("surge", "bridge")]
    assert not border.alerts.open()


def test_waits_and_beds_are_told_from_the_issues_plan(border: Store) -> None:
    publish(border, 0, waiting={"bridge": 0.6, "ferry": 0.4}, housed={"west": (0.1, 0.6), "east": (0.2,)})
    look(border, 0)
    assert matters(border) == [("wait", "bridge"), ("beds", "west")]
    wait, housed = border.alerts.open()
    assert (wait.chance, wait.detail["from"], wait.detail["day"]) == (0.6, "2022-09-22", "2022-09-22")
    assert (housed.chance, housed.detail["from"], housed.detail["beds"]) == (0.6, "2022-09-22", 300.0)


def test_an_old_issue_raises_nothing(border: Store) -> None:
    publish(border, 0, {"bridge": 0.9})
    assert look(border, 2) == Watched()


def test_two_who_look_at_once_raise_one_alert(border: Store) -> None:
    border.recipients.add(recipient("west", "west"))
    publish(border, 0, {"bridge": 0.6})
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: look(border, 0), range(8)))
    assert sum(one.raised for one in done) == 1
    assert len(letters(border)) == 1


def test_who_dies_in_the_midst_has_done_nothing(border: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    border.recipients.add(recipient("west", "west"))
    publish(border, 0, {"bridge": 0.6})
    with monkeypatch.context() as broken:
        broken.setattr("service.store.alerts.outbox.lay", _dies)
        with pytest.raises(KeyboardInterrupt):
            look(border, 0)
    assert matters(border) == []
    assert look(border, 0).letters == 1


def _dies(*_: Any) -> None:
    raise KeyboardInterrupt


def test_muted_matters_are_listed_and_not_mailed(border: Store) -> None:
    border.recipients.add(recipient("west", "west"))
    until = morning(day(1))
    border.alerts.mute(Mute("west", "surge", until, morning(day(0)), "key-1", "a fair"))
    publish(border, 0, {"bridge": 0.6}, waiting={"ferry": 0.9})
    look(border, 0)
    assert matters(border) == [("surge", "bridge"), ("wait", "ferry")]
    assert letters(border) == [("to-west", "Ferry: very long waits may come")]


def test_a_mute_is_over_at_its_instant(border: Store) -> None:
    border.recipients.add(recipient("west", "west"))
    border.alerts.mute(Mute("land", "", morning(day(0)), morning(day(0)), "key-1", "over"))
    publish(border, 0, {"bridge": 0.6})
    assert look(border, 0).letters == 1


def test_a_place_whose_publication_is_stopped_raises_no_letter(border: Store) -> None:
    border.recipients.add(recipient("land", "land"))
    border.places.stop("bridge", at=morning(day(0)), by="operator", reason="")
    publish(border, 0, {"bridge": 0.6, "west": 0.6, "ferry": 0.6})
    look(border, 0)
    assert letters(border) == [("to-land", "Ferry: a surge of arrivals may come")]


def test_more_people_than_pass_are_no_news_where_long_waits_were_told(border: Store) -> None:
    border.recipients.add(recipient("west", "west"))
    publish(border, 0, waiting={"bridge": 0.9})
    look(border, 0)
    publish(border, 1, waiting={"bridge": 0.9}, capacity=10.0)
    look(border, 1)
    assert matters(border) == [("wait", "bridge"), ("arrivals", "bridge")]
    assert letters(border) == [("to-west", "Bridge: very long waits may come")]


def test_a_webhook_gets_what_mail_says_as_json(border: Store) -> None:
    hook = Webhook(
        name="desk", url=SecretStr("https://desk.example"), secret=SecretStr("k" * 16), places=("west",)
    )
    publish(border, 0, {"bridge": 0.6, "pass": 0.6})
    look(border, 0, settings=Settings(webhooks=(hook,)))
    (dispatch,) = border.outbox.page(10)
    letter = border.outbox.get(dispatch.number)
    assert letter is not None
    assert (letter.letter.channel, letter.letter.recipient) == ("webhook", "webhook:desk")
    told = json.loads(letter.letter.content)
    assert [(one["number"], one["kind"], one["place"]) for one in told["alerts"]] == [(1, "surge", "bridge")]
    assert told["period"] == "alert-1"


def test_a_letter_holds_text_and_html_and_the_way_out(border: Store) -> None:
    border.recipients.add(recipient("west", "west"))
    publish(border, 0, {"bridge": 0.6})
    look(border, 0)
    found = border.outbox.get(border.outbox.page(1)[0].number)
    assert found is not None
    message = read(found.letter)
    text, html = (message.get_body((form,)) for form in ("plain", "html"))
    assert text is not None
    assert html is not None
    for part in (text.get_content(), html.get_content()):
        assert "The chance of a surge within 7 days is 60%." in part
        assert "never for turning anyone away" in part
        assert SETTINGS.mail_contact in part
        assert "/v1/forecasts?place=bridge" in part


def test_operational_matters_are_looked_at_between_issues(border: Store) -> None:
    publish(border, 0)
    look(border, 0)
    at = morning(day(0))
    lease = border.jobs.claim("cycle", "2022-09-20", owner="test", now=at, lease_seconds=60)
    assert lease is not None
    border.jobs.finish(lease, now=at)
    assert look(border, 1, minutes=60) == Watched()
    assert look(border, 1, minutes=181) == Watched(raised=1)
    assert matters(border) == [("job-late", "")]
    again = border.jobs.claim("cycle", "2022-09-21", owner="test", now=at, lease_seconds=60)
    assert again is not None
    border.jobs.finish(again, now=morning(day(1)) + timedelta(minutes=185))
    assert look(border, 1, minutes=186) == Watched(ended=1)


def test_a_settlement_of_nothing_writes_nothing(border: Store) -> None:
    def nothing(standing: object) -> Settlement:
        return Settlement()

    now: datetime = morning(day(0))
    assert border.alerts.settle(nothing, issue_id=None, now=now) == Settlement()
    unseen: Sequence[object] = border.alerts.page(10, sought=ALL)
    assert not unseen
