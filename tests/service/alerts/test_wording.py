"""What alerts say in English, with names that try to be more than names."""

from dataclasses import replace
from typing import Any

import pytest

from forecast.places import Place
from service.alerts.bodies import Group, bodies, grouped, headline
from service.alerts.wording import told
from service.languages import language
from service.store.mail_records import ALERT_KINDS, Alert
from tests.service.alerts.matters import PLACES, alert

ENGLISH = language("en")
BRIDGE = Place("bridge", "Bridge", parent="west")
NASTY = Place(
    "bridge",
    '<img src=x onerror=alert(1)>\r\nBcc: all@desk.example {0} {chance} =1+1 #read("x")',
    parent="west",
)
DETAILS: dict[str, dict[str, Any]] = {
    "surge": {"begun": False, "upper": 1500.0, "day": "2022-09-27", "level": 0.95, "lately": 400.0},
    "arrivals": {
        "capacity": 900.0,
        "upper": 1500.0,
        "day": "2022-09-27",
        "level": 0.95,
        "from": "2022-09-26",
    },
    "wait": {"limit": 6.0, "upper": 31.25, "day": "2022-09-27", "level": 0.95, "from": "2022-09-26"},
    "beds": {"beds": 300.0, "upper": 360.0, "day": "2022-09-27", "level": 0.95},
    "silent": {"last": "2022-09-20", "missed": "2022-09-21"},
    "implausible": {"mark": "jump", "day": "2022-09-21", "measure": "arrivals"},
    "degraded": {"cutoff": "2022-09-26"},
    "job-late": {"last": "2022-09-26T03:00:00+00:00"},
}


def of_kind(kind: str, **facts: Any) -> Alert:
    return alert(kind, detail=DETAILS[kind] | facts)


def said(one: Alert, place: Place | None = BRIDGE) -> tuple[str, tuple[str, ...]]:
    words = told(one, place, ENGLISH)
    return words.subject, words.sentences


def test_a_surge_says_how_many_how_likely_and_what_to_do() -> None:
    assert said(of_kind("surge")) == (
        "Bridge: a surge of arrivals may come",
        (
            "Plan for up to 1,500 people on Tue, 27 Sep; the forecast expects fewer in 95% of cases.",
            "The chance of a surge within 7 days is 60%.",
            "Over the last seven days, 400 people came a day.",
            "Bring forward staff, buses and beds now; the first days of a surge grow fastest.",
        ),
    )


def test_a_surge_that_has_begun_says_so_instead_of_its_chance() -> None:
    subject, sentences = said(of_kind("surge", begun=True))
    assert subject == "Bridge: a surge of arrivals has begun"
    assert "The last counts are far above what is ordinary there: a surge has begun." in sentences
    assert not [one for one in sentences if "chance" in one]


def test_waits_are_told_in_hours_with_the_first_likely_day() -> None:
    _, sentences = said(of_kind("wait"))
    assert sentences[0].startswith("Plan for waits of up to 31.2 hours on Tue, 27 Sep")
    assert "Some people would then wait longer than 6 hours." in sentences
    assert "It is likely from Mon, 26 Sep on." in sentences


def test_houses_that_fill_faster_than_forecast_are_told_by_their_pace() -> None:
    _, sentences = said(of_kind("beds", upper=280.0, days_left=1.3))
    assert sentences[:2] == (
        "The beds registered are 300.",
        "At the pace of the last nights all beds are taken in 1.3 days.",
    )
    assert not [one for one in sentences if "280" in one or "chance" in one]


def test_full_houses_are_full() -> None:
    assert "All beds are taken." in said(of_kind("beds", days_left=0.0))[1]


@pytest.mark.parametrize("kind", ALERT_KINDS)
def test_the_figure_to_plan_for_comes_first_and_an_action_last(kind: str) -> None:
    subject, sentences = said(of_kind(kind))
    assert subject.startswith("Bridge: ")
    if "upper" in DETAILS[kind]:
        assert sentences[0].startswith("Plan for")
    assert len(sentences) >= 2
    assert all(one.endswith(".") and "{" not in one for one in sentences)


@pytest.mark.parametrize("kind", ["surge", "arrivals", "beds"])
def test_numbers_that_are_not_told_are_left_out(kind: str) -> None:
    _, sentences = said(of_kind(kind, upper=None, lately=None))
    assert not [one for one in sentences if "Plan for" in one or "came a day" in one]


@pytest.mark.parametrize(("days_left", "said_so"), [(0, "full houses"), (2, "houses may fill up")])
def test_houses_are_called_full_only_when_they_are(days_left: int, said_so: str) -> None:
    assert said(of_kind("beds", days_left=days_left))[0].endswith(f": {said_so}")


def test_what_concerns_the_service_has_no_place() -> None:
    words = told(of_kind("job-late"), None, ENGLISH)
    assert words.subject == "The service: a job is late"
    assert told(alert("degraded", "", detail=DETAILS["degraded"]), None, ENGLISH).look == "/healthz"


def test_a_name_is_text_on_one_line_and_nothing_more() -> None:
    words = told(of_kind("surge"), NASTY, ENGLISH)
    assert "\n" not in words.subject
    assert "\r" not in words.subject
    assert "{0} {chance} =1+1" in words.subject
    letter = bodies(
        (Group(words.subject, (words,)),), ENGLISH, contact="a@b.example", unsubscribe="c@d.example"
    )
    assert "<img" not in letter.html
    assert "&lt;img src=x onerror=alert(1)&gt;" in letter.html
    assert "<img src=x" in letter.text  # text is text


def test_a_place_is_escaped_in_the_path_to_look_at() -> None:
    odd = replace(of_kind("surge"), matter=replace(of_kind("surge").matter, place_id="a&b=c/d"))
    assert told(odd, NASTY, ENGLISH).look == "/v1/forecasts?place=a%26b%3Dc%2Fd"


def test_a_letters_alerts_stand_by_region_the_regions_own_first() -> None:
    from forecast.places import Places

    places = Places(PLACES)
    kinds = ("pass", "ferry", "west", "bridge")
    spoken = [(places[one], told(alert("surge", one), places[one], ENGLISH)) for one in kinds]
    late = (None, told(alert("job-late", "", detail=DETAILS["job-late"]), None, ENGLISH))
    land = (places["land"], told(alert("surge", "land"), places["land"], ENGLISH))
    found = grouped([*spoken, land, late], places)
    assert [(group.name, [words.subject.split(":")[0] for words in group.told]) for group in found] == [
        ("", ["The service"]),
        ("Land", ["Land"]),
        ("West", ["West", "Bridge", "Ferry"]),
        ("East", ["Pass"]),
    ]
    assert headline(found, ENGLISH) == "The service: a job is late; 5 more alerts"


def test_a_letter_without_an_alert_is_refused() -> None:
    with pytest.raises(ValueError, match="tells nothing"):
        headline((), ENGLISH)
