"""What stands beside the quantiles comes back as it was published, and older issues have none of it."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from forecast.outlook import Chances
from service.store import Scope, Store, blocks, migration, schema
from service.store.database import Database
from tests.service.store.builders import CUTOFF, EXPLANATION, OUTLOOK, TRUST, forecast, issue


def publish_one(store, *forecasts, name="first"):
    store.issues.publish(issue(name, forecasts), forecasts, {})


def test_outlook_and_trust_come_back_as_published(border):
    publish_one(border, forecast("ferry", outlook=OUTLOOK, trust=TRUST), forecast("pass"))
    ferry, mountain = border.issues.forecasts("first")
    assert (ferry.outlook, ferry.trust) == (OUTLOOK, TRUST)
    assert (mountain.outlook, mountain.trust) == (None, ())


def test_an_outlook_that_cannot_be_told_comes_back_so(border):
    silent = replace(
        OUTLOOK,
        yardstick=replace(OUTLOOK.yardstick, usual=(), reference=None),
        chances=Chances(None, ()),
        climatology=Chances(None, ()),
    )
    publish_one(border, forecast("ferry", outlook=silent))
    assert border.issues.forecasts("first")[0].outlook == silent


def test_an_explanation_is_told_for_one_place_in_scope(border):
    publish_one(border, forecast("ferry", explanation=EXPLANATION), forecast("pass"))
    told = border.issues.explained("first", "arrivals", "ferry")
    assert told.explanation == EXPLANATION
    assert told.weights == {"ets": 0.75}
    assert border.issues.explained("first", "arrivals", "pass").explanation is None
    assert border.issues.explained("first", "departures", "ferry") is None
    assert border.issues.explained("first", "arrivals", "ferry", Scope(places=frozenset({"east"}))) is None
    assert border.issues.forecasts("first")[0].explanation is None


def test_an_explanation_of_four_weeks_takes_less_than_half_a_kilobyte(border):
    long = replace(EXPLANATION, season=tuple(1 + day / 333 for day in range(28)), holidays=(1.0,) * 28)
    publish_one(border, forecast("ferry", explanation=long))
    with border.database.read() as connection:
        assert len(connection.scalar(text("SELECT content FROM explanation"))) < 512


def test_chances_are_part_of_the_checksum_and_trust_is_not():
    plain, told = forecast("ferry"), forecast("ferry", outlook=OUTLOOK)
    other = replace(OUTLOOK, chances=replace(OUTLOOK.chances, surge=0.126))
    sums = [blocks.checksum([one], {}) for one in (plain, told, forecast("ferry", outlook=other))]
    assert len(set(sums)) == 3
    assert blocks.checksum([replace(told, trust=TRUST, explanation=EXPLANATION)], {}) == sums[1]


@pytest.mark.parametrize(
    ("mode", "expected"), [("calm", "skilful"), ("surge", "skilful"), ("collapse", "skilful")]
)
def test_trust_falls_back_on_all_modes_where_a_mode_is_unproven(mode, expected):
    made = forecast("ferry", modes=(mode,) * 3, trust=TRUST)
    assert made.trust_on(2) == expected


def test_a_mode_of_its_own_decides_where_it_is_proven():
    lost = replace(TRUST[1], days=20, trust="lost")
    made = forecast("ferry", modes=("calm", "surge", "calm"), trust=(TRUST[0], lost))
    assert [made.trust_on(ahead) for ahead in (1, 2, 3)] == ["skilful", "lost", "skilful"]


def test_a_band_that_was_never_scored_is_unproven():
    assert forecast("ferry").trust_on(1) == "unproven"
    beyond = replace(TRUST[0], first=8, last=14)
    assert forecast("ferry", trust=(beyond,)).trust_on(1) == "unproven"


def test_the_plain_table_tells_the_trust_of_each_day(border):
    publish_one(border, forecast("ferry", trust=TRUST))
    with border.database.read() as connection:
        told = connection.scalars(text("SELECT trust FROM latest_forecast ORDER BY target_date")).all()
    assert told == ["skilful"] * 3


def test_issues_from_before_outlooks_are_read_as_they_are(empty_database_url):
    database, given = Database(empty_database_url), forecast("ferry")
    database.create()
    with database.write() as connection:
        migration.upgrade(connection, "r0001")
        ferry = {"id": "ferry", "position": 1, "name": "Ferry", "level": "crossing", "time_zone": "UTC"}
        connection.execute(insert(schema.place).values(**ferry))
        old = {"number": 1, "last_target": CUTOFF + timedelta(days=3), **asdict(issue("first", [given]))}
        del old["last_event"], old["last_capacity"], old["libraries"]
        connection.execute(insert(schema.issue).values(**old))
        values = blocks.encode_quantiles(given.values)
        facts = {"position": 0, "quantiles": values, "baseline": values, "modes": "calm*3", "flags": []}
        about = {"issue_id": "first", "measure": "arrivals", "place_id": "ferry", "weights": {}}
        connection.execute(insert(schema.forecast_block).values(**about, **facts))
    database.close()
    with Store.open(empty_database_url) as store:
        (read,) = store.issues.forecasts("first")
        assert store.issues.explained("first", "arrivals", "ferry").explanation is None
    assert (read.outlook, read.trust, read.modes) == (None, (), ("calm",) * 3)
