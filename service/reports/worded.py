"""The whole report in words of one language: the one page that text, HTML and PDF lay out."""

from collections.abc import Iterator, Sequence

from service.languages import Language
from service.reports.contents import Report
from service.reports.orders import action_of
from service.reports.page import Figure, Page, Section
from service.reports.sections import ahead, plan, since, week
from service.reports.sentences import (
    closing_of,
    headline_of,
    notices_of,
    subject_of,
    subtitle_of,
    title_of,
)
from service.reports.words import Words


def page_of(report: Report, language: Language, figures: Sequence[Figure] = ()) -> Page:
    """The report in a language; the figures stand by the forecasts, the place's own first."""
    words = Words(language, report.small_counts, report.place.time_zone)
    return Page(
        language=language.code,
        subject=subject_of(report, words),
        title=title_of(report, words),
        subtitle=subtitle_of(report, words),
        headline=headline_of(report, words),
        action=action_of(report, words),
        action_title=language.say("Do now"),
        sections=tuple(_sections(report, words, figures)),
        closing=tuple(closing_of(report, words)),
        made_at=report.made_at,
        sheets=language.say("Page {page} of {all}", page="{page}", all="{all}"),
        notices=tuple(notices_of(report, words)),
    )


def _sections(report: Report, words: Words, figures: Sequence[Figure]) -> Iterator[Section]:
    if report.correction is not None:
        yield since.corrected(report.correction, words)
    yield since.since(report, words)
    yield plan.plan(report, words)
    yield ahead.ahead(report, words, figures[:1])
    if report.waits or report.houses:
        yield plan.waits_and_houses(report, words)
    yield week.record(report, words)
    yield week.alerts(report, words)
    if len(report.forecasts) > 1:
        yield ahead.crossings(report, words, figures[1:])
    yield week.quality(report, words)
