"""`arrivals model`, `issue` and `overrides` as analysts and operators type them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from forecast.pipeline import in_order
from service.cli import main
from service.clock import SimulatedClock
from service.cycle import Means, complete_cycle
from service.members import configuration_from_document, document_of
from service.settings import Settings
from service.store import Store
from service.store.asked import Asked
from service.store.blocks import checksum
from tests.service.borders import CROSSINGS, FAST
from tests.service.cycle.nights import FIRST, LONG, ROOT, deliver, morning, open_border
from tests.service.own import install

OTHER = ROOT.replace('"log"', '"root", "log"')


class Bench:
    """An analyst's bench: a folder, a service with counts, the command line, and nights that pass."""

    def __init__(self, folder: Path, url: str):
        self.folder, self._url = folder, url
        self._clock = SimulatedClock(folder / "clock")
        self._settings = {
            "ARRIVALS_DATABASE": url,
            "ARRIVALS_SIMULATED_CLOCK": str(folder / "clock"),
            "ARRIVALS_MEMBERS": '["weekly_naive", "root"]',
            "ARRIVALS_PATHS": "100",
            "ARRIVALS_PROCESSES": "1",
        }
        self.wait(FIRST)

    def wait(self, days: int) -> None:
        self._clock.set(morning(days))

    def type(self, *words: str) -> Result:
        return CliRunner(env={**self._settings, "COLUMNS": "200"}).invoke(main, words)

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def store(self) -> Store:
        return Store.open(self._url)

    def night(self, days: int = FIRST, **changes: object):
        """The cycle of the morning after so many days."""
        settings = Settings(database=self._url, **{"members": FAST, "paths": 100, "processes": 1, **changes})
        with self.store() as store:
            return complete_cycle(store, settings, Means(in_order), now=morning(days)).issue


@pytest.fixture
def bench(tmp_path, sqlite_database_url, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store.open(sqlite_database_url) as store:
        open_border(store)
    return Bench(tmp_path, sqlite_database_url)


def propose(bench, document=OTHER):
    said = bench.type("model", "propose", bench.file("other.toml", document), "--note", "Try the log.")
    assert said.exit_code == 0, said.output
    return configuration_from_document(document).hash[:12]


def audited(bench, number=1):
    with bench.store() as store:
        return [(one.action, one.subject, one.detail) for one in store.audit.read(number)]


def test_a_proposal_is_listed_and_written_down(bench):
    known = propose(bench)
    ((action, subject, detail),) = audited(bench)
    assert (action, subject, detail) == ("models.propose", known, {"note": "Try the log."})
    told = bench.type("model", "list").output
    assert "In force: the settings' configuration." in told
    assert known in told
    assert "proposed" in told


def test_a_configuration_is_shown_as_the_file_that_proposes_it(bench):
    known = propose(bench)
    shown = bench.type("model", "show", known)
    assert configuration_from_document(shown.stdout) == configuration_from_document(OTHER)
    assert "propose by cli: Try the log." in shown.stderr
    in_force = configuration_from_document(bench.type("model", "show").stdout)
    assert (in_force.members, in_force.paths) == (FAST, 100)


def test_what_is_in_force_is_not_proposed(bench):
    same = bench.file("same.toml", bench.type("model", "show").stdout)
    said = bench.type("model", "propose", same, "--note", "no change")
    assert said.exit_code == 2
    assert "this configuration is in force already" in said.output


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("members = [", "other.toml: "),
        ('members = ["wekly_naive"]', "there is no member 'wekly_naive': did you mean weekly_naive"),
        ("horizon = 0\n", "horizon: found 0, wanted a whole number from 1 to 366"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_with_the_reason(bench, document, told):
    said = bench.type("model", "propose", bench.file("other.toml", document), "--note", "x")
    assert said.exit_code == 2
    assert told in said.output


def test_a_horizon_that_is_told_nowhere_is_not_proposed(bench):
    file = bench.file("far.toml", OTHER.replace("horizon = 28", "horizon = 91"))
    said = bench.type("model", "propose", file, "--note", "x")
    assert (said.exit_code, "horizon: found 91, wanted at most 90" in said.output) == (2, True)


def test_a_proposal_says_what_it_is_for(bench):
    said = bench.type("model", "propose", bench.file("other.toml", OTHER), "--note", " ")
    assert (said.exit_code, "say what the configuration changes" in said.output) == (2, True)


def test_fewer_days_ahead_than_planners_have_now_is_an_objection(bench):
    known = propose(bench, OTHER.replace("horizon = 28", "horizon = 14"))
    assert "it forecasts 14 days, and the one in force 28" in bench.type("model", "promote", known).output


def test_a_configuration_whose_member_is_gone_is_not_promoted_by_force(bench, monkeypatch):
    with monkeypatch.context() as while_installed:
        install(bench.folder, while_installed)
        known = propose(bench, ROOT.replace('"log"', '"same-day"'))
    said = bench.type("model", "promote", known, "--force", "--reason", "x")
    assert (said.exit_code, "there is no member 'same-day'" in said.output) == (2, True)


def test_a_third_proposal_waits_for_its_turn(bench):
    first, second = (propose(bench, OTHER.replace("seed = 1", f"seed = {seed}")) for seed in (2, 3))
    third = OTHER.replace("seed = 1", "seed = 4")
    said = bench.type("model", "propose", bench.file("other.toml", third), "--note", "x").output
    assert f"it waits, as {first} and {second} run in shadow" in said


def test_a_configuration_too_young_is_promoted_by_force_with_a_reason_alone(bench):
    known = propose(bench)
    said = bench.type("model", "promote", known)
    assert said.exit_code == 2
    assert "is not promoted: it has 0 scored days in shadow, and 14 are wanted" in said.output
    assert bench.type("model", "promote", known, "--force").exit_code == 2
    assert bench.type("model", "promote", known, "--force", "--reason", "The crisis.").exit_code == 0
    ((action, _, detail),) = audited(bench)
    assert action == "models.promote"
    assert (detail["forced"], detail["reason"]) == (True, "The crisis.")
    assert bench.night().configuration["members"] == ["weekly_naive", "root", "log"]


def test_a_rollback_brings_back_the_settings(bench):
    known = propose(bench)
    bench.type("model", "promote", known, "--force", "--reason", "x")
    said = bench.type("model", "rollback", "--reason", "It was worse.")
    assert (
        f"{known} is retired; the settings' configuration is in force from the next cycle on." in said.output
    )
    assert audited(bench)[0][0] == "models.rollback"
    assert bench.night().configuration["members"] == list(FAST)
    assert bench.type("model", "rollback").exit_code == 2


def test_a_retired_configuration_leaves_its_turn_to_another(bench):
    known = propose(bench)
    assert bench.type("model", "retire", known, "--reason", "enough").exit_code == 0
    assert audited(bench)[0][:2] == ("models.retire", known)
    said = bench.type("model", "retire", known)
    assert said.exit_code == 2
    assert "is retired; it cannot be retired" in said.output


def test_a_name_that_is_none_or_several_is_refused(bench):
    propose(bench)
    assert "is none; `arrivals model list` shows all" in bench.type("model", "promote", "zzz").output
    assert (
        "there is no such file" in bench.type("model", "backtest", "x.toml", "--cutoffs", "2024-03-01").output
    )


def test_a_backtest_equals_the_command_on_the_same_counts_to_the_last_digit(bench):
    frame = LONG.frame().rename(columns={"place": "crossing", "value": "arrivals"})
    frame = frame[frame["date"] < pd.Timestamp(morning().date())]
    columns = ["crossing", "date", "arrivals", "status", "recorded_at"]
    frame[columns].to_csv(bench.folder / "counts.csv", index=False)
    document = ROOT.replace("paths = 100", "paths = 500").replace("slow_series = 0", "slow_series = 100")
    file, cutoffs = bench.file("other.toml", document), "2024-03-01:2024-03-15:14"
    said = bench.type(
        "model", "backtest", file, "--cutoffs", cutoffs, "--known", "evening", "--output", "ours.csv"
    )
    assert said.exit_code == 0, said.output
    assert "the weekly naive over 2 cutoffs" in said.output
    theirs = bench.type(
        *("backtest", "counts.csv", "--cutoffs", cutoffs, "--members", "weekly_naive,log"),
        *("--country", "KZ", "--neighbour", "RU", "--output", "theirs.csv", "--processes", "1"),
    )
    assert theirs.exit_code == 0, theirs.output
    ours, theirs = (pd.read_csv(bench.folder / name) for name in ("ours.csv", "theirs.csv"))
    crossings = ours[ours["crossing"].isin(theirs["crossing"].unique())].reset_index(drop=True)
    pd.testing.assert_frame_equal(crossings, theirs)
    assert set(ours["crossing"]) - set(theirs["crossing"]) == {"land", "west", "east"}


def test_the_job_the_backtests_of_the_store_and_of_a_file_agree_to_the_last_digit(bench):
    members = ("weekly_naive", "root", "log")
    issue = bench.night(members=members, paths=500)
    cutoffs = str(issue.cutoff)
    columns = ["crossing", "date", "arrivals", "status"]
    frame = LONG.frame().rename(columns={"place": "crossing", "value": "arrivals"})
    frame[frame["date"] <= cutoffs][columns].to_csv(bench.folder / "counts.csv", index=False)
    document = OTHER.replace("paths = 100", "paths = 500").replace("slow_series = 0", "slow_series = 100")
    words = (
        "model",
        "backtest",
        bench.file("other.toml", document),
        "--cutoffs",
        cutoffs,
        "--known",
        "issues",
    )
    bench.type(*words, "--output", "store.csv")
    bench.type(
        *("backtest", "counts.csv", "--cutoffs", cutoffs, "--members", ",".join(members)),
        *("--country", "KZ", "--neighbour", "RU", "--output", "file.csv", "--processes", "1"),
    )
    of_store, of_file = (pd.read_csv(bench.folder / name) for name in ("store.csv", "file.csv"))
    with bench.store() as store:
        published = {one.place_id: one.values for one in store.issues.forecasts(issue.id)}
    for made, places in ((of_store, set(published)), (of_file, set(CROSSINGS))):
        assert set(made["crossing"]) == places
        for place, own in made.groupby("crossing"):
            ordered = own.sort_values(["target_date", "quantile_level"])
            assert ordered["arrivals"].tolist() == published[place].ravel().tolist()


def test_two_configurations_are_compared_by_horizon_and_regime_with_a_verdict(bench):
    file = bench.file("other.toml", OTHER)
    cutoffs = "2024-01-14:2024-03-24:7"
    said = bench.type("model", "compare", file, "in-force", "--cutoffs", cutoffs)
    assert said.exit_code == 0, said.output
    for word in ("1-7", "8-14", "15-28", "calm", "all", "natural", "log1p", "Diebold-Mariano"):
        assert word in said.output
    assert f"{file} scores" in said.output


def test_a_cutoff_whose_days_are_all_ahead_gives_nothing_to_compare(bench):
    said = bench.type("model", "compare", "in-force", "in-force", "--cutoffs", str(morning().date()))
    assert said.exit_code == 2
    assert "no forecast was scored of both" in said.output


def test_an_own_member_is_tried_promoted_and_reproduced(bench, monkeypatch):
    install(bench.folder, monkeypatch)
    known = propose(bench, ROOT.replace('"log"', '"same-day"'))
    bench.type("model", "promote", known, "--force", "--reason", "x")
    issue = bench.night()
    assert issue.configuration["members"] == ["weekly_naive", "same-day"]
    said = bench.type("issue", "reproduce", issue.id)
    assert (said.exit_code, "every byte agrees" in said.output) == (0, True)


def test_an_issue_is_reproduced_and_the_check_written_down(bench):
    issue = bench.night()
    with bench.store() as store:
        deliver(store, FIRST, FIRST + 3)
    said = bench.type("issue", "reproduce", "latest")
    assert said.exit_code == 0
    assert f"{issue.id}: made again, every byte agrees" in said.output
    assert audited(bench)[0] == ("issues.reproduce", issue.id, {"agrees": True, "checksum": issue.checksum})
    assert issue.id in bench.type("issue", "list").output


def test_an_issue_that_cannot_be_reproduced_ends_with_code_1_and_what_differs(bench):
    issue = bench.night()
    with bench.store() as store:
        forecasts = store.issues.forecasts(issue.id)
        moved = [replace(one, values=one.values + 1.0) for one in forecasts]
        other = replace(
            issue, id="other", checksum=checksum(moved, {}), model_version="0.1.0", libraries={"numpy": "1.0"}
        )
        store.issues.publish(other, moved, {})
    said = bench.type("issue", "reproduce", "other")
    assert said.exit_code == 1
    assert "made again, it DIFFERS" in said.output
    assert "quantiles: 6 of 6 series differ" in said.output
    assert "model version: published by 0.1.0" in said.output
    assert "library numpy: published by 1.0" in said.output


def test_an_issue_that_is_none_is_refused(bench):
    said = bench.type("issue", "reproduce", "latest")
    assert (said.exit_code, "there is no issue 'latest'" in said.output) == (2, True)


def test_an_override_is_added_listed_scored_and_withdrawn(bench):
    issue = bench.night()
    first = issue.cutoff + timedelta(days=1)
    words = ("--first", str(first), "--median", "310", "--lower", "250", "--upper", "400")
    said = bench.type("overrides", "add", "ferry", *words, "--reason", "A train comes.")
    assert said.exit_code == 0, said.output
    assert "Not in the totals of west, land, which stay what the model says." in said.output
    known = said.output.split(":")[0]
    action, subject, detail = audited(bench)[0]
    assert (action, subject) == ("overrides.write", "ferry")
    assert detail == {"override": known, "issue": issue.id, "reason": "A train comes."}
    with bench.store() as store:
        deliver(store, FIRST, FIRST + 1)
    bench.night(FIRST + 1)
    listed = bench.type("overrides", "list").output
    assert "310 (250 to 400)" in listed
    with bench.store() as store:
        (score,) = store.overrides.scores(Asked())
    assert f"{score.wis:.1f}" in listed
    assert f"{score.model_wis:.1f}" in listed
    assert bench.type("overrides", "withdraw", known, "--reason", "no train").exit_code == 0
    assert audited(bench)[0] == ("overrides.withdraw", known, {"reason": "no train"})
    assert "withdrawn 2024-03-31" in bench.type("overrides", "list").output
    assert bench.type("overrides", "withdraw", known).exit_code == 2


def test_an_override_that_cannot_be_is_refused_by_its_field(bench):
    bench.night()
    said = bench.type("overrides", "add", "ferry", "--first", "2030-01-01", "--median", "1", "--reason", "x")
    assert said.exit_code == 2
    assert "first: 2030-01-01 to 2030-01-01; wanted: days in their order from" in said.output


def test_a_document_gives_back_the_configuration_it_was_made_from():
    configuration = configuration_from_document(OTHER)
    assert configuration_from_document(document_of(configuration)) == configuration
    assert np.array_equal(configuration.members, ("weekly_naive", "root", "log"))
