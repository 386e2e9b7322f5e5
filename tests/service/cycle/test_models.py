import pytest

from forecast.pipeline import Configuration, in_order
from service.cycle.computation import configuration_from
from service.cycle.models import ProposalError, configuration_in_force
from service.cycle.models import propose as propose_it
from service.cycle.reproduction import remade
from service.members import configuration_from_document
from service.store.model_records import ModelEvent
from tests.service.borders import FAST, fast_settings
from tests.service.cycle.nights import ROOT, morning, night, open_border, propose

PROMOTED = Configuration(paths=100, members=("weekly_naive", "log"), slow_series=0)


@pytest.fixture
def border(sqlite_store):
    open_border(sqlite_store)
    return sqlite_store


def promote(store, configuration_id="c0ffee", action="promote"):
    store.models.act(ModelEvent(configuration_id, action, morning(), "operator"))


def test_the_settings_configuration_is_the_first_in_force(border):
    propose(border)
    configuration, told = configuration_in_force(border, fast_settings(), fast=False)
    assert (configuration.members, configuration.paths, told) == (FAST, 100, ())


def test_a_promoted_configuration_makes_the_next_issue_and_the_issue_records_it(border):
    propose(border)
    promote(border)
    issue = night(border).issue
    assert configuration_from(issue.configuration) == PROMOTED
    assert remade(border, issue, in_order).checksum == issue.checksum
    assert border.shadows.last("c0ffee") is None


def test_a_rollback_brings_the_bytes_of_before_back(border):
    before = night(border).issue
    propose(border)
    promote(border)
    promoted = night(border).issue
    promote(border, action="rollback")
    after = night(border).issue
    assert after.checksum == before.checksum != promoted.checksum
    assert after.configuration_hash == before.configuration_hash != promoted.configuration_hash


def test_a_fast_first_issue_leaves_the_slow_members_of_a_promoted_configuration_out(border):
    propose(border, document=ROOT.replace("slow_series = 0", "slow_series = 9"))
    promote(border)
    assert configuration_in_force(border, fast_settings(), fast=False)[0].slow_series == 9
    assert configuration_in_force(border, fast_settings(), fast=True)[0].slow_series == 0


def test_a_promoted_configuration_that_cannot_be_used_gives_way_to_the_settings_and_says_so(border):
    propose(border, document=ROOT.replace('"log"', '"lgo"'))
    promote(border)
    outcome = night(border)
    (warning,) = outcome.warnings
    assert warning.startswith("configuration c0ffee cannot be used, forecast by the settings' instead: ")
    assert outcome.issue.configuration["members"] == list(FAST)


def test_a_proposal_goes_into_shadow_and_tells_who_made_it_and_what_for(border):
    settings = fast_settings()
    record = propose_it(border, settings, PROMOTED, note="Try the log.", actor="analyst")
    assert [one.id for one in border.models.running(2)] == [record.id] == [PROMOTED.hash[:12]]
    assert configuration_from_document(record.document) == PROMOTED
    (entry,) = border.audit.read(1)
    assert (entry.actor, entry.action, entry.subject) == ("analyst", "models.propose", record.id)


@pytest.mark.parametrize(
    ("configuration", "note", "told"),
    [
        (PROMOTED, " ", "say what the configuration changes"),
        (None, "No change.", "in force already"),
        (Configuration(paths=100, members=FAST, horizon=91), "Further.", "found 91, wanted at most 90"),
    ],
)
def test_what_is_no_proposal_is_refused_and_nothing_is_written(border, configuration, note, told):
    written = border.audit.read(1)
    configuration = configuration or configuration_in_force(border, fast_settings(), fast=False)[0]
    with pytest.raises(ProposalError, match=told):
        propose_it(border, fast_settings(), configuration, note=note, actor="analyst")
    assert (border.models.all(), border.audit.read(1)) == ((), written)
