"""No count that is too small to tell can be computed from what a planner is told, now and later."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.pipeline import in_order
from forecast.places import Place
from service.access import create_key
from service.clock import FixedClock
from service.cycle import Means, complete_cycle
from service.disclosure import months
from service.disclosure.cells import NEVER, Cells
from service.disclosure.families import LOOK_BACK, Hidden
from service.settings import Settings
from service.store import Store
from service.web import create_app
from tests.service.borders import FAST
from tests.service.disclosure.border_stories import FIRST, HISTORY, LIVE, Row, Story, accept, morning, story
from tests.service.disclosure.outsider import Outsider

THRESHOLD = 6
WATCHED = FIRST + timedelta(days=HISTORY - 5)
SEEDS = st.integers(0, 2**32 - 1)


class Standing(Settings):
    """Settings whose clock stands after all that happens."""

    @property
    def clock(self) -> FixedClock:  # type: ignore[override]
        return FixedClock(morning(LIVE + 1))


SETTINGS = Standing(
    small_counts=THRESHOLD, rate_limit="100000 per minute", members=FAST, paths=100, processes=1
)


@contextmanager
def opened(told: Story, folder: Path) -> Iterator[tuple[Store, FlaskClient, Outsider]]:
    """An empty store, and a planner of everything who reads it and keeps what is told."""
    with Store.open(f"sqlite:///{folder / 'arrivals.db'}") as store:
        store.places.put(told.places, at=datetime(2023, 1, 1, tzinfo=UTC))
        secret = create_key(store, "planner", ["land"], now=morning(-2), by="test")[1]
        client = create_app(store, SETTINGS).test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        yield store, client, Outsider(told, THRESHOLD)


def get(client: FlaskClient, path: str, **query: str) -> dict[str, Any]:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def told_in_course(told: Story, folder: Path) -> Outsider:
    """Live through a story, asking for counts after every upload, and at the end for every vintage."""
    with opened(told, folder) as (store, client, outsider):
        for number, upload in enumerate(told.uploads):
            accept(store, upload, number)
            outsider.sees(upload)
            ask_counts(client, outsider, upload[0].recorded_at)
        for upload in told.uploads:
            ask_counts(client, outsider, upload[0].recorded_at, back=True)
    return outsider


def ask_counts(client: FlaskClient, outsider: Outsider, at: datetime, *, back: bool = False) -> None:
    vintage = {"as_of": instant(at)} if back else {}
    for place in (None, *(total.id for total in outsider.story.totals)):
        query = {"first": WATCHED.isoformat(), "limit": "10000"} | ({"place": place} if place else {})
        outsider.hears(get(client, "/v1/observations", **query, **vintage), at)


def instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def told_with_forecasts(told: Story, folder: Path) -> Outsider:
    """Live through a story with an issue every noon, asking for all that speaks of past counts."""
    with opened(told, folder) as (store, client, outsider):
        for number, upload in enumerate(told.uploads):
            accept(store, upload, number)
            outsider.sees(upload)
            later = told.uploads[number + 1][0].recorded_at if number + 1 < len(told.uploads) else None
            noon = upload[0].recorded_at.replace(hour=12, minute=0)
            if later is None or later > noon:
                complete_cycle(store, SETTINGS, Means(in_order), now=noon)
                ask_counts(client, outsider, noon)
                ask_beside(client, outsider)
    return outsider


def ask_beside(client: FlaskClient, outsider: Outsider) -> None:
    for place in outsider.story.places:
        forecast = get(client, "/v1/forecasts", place=place.id, observed="8", quantiles="0.1,0.5,0.9")
        as_of = datetime.fromisoformat(forecast["issue"]["as_of"])
        counts = [one | {"place": place.id, "level": place.level} for one in forecast["observed"]]
        outsider.hears({"observations": counts}, as_of)
        numbers = [value for day in forecast["forecasts"] for value in day["quantiles"].values()]
        assert all(value is None or value >= THRESHOLD for value in numbers)
        cutoff = datetime.fromisoformat(forecast["issue"]["cutoff"]).date()
        outsider.hears_mean(place.id, cutoff, forecast["outlook"]["reference"], as_of)
        hidden = any(
            one["suppressed"] and outsider.counts_somebody(place.id, date.fromisoformat(one["date"]), as_of)
            for one in forecast["observed"]
        )
        assert not hidden or {band["relative"] for band in forecast["trust"]} <= {None}
        why = get(client, "/v1/forecasts/explanation", place=place.id)
        assert why["level"] is None or why["level"] >= THRESHOLD
        assert not hidden or {part["score"] for part in why["members"]} <= {None}
    ask_scores(client, outsider)


def ask_scores(client: FlaskClient, outsider: Outsider) -> None:
    """Single scores tell the count; means must be those of the single ones that are told."""
    raw = get(client, "/v1/scores", raw="true", limit="10000", of="quantiles")["rows"]
    for row in raw:
        outsider.hears_score(row)
    for group in get(client, "/v1/scores", limit="10000", of="quantiles")["scores"]:
        first, last = map(int, group["horizon"].split("-"))
        own = [
            row["wis"]
            for row in raw
            if (row["place"], row["mode"]) == (group["place"], group["mode"])
            and first <= row["horizon"] <= last
        ]
        assert group["forecasts"] == len(own)
        assert group["wis"] == pytest.approx(np.mean(own), abs=1e-3)


def given_away(outsider: Outsider) -> list[Any]:
    """The small counts that were told, or of which only one value is left."""
    small = [
        version
        for version, row in outsider.rows.items()
        if row.status == "reported" and row.people < THRESHOLD and row.day >= WATCHED
    ]
    told = [version for version in small if version in outsider.told]
    return told + [one for one in small if one not in outsider.told and len(set(outsider.range_of(one))) == 1]


def covered(outsider: Outsider) -> int:
    """How many totals were told with hidden counts in them."""
    return sum(
        any(one not in outsider.told and outsider.rows[one].status == "reported" for one in parts)
        for parts in outsider.sums
    )


@settings(max_examples=4, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_no_small_count_can_be_computed_from_all_counts_ever_told(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert given_away(told_in_course(story(seed), tmp_path_factory.mktemp("story"))) == []


@settings(max_examples=2, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_nor_from_forecasts_scores_and_reasons_beside_them(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert given_away(told_with_forecasts(story(seed), tmp_path_factory.mktemp("story"))) == []


@pytest.mark.soak
@settings(max_examples=200, deadline=None)
@given(seed=SEEDS)
def test_none_of_many_small_counts_can_be_computed(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert given_away(told_in_course(story(seed), tmp_path_factory.mktemp("story"))) == []
    assert given_away(told_with_forecasts(story(seed), tmp_path_factory.mktemp("story"))) == []


def test_no_mean_of_a_week_tells_what_has_come_of_a_day_that_is_not_over(tmp_path: Path) -> None:
    places = (Place("land", "Land", "country"), *(Place(name, name, parent="land") for name in ("a", "b")))
    known_at, today = morning(-1), FIRST + timedelta(days=HISTORY)
    days = [FIRST + timedelta(days=day) for day in range(HISTORY)]
    history = tuple(Row(place, day, 30.0, "reported", known_at) for place in ("a", "b") for day in days)
    first = (Row("a", today, 2.0, "partial", morning(0)), Row("b", today, 30.0, "reported", morning(0)))
    with opened(Story(places, (history, first)), tmp_path) as (store, client, _):
        for number, upload in enumerate((history, first)):
            accept(store, upload, number)
        complete_cycle(store, SETTINGS, Means(in_order), now=morning(0) + timedelta(hours=9))
        means = {one: get(client, "/v1/forecasts", place=one)["outlook"]["reference"] for one in "ab"}
        assert (means["a"], means["b"]) == (None, 30)
        assert get(client, "/v1/forecasts", place="land")["outlook"]["reference"] is None


def test_totals_are_told_all_the_same_where_a_sibling_covers_the_small_count(tmp_path: Path) -> None:
    assert covered(told_in_course(story(100), tmp_path)) > 0


def test_without_complementary_suppression_the_outsider_finds_small_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small_alone(cells: Cells, *, threshold: int) -> Hidden:
        few = cells.small[:, LOOK_BACK:] < NEVER
        return Hidden(few, np.zeros(few.shape[1], dtype=bool))

    monkeypatch.setattr(months, "hidden", small_alone)
    assert given_away(told_in_course(story(100), tmp_path))
