"""What comes: the headline's course, the fullest days and weeks, and the crossings that matter."""

from datetime import timedelta

import pytest

from service.reports.ahead import fullest, weeks_of
from service.reports.contents import Day, PlaceForecast
from service.store import Store
from tests.service.alerts.matters import morning, place_all
from tests.service.reports.stories import (
    HORIZON,
    NEXT_SUNDAY,
    SAID,
    history,
    issue,
    outlook,
    report,
    says,
)

RISING = (0.05, 0.1, 0.3, 0.3, 0.25)
FALLING = RISING[::-1]


@pytest.fixture
def border(sqlite_store: Store) -> Store:
    place_all(sqlite_store)
    history(sqlite_store)
    return sqlite_store


def crossings(**changed: object) -> list:
    return [changed.get(place, says(place, SAID[place])) for place in ("bridge", "ferry", "pass")]


@pytest.mark.parametrize(
    ("modes", "ahead", "course"),
    [
        ("surge", outlook(0.9), "surge"),
        ("collapse", outlook(0.0), "collapse"),
        ("closed", outlook(0.0), "closed"),
        ("calm", outlook(0.6, changes=RISING), "surge-likely"),
        ("calm", outlook(0.1, changes=RISING), "rising"),
        ("calm", outlook(0.1, changes=FALLING), "falling"),
        ("calm", outlook(0.1), "steady"),
        (("closed",) * 3 + ("calm",) * (HORIZON - 3), outlook(0.1), "steady"),
    ],
)
def test_the_course_is_what_the_issue_says_of_the_place(
    border: Store, modes: str, ahead: object, course: str
) -> None:
    issue(border, NEXT_SUNDAY, says("west", 1_500.0, modes=modes, ahead=ahead), *crossings())
    assert report(border).headline.course == course


def test_a_place_that_the_issue_does_not_know_has_no_course(border: Store) -> None:
    issue(border, NEXT_SUNDAY, *crossings())
    told = report(border)
    assert (told.headline.course, told.headline.fullest, told.own.days) == ("unknown", None, ())


def test_the_next_week_is_held_against_ordinary_days_and_the_last_seven(border: Store) -> None:
    beside = outlook(usual=1_000.0, lately=2_000.0)
    issue(border, NEXT_SUNDAY, says("west", 3_000.0, ahead=beside), *crossings())
    headline = report(border).headline
    assert (headline.times_ordinary, headline.times_lately) == (3.0, 1.5)


def test_all_crossings_in_surge_are_named(border: Store) -> None:
    surging = {place: says(place, SAID[place], modes="surge") for place in ("bridge", "ferry")}
    issue(border, NEXT_SUNDAY, says("west", 1_500.0), *crossings(**surging))
    assert [one.id for one in report(border).headline.surging] == ["bridge", "ferry"]


def test_a_crossing_in_surge_stands_before_a_larger_one(border: Store) -> None:
    surging = says("ferry", SAID["ferry"], modes="surge")
    issue(border, NEXT_SUNDAY, says("west", 1_500.0), *crossings(ferry=surging))
    own, *others = report(border).forecasts
    assert (own.place.id, own.chosen) == ("west", ("place",))
    assert [(one.place.id, one.chosen) for one in others] == [
        ("ferry", ("surge", "largest")),
        ("bridge", ("largest",)),
    ]


def test_a_region_of_one_crossing_is_told_once(border: Store) -> None:
    issue(border, NEXT_SUNDAY)
    assert [one.place.id for one in report(border, "east").forecasts] == ["east"]


def test_a_crossing_whose_publication_is_stopped_is_not_told(border: Store) -> None:
    issue(border, NEXT_SUNDAY)
    border.places.stop("bridge", at=morning(NEXT_SUNDAY), by="desk", reason="danger")
    told = report(border)
    assert "bridge" not in {one.place.id for one in told.forecasts}
    untold = [day for day in told.own.days if day.median is None and not day.ends]
    assert len(untold) == HORIZON  # with it, a total less the others gives it away


def test_counts_stand_beside_the_forecast_oldest_first(border: Store) -> None:
    issue(border, NEXT_SUNDAY)
    own: PlaceForecast = report(border).own
    dates = [day.date for day in own.observed]
    assert dates == sorted(dates)
    assert own.observed[-1].date <= NEXT_SUNDAY
    assert {day.value for day in own.observed} == {1_500}


def day(ahead: int, upper: float | str | None) -> Day:
    ends = {} if upper is None else {"0.95": (1, upper)}
    return Day(NEXT_SUNDAY + timedelta(days=ahead), ahead, 5, ends)  # type: ignore[arg-type]


def test_the_fullest_day_is_that_of_the_highest_upper_figure_that_is_told() -> None:
    days = [day(1, 30), day(2, "small"), day(3, 50), day(4, None), day(5, 50)]
    assert fullest(days) == days[2]
    assert fullest([day(1, "small"), day(2, None)]) is None
    assert fullest([]) is None


def test_a_week_of_which_nothing_is_told_is_left_out() -> None:
    days = [day(ahead, None if 8 <= ahead <= 14 else ahead) for ahead in range(1, 19)]
    weeks = weeks_of(days)
    assert [(week.first, week.last, week.fullest.horizon) for week in weeks] == [
        (days[0].date, days[6].date, 7),
        (days[14].date, days[17].date, 18),
    ]


def test_no_more_than_four_weeks_are_told() -> None:
    assert len(weeks_of([day(ahead, 5) for ahead in range(1, 40)])) == 4
