"""What of an alert is told where numbers are small or publication is stopped."""

from datetime import date

import pytest

from forecast.places import Places
from service.alerts.telling import is_muted, tellable
from service.disclosure import Disclosure, SmallCounts
from service.store.mail_records import Matter, Mute
from tests.service.alerts.matters import FIRST, PLACES, alert, morning

EVERYBODY = Disclosure(frozenset(), "open")


def hiding(place: str, day: date, *, threshold: int = 10) -> Disclosure:
    """Small counts of a place on a day."""

    def hidden(measure: str, month: tuple[int, int]) -> dict[str, int]:
        return {place: 1 << day.day} if month == (day.year, day.month) and measure == "arrivals" else {}

    return Disclosure(frozenset(), "small", SmallCounts(threshold, hidden))


def test_an_alert_is_told_as_it_is_to_who_may_see_all() -> None:
    assert tellable(alert(), EVERYBODY) == alert()


def test_an_alert_of_a_place_that_is_stopped_is_not_told() -> None:
    stopped = Disclosure(frozenset({"bridge"}), "stopped")
    assert tellable(alert(place="bridge"), stopped) is None
    assert tellable(alert(place="ferry"), stopped) is not None


@pytest.mark.parametrize(("number", "told"), [(9.0, None), (10.0, 10.0)])
def test_numbers_of_few_people_are_left_out(number: float, told: float | None) -> None:
    small = alert(detail={"begun": False, "upper": number, "day": "2022-09-23", "level": 0.95, "lately": 4.0})
    found = tellable(small, Disclosure(frozenset(), "", SmallCounts(10)))
    assert found is not None
    assert (found.detail["upper"], found.detail["lately"]) == (told, None)


def test_a_mean_that_rests_on_a_hidden_day_is_left_out() -> None:
    found = tellable(alert(), hiding("bridge", FIRST))
    assert found is not None
    assert (found.detail["upper"], found.detail["lately"]) == (1_500.0, None)


def test_a_strange_count_that_is_hidden_is_not_hinted_at() -> None:
    strange = alert("implausible", detail={"mark": "jump", "day": FIRST.isoformat(), "measure": "arrivals"})
    assert tellable(strange, hiding("bridge", FIRST)) is None
    assert tellable(strange, hiding("ferry", FIRST)) is not None


def test_the_chance_of_passing_a_capacity_of_a_few_people_is_not_told() -> None:
    crowd = alert("arrivals", detail={"capacity": 8.0, "upper": 30.0, "day": "2022-09-23", "level": 0.95})
    assert tellable(crowd, Disclosure(frozenset(), "", SmallCounts(10))) is None


@pytest.mark.parametrize(
    ("place", "kind", "muted"),
    [
        ("bridge", "wait", True), ("bridge", "", True), ("west", "wait", True), ("land", "", True),
        ("bridge", "beds", False), ("ferry", "wait", False), ("east", "", False), ("", "", False),
    ],
)  # fmt: skip
def test_a_mute_covers_a_place_with_all_that_lies_in_it(place: str, kind: str, muted: bool) -> None:
    mute = Mute(place, kind, morning(FIRST), morning(FIRST), "key-1", "a fair")
    assert is_muted(Matter("wait", "bridge"), [mute], Places(PLACES)) is muted


def test_a_mute_of_the_service_covers_what_concerns_the_service() -> None:
    mute = Mute("", "job-late", morning(FIRST), morning(FIRST), "key-1", "moving house")
    assert is_muted(Matter("job-late", "", "cycle"), [mute], Places(PLACES))
