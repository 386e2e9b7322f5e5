"""The sentences at head and foot: what comes, upper figure first, and what is amiss before all else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.languages import language
from service.reports.contents import Course, Headline, Report
from service.reports.sentences import closing_of, headline_of, notices_of, subject_of, subtitle_of, title_of
from service.reports.words import Words
from tests.service.reports.reports import CUTOFF, SYRYM, TASKALA, WEST, day, example_report

WORDS = Words(language("en"), 10, "Asia/Oral")
PLACE = "Republic of Veldania & Sons"


def of(course: Course, **facts: Any) -> Report:
    """The example report with another headline."""
    plain = Headline(course, times_ordinary=2.0, times_lately=2.0, fullest=day(3, 1_000))
    return replace(example_report(), headline=replace(plain, **facts))


def headline(course: Course, **facts: Any) -> str:
    return headline_of(of(course, **facts), WORDS)


@pytest.mark.parametrize(
    ("course", "said"),
    [
        ("surge", "a surge of arrivals has begun."),
        ("surge-likely", "a surge of arrivals is likely within a week."),
        ("rising", "arrivals are rising."),
        ("falling", "arrivals are falling."),
        ("collapse", "far fewer people come than is ordinary."),
        ("closed", "closed for the next week, as registered."),
        ("unknown", "what comes cannot be told this week."),
    ],
)
def test_the_headline_begins_with_what_comes(course: Course, said: str) -> None:
    assert headline(course).startswith(f"{PLACE}: {said}")


def test_the_upper_figure_comes_before_the_middle_one() -> None:
    told = headline("rising")
    assert "Plan for up to 1,575 people on Wed, 28 Sep, the fullest of the next seven days;" in told
    assert told.index("1,575") < told.index("the middle of the forecast is 1,000")


def test_calm_is_said_of_an_ordinary_level_alone() -> None:
    assert "calm" in headline("steady", times_ordinary=1.1, times_lately=1.0)
    assert "calm" not in headline("steady", times_ordinary=2.0, times_lately=1.0)
    assert "calm" not in headline("steady", times_ordinary=0.4, times_lately=1.0)
    assert "calm" not in headline("steady", times_ordinary=1.1, times_lately=1.0, surging=(SYRYM,))


@pytest.mark.parametrize("times", [0.5, 1.6])
def test_staying_is_not_said_where_the_figures_move(times: float) -> None:
    told = headline("steady", times_ordinary=1.0, times_lately=times)
    assert "arrivals show no clear rise or fall." in told
    assert f"{times} times as many people" in told


def test_what_stays_is_not_said_twice() -> None:
    assert "against the last seven" not in headline("steady", times_lately=1.0)


@pytest.mark.parametrize(
    ("times", "said"),
    [(2.4, "2.4 times as many people."), (1.0, "about as many people."), (0.3, "0.3 times as many people.")],
)
def test_the_week_is_held_against_ordinary_days_and_the_last_week(times: float, said: str) -> None:
    told = headline("rising", times_ordinary=times, times_lately=times)
    assert f"The next seven days against ordinary days: {said}" in told
    assert f"The next seven days against the last seven: {said}" in told


def test_a_week_that_is_not_told_is_held_against_nothing() -> None:
    told = headline("unknown", times_ordinary=None, times_lately=None, fullest=None)
    assert told == f"{PLACE}: what comes cannot be told this week."


def test_crossings_in_surge_are_named_and_what_is_more_is_counted() -> None:
    few = (replace(SYRYM, name="Syrym"), replace(TASKALA, name="Taskala"))
    assert "Crossings in surge: Syrym, Taskala." in headline("steady", surging=few)
    assert "Crossings in surge: Syrym, Taskala, Syrym, Taskala and 2 more." in headline(
        "surge", surging=few * 3
    )


def test_the_subject_says_what_comes_in_one_line() -> None:
    assert subject_of(of("surge"), WORDS) == f"{PLACE}, week 39: a surge has begun"
    assert subject_of(of("steady", surging=(SYRYM,)), WORDS) == f"{PLACE}, week 39: a surge at some crossings"
    assert subject_of(of("steady"), WORDS) == f"{PLACE}, week 39: what comes and what to have ready"
    assert "\n" not in subject_of(replace(of("surge"), place=TASKALA), WORDS)


def test_a_correction_stands_in_the_subject_and_before_all_else() -> None:
    corrected = example_report(corrected=True)
    assert subject_of(corrected, WORDS) == f"Correction: {PLACE}, week 39"
    first, *others = notices_of(corrected, WORDS)
    assert first.startswith("CORRECTION. An earlier report of this week was wrong: The count of Syrym")
    assert len(others) == 3


def test_an_old_issue_says_how_old_it_is_and_to_ask() -> None:
    report = example_report()
    stale = replace(report, synthetic=False, issue=replace(report.issue, degraded=False))
    assert list(notices_of(stale, WORDS)) == [
        "These figures are 29 hours old, because no newer forecast was made. Ask before you rely on them."
    ]


def test_a_degraded_issue_says_to_plan_for_more() -> None:
    report = example_report()
    degraded = replace(report, synthetic=False, issue=replace(report.issue, stale=False))
    assert list(notices_of(degraded, WORDS)) == [
        "The forecasts are simple ones that repeat last week. Plan for more than they say."
    ]


def test_synthetic_counts_are_named_as_such() -> None:
    report = example_report()
    sound = replace(report, issue=replace(report.issue, stale=False, degraded=False))
    assert list(notices_of(sound, WORDS)) == ["DEMONSTRATION: all counts in this report are synthetic."]
    assert list(notices_of(replace(sound, synthetic=False), WORDS)) == []


def test_times_are_those_of_the_place() -> None:
    assert subtitle_of(example_report(), WORDS) == (
        "Made on 26 September 2022, 07:00 from the counts up to 25 September 2022."
    )
    assert title_of(replace(example_report(), place=WEST), WORDS).endswith("arrivals, week 39 of 2022")


def test_every_report_says_what_it_is_for_and_whom_to_ask() -> None:
    purpose, against, questions, unsubscribe, issue = closing_of(example_report(), WORDS)
    assert purpose.startswith("This report is for planning reception: booths, buses, beds")
    assert against.startswith("It is not for stopping, deterring or tracing people")
    assert "forecasts@ministry.example" in questions
    assert "leave@ministry.example" in unsubscribe
    assert "issue-2022-09-25" in issue
    assert "0.4.0" in issue


def test_a_day_too_small_to_tell_is_no_fullest_day() -> None:
    small = replace(day(1, 5), median="small", ends={"0.95": ("small", 12)})
    told = headline("steady", fullest=small)
    assert f"Plan for up to 12 people on {WORDS.language.day(CUTOFF + timedelta(days=1))}" in told
    assert "the middle of the forecast is fewer than 10." in told
