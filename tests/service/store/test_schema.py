import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from forecast.events import KINDS, Event
from forecast.panel import STATUSES
from service.store import Store, migration, model_schema, schema
from service.store.mail_records import ReportRecord
from service.store.model_records import ModelRecord, Override, OverrideScore, Shadow
from service.store.scenario_records import ScenarioScore, ScenarioVerdict
from tests.service.store.builders import (
    DAY,
    EXPLANATION,
    NOW,
    accept,
    capacity,
    counts,
    forecast,
    issue,
    outlook_score,
    publish,
    sample_paths,
    scenario_block,
    scenario_record,
    score,
)

APPEND_ONLY = (*schema.APPEND_ONLY, *model_schema.APPEND_ONLY)


@pytest.fixture
def filled(border):
    """A store with a row in every table that is only ever appended to."""
    accept(border, counts("ferry", [1, 2]))
    publish(
        border, "first", "ferry", paths={"arrivals": sample_paths("ferry")}, scores=[score("first", "ferry")]
    )
    explained = [forecast("ferry", explanation=EXPLANATION)]
    scores = [outlook_score("first", "ferry")]
    border.issues.publish(issue("second", explained), explained, {}, scores=scores)
    border.places.stop("ferry", at=NOW, by="operator", reason="")
    border.events.put([Event("repairs", "closure", DAY, place="ferry", recorded_at=NOW)], at=NOW)
    border.capacities.put([capacity("ferry")], at=NOW)
    border.scenarios.put(scenario_record("scenario-1", "first", "ferry"), [scenario_block("ferry")])
    verdict = ScenarioVerdict("scenario-1", NOW, "met", 5, 10.0, 11.0, "")
    fates = [verdict, ScenarioScore("scenario-1", "ferry", DAY, NOW, 10.0, 1.0, 2.0)]
    publish(border, "third", "ferry", scores=fates)
    _judge(border)
    border.reports.put(ReportRecord("west", "2022-W39", 0, "first", NOW, "", {}), (), by="job")
    with border.database.write() as connection:
        connection.execute(
            schema.audit_entry.insert().values(
                number=100, at=NOW, actor="a", action="b", subject="c", detail={}
            )
        )
    return border


def _judge(store):
    """A proposed configuration with a shadow, and an override withdrawn, each with a score."""
    store.models.propose(ModelRecord("c0ffee", "c0ffee", "seed = 2", "", "key-1", NOW))
    told = Shadow("c0ffee", "first", NOW, 3, DAY, "0.1.0", [forecast("ferry")], [score("first", "ferry")])
    store.shadows.publish(told)
    store.overrides.put(Override("o1", "first", "ferry", "arrivals", DAY, DAY, 5.0, "", "key-1", NOW))
    store.overrides.withdraw("o1", at=NOW, actor="key-1", reason="")
    store.overrides.append_scores([OverrideScore("o1", "ferry", "arrivals", DAY, 1, NOW, 4.0, 1.0, 2.0)])


def write(store, statement):
    with store.database.write() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("table", [*APPEND_ONLY, "path_block"])
def test_what_was_counted_published_or_logged_cannot_be_changed(filled, table):
    before = filled.doctor()["rows"][table]
    column = inspect(filled.database.engine).get_columns(table)[-1]["name"]
    with pytest.raises(Exception, match=f"rows of {table} are never changed: UPDATE refused"):
        write(filled, f"UPDATE {table} SET {column} = {column}")
    assert filled.doctor()["rows"][table] == before > 0


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_counted_published_or_logged_cannot_be_deleted(filled, table):
    before = filled.doctor()["rows"][table]
    with pytest.raises(Exception, match=f"rows of {table} are never changed: DELETE refused"):
        write(filled, f"DELETE FROM {table}")
    assert filled.doctor()["rows"][table] == before > 0


def test_postgresql_does_not_truncate_counts_either(postgresql_database_url):
    with (
        Store.open(postgresql_database_url) as store,
        pytest.raises(Exception, match="rows of observation are never changed"),
    ):
        write(store, "TRUNCATE observation")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_row_is_replaced_by_another_of_the_same_number(filled, table):
    key = inspect(filled.database.engine).get_pk_constraint(table)["constrained_columns"][0]
    with pytest.raises(Exception, match=r"(?i)unique|never changed"):
        write(filled, f"INSERT INTO {table} SELECT * FROM {table} WHERE {key} IS NOT NULL")


def test_the_migrations_make_what_the_code_describes(store):
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_the_code_stands_at_the_last_migration(store):
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migration.configuration()).get_heads() == [schema.REVISION]
    assert store.doctor()["revision"] == schema.REVISION


@pytest.mark.parametrize("status", STATUSES)
def test_the_database_knows_every_status_of_the_library(border, status):
    assert accept(border, counts("ferry", [1], status=status)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_database_knows_every_kind_of_event_of_the_library(border, kind):
    assert border.events.put([Event("x", kind, DAY, place="ferry", recorded_at=NOW)], at=NOW) == 1


def test_the_database_refuses_a_status_that_the_library_does_not_know(border):
    with pytest.raises(Exception, match="observation_status"):
        accept(border, counts("ferry", [1], status="guessed"))


def test_instants_and_days_are_readable_by_people_with_sql(border):
    accept(border, counts("ferry", [1]))
    with border.database.read() as connection:
        day, recorded_at = connection.execute(text("SELECT day, recorded_at FROM observation")).one()
    assert str(day) == DAY.isoformat()
    assert str(recorded_at).startswith("2022-09-26 05:30:00")
