"""Configurations as TOML: what is written is read back the same, what is wrong is told by its key."""

import json
import string
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.calendars import Calendars
from forecast.combine import Weighing, Widening
from forecast.configuration import Configuration
from forecast.documents import ConfigurationError, configuration_from_dict, configuration_from_toml, toml_of
from forecast.events import KINDS, Event
from forecast.members import MEMBERS, Analog, Count
from forecast.pipeline import issue
from tests.forecast.own import Newest
from tests.forecast.panels import panel_of, weekly
from tests.service.own import MEMBER, install

WHOLE = """
horizon = 14
paths = 100
seed = 7
slow_series = 3
members = ["weekly_naive", "root", "analog"]

[settings.analog]
examples = 60
half_life = 365

[weighing]
half_life = 28

[widening]
surge = 4.5

[calendars.countries]
syrym = ["KZ", "RU"]

[calendars.holidays]
KZ = [2026-03-25, 2026-03-24]

[[events]]
kind = "closure"
place = "syrym"
first = 2026-03-01
last = 2026-03-05

[[events]]
id = "fair"
kind = "surge-expected"
first = 2026-04-01
multiple = 3
note = "Spring fair"
recorded_at = 2026-02-01T09:00:00+05:00
"""

texts = st.text(min_size=1, max_size=12)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
zones = st.sampled_from([UTC, timezone(timedelta(hours=5))])
instants = st.builds(datetime.combine, days, st.times(), zones)
analogs = st.builds(Analog, examples=st.integers(1, 999), pull=st.floats(0.01, 3.0))
counts = st.builds(Count, gains=st.lists(st.floats(0.01, 1.0), min_size=1, max_size=4).map(tuple))
codes = st.lists(st.sampled_from(["KZ", "RU", "CN", "KG"]), min_size=1, max_size=2).map(tuple)


@st.composite
def events(draw):
    kind, first = draw(st.sampled_from(KINDS)), draw(days)
    lasting = kind in ("surge-expected", "disruption")
    return Event(
        draw(texts),
        kind,
        first,
        last=draw(st.none() | st.integers(0, 60).map(lambda more: first + timedelta(more)))
        if lasting
        else None,
        place=draw(st.none() | texts),
        multiple=draw(st.none() | st.floats(0.1, 100.0)) if lasting else None,
        note=draw(st.just("") | texts),
        recorded_at=draw(instants),
        withdrawn=draw(st.booleans()),
    )


def distinct(found):
    """Each id once, and a closure of each place."""
    by_id = {event.id: event for event in found}
    return tuple({(event.kind, event.place): event for event in by_id.values()}.values())


configurations = st.builds(
    Configuration,
    horizon=st.integers(1, 366),
    paths=st.integers(2, 10_000),
    seed=st.integers(0, 2**63 - 1),
    slow_series=st.integers(0, 10_000),
    members=st.tuples(
        st.just("weekly_naive"), st.sampled_from(["root", "log", "ets"]), st.just("analog") | analogs, counts
    ),
    events=st.lists(events(), max_size=4).map(distinct),
    calendars=st.builds(
        Calendars,
        countries=st.dictionaries(texts, codes, max_size=3),
        holidays=st.dictionaries(
            st.sampled_from(["KZ", "RU"]), st.lists(days, min_size=1, max_size=3).map(tuple), max_size=2
        ),
    ),
    weighing=st.builds(Weighing, half_life=st.floats(1, 999), own=st.floats(0, 1), gate=st.floats(-1, 1)),
    widening=st.builds(Widening, surge=st.floats(1, 20), tails=st.integers(1, 20)),
)


@settings(max_examples=60, deadline=None)
@given(configurations)
def test_a_configuration_survives_being_written_and_read(configuration):
    again = configuration_from_toml(toml_of(configuration))
    assert again.hash == configuration.hash
    assert toml_of(again) == toml_of(configuration)
    assert set(again.events) == set(configuration.events)
    assert (again.members, again.weighing, again.widening) == (
        configuration.members,
        configuration.weighing,
        configuration.widening,
    )


@settings(max_examples=60, deadline=None)
@given(configurations)
def test_what_an_issue_records_gives_its_configuration_back(configuration):
    recorded = json.loads(json.dumps(configuration.as_dict()))
    assert configuration_from_dict(recorded).hash == configuration.hash


def test_a_document_is_read_as_it_says():
    made = configuration_from_toml(WHOLE)
    assert (made.horizon, made.paths, made.seed, made.slow_series) == (14, 100, 7, 3)
    assert made.members == ("weekly_naive", "root", Analog(examples=60, half_life=365.0))
    assert made.weighing == Weighing(half_life=28.0)
    assert made.widening == Widening(surge=4.5)
    assert made.calendars.countries == {"syrym": ("KZ", "RU")}
    assert made.calendars.holidays == {"KZ": (date(2026, 3, 25), date(2026, 3, 24))}
    works, fair = made.events
    first = date(2026, 3, 1)
    assert works == Event("closure syrym 2026-03-01", "closure", first, date(2026, 3, 5), place="syrym")
    assert fair.recorded_at == datetime(2026, 2, 1, 4, tzinfo=UTC)
    assert (fair.multiple, fair.place, fair.note) == (3.0, None, "Spring fair")


def test_an_empty_document_is_the_default():
    assert configuration_from_toml("") == Configuration()
    assert configuration_from_toml(toml_of(Configuration())) == Configuration()


def test_a_files_settings_and_events_take_effect_in_the_issue():
    panel = panel_of([weekly(200)])
    first = panel.cutoff + timedelta(days=2)
    document = f'horizon = 7\nmembers = ["weekly_naive"]\n[[events]]\nkind = "closure"\nfirst = {first}\n'
    made = issue(panel, configuration_from_toml(document)).quantiles.values
    assert made[0, 0].any()
    assert not made[0, 1:].any()


def test_own_members_are_named_in_a_document_and_set(tmp_path, monkeypatch):
    body = MEMBER.replace("stride: int = 7", "stride: int = 7\n    width: float = 0.3")
    install(tmp_path, monkeypatch, name="same-day", body=body)
    made = configuration_from_toml('members = ["root", "same-day"]\n[settings.same-day]\nwidth = 1\n')
    assert made.chosen[1].width == 1.0
    assert configuration_from_toml(toml_of(made)).hash == made.hash
    plain = Configuration(members=("root", "same-day"))
    assert "settings" not in toml_of(plain)
    assert configuration_from_dict(plain.as_dict()).hash == plain.hash


def test_a_member_that_was_handed_in_cannot_be_written():
    with pytest.raises(
        ConfigurationError, match="member 'newest' was handed in, which a file cannot do; install"
    ):
        toml_of(Configuration(members=("root", Newest())))


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("horizon =", "this is no TOML: "),
        ("horzon = 3", "horzon: there is no such key; did you mean horizon?"),
        ("zzz = 3", "zzz: there is no such key; allowed are horizon, paths"),
        ("horizon = 0", "horizon: found 0, wanted a whole number from 1 to 366"),
        ('paths = "many"', "paths: found 'many', wanted a whole number from 2 to 100000"),
        ("seed = true", "seed: found True, wanted a whole number"),
        ('members = "root"', "members: found 'root', wanted a list of texts"),
        ("members = []", r"members: found \[\], wanted a list of texts"),
        ('members = ["root", 3]', r"members\[1\]: found 3, wanted a text in quotes"),
        ('members = ["root", "anlog"]', "there is no member 'anlog': did you mean analog"),
        ("[settings.anlog]\nx = 1", "settings.anlog: there is no such key; did you mean analog?"),
        ("[settings]\nanalog = 3", r"settings.analog: found 3, wanted a table \[settings.analog\]"),
        ("[settings.analog]\nexample = 3", "settings.analog.example: .* did you mean examples"),
        ("[settings.analog]\nexamples = 1.5", "settings.analog.examples: found 1.5, wanted a number above 0"),
        (
            "[settings.analog]\npull = -1",
            "settings.analog.pull: found -1, wanted a number above 0, such as 0.7",
        ),
        (
            "[settings.root]\nsmoothing = 3",
            "settings.root.smoothing: .* in Python only, by handing in the member",
        ),
        ("[settings.weekly_naive]\nx = 3", "weekly_naive has no such setting; it has none"),
        ("weighing = 3", r"weighing: found 3, wanted a table \[weighing\]"),
        ("[weighing]\nhalflife = 3", "weighing.halflife: there is no such key; did you mean half_life?"),
        ("[weighing]\nown = 2", "weighing: own must be a number from 0 to 1, not 2.0"),
        ("[widening]\nsurge = nan", "widening.surge: found nan, wanted a number"),
        ("events = 3", r"events: found 3, wanted tables \[\[events\]\]"),
        ("[[events]]\nfirst = 2026-03-01", r"events\[0\].kind: is missing; wanted one of closure, opening"),
        ('[[events]]\nkind = "closure"', r"events\[0\].first: is missing; wanted a day such as 2026-03-01"),
        ('[[events]]\nkind = "closre"\nfirst = 2026-03-01', "found 'closre', .* did you mean closure?"),
        ('[[events]]\nkind = "closure"\nfirst = "soon"', r"events\[0\].first: found 'soon', wanted a day"),
        (
            '[[events]]\nkind = "closure"\nfirst = 2026-03-01\nlast = 2026-02-01',
            r"events\[0\]: event 'closure everywhere 2026-03-01': last 2026-02-01 lies before first",
        ),
        (
            '[[events]]\nkind = "closure"\nfirst = 2026-03-01\nrecorded_at = 2026-03-01T09:00:00',
            r"events\[0\].recorded_at: found 2026-03-01T09:00:00, wanted an instant with its offset",
        ),
        ("[calendars]\ncountry = 3", "calendars.country: there is no such key; did you mean countries?"),
        ('[calendars.countries]\na = ["XX"]', "calendars: countries of 'a': no holidays of 'XX' are known"),
        ("[calendars.holidays]\nKZ = 2026-03-25", "KZ: found 2026-03-25, wanted a list of days"),
    ],
)
def test_what_is_wrong_is_told_by_its_key_with_what_is_wanted(document, told):
    with pytest.raises(ConfigurationError, match=told):
        configuration_from_toml(document)


@settings(max_examples=200, deadline=None)
@given(st.text(string.printable, max_size=80))
def test_no_document_is_refused_in_another_way(document):
    with suppress(ConfigurationError):
        assert isinstance(configuration_from_toml(document), Configuration)


def test_a_recorded_member_that_changed_gives_another_hash():
    recorded = replace(Configuration(), members=("root", Analog(examples=9))).as_dict()
    assert configuration_from_dict(recorded).chosen[1] == Analog(examples=9)
    assert configuration_from_dict(recorded).hash != Configuration(members=("root", "analog")).hash
    assert Analog(examples=9) != MEMBERS["analog"]
