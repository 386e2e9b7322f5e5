"""The demo's September as it became known: alerts that one would want, each of them once."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from forecast.members import MEMBERS
from forecast.pipeline import in_order
from service.alerts import watch
from service.cycle import Means
from service.demo.home import clock_of, settings_of
from service.demo.walk import advance, start
from service.engine import Processes
from service.store import Store
from service.store.alerts import Sought
from service.store.mail_records import Alert
from service.store.records import Issue
from tests.service.alerts.matters import recipient

WEST = ("syrym", "taskala", "aksai", "shagan")
FULL_ON = {  # the last evening's guests as the stocks report them
    "kostanay": date(2022, 9, 23), "north-kazakhstan": date(2022, 9, 23), "pavlodar": date(2022, 9, 25),
    "west-kazakhstan": date(2022, 9, 26), "aktobe": date(2022, 9, 28), "atyrau": date(2022, 9, 28),
}  # fmt: skip


def walked(home: Path, first: date, days: int, means: Means) -> Iterator[Issue]:
    """The issues of some mornings, each looked at twice."""
    for number, issue in enumerate(_issues(home, first, days, means)):
        with Store.open(settings_of(home).database_url) as store:
            now = clock_of(home).now()
            if not number:
                store.recipients.add(recipient("west", "west-kazakhstan"))
            watch(store, settings_of(home), now=now)
            assert watch(store, settings_of(home), now=now).as_detail() == {
                "issue": None, "raised": 0, "ended": 0, "letters": 0,
            }  # fmt: skip
        yield issue


def _issues(home: Path, first: date, days: int, means: Means) -> Iterator[Issue]:
    yield start(home, first, means)
    yield from advance(home, days, means)


def all_alerts(home: Path) -> Sequence[Alert]:
    with Store.open(settings_of(home).database_url) as store:
        return store.alerts.page(1_000, sought=Sought("all"))


def cutoffs(home: Path, kind: str) -> dict[str, date]:
    """By place the cutoff of the issue that first raised a matter of a kind."""
    with Store.open(settings_of(home).database_url) as store:
        known = {one.id: one.cutoff for one in store.issues.page(100)}
        found = [one for one in store.alerts.page(1_000, sought=Sought("all")) if one.matter.kind == kind]
    return {one.matter.place_id: known[str(one.issue_id)] for one in found}


def check_surge_and_houses(home: Path) -> None:
    surges = cutoffs(home, "surge")
    early = [place for place in WEST if place in surges and surges[place] <= date(2022, 9, 23)]
    assert len(early) >= 2
    housed = cutoffs(home, "beds")
    for place, full in FULL_ON.items():
        if place in housed:
            assert housed[place] < full, place  # told in the morning after the cutoff, full in the evening


def test_the_surge_is_told_by_the_cycle_of_the_23rd_and_full_houses_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = [name for name, member in MEMBERS.items() if not member.slow]
    monkeypatch.setenv("ARRIVALS_MEMBERS", json.dumps(fast))
    monkeypatch.setenv("ARRIVALS_PATHS", "200")
    days = [issue.cutoff.day for issue in walked(tmp_path, date(2022, 9, 22), 2, Means(in_order))]
    assert days == [21, 22, 23]
    check_surge_and_houses(tmp_path)
    assert {"kostanay", "north-kazakhstan"} <= set(cutoffs(tmp_path, "beds"))
    assert {place for place, on in cutoffs(tmp_path, "wait").items() if on.day == 21} >= {"syrym", "taskala"}
    with Store.open(settings_of(tmp_path).database_url) as store:
        assert [one.letter.period for one in store.outbox.page(10) if one.letter.kind == "alert"]


def _reports(store: Store) -> set[tuple[str, str]]:
    """Which week's report each reader was sent, none twice."""
    found = [one.letter for one in store.outbox.page(1_000) if one.letter.kind == "report"]
    assert len({(one.recipient, one.period) for one in found}) == len(found)
    return {(one.recipient, one.period) for one in found}


@pytest.mark.soak
def test_the_weeks_of_the_crisis_are_told_once(tmp_path: Path) -> None:
    with Processes(2) as engine:
        for issue in walked(tmp_path, date(2022, 9, 20), 16, Means(engine.run)):
            if issue.cutoff < date(2022, 9, 21):
                assert not all_alerts(tmp_path), issue.cutoff  # calm
    check_surge_and_houses(tmp_path)
    assert set(FULL_ON) <= set(cutoffs(tmp_path, "beds"))
    told = Counter(one.matter for one in all_alerts(tmp_path))
    assert not [matter for matter, times in told.items() if times > 1]
    with Store.open(settings_of(tmp_path).database_url) as store:
        letters = [one for one in store.outbox.page(1_000) if one.letter.kind == "alert"]
        assert _reports(store) == {
            (reader.id, week)
            for reader in store.recipients.all()
            if "report" in reader.kinds
            for week in ("2022-W39", "2022-W40")
        }
    mornings = Counter((one.letter.recipient, one.letter.queued_at.date()) for one in letters)
    assert max(mornings.values()) == 1
    assert (
        max(Counter(who for who, _ in mornings).values()) <= 9
    )  # in sixteen mornings, for the whole country


@pytest.mark.soak
def test_a_calm_month_is_quiet(tmp_path: Path) -> None:
    with Processes(2) as engine:
        for issue in walked(tmp_path, date(2022, 8, 22), 29, Means(engine.run)):
            assert issue.cutoff <= date(2022, 9, 19)
    kinds = Counter(one.matter.kind for one in all_alerts(tmp_path))
    assert kinds.keys() <= {"beds"}  # North Kazakhstan's houses were full in August
    assert kinds.total() <= 2
