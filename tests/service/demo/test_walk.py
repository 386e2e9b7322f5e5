"""The demo starts on a morning and walks on: counts arrive, the job runs, the forecasts change."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from forecast.pipeline import in_order
from service.access import authenticate
from service.cycle import Means
from service.demo import COUNTS_FILE, walk
from service.demo.home import clock_of, morning_of, settings_of
from service.demo.reports import between
from service.ingest import take
from service.store import Store
from service.store.records import EVERYTHING

MEANS = Means(in_order)
MORNING = morning_of(date(2022, 9, 27))


@pytest.fixture
def home(demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo to walk with, by the fast members alone."""
    monkeypatch.setenv("ARRIVALS_MEMBERS", '["weekly_naive", "root"]')
    monkeypatch.setenv("ARRIVALS_PATHS", "100")
    return Path(shutil.copytree(demo_home, tmp_path / "home"))


def _opened(home: Path) -> Store:
    return Store.open(settings_of(home).database_url)


def _counts(home: Path, day: date) -> dict[str, float]:
    with _opened(home) as store:
        ids = [place.id for place in store.places.all().crossings]
        known = store.observations.known("arrivals", ids, day, day)
    return dict(zip(known["place"].astype(str), known["value"], strict=True))


def test_the_demo_starts_with_an_issue_of_every_place_and_what_was_known_that_morning(
    demo_home: Path,
) -> None:
    with _opened(demo_home) as store:
        issue = store.issues.latest()
        assert issue is not None
        assert (issue.cutoff, issue.as_of) == (date(2022, 9, 26), MORNING)
        forecasts = store.issues.forecasts(issue.id, EVERYTHING)
        assert {forecast.place_id for forecast in forecasts} == {place.id for place in store.places.all()}
    assert sum(_counts(demo_home, date(2022, 9, 26)).values()) == 14_800
    assert _counts(demo_home, date(2022, 9, 27)) == {}


def test_the_first_issue_says_that_slow_members_are_still_to_join(demo_home: Path) -> None:
    with _opened(demo_home) as store:
        issue = store.issues.latest()
        assert issue is not None
        (forecast,) = store.issues.forecasts(issue.id, EVERYTHING, place_ids=["syrym"])
    assert any(flag.startswith("members-pending") for flag in forecast.flags)


def test_a_day_on_counts_arrive_in_their_vintages_and_the_forecasts_change(home: Path) -> None:
    before = _counts(home, date(2022, 9, 25))
    (issue,) = walk.advance(home, 1, MEANS)
    assert issue.cutoff == date(2022, 9, 27)
    assert clock_of(home).now() == morning_of(date(2022, 9, 28)).astimezone(UTC)
    assert sum(_counts(home, date(2022, 9, 27)).values()) == 14_800
    assert all(count > before[crossing] for crossing, count in _counts(home, date(2022, 9, 25)).items())
    with _opened(home) as store:
        first, second = (
            store.issues.forecasts(issue_id, EVERYTHING, place_ids=["kazakhstan"])[0]
            for issue_id in ("cycle-2022-09-27", issue.id)
        )
        assert (first.values[1:] != second.values[:-1]).any()
        assert len(store.scores.read(EVERYTHING, place_id="kazakhstan")) == 1
        assert [run.state for run in store.jobs.runs("cycle", limit=5)] == ["done", "done"]


def test_several_days_are_walked_one_at_a_time(home: Path) -> None:
    issues = list(walk.advance(home, 2, MEANS))
    assert [issue.cutoff for issue in issues] == [date(2022, 9, 27), date(2022, 9, 28)]


def test_a_walk_that_was_killed_is_taken_up_where_it_ended(home: Path) -> None:
    tomorrow = morning_of(date(2022, 9, 28))
    with _opened(home) as store:
        take(
            store,
            between(COUNTS_FILE, MORNING, tomorrow) or b"",
            name="x.csv",
            source="demo",
            now=tomorrow,
            history=True,
        )
        assert store.jobs.claim("cycle", "2022-09-28", owner="killed", now=tomorrow, lease_seconds=120)
    (issue,) = walk.advance(home, 1, MEANS)
    assert issue.cutoff == date(2022, 9, 27)
    with _opened(home) as store:
        assert len(store.issues.page(10)) == 2


def test_the_walk_goes_on_while_the_demo_is_served_but_it_is_not_made_anew(home: Path) -> None:
    with walk.served(home):
        assert len(list(walk.advance(home, 1, MEANS))) == 1
        with pytest.raises(walk.DemoError, match="serving"):
            walk.start(home, date(2022, 9, 27), MEANS)


def test_the_story_has_a_beginning_and_an_end(home: Path) -> None:
    for day in (date(2019, 4, 1), date(2023, 1, 1)):
        with pytest.raises(walk.DemoError, match="story"):
            walk.start(home, day, MEANS)
    clock_of(home).set(morning_of(date(2022, 12, 31)))
    with pytest.raises(walk.DemoError, match="ends"):
        list(walk.advance(home, 1, MEANS))


def test_starting_anew_puts_the_demo_on_another_day(home: Path) -> None:
    issue = walk.start(home, date(2021, 5, 20), MEANS)
    assert issue.cutoff == date(2021, 5, 19)
    with _opened(home) as store:
        assert len(store.issues.page(10)) == 1
        (closed,) = store.issues.forecasts(issue.id, EVERYTHING, place_ids=["alimbet"])
    assert closed.modes[0] == "closed"


def test_there_is_nothing_to_walk_before_the_start(tmp_path: Path) -> None:
    with pytest.raises(walk.DemoError, match="arrivals demo start"):
        list(walk.advance(tmp_path, 1, MEANS))


def test_a_new_key_ends_the_one_before(home: Path) -> None:
    old, new = walk.new_key(home), walk.new_key(home)
    now = datetime(2022, 9, 27, 1, tzinfo=UTC)
    with _opened(home) as store:
        assert authenticate(store, f"Bearer {old}", now=now) is None
        found = authenticate(store, f"Bearer {new}", now=now)
    assert found is not None
    assert found.role == "operator"


def test_events_are_registered_once_they_are_known(demo_home: Path) -> None:
    with _opened(demo_home) as store:
        assert [event.id for event in store.events.known(as_of=MORNING)] == ["alimbet-repairs", "call-up"]
        before = store.events.known(as_of=morning_of(date(2022, 9, 21)))
    assert [event.id for event in before] == ["alimbet-repairs"]


def test_capacities_are_registered_once_they_are_decided(home: Path) -> None:
    day = date(2022, 9, 29)

    def booths() -> float:
        with _opened(home) as store:
            crossing = store.capacities.known(as_of=clock_of(home).now()).crossing("syrym", day)
        assert crossing is not None
        return float(crossing.booths.max())

    before = booths()
    list(walk.advance(home, 1, MEANS))
    assert (before, booths()) == (4, 6)
    with _opened(home) as store:
        assert store.capacities.vintage() == 10 * 3 + 6 * 2
        taken = [one for one in store.audit.read(50) if one.action == "capacities.write"]
        assert taken[0].detail["count"] == 10


def test_queues_and_beds_are_taken_in_but_are_no_series_of_their_own(demo_home: Path) -> None:
    with _opened(demo_home) as store:
        issue = store.issues.latest()
        assert issue is not None
        known = {"as_of": issue.as_of, "last_observation": issue.last_observation, "cutoff": issue.cutoff}
        queues, beds = (store.observations.stocks(one, **known) for one in ("waiting", "occupied_beds"))
    assert issue.measures == ("arrivals",)
    assert issue.last_capacity == 10 * 2 + 6 * 2
    assert set(queues["unit"]) == {"km", "vehicles", "people"}
    assert queues["place"].nunique() == 10
    assert beds["place"].nunique() == 6


def test_on_mondays_each_duty_desk_gets_its_report_once_as_a_file(home: Path) -> None:
    walk.start(home, date(2022, 9, 25), MEANS)
    tuple(walk.advance(home, 2, MEANS))
    with _opened(home) as store:
        letters = [one for one in store.outbox.page(1_000) if one.letter.kind == "report"]
        readers = {one.id: one.language for one in store.recipients.all()}
    assert {(one.letter.recipient, one.letter.period) for one in letters} == {
        (reader, "2022-W39") for reader in readers
    }
    assert len(letters) == len(readers) == 7
    assert set(readers.values()) == {"en", "ru", "kk", "de"}
    assert {one.state for one in letters} == {"sent"}
    assert len(list((home / "mail").glob("*-report-*.eml"))) == 7


def test_a_demo_made_anew_begins_with_no_mail(home: Path) -> None:
    mail = home / "mail"
    mail.mkdir(exist_ok=True)
    (mail / "old.eml").write_text("")
    (mail / "notes.txt").write_text("kept")
    walk.start(home, date(2022, 9, 20), MEANS)
    assert [file.name for file in mail.iterdir()] == ["notes.txt"]
