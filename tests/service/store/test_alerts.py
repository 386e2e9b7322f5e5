"""Alerts in the store: one open of a matter, letters in the same transaction, scopes in SQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from service.store import EVERYTHING, Scope, Store, StoreError
from service.store.alerts import Settlement, Sought, Standing
from service.store.mail_records import Alert, Letter, Matter, Mute
from tests.service.store.builders import DAY, NOW, accept, counts, publish

WEST = Scope(places=frozenset({"west"}))
LATER = NOW + timedelta(days=1)
ALL = Sought("all")


def alert(number: int, place: str = "bridge", **facts: object) -> Alert:
    plain = Alert(
        Matter("surge", place), NOW, chance=0.5, threshold=0.3, detail={"upper": 10.0}, number=number
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def settle(store: Store, settlement: Settlement, *, issue: str | None = None) -> Standing:
    """Write a settlement; what stood before it."""
    seen: list[Standing] = []

    def decide(standing: Standing) -> Settlement:
        seen.append(standing)
        return settlement

    store.alerts.settle(decide, issue_id=issue, now=NOW)
    return seen[0]


def letter(recipient: str = "to-west") -> Letter:
    return Letter("alert", "bridge", "alert-1", recipient, "mail", "<1@x>", "Subject", b"content", NOW, LATER)


def test_an_alert_comes_back_as_it_was_raised(border: Store) -> None:
    raised = alert(1, detail={"upper": 10.5, "begun": False}, cutoff=DAY)
    settle(border, Settlement(raised=(raised,)))
    assert border.alerts.get(1) == raised
    assert border.alerts.open() == (raised,)


def test_one_alert_of_a_matter_is_open_at_a_time(border: Store) -> None:
    settle(border, Settlement(raised=(alert(1),), letters=(letter(),)))
    with pytest.raises(IntegrityError):
        settle(border, Settlement(raised=(alert(2),), letters=(letter("to-land"),)))
    assert len(border.alerts.open()) == 1
    assert [one.letter.recipient for one in border.outbox.page(10)] == ["to-west"]


def test_a_matter_may_return_once_it_is_over(border: Store) -> None:
    settle(border, Settlement(raised=(alert(1),)))
    settle(border, Settlement(changed=(alert(1, ended_at=LATER),)))
    settle(border, Settlement(raised=(alert(2),)))
    assert [one.number for one in border.alerts.page(10, sought=ALL)] == [2, 1]
    assert [one.number for one in border.alerts.page(10, sought=Sought("ended"))] == [1]


def test_standing_tells_what_is_open_muted_and_judged(border: Store) -> None:
    first = publish(border, "first", "ferry")
    publish(border, "second", "ferry")
    muted = Mute("west", "", LATER, NOW, "key-1", "a fair")
    border.alerts.mute(muted)
    before = settle(border, Settlement(raised=(alert(1, issue_id=first.id),)), issue="second")
    assert (before.open, before.mutes, before.next_number, before.judged) == ((), (muted,), 1, False)
    after = border.alerts.standing("first", now=NOW)
    assert after.judged  # a later one was
    assert (len(after.open), after.next_number) == (1, 2)
    assert border.alerts.standing("second", now=LATER).mutes == ()


def test_an_issue_is_not_judged_by_a_look_at_other_things(border: Store) -> None:
    publish(border, "first", "ferry")
    settle(border, Settlement(raised=(alert(1),)))
    assert not border.alerts.standing("first", now=NOW).judged
    assert not border.alerts.standing(None, now=NOW).judged


def test_a_scope_sees_its_own_and_what_concerns_the_service(border: Store) -> None:
    places = ("bridge", "pass", "west", "east", "land", "")
    settle(border, Settlement(raised=tuple(alert(at, place) for at, place in enumerate(places, 1))))
    assert [one.matter.place_id for one in border.alerts.open(WEST)] == ["bridge", "west", ""]
    assert len(border.alerts.open(EVERYTHING)) == 6
    assert border.alerts.get(2, WEST) is None
    assert border.alerts.get(1, WEST) is not None


def test_a_page_is_cut_by_place_kind_time_and_what_is_withheld(border: Store) -> None:
    settle(
        border,
        Settlement(
            raised=(
                alert(1, "bridge"),
                alert(2, "ferry", raised_at=LATER),
                alert(3, "bridge", matter=Matter("wait", "bridge")),
            )
        ),
    )

    def found(**wanted: object) -> list[int]:
        sought = Sought(**wanted)  # type: ignore[arg-type]
        return [one.number for one in border.alerts.page(10, sought=sought)]

    assert found() == [3, 2, 1]
    assert found(places=frozenset({"bridge"})) == [3, 1]
    assert found(kind="surge") == [2, 1]
    assert found(since=LATER) == [2]
    assert found(without=frozenset({"bridge"})) == [2]
    assert [one.number for one in border.alerts.page(1, sought=Sought())] == [3]


def test_alerts_of_a_week_are_those_that_stood_in_it(border: Store) -> None:
    over = alert(1, ended_at=NOW + timedelta(hours=1))
    settle(border, Settlement(raised=(alert(2, "ferry", raised_at=LATER),)))
    settle(border, Settlement(raised=(over,)))
    week = (NOW + timedelta(hours=2), NOW + timedelta(days=7))
    assert [one.number for one in border.alerts.between(*week)] == [2]
    assert [one.number for one in border.alerts.between(NOW, LATER)] == [1]


def test_the_first_acknowledgement_is_kept(border: Store) -> None:
    settle(border, Settlement(raised=(alert(1),)))
    assert border.alerts.acknowledge(1, at=NOW, by="key-1").acknowledged_by == "key-1"
    assert border.alerts.acknowledge(1, at=LATER, by="key-2").acknowledged_by == "key-1"
    with pytest.raises(StoreError, match="no alert 7"):
        border.alerts.acknowledge(7, at=NOW, by="key-1")


def test_mutes_are_listed_by_scope_until_they_are_over_or_taken_back(border: Store) -> None:
    for place in ("west", "pass", ""):
        border.alerts.mute(Mute(place, "", LATER, NOW, "key-1", "a fair"))
    assert list(border.alerts.mutes(now=NOW)) == [1, 2, 3]
    assert list(border.alerts.mutes(WEST, now=NOW)) == [1]
    assert border.alerts.mutes(now=LATER) == {}
    border.alerts.unmute(1)
    assert list(border.alerts.mutes(now=NOW)) == [2, 3]
    with pytest.raises(StoreError, match="no mute 1"):
        border.alerts.unmute(1)


def test_the_last_day_heard_of_is_as_known_at_an_instant(border: Store) -> None:
    accept(border, counts("bridge", [1, 2, 3]))
    accept(border, counts("bridge", [4], first=DAY + timedelta(days=3), recorded_at=LATER))
    assert border.alerts.heard("arrivals", since=DAY, as_of=NOW) == {"bridge": DAY + timedelta(days=2)}
    assert border.alerts.heard("arrivals", since=DAY, as_of=LATER) == {"bridge": DAY + timedelta(days=3)}
    assert border.alerts.heard("arrivals", since=DAY + timedelta(days=4), as_of=LATER) == {}
