from dataclasses import replace

import pytest

from forecast.calendars import HOLIDAYS_VERSION
from forecast.pipeline import in_order
from service.cycle.computation import libraries, model_version
from service.cycle.reproduction import reproduce
from service.store.model_records import ModelEvent
from tests.service.cycle.nights import ROOT, morning, night, open_border, propose
from tests.service.own import install


@pytest.fixture
def border(sqlite_store):
    open_border(sqlite_store)
    return sqlite_store


@pytest.fixture
def issue(border):
    return border.issues.get(night(border).issue.id)


def test_an_issue_records_the_libraries_that_made_it(issue):
    assert issue.libraries == libraries()
    assert set(issue.libraries) >= {"numpy", "scipy", "statsmodels", "prophet"}


def test_an_issue_made_again_agrees_and_nothing_differs(border, issue):
    again = reproduce(border, issue, in_order)
    assert again.agrees
    assert (again.surroundings, again.content) == ((), ())


def test_other_numbers_are_told_by_kind_with_the_series_that_is_furthest_off(border, issue):
    other = replace(issue, configuration={**issue.configuration, "seed": 2})
    again = reproduce(border, other, in_order)
    assert not again.agrees
    quantiles, paths = again.content
    assert quantiles.startswith("quantiles: 2 of 6 series differ, most arrivals of land, by ")
    assert paths == "sample paths of arrivals differ"


def test_what_made_the_issue_and_is_another_now_is_told(border, issue):
    before = {**issue.libraries, "numpy": "1.0"}
    older = replace(issue, model_version="0.1.0", calendar_version="0.1", libraries=before)
    told = reproduce(border, older, in_order).surroundings
    assert told == (
        f"model version: published by 0.1.0, made again by {model_version()}",
        f"calendar: published by 0.1, made again by {HOLIDAYS_VERSION}",
        f"library numpy: published by 1.0, made again by {libraries()['numpy']}",
    )


def test_an_own_member_of_another_version_is_told(border, tmp_path, monkeypatch):
    install(tmp_path, monkeypatch)
    propose(border, document=ROOT.replace('"log"', '"same-day"'))
    border.models.act(ModelEvent("c0ffee", "promote", morning(), "cli"))
    issue = border.issues.get(night(border).issue.id)
    assert reproduce(border, issue, in_order).surroundings == ()
    (about,) = tmp_path.glob("*.dist-info/METADATA")
    about.write_text(about.read_text().replace("1.0", "1.1"))
    again = reproduce(border, issue, in_order)
    assert again.agrees
    assert again.surroundings == ("member same-day: version 1.0 published it, made again by 1.1",)


def test_of_an_older_issue_no_library_is_known_which_is_said(border, issue):
    told = reproduce(border, replace(issue, libraries={}), in_order).surroundings
    assert told == ("libraries: the issue is from before their versions were recorded",)


def test_series_that_only_one_of_the_two_has_are_named(border, issue):
    again = reproduce(border, replace(issue, measures=()), in_order)
    assert "arrivals of ferry: published only" in again.content


def test_an_issue_whose_member_is_not_there_cannot_be_made_again(border, issue):
    lost = replace(issue, configuration={**issue.configuration, "members": ["weekly_naive", "theirs"]})
    with pytest.raises(ValueError, match="theirs"):
        reproduce(border, lost, in_order)
