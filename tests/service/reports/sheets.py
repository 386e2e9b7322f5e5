"""A page by hand, whose every word tries to be markup, and the charts of the example report, drawn once."""

from datetime import UTC, datetime
from functools import cache

from service.languages import language
from service.reports.figures import figures_of
from service.reports.page import Figure, Grid, Page, Section
from tests.service.reports.reports import example_report

ATTACKS = (
    '<script>alert("1")</script>',
    "<img src=http://evil.example/x.png onerror=alert(1)>",
    '#read("/etc/passwd")',
    '#import "@preview/example:0.1.0": *',
    "*bold* _thin_ `raw` @ref $x$ = heading",
    '=HYPERLINK("http://evil.example")',
    "{{ 7 * 7 }} {% raw %} {braces}",
    "]]> </style> --> &amp;",
)
KAZAKH = "Ә Ғ Қ Ң Ө Ұ Ү Һ І ә ғ қ ң ө ұ ү һ і"


@cache
def example_figures() -> tuple[Figure, ...]:
    """The example report's charts in English."""
    return figures_of(example_report(), language("en"))


def example_page(code: str = "en") -> Page:
    """A page with a section for every attack, a long table and the charts."""
    days = tuple(
        (f"Tue, {day} Sep", f"{day * 1_000:,}", f"{day * 400:,}", f"{day * 90:,}") for day in range(1, 15)
    )
    wide = Grid(
        "Plan to " + ATTACKS[0], ("What", "99 %", "95 %", "80 %", "50 %"), ((KAZAKH, "4", "3", "2", "1"),)
    )
    first = Section(
        title="The days ahead",
        sentences=("Plan for up to 14,000 people.",),
        figures=example_figures(),
        grids=(Grid("Days", ("Day", "Plan for up to", "Median", "At least"), days), wide),
        remarks=("A day that is not told is a dash.",),
    )
    attacks = tuple(
        Section(title=one, sentences=(one,), points=(one, one), remarks=(one,)) for one in ATTACKS
    )
    return Page(
        language=code,
        subject="Reports: a surge",
        title=f"Arrivals: {KAZAKH}",
        subtitle="From the counts up to 25 September 2022",
        headline="Twice as many people as on an ordinary day.",
        action_title="What to do",
        action=" ".join(ATTACKS),
        sections=(first, *attacks),
        closing=("For planning reception.", "Questions: forecasts@ministry.example"),
        made_at=datetime(2022, 9, 26, 2, 0, tzinfo=UTC),
        sheets="Page {page} of {all}",
        notices=("All counts are synthetic.",),
    )
