"""Members by name or handed in, events, calendars and capacities: what a configuration does to an issue."""

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from forecast import Configuration, Event, backtest, issue
from forecast.calendars import Calendars, country_calendar
from forecast.combine import Weighing, Widening
from forecast.events import EventError
from forecast.members import MEMBERS, Analog, MemberError, OneByOne, Smooth
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import ROOT, Smoothing
from service.engine import Processes
from tests.forecast.own import Flat, Newest
from tests.forecast.panels import panel_of, two_regions, weekly
from tests.service.own import install

MEDIAN = QUANTILE_LEVELS.index(0.5)
FAST = Configuration(horizon=14, paths=50, members=("weekly_naive", "root"))
PANEL = panel_of([weekly(150), weekly(150, level=60.0, seed=2)], country="KZ")
AHEAD = PANEL.cutoff + timedelta(days=3)


def values(configuration, panel=PANEL, **more):
    return issue(panel, configuration, **more).quantiles.values


def differs(first, second):
    return ~np.isclose(first, second).all(axis=2)


def test_hashes_of_configurations_without_own_parts_are_those_of_earlier_issues():
    assert Configuration().hash == "4edffa54b1a1c2691df1d61c7d0e5857b77012447df8b09593c441bd4fa4765c"
    earlier = Configuration(horizon=7, members=("weekly_naive", "root"), paths=100)
    assert earlier.hash == "5b4b2dd9f9d96ee64fe5bb09c381ef485ad8752feda98de58dd19c7a9b13d47a"
    assert list(Configuration().as_dict()) == ["horizon", "paths", "seed", "members", "slow_series"]


def test_a_member_that_is_handed_in_takes_part_in_issue_and_backtest():
    with_own = replace(FAST, members=(*FAST.members, Newest()))
    assert with_own.names == ("weekly_naive", "root", "newest")
    assert issue(PANEL, with_own).status[0].weights["newest"] > 0
    assert differs(values(with_own), values(FAST)).any()
    made = backtest(PANEL, [PANEL.cutoff], with_own)
    made = made.pivot(index=["crossing", "horizon"], columns="quantile_level", values="arrivals")
    np.testing.assert_array_equal(made.to_numpy().reshape(2, 14, -1), values(with_own))


def test_a_member_that_a_package_installs_is_the_same_by_name_and_handed_in(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, name="same-day")
    named = replace(FAST, members=("root", "same-day"))
    handed = replace(FAST, members=("root", named.chosen[1]))
    assert named.hash == handed.hash
    assert named.as_dict()["own"] == {"same-day": {"class": "own_same_day:SameDay", "version": "1.0"}}
    np.testing.assert_array_equal(values(named), values(handed))


def test_a_one_series_method_of_ones_own_goes_through_the_worker_processes():
    own = replace(FAST, members=("weekly_naive", OneByOne(Flat())))
    assert pickle.loads(pickle.dumps(own)) == own
    with Processes(2) as engine:
        spread = values(own, run=engine.run)
    np.testing.assert_array_equal(spread, values(own))
    assert own.fast().names == ("weekly_naive",)


@pytest.mark.parametrize("kind", [Newest, lambda **settings: OneByOne(Flat(**settings))])
def test_a_changed_own_member_uses_nothing_that_is_kept_of_another(kind):
    changed = {"factor": 2.0} if kind is Newest else {"window": 7}
    kept: dict = {}
    for member in (kind(), kind(**changed)):
        own = replace(FAST, members=("weekly_naive", member))
        np.testing.assert_array_equal(values(own, kept=kept), values(own))
        np.testing.assert_array_equal(values(own, kept=kept), values(own))  # now from what is kept


def test_a_library_member_that_is_handed_in_as_it_is_is_its_name():
    assert Configuration(members=(MEMBERS["root"], MEMBERS["log"])) == Configuration(members=("root", "log"))


def test_own_members_and_their_settings_are_in_the_hash():
    hashes = [
        replace(FAST, members=("root", member)).hash
        for member in (
            "analog",
            Analog(examples=9),
            Newest(),
            Newest(factor=2.0),
            Smooth("mine", Smoothing(ROOT)),
        )
    ]
    assert len(set(hashes)) == 5
    assert replace(FAST, members=("root", Analog(examples=9))).as_dict()["settings"] == {
        "analog": {"examples": 9}
    }


@pytest.mark.parametrize(
    ("members", "told"),
    [
        (("root", "root"), "member 'root' is named twice"),
        (("root", Newest(), Newest(factor=2.0)), "member 'newest' is named twice"),
        (("root", Newest), r"member Newest is a class; hand in Newest\(...\)"),
        (("root", 7), "7 is no member: it lacks name, slow, stride, hindcast"),
        (("root", Newest(name="log")), "member 'log' bears the name of the library's; call it otherwise"),
        (("root", Newest(name="")), "its name must be a text, not ''"),
        (("root", Newest(slow=True)), "member 'newest' is slow; make it a one-series method"),
        (("wekly_naive",), "there is no member 'wekly_naive': did you mean weekly_naive"),
    ],
)
def test_members_that_cannot_be_used_are_refused_with_the_remedy(members, told):
    with pytest.raises(MemberError, match=told):
        Configuration(members=members)


def test_without_a_fast_member_there_is_no_ensemble():
    with pytest.raises(ValueError, match="members must hold a fast one"):
        Configuration(members=("ets", OneByOne(Flat())))


def test_an_event_of_the_configuration_closes_its_days_and_no_others():
    works = Event("works", "closure", AHEAD, AHEAD + timedelta(days=1), place="b")
    made, plain = values(replace(FAST, events=(works,))), values(FAST)
    assert not made[1, 2:4].any()
    assert plain[1, 2:4].any()
    assert not differs(np.delete(made, [2, 3], axis=1), np.delete(plain, [2, 3], axis=1))[0].any()


def test_an_event_of_a_region_reaches_its_crossings_and_a_place_that_is_not_registered_is_refused():
    places = two_regions(PANEL.ids)
    south = replace(FAST, events=(Event("works", "closure", AHEAD, AHEAD, place="south"),))
    made = values(south, places=places)[: len(PANEL.ids), 2]
    assert made[0].any()
    assert not made[1].any()
    with pytest.raises(EventError, match="place 'west' is not registered"):
        issue(
            PANEL,
            replace(FAST, events=(Event("works", "closure", AHEAD, AHEAD, place="west"),)),
            places=places,
        )


def test_an_event_is_seen_from_the_evening_it_was_recorded_on():
    late = datetime.combine(PANEL.cutoff + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    for recorded_at, seen in ((late, False), (late - timedelta(hours=1), True)):
        event = Event("works", "closure", AHEAD, AHEAD, place="b", recorded_at=recorded_at)
        assert bool(values(replace(FAST, events=(event,)))[1, 2].any()) is not seen


def test_an_event_takes_the_place_of_a_registered_one_of_its_id():
    registered = replace(PANEL, events=(Event("works", "closure", AHEAD, AHEAD, place="b"),))
    off = Event("works", "closure", AHEAD, AHEAD, place="b", withdrawn=True)
    np.testing.assert_array_equal(values(replace(FAST, events=(off,)), registered), values(FAST))


def test_a_surge_widens_by_as_much_as_the_configuration_says():
    fair = Event("fair", "surge-expected", AHEAD, AHEAD, place="a")
    wide = [
        values(replace(FAST, events=(fair,), widening=Widening(event=event)))[0, 2, -1]
        for event in (1.0, 3.0, 6.0)
    ]
    assert wide == sorted(set(wide))


def test_events_must_not_contradict_each_other():
    works = Event("works", "closure", AHEAD, place="b")
    with pytest.raises(ValueError, match="event 'works' is given twice"):
        replace(FAST, events=(works, works))
    with pytest.raises(EventError, match="closes b on days on which 'works' does too"):
        replace(FAST, events=(works, replace(works, id="more")))


def festive(days=800):
    """Counts that are three times as high on every holiday of Kazakhstan."""
    start = date(2022, 1, 3)
    holidays = country_calendar("KZ", range(2022, 2026)).names
    on = [start + timedelta(days=day) in holidays for day in range(days)]
    return panel_of([np.where(on, 600.0, 200.0)], country="KZ")


def test_a_day_off_that_a_government_decreed_is_forecast_as_a_holiday():
    panel = festive()
    friday, root = panel.cutoff + timedelta(days=3), replace(FAST, members=("root",), horizon=7)
    decreed = replace(root, calendars=Calendars(holidays={"KZ": (friday,)}))
    made, plain = values(decreed, panel)[0, :, MEDIAN], values(root, panel)[0, :, MEDIAN]
    assert made[2] > 1.2 * plain[2]
    assert made[0] < 1.1 * plain[0]


def test_the_calendar_of_another_country_is_followed_where_it_is_chosen():
    unknown = replace(festive(), places=panel_of([[0.0]]).places)
    chosen = replace(FAST, calendars=Calendars(countries={"a": ("KZ",)}))
    np.testing.assert_array_equal(values(chosen, unknown), values(FAST, festive()))
    assert differs(values(FAST, unknown), values(FAST, festive())).any()


def test_calendars_leave_what_is_kept_of_others_alone():
    panel, kept = festive(), {}
    decreed = replace(FAST, calendars=Calendars(holidays={"KZ": (panel.cutoff - timedelta(days=40),)}))
    for configuration in (FAST, decreed, FAST):
        np.testing.assert_array_equal(values(configuration, panel, kept=kept), values(configuration, panel))


@pytest.mark.parametrize(
    "changed",
    [
        {"weighing": Weighing(half_life=7.0)},
        {"weighing": Weighing(own=0.0)},
        {"weighing": Weighing(sharpness=9.0)},
        {"weighing": Weighing(patience=50.0)},
        {"widening": Widening(tails=1.5)},
    ],
)
def test_each_capacity_of_the_ensemble_moves_the_forecast_and_the_hash(changed):
    counts = np.stack([weekly(150), weekly(150, seed=3) * np.linspace(1, 4, 150)])
    panel, configuration = panel_of(counts), replace(FAST, **changed)
    assert differs(values(configuration, panel), values(FAST, panel)).any()
    assert configuration.hash != FAST.hash


@pytest.mark.parametrize(("name", "size"), [("surge", 8.0), ("rise", 40.0), ("drift", 1.0)])
def test_widening_by_the_last_days_is_as_strong_as_the_configuration_says(name, size):
    counts = weekly(150)
    counts[-3 if name != "drift" else -7 :] *= 6.0 if name != "drift" else 1.4
    panel = panel_of([counts])
    few = Widening(drift=1.0, rise=1.0, surge=1.0)
    spreads = [
        np.ptp(values(replace(FAST, widening=replace(few, **{name: factor})), panel)[0, 6])
        for factor in (1.0, 2.0)
    ]
    assert spreads[1] > spreads[0]


def test_a_slow_member_that_is_not_good_enough_is_let_in_by_a_wider_gate():
    member = OneByOne(Flat())
    weights = [
        issue(PANEL, replace(FAST, members=("root", member), weighing=Weighing(gate=gate))).status[0].weights
        for gate in (-2.0, 2.0)
    ]
    assert ["flat" in one for one in weights] == [False, True]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Weighing(half_life=0.0), "half_life must be a number from 1 to 10000, not 0.0"),
        (lambda: Weighing(own=1.5), "own must be a number from 0 to 1, not 1.5"),
        (lambda: Widening(surge=float("nan")), "surge must be a number from 1 to 20, not nan"),
        (lambda: Calendars(countries={"a": ("XX",)}), "countries of 'a': no holidays of 'XX' are known"),
        (lambda: Calendars(countries={"a": ("KZ", "RU", "CN")}), "must be one or two codes"),
        (lambda: Calendars(holidays={"kz": (AHEAD,)}), "holidays of 'kz': a country is its ISO 3166 code"),
        (lambda: Calendars(holidays={"KZ": ()}), "holidays of 'KZ' must hold a day at least"),
    ],
)
def test_capacities_and_calendars_out_of_bounds_are_refused(make, told):
    with pytest.raises(ValueError, match=told):
        make()
