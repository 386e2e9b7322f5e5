"""What the sections say: misses as plain as hits, chances in tables, alerts by name, days by their runs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.languages import language
from service.reports.contents import EventNote, QualityNote, Report, Since
from service.reports.page import Section
from service.reports.sections import ahead, plan, since, week
from service.reports.words import Words
from tests.service.reports.reports import (
    CUTOFF,
    EAST,
    SYRYM,
    TASKALA,
    WEST,
    example_report,
    record,
)

WORDS = Words(language("en"), 10, "Asia/Oral")
CROSSING, OTHER, REGION = (
    replace(SYRYM, name="Syrym"),
    replace(TASKALA, name="Taskala"),
    replace(WEST, name="West"),
)


@pytest.fixture
def report() -> Report:
    return example_report()


def rows(section: Section, at: int) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in section.grids[at].rows}


def test_the_worst_miss_is_the_first_sentence_of_the_record(report: Report) -> None:
    worst = replace(record().misses[0], place=CROSSING)
    told = week.record(replace(report, record=replace(record(), misses=(worst,))), WORDS)
    assert told.sentences == (
        "Worst miss: Syrym, Thu, 22 Sep: we said up to 480 people, 2,950 came.",
        "6 of 17 days were missed, crossings too; 11 lay between the 80% figures.",
        "Of these days, 76% lay between the 95% figures, 35% between the 50% figures.",
        "The errors were 12% LARGER than those of repeating the week before.",
    )


def test_a_miss_below_is_told_by_the_lower_figure(report: Report) -> None:
    fewer = replace(record().misses[0], verdict="fewer", came=12, lower_80=350, place=CROSSING)
    told = week.record(replace(report, record=replace(record(), misses=(fewer,))), WORDS)
    assert told.sentences[0] == "Worst miss: Syrym, Thu, 22 Sep: we said at least 350 people, 12 came."


def test_a_miss_of_a_small_upper_figure_tells_no_number(report: Report) -> None:
    small = replace(record().misses[0], upper_80="small", came=40, place=CROSSING)
    told = week.record(replace(report, record=replace(record(), misses=(small,))), WORDS)
    assert told.sentences[0] == "Worst miss: Syrym, Thu, 22 Sep: we said up to <10 people, 40 came."


def test_a_good_week_says_so_and_lists_no_misses(report: Report) -> None:
    good = replace(record(), misses=(), judged=14, hits=14, skill=0.25)
    told = week.record(replace(report, record=good), WORDS)
    assert told.sentences[0] == "0 of 14 days were missed, crossings too; 14 lay between the 80% figures."
    assert "25% smaller" in told.sentences[-1]
    assert len(told.grids) == 1


def test_misses_of_the_place_alone_are_not_listed_twice(report: Report) -> None:
    own = tuple(one for one in record().days if one.verdict == "more")
    assert len(week.record(replace(report, record=replace(record(), misses=own)), WORDS).grids) == 1
    assert len(week.record(report, WORDS).grids) == 2


def test_every_day_of_the_last_report_stands_with_its_verdict(report: Report) -> None:
    told = rows(week.record(report, WORDS), 0)
    assert told["Mon, 19 Sep"] == ("2,350", "2,000", "1,700", "1,950", "hit")
    assert told["Thu, 22 Sep"][-2:] == ("5,321", "MISS: more came")
    assert told["Fri, 23 Sep"][-2:] == ("–", "cannot be told")
    assert told["Sun, 25 Sep"][-1] == "MISS: fewer came"


def test_a_week_that_cannot_be_judged_makes_no_claim(report: Report) -> None:
    unknown = replace(record(), judged=0, hits=0, misses=(), coverage={}, skill=None)
    (said,) = week.record(replace(report, record=unknown), WORDS).sentences
    assert said.startswith("None of the days can be judged")


def test_a_first_report_says_that_it_is_the_first(report: Report) -> None:
    first = replace(report, record=None, since=Since(None, None))
    assert week.record(first, WORDS).sentences == (
        "This is the first report; the next one says how right it was.",
    )
    assert since.since(first, WORDS).sentences == (
        "The counts of the last seven days are not complete, or too small to tell.",
        "There is no earlier report to compare with.",
    )
    assert since.since(first, WORDS).grids == ()


def test_what_came_is_held_against_the_week_before(report: Report) -> None:
    (said,) = since.since(report, WORDS).sentences
    assert said == "16,321 people came in the last seven days, 9,876 in the seven before."


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (EventNote("closure", CROSSING, CUTOFF, None, None), "Syrym, from 25 Sep: closure registered."),
        (EventNote("opening", CROSSING, CUTOFF, CUTOFF, None), "Syrym, 25 Sep: opening registered."),
        (
            EventNote("surge-expected", None, CUTOFF, CUTOFF + timedelta(days=5), 3.5),
            "Everywhere, 25 Sep to 30 Sep: a surge is expected, up to 3.5 times the ordinary.",
        ),
        (
            EventNote("surge-expected", REGION, CUTOFF, None, None),
            "West, from 25 Sep: a surge is expected.",
        ),
        (EventNote("disruption", OTHER, CUTOFF, None, None), "Taskala, from 25 Sep: disruption registered."),
        (
            EventNote("closure", OTHER, CUTOFF, None, None, withdrawn=True),
            "Taskala, from 25 Sep: a registered event was withdrawn.",
        ),
    ],
)
def test_an_event_is_a_sentence_with_where_and_when(report: Report, event: EventNote, said: str) -> None:
    told = since.since(replace(report, since=Since(1, 1, events=(event,))), WORDS)
    assert told.points == (said,)


def test_what_to_have_ready_stands_the_safest_first(report: Report) -> None:
    (row,) = [one for one in report.plan if one.place == WEST and one.what == "beds"]
    told = plan.plan(replace(report, plan=(replace(row, place=REGION),)), WORDS)
    assert told.grids[0].columns == ("Suffices in", "99%", "95%", "80%", "50%", "there are")
    assert told.grids[0].rows == (("West, Fri, 30 Sep", "812", "640", "560", "512", "600"),)
    assert told.points == (
        "West: with the 95% figure 4.1 people find no bed there on average, with the 50% figure 61.",
        "West: one bed too few counts as much as 9 too many.",
    )


def test_what_is_registered_stands_beside_the_booths_there_are(report: Report) -> None:
    booths = tuple(replace(one, place=CROSSING) for one in report.plan if one.place == SYRYM)
    told = plan.plan(replace(report, plan=booths), WORDS)
    assert told.grids[0].columns[-2:] == ("registered", "there are")
    assert told.grids[0].rows[0][-2:] == ("6", "8")


def test_costs_that_are_alike_are_told_once_and_unknown_ones_not(report: Report) -> None:
    east = [one for one in report.plan if one.place == EAST]
    booths = [one for one in report.plan if one.what == "booths"]
    alike = tuple(replace(one, place=place) for one, place in zip(booths, (CROSSING, OTHER), strict=True))
    told = plan.plan(replace(report, plan=(*alike, *east)), WORDS)
    costs = [point for point in told.points if "too many" in point]
    assert costs == ["Syrym, Taskala: one booth too few counts as much as 4 too many."]


def test_no_plan_is_said_to_be_none(report: Report) -> None:
    (said,) = plan.plan(replace(report, plan=()), WORDS).sentences
    assert "no capacities are registered" in said


def test_waits_and_houses_are_told_with_their_chances(report: Report) -> None:
    waits = replace(report.waits[0], place=CROSSING)
    houses = replace(report.houses[0], place=REGION)
    told = plan.waits_and_houses(replace(report, waits=(waits,), houses=(houses,)), WORDS)
    assert rows(told, 0) == {"Syrym, Tue, 27 Sep": ("7.3", "5.6", "2.1", "97%", "31%", "<\u202f1%")}
    assert rows(told, 1) == {"Syrym, Tue, 27 Sep": ("1,100", "64%", "22%")}
    assert rows(told, 2) == {"West, Fri, 30 Sep": ("660", "590", "512", "600", "18%")}
    assert rows(told, 3) == {"West, Fri, 30 Sep": ("24%", "41%", "44", "<10")}


def test_a_chance_over_withheld_days_is_a_dash(report: Report) -> None:
    houses = (report.houses[0], replace(report.houses[1], full_by={"7": 0.5}))
    told = plan.waits_and_houses(replace(report, waits=(), houses=houses), WORDS)
    assert [row[1:3] for row in told.grids[1].rows] == [("24%", "41%"), ("50%", "–")]


def test_the_outlook_tells_a_surge_and_all_kinds_of_change(report: Report) -> None:
    surge, first, second = ahead.ahead(report, WORDS, ()).sentences
    assert surge == "The chance of a surge within 7 days is 73%."
    assert first.startswith("Days 1-7 against the last seven: large increase 62%, increase 21%")
    assert second.startswith("Days 8-14")


def test_a_forecast_that_is_withheld_says_so(report: Report) -> None:
    own = replace(report.own, days=tuple(replace(day, median=None, ends={}) for day in report.own.days))
    told = ahead.ahead(replace(report, forecasts=(own,)), WORDS, ())
    assert told.sentences == ("The forecast of this place is not told.",)
    assert told.grids == ()


def test_the_crossings_that_matter_say_why_they_do(report: Report) -> None:
    named = replace(report.forecasts[1], place=CROSSING)
    told = ahead.crossings(replace(report, forecasts=(report.own, named)), WORDS, ())
    assert told.sentences[0].startswith("1 of 23 crossings are shown")
    assert told.points == (
        "Syrym: a surge has begun, likely over capacity, among the largest; "
        "chance of a surge within 7 days 73%.",
    )


def test_alerts_are_told_by_name_and_days_without_figures_of_another_issue(report: Report) -> None:
    surge, silent, _ = report.alerts
    shown = (replace(surge, place=CROSSING), replace(silent, place=OTHER))
    told = week.alerts(replace(report, alerts=shown), WORDS)
    assert told.points == (
        "Syrym: a surge of arrivals has begun (raised on Fri, 23 Sep).",
        "Taskala: no counts (Fri, 23 Sep to Sun, 25 Sep, over).",
    )


def test_an_alert_of_an_evening_is_of_the_places_own_day(report: Report) -> None:
    late = report.alerts[0].alert.raised_at.replace(hour=22)
    note = replace(report.alerts[0], place=CROSSING, alert=replace(report.alerts[0].alert, raised_at=late))
    (told,) = week.alerts(replace(report, alerts=(note,)), WORDS).points
    assert "raised on Sat, 24 Sep" in told


def test_a_week_without_alerts_says_so(report: Report) -> None:
    assert week.alerts(replace(report, alerts=()), WORDS).sentences == ("There were no alerts.",)


def test_places_with_the_same_days_are_told_together(report: Report) -> None:
    days = tuple(CUTOFF - timedelta(days=back) for back in (4, 3, 2, 0))
    notes = tuple(QualityNote("revised", place, days) for place in (CROSSING, OTHER))
    told = week.quality(replace(report, quality=notes), WORDS)
    assert told.points == ("Syrym, Taskala: counts were revised for 21 Sep to 23 Sep, 25 Sep.",)


def test_whole_counts_are_said_to_be_whole(report: Report) -> None:
    (said,) = week.quality(replace(report, quality=()), WORDS).sentences
    assert said == "The counts of the last seven days are whole, and none looks odd."


def test_what_is_left_out_is_numbered(report: Report) -> None:
    assert plan.plan(report, WORDS).remarks == ("3 more are not shown here; the service shows all.",)
    assert week.quality(report, WORDS).remarks == ("1 more is not shown here; the service shows all.",)


def test_a_correction_sets_the_wrong_figures_beside_the_right_ones() -> None:
    report = example_report(corrected=True)
    assert report.correction is not None
    told = since.corrected(report.correction, WORDS)
    assert [row[1:] for row in told.grids[0].rows] == [("5,400", "6,150"), ("3,100", "3,600"), ("9", "11")]
    none = since.corrected(replace(report.correction, differences=()), WORDS)
    assert none.sentences == ("None of the figures to plan by has changed.",)
