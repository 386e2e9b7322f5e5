from datetime import timedelta

import numpy as np
import pytest

from forecast.pipeline import Configuration, in_order, issue
from service.cycle import Means
from service.cycle.reproduction import remade
from service.cycle.shadows import SHADOWS
from service.store.model_records import ModelEvent
from service.store.records import EVERYTHING
from tests.service.cycle.nights import ROOT, deliver, morning, night, open_border, propose


@pytest.fixture
def border(sqlite_store):
    open_border(sqlite_store)
    return sqlite_store


def test_a_shadow_is_what_the_library_makes_of_the_same_vintage(border):
    propose(border)
    outcome = night(border)
    made = border.shadows.forecasts("c0ffee", outcome.issue.id)
    panel = border.observations.panel(
        "arrivals",
        as_of=outcome.issue.as_of,
        last_observation=outcome.issue.last_observation,
        cutoff=outcome.issue.cutoff,
    )
    configuration = Configuration(paths=100, members=("weekly_naive", "log"), slow_series=0)
    forecasts = issue(panel, configuration, places=border.places.all())
    assert [one.place_id for one in made] == list(forecasts.quantiles.ids)
    for row, one in enumerate(made):
        np.testing.assert_allclose(one.values, forecasts.quantiles.values[row], atol=0.05)  # kept in tenths
        assert one.modes == forecasts.status[row].modes


def test_a_proposal_changes_no_byte_of_the_issue_and_the_issue_is_made_again_without_it(border):
    alone = night(border, days=90).issue
    propose(border)
    beside = night(border, days=90).issue
    assert beside.checksum == alone.checksum == remade(border, beside, in_order).checksum
    assert (beside.configuration, beside.configuration_hash) == (
        alone.configuration,
        alone.configuration_hash,
    )


def test_the_issue_is_published_before_the_first_shadow_begins(border):
    propose(border)
    seen = []

    def step(name):
        if name.startswith("in shadow"):
            seen.append((name, border.issues.latest() is not None))

    night(border, means=Means(in_order, progress=step))
    assert seen == [("in shadow: c0ffee", True)]


def test_a_night_without_proposals_takes_no_further_step(border):
    steps = []
    night(border, means=Means(in_order, progress=steps.append))
    assert steps[-1] == "publishing"


def test_a_shadow_that_fails_warns_and_leaves_the_issue_and_other_shadows_alone(border):
    propose(border, "broken", ROOT.replace('"log"', '"lgo"'), days=90)
    propose(border, "c0ffee", days=91)
    outcome = night(border)
    (warning,) = outcome.warnings
    assert warning.startswith("no shadow of configuration broken: ")
    assert "there is no member 'lgo': did you mean log" in warning
    assert border.issues.latest().id == outcome.issue.id
    assert border.shadows.last("broken") is None
    assert border.shadows.last("c0ffee").issue_id == outcome.issue.id


def test_a_process_that_is_asked_to_end_loses_its_shadows_alone(border):
    propose(border)

    def stop(name):
        if name.startswith("in shadow"):
            raise RuntimeError("asked to end")

    outcome = night(border, means=Means(in_order, progress=stop))
    assert outcome.warnings == ("no shadow of configuration c0ffee: RuntimeError: asked to end",)
    assert border.issues.latest().id == outcome.issue.id


def test_no_more_run_in_shadow_than_a_night_can_bear(border):
    for at in range(SHADOWS + 1):
        propose(border, f"conf-{at}", ROOT.replace("seed = 1", f"seed = {at}"), days=90 + at)
    outcome = night(border, days=90)
    ran = [f"conf-{at}" for at in range(SHADOWS + 1) if border.shadows.last(f"conf-{at}") is not None]
    assert ran == [f"conf-{at}" for at in range(SHADOWS)]
    assert border.models.get(f"conf-{SHADOWS}").state == "proposed"
    assert outcome.warnings == ()


def test_shadows_are_scored_against_the_counts_that_the_issues_are_scored_against(border):
    propose(border, document=ROOT.replace('"log"', '"root"'))  # the settings' own members
    night(border)
    deliver(border, 90, 93)
    night(border, 93)
    published = border.scores.read(EVERYTHING)
    shadow = border.scores.of_shadow("c0ffee").read(EVERYTHING)
    assert len(shadow) == len(published) == 6 * 3
    assert shadow.drop(columns="as_of").equals(published.drop(columns="as_of"))


def test_a_night_that_was_missed_is_made_up_for_by_the_next_one(border):
    propose(border)
    night(border)
    deliver(border, 90, 92)

    def stop(name):
        if name.startswith("in shadow"):
            raise RuntimeError("asked to end")

    night(border, 92, means=Means(in_order, progress=stop))
    deliver(border, 92, 94)
    night(border, 94)
    scored = border.scores.of_shadow("c0ffee").read(EVERYTHING)
    assert sorted(scored["horizon"].unique()) == [1, 2, 3, 4]


def test_a_shorter_horizon_is_scored_as_far_as_it_reaches(border):
    propose(border, document=ROOT.replace("horizon = 28", "horizon = 2"))
    night(border)
    deliver(border, 90, 95)
    night(border, 95)
    assert sorted(border.scores.of_shadow("c0ffee").read(EVERYTHING)["horizon"].unique()) == [1, 2]


def test_a_retired_configuration_runs_no_more(border):
    propose(border)
    night(border)
    border.models.act(ModelEvent("c0ffee", "retire", morning(), "operator"))
    deliver(border, 90, 92)
    outcome = night(border, 92)
    assert border.shadows.last("c0ffee").issue_id != outcome.issue.id
    assert border.scores.of_shadow("c0ffee").read(EVERYTHING).empty


def test_hindcasts_of_a_shadow_are_kept_for_the_next_night(border):
    night(border)
    before = set(border.hindcasts.all())
    propose(border)
    night(border, 90)
    assert set(border.hindcasts.all()) > before


def test_the_shadow_bears_the_hour_of_its_own_making(border):
    propose(border)
    outcome = night(border)
    assert border.shadows.last("c0ffee").made_at >= outcome.issue.issued_at - timedelta(hours=1)
