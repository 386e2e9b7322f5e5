"""Scenarios as documents: read whole with their defaults, or refused by the field that is wrong."""

import pytest

from forecast.planning.registers import CapacityError
from forecast.planning.scenarios.assumptions import Change, Close, Multiply, Release, Shift
from forecast.planning.scenarios.documents import scenario_of
from forecast.planning.scenarios.shapes import Step, Surge
from forecast.planning.scenarios.words import told
from tests.forecast.planning.scenarios.settings import day, setting

FROM, UNTIL = day(2).isoformat(), day(5).isoformat()
MULTIPLY = {"kind": "multiply", "places": ["west"], "from": FROM, "multiple": 2}
SHIFT = {"kind": "shift", "places": ["pass"], "people": 50}
RELEASE = {"kind": "release", "places": ["land"], "from": FROM, "until": UNTIL}
CLOSE = {"kind": "close", "place": "bridge", "from": FROM, "until": UNTIL, "to": {"ferry": 0.5}}
CHANGE = {"kind": "change", "place": "bridge", "from": FROM, "change": {"booths": 2}}


def read(*documents):
    return scenario_of(list(documents), setting()).assumptions


def test_what_is_left_out_takes_its_default():
    assert read(MULTIPLY, SHIFT, RELEASE, CLOSE | {"until": None, "to": {}}, CHANGE) == (
        Multiply(("west",), day(2), 2.0, Step()),
        Shift(("pass",), day(1), 50, Step()),
        Release(("land",), day(2), day(5), 3, 1.0),
        Close("bridge", day(2), day(10), ()),
        Change("bridge", day(2), None, {"booths": 2}),
    )


def test_an_analogue_gives_multiple_and_shape_and_both_may_be_other():
    named = {"kind": "multiply", "places": ["west"], "analogue": "kazakhstan-2022"}
    plain, other = read(named, named | {"multiple": 5, "shape": {"form": "surge", "rise_days": 0}})
    assert (plain.multiple, plain.shape) == (3.0, Surge(2, 7, 1.0))
    assert (other.multiple, other.shape, other.analogue) == (5.0, Surge(0, 7, 3.0), "kazakhstan-2022")


def test_an_assumption_told_again_is_read_as_the_same():
    documents = [
        MULTIPLY | {"shape": {"form": "surge", "plateau_days": None}},
        MULTIPLY | {"analogue": "verkhny-lars-2022"},
        SHIFT | {"shape": {"form": "step", "days": 4}},
        RELEASE,
        CLOSE,
        CHANGE,
    ]
    first = read(*documents)
    again = [
        {
            k: v
            for k, v in told(one, setting()).items()
            if k not in ("words", "crossings", "by_day", "source", "stay_away")
        }
        for one in first
    ]
    again = [{k: v for k, v in one.items() if not (k == "analogue" and v is None)} for one in again]
    assert read(*again) == first


def test_the_echo_says_numbers_by_day_and_all_in_words():
    echo = told(
        read(MULTIPLY | {"shape": {"form": "surge", "rise_days": 1, "plateau_days": 1, "half_life_days": 1}})[
            0
        ],
        setting(),
    )
    assert echo["by_day"][:5] == [1.5, 2, 1.5, 1.25, 1.125]
    assert echo["crossings"] == ["bridge", "ferry"]
    assert echo["words"] == (
        "From 2022-09-28, 2 times as many people come to west: rising over 1 day, then 1 day in full, "
        "then halved every 1 day."
    )
    assert told(read(CLOSE)[0], setting())["words"] == (
        "From 2022-09-28 to 2022-10-01, bridge is closed; of its people 50% to ferry and 50% stay away."
    )


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (7, "assumptions[0].kind"),
        ({"kind": "wish"}, "assumptions[0].kind"),
        (MULTIPLY | {"colour": 1}, "assumptions[0].colour"),
        (MULTIPLY | {"places": []}, "assumptions[0].places"),
        (MULTIPLY | {"places": ["moon"]}, "assumptions[0].places"),
        (MULTIPLY | {"multiple": -1}, "assumptions[0].multiple"),
        (MULTIPLY | {"multiple": "2"}, "assumptions[0].multiple"),
        (MULTIPLY | {"multiple": float("nan")}, "assumptions[0].multiple"),
        (MULTIPLY | {"from": day(0).isoformat()}, "assumptions[0].from"),
        (MULTIPLY | {"from": day(11).isoformat()}, "assumptions[0].from"),
        (MULTIPLY | {"analogue": "atlantis"}, "assumptions[0].analogue"),
        (MULTIPLY | {"analogue": []}, "assumptions[0].analogue"),
        (MULTIPLY | {"shape": {"form": "wave"}}, "assumptions[0].shape"),
        (MULTIPLY | {"shape": {"form": "step", "rise_days": 1}}, "assumptions[0].shape.rise_days"),
        (MULTIPLY | {"shape": {"form": "surge", "half_life_days": 0}}, "assumptions[0].shape.half_life_days"),
        (SHIFT | {"people": 1.5}, "assumptions[0].people"),
        (RELEASE | {"until": day(10).isoformat()}, "assumptions[0].until"),
        (RELEASE | {"until": day(1).isoformat()}, "assumptions[0].until"),
        (RELEASE | {"over_days": 0}, "assumptions[0].over_days"),
        (RELEASE | {"share": 1.1}, "assumptions[0].share"),
        (CLOSE | {"place": "west"}, "assumptions[0].place"),
        (CLOSE | {"to": {"moon": 0.5}}, "assumptions[0].to"),
        (CLOSE | {"to": {"bridge": 0.5}}, "assumptions[0].to"),
        (CLOSE | {"to": {"ferry": -0.5}}, "assumptions[0].to.ferry"),
        (CLOSE | {"to": {"ferry": 0.7, "pass": 0.4}}, "assumptions[0].to"),
        (CLOSE | {"until": day(11).isoformat()}, "assumptions[0].until"),
        (CLOSE | {"from": "2022-09-31"}, "assumptions[0].from"),
        (CHANGE | {"change": {}}, "assumptions[0].change"),
        (CHANGE | {"change": {"valid_from": FROM}}, "assumptions[0].change"),
        (CHANGE | {"change": {"overflow": ["moon"]}}, "assumptions[0].change.overflow"),
        (CHANGE | {"place": "moon"}, "assumptions[0].place"),
    ],
)
def test_what_cannot_be_is_refused_by_the_field_that_is_wrong(document, field):
    with pytest.raises(CapacityError) as caught:
        read(document)
    assert caught.value.field == field


@pytest.mark.parametrize("documents", [None, {}, [], [MULTIPLY] * 21])
def test_no_list_or_too_long_a_one_is_refused(documents):
    with pytest.raises(CapacityError, match="a list of 1 to 20"):
        scenario_of(documents, setting())


def test_nobody_is_sent_to_a_crossing_that_is_closed_by_the_scenario_or_known_to_be():
    ferry = {"kind": "close", "place": "ferry", "from": day(5).isoformat(), "until": day(6).isoformat()}
    with pytest.raises(CapacityError, match=r"assumptions\.to: found ferry, closed from 2022-10-01"):
        read(CLOSE, ferry)
    read(CLOSE, ferry | {"from": day(6).isoformat()})
    known = setting(shut=frozenset({("ferry", day(3))}))
    with pytest.raises(CapacityError, match="ferry, closed on 2022-09-29"):
        scenario_of([CLOSE], known)


def test_a_crossing_cannot_be_closed_twice_on_a_day():
    with pytest.raises(CapacityError, match="closed twice"):
        read(CLOSE, CLOSE | {"from": UNTIL})
