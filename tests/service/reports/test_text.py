"""The text form: every number of the HTML, lined up in 76 columns."""

import re
from html import unescape

import pytest

from service.languages import language
from service.reports.contents import Report
from service.reports.html import html_of
from service.reports.page import Grid, Page, Section
from service.reports.text import WIDTH, columns, text_of, text_of_page
from service.reports.worded import page_of
from tests.service.reports.reports import example_report
from tests.service.reports.sheets import example_page

NUMBER = re.compile(r"\d(?:[\d,.]*\d)?")


@pytest.fixture(scope="module", params=[False, True], ids=["report", "correction"])
def report(request: pytest.FixtureRequest) -> Report:
    return example_report(corrected=request.param)


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def test_the_text_holds_every_number_that_the_html_tells(report: Report) -> None:
    page = page_of(report, language("en"))
    _, opened, body = html_of(page, {}).partition("<body")
    shown = numbers(unescape(re.sub("<[^>]*>", " ", opened + body)))
    told = numbers(text_of(report, language("en")))
    assert len(shown) > 100
    assert shown <= told


def test_the_text_holds_every_word_of_the_page(report: Report) -> None:
    page = page_of(report, language("en"))
    told = squeezed(text_of(report, language("en")))
    for said in (page.title, page.subtitle, page.headline, page.action, *page.notices, *page.closing):
        assert squeezed(said) in told
    for section in page.sections:
        for said in (section.title, *section.sentences, *section.points, *section.remarks):
            assert squeezed(said) in told


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_headline_and_the_action_come_before_all_tables(report: Report) -> None:
    page = page_of(report, language("en"))
    told = squeezed(text_of(report, language("en")))
    first = told.index(squeezed(page.sections[0].title))
    assert told.index(squeezed(page.headline)) < told.index(page.action_title) < first


def test_no_line_is_longer_than_76_columns_but_for_a_word_that_is(report: Report) -> None:
    for line in text_of(report, language("en")).splitlines():
        assert columns(line) <= WIDTH or " " not in line.strip()


def page_with(*grids: Grid) -> Page:
    plain = example_page()
    section = Section(title="Tables", grids=grids)
    return Page(**{**{name: getattr(plain, name) for name in plain.__slots__}, "sections": (section,)})


def lines_of(grid: Grid) -> list[str]:
    text = text_of_page(page_with(grid))
    return text[text.index(grid.caption) :].splitlines()


def test_numbers_stand_below_one_another_at_the_right() -> None:
    grid = Grid("People", ("Day", "up to", "middle"), (("Mon", "12,345", "9"), ("Tuesday", "7", "1,000")))
    assert lines_of(grid)[1:5] == [
        "Day       up to  middle",
        "-----------------------",
        "Mon      12,345       9",
        "Tuesday       7   1,000",
    ]


def test_cyrillic_and_kazakh_letters_take_a_column_each() -> None:
    grid = Grid("Counts", ("Place", "people"), (("Қарқаралы өңірі", "1"), ("Ust", "20")))
    wide = len("Қарқаралы өңірі") + len("  people")
    assert [len(line) for line in lines_of(grid)[1:5]] == [wide] * 4


def test_a_head_is_broken_at_no_space_that_holds_it_together() -> None:
    grid = Grid("Booths", ("Reicht in", "99\u00a0%", "80\u00a0%"), (("Syrym", "25", "4"),))
    assert lines_of(grid)[1] == "Reicht in  99\u00a0%  80\u00a0%"


def test_a_table_with_too_many_columns_is_written_row_by_row() -> None:
    heads = ("Place", *(f"column-number-{at}" for at in range(6)))
    grid = Grid("Wide", heads, (("Syrym", *"123456"),))
    assert lines_of(grid)[1:4] == ["Syrym", "  column-number-0: 1", "  column-number-1: 2"]


def test_marks_on_letters_take_no_column_and_wide_letters_two() -> None:
    assert columns("e\u0301") == 1
    assert columns("国境") == 4
    assert columns("ұңғыма") == 6
