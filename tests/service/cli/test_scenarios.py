"""`arrivals scenario` as a planner types it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from forecast.quantiles import QUANTILE_LEVELS
from service.store.scenario_records import ScenarioBlock, ScenarioScore, ScenarioVerdict
from service.store.scenarios import append
from tests.service.cli.test_registers import Desk, border, desk
from tests.service.store.builders import publish, sample_paths

__all__ = ["border", "desk"]

NOW = datetime(2022, 9, 28, 3, tzinfo=UTC)
CUTOFF = date(2022, 9, 27)
DOUBLE = {"kind": "multiply", "places": ["syrym"], "multiple": 2}


@pytest.fixture
def published(border: Desk) -> Desk:
    with border.store() as store:
        paths = {"arrivals": sample_paths("syrym", cutoff=CUTOFF)}
        publish(store, "first", "syrym", paths=paths, cutoff=CUTOFF, as_of=NOW, issued_at=NOW)
    return border


def run(desk: Desk, *words: str, **body):
    file = desk.file("s.json", json.dumps({"assumptions": [DOUBLE], **body}))
    return desk.type("scenario", "run", file, *words)


def test_a_file_is_worked_out_told_and_written_down(published: Desk):
    said = run(published, title="Twice as many")
    assert said.exit_code == 0, said.output
    assert "Twice as many" in said.output
    assert "Conditional, no forecast; of issue first, whose last day of counts is 2022-09-27." in said.output
    assert (
        "- From 2022-09-28, 2 times as many people come to syrym: as long as the issue reaches."
        in said.output
    )
    with published.store() as store:
        entry, (record,) = store.audit.read(1)[0], store.scenarios.page(9)
    assert (entry.actor, entry.action, entry.subject) == ("cli", "scenarios.write", record.id)


def test_all_days_can_be_had_as_csv(published: Desk):
    file = published.folder / "out.csv"
    run(published, "--output", str(file))
    header, *lines = file.read_text().splitlines()
    assert header.startswith("place,measure,unit,target_date,horizon,forecast_q0.05")
    assert len(lines) == 2 * 3  # the crossing and its region, three days
    first = dict(zip(header.split(","), lines[0].split(","), strict=True))
    assert float(first["scenario_q0.5"]) == 2 * float(first["forecast_q0.5"])
    assert float(first["difference_q0.5"]) == float(first["forecast_q0.5"])


def test_waits_are_written_and_told_in_hours(published: Desk):
    run(published)
    with published.store() as store:
        (record,) = store.scenarios.page(9)
        minutes = np.full((3, len(QUANTILE_LEVELS)), 90.0)
        block = ScenarioBlock("syrym", "mean_wait", minutes, 112 * minutes, 111 * minutes, minutes[:, 0])
        store.scenarios.put(replace(record, id="waiting"), [block])
    file = published.folder / "waits.csv"
    shown = published.type("scenario", "show", "waiting", "--output", str(file)).output
    header, first, *_ = file.read_text().splitlines()
    row = dict(zip(header.split(","), first.split(","), strict=True))
    assert row["unit"] == "hours"
    told = [row[f"{of}_q0.5"] for of in ("forecast", "scenario", "difference")]
    assert told == ["1.5", "168", "166.5"]
    (line,) = [one for one in shown.splitlines() if "mean_wait" in one]
    cells = line.replace("│", " ").split()
    assert (cells[2], *cells[4:7]) == ("hours", "1.5", "168.0", "166.5")


def test_that_nothing_differs_is_said_in_words(published: Desk):
    same = run(published, assumptions=[DOUBLE | {"multiple": 1}])
    assert "Nothing differs from the forecast." in same.output
    assert "Nothing differs" not in run(published).output


def test_scenarios_are_listed_and_shown_with_what_became_of_them(published: Desk):
    run(published)
    with published.store() as store:
        (record,) = store.scenarios.page(9)
        with store.database.write() as connection:
            verdict = ScenarioVerdict(record.id, NOW, "met", 5, 10.0, 11.0, "10 people were counted")
            append(connection, [verdict, ScenarioScore(record.id, "syrym", CUTOFF, NOW, 10.0, 1.25, 2.5)])
    listed = published.type("scenario", "list").output
    assert record.id in listed
    assert "met" in listed
    shown = published.type("scenario", "show", record.id).output
    assert "Premise met: 10 people were counted." in shown
    assert "WIS 1.2 people, the forecast's 2.5, on 1 days of crossings." in shown


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"assumptions": [DOUBLE | {"places": ["moon"]}]}, "assumptions[0].places: found moon"),
        ({"colour": 1}, "wanted an object with nothing but title, issue, assumptions"),
        ({"issue": "never"}, "there is no issue 'never'"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_2(published: Desk, body, problem: str):
    said = run(published, **body)
    assert said.exit_code == 2
    assert problem in said.output
    with published.store() as store:
        assert store.scenarios.page(9) == ()


def test_a_file_that_is_no_json_and_an_unknown_scenario_are_refused(published: Desk):
    assert "no JSON in UTF-8" in published.type("scenario", "run", published.file("x.json", "{")).output
    assert "there is no scenario 'x'" in published.type("scenario", "show", "x").output
