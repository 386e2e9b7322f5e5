"""Raised once, ended after quiet issues, never twice at a time: whatever issues say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.alerts.hysteresis import step
from service.alerts.signals import Look, Signal
from service.store.mail_records import Alert, Matter
from tests.service.alerts.matters import day

WAIT = Matter("wait", "bridge")
BEDS = Matter("beds", "west")
START = datetime(2022, 9, 20, tzinfo=UTC)


def signal(chance: float | None, matter: Matter = WAIT, *, observed: bool = False) -> Signal:
    return Signal(matter, chance, observed, threshold=0.5, quiet_below=0.3, detail={"told": chance})


def look(number: int, *, same_cutoff_as: int | None = None) -> Look:
    of = number if same_cutoff_as is None else same_cutoff_as
    return Look(START + timedelta(days=number), f"issue-{number}", day(of))


class Watcher:
    """Alerts that stand, moved on look by look; what was raised and ended is kept."""

    def __init__(self, quiet_looks: int = 2) -> None:
        self.quiet_looks = quiet_looks
        self.standing: dict[Matter, Alert] = {}
        self.raised: list[Alert] = []
        self.ended: list[Alert] = []

    def see(self, number: int, *signals: Signal, same_cutoff_as: int | None = None) -> None:
        moved = step(
            self.standing,
            signals,
            look(number, same_cutoff_as=same_cutoff_as),
            quiet_looks=self.quiet_looks,
        )
        self.standing = {one.matter: one for one in (*moved.going_on, *moved.raised)}
        self.raised += moved.raised
        self.ended += moved.ended


def test_an_alert_is_raised_at_the_threshold_and_not_below() -> None:
    watcher = Watcher()
    watcher.see(0, signal(0.4999))
    assert not watcher.raised
    watcher.see(1, signal(0.5))
    assert [(one.matter, one.issue_id, one.chance) for one in watcher.raised] == [(WAIT, "issue-1", 0.5)]


def test_what_is_observed_is_raised_whatever_its_chance() -> None:
    watcher = Watcher()
    watcher.see(0, signal(0.01, observed=True), signal(None, BEDS, observed=True))
    assert {one.matter for one in watcher.raised} == {WAIT, BEDS}


def test_an_alert_ends_only_after_so_many_quiet_issues_in_a_row() -> None:
    watcher = Watcher()
    for number, chance in enumerate((0.6, 0.2, 0.4, 0.2, 0.1)):
        watcher.see(number, signal(chance))
        assert not watcher.ended or number == 4
    assert watcher.ended[0].ended_at == START + timedelta(days=4)
    assert len(watcher.raised) == 1


def test_between_the_two_chances_nothing_is_raised_and_nothing_ends() -> None:
    watcher = Watcher()
    watcher.see(0, signal(0.4))
    watcher.see(1, signal(0.7))
    for number in range(2, 9):
        watcher.see(number, signal(0.4))
    assert len(watcher.raised) == 1
    assert not watcher.ended


def test_a_matter_of_which_an_issue_says_nothing_is_quiet() -> None:
    watcher = Watcher()
    watcher.see(0, signal(0.9))
    watcher.see(1)
    watcher.see(2)
    assert [one.matter for one in watcher.ended] == [WAIT]


def test_two_issues_of_one_cutoff_are_one_quiet_day() -> None:
    watcher = Watcher()
    watcher.see(0, signal(0.9))
    watcher.see(1, signal(0.1))
    watcher.see(2, signal(0.1), same_cutoff_as=1)
    assert not watcher.ended
    watcher.see(3, signal(0.1))
    assert watcher.ended


def test_a_quiet_alert_tells_what_it_told_when_it_was_not() -> None:
    watcher = Watcher()
    for number, chance in enumerate((0.6, 0.8, 0.1, 0.1)):
        watcher.see(number, signal(chance))
    assert (watcher.ended[0].chance, watcher.ended[0].detail) == (0.8, {"told": 0.8})


def test_a_matter_that_returns_after_its_end_is_raised_anew() -> None:
    watcher = Watcher(quiet_looks=1)
    for number, chance in enumerate((0.6, 0.1, 0.6)):
        watcher.see(number, signal(chance))
    assert len(watcher.raised) == 2


def test_an_acknowledgement_stays_through_later_looks() -> None:
    watcher = Watcher()
    watcher.see(0, signal(0.9))
    watcher.standing[WAIT] = replace(watcher.standing[WAIT], acknowledged_by="key-1")
    watcher.see(1, signal(0.8))
    assert watcher.standing[WAIT].acknowledged_by == "key-1"


chances = st.one_of(st.none(), st.floats(0, 1))
weeks = st.lists(st.tuples(chances, chances, st.booleans()), max_size=30)


@given(weeks, st.integers(1, 4))
def test_whatever_issues_say_a_matter_is_told_once_and_ends_only_in_quiet(
    said: list[tuple[float | None, float | None, bool]], quiet_looks: int
) -> None:
    watcher = Watcher(quiet_looks)
    for number, (wait, housed, full) in enumerate(said):
        before = dict(watcher.standing)
        raised, ended = len(watcher.raised), len(watcher.ended)
        watcher.see(number, signal(wait), signal(housed, BEDS, observed=full))
        new, gone = watcher.raised[raised:], watcher.ended[ended:]
        assert not {one.matter for one in new} & set(before)
        assert len({one.matter for one in new}) == len(new)
        for over in gone:
            last = [_quiet(said[at], over.matter) for at in range(number - quiet_looks + 1, number + 1)]
            assert all(last)
            assert len(last) == quiet_looks
        for matter in before.keys() - {one.matter for one in gone}:
            assert watcher.standing[matter].raised_at == before[matter].raised_at
    opened = dict.fromkeys((WAIT, BEDS), 0)
    for one in watcher.raised:
        opened[one.matter] += 1
    for one in watcher.ended:
        opened[one.matter] -= 1
    assert all(number in (0, 1) for number in opened.values())


def _quiet(said: tuple[float | None, float | None, bool], matter: Matter) -> bool:
    chance, full = (said[0], False) if matter == WAIT else said[1:]
    return not full and (chance is None or chance < 0.3)


@pytest.mark.parametrize("chance", [0.3, 0.31, 0.49])
def test_a_chance_that_keeps_to_the_middle_does_not_flap(chance: float) -> None:
    watcher = Watcher()
    for number in range(40):
        watcher.see(number, signal(0.55 if number % 2 else chance))
    assert len(watcher.raised) == 1
    assert not watcher.ended
