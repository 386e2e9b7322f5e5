"""What a weekly report costs: a country's, as long as one can be, in seconds and in bytes of its mail."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.policy import SMTP

from service.languages import language, languages
from service.reports.ahead import MOST_CROSSINGS
from service.reports.contents import (
    Action,
    AlertNote,
    Counted,
    Day,
    Headline,
    HouseRow,
    IssueFacts,
    Moved,
    Named,
    Outlook,
    PlaceForecast,
    PlanLevel,
    PlanRow,
    QualityNote,
    Record,
    Report,
    Said,
    Since,
    WaitRow,
    Week,
)
from service.reports.figures import figures_of
from service.reports.html import html_of
from service.reports.message import message_of
from service.reports.pdf import pdf_of
from service.reports.planned import MOST_ROWS
from service.reports.quality import MOST_NOTES
from service.reports.reading import MOST_ALERTS
from service.reports.text import text_of
from service.reports.worded import page_of
from service.store.mail_records import Alert, Matter

SECONDS, LARGEST = 3.0, 400_000
CUTOFF, MADE_AT, REPEATS = date(2022, 9, 25), datetime(2022, 9, 26, 2, tzinfo=UTC), 3
LONG = "Жоғарғы Ақтөбе – Ұзынкөл автомобиль өткізу бекеті"
LEVELS = ((0.99, 1_812), (0.95, 1_640), (0.8, 1_560), (0.5, 1_512))


@dataclass(frozen=True, slots=True)
class ReportSpeed:
    """Seconds on the clock by step, medians of some runs; by language the mail's bytes and charts."""

    seconds: dict[str, float]
    sizes: dict[str, int]
    charts: dict[str, int]

    def sentence(self) -> str:
        """The page's sentence."""
        steps = ", ".join(f"{step} {took:.2f} s" for step, took in self.seconds.items() if step != "mail")
        sizes = ", ".join(
            f"{size / 1000:.0f} kB with {self.charts[code]} ({code})" for code, size in self.sizes.items()
        )
        quick = "met" if self.seconds["mail"] < SECONDS else "missed"
        small = "met" if max(self.sizes.values()) < LARGEST else "missed"
        return (
            f"**Weekly report.** A country's, as long as one can be, with {MOST_CROSSINGS} crossings and "
            f"names of {len(LONG)} letters and more, all Cyrillic: "
            f"the whole mail in {self.seconds['mail']:.2f} s "
            f"(target {SECONDS:.0f} s: {quick}); of this {steps}. "
            f"The mail with its PDF and as many of {1 + MOST_CROSSINGS} charts as it has room for: {sizes} "
            f"(target {LARGEST / 1000:.0f} kB: {small})."
        )


def measure(repeats: int = REPEATS) -> ReportSpeed:
    """Time each step in Russian once the fonts are read, as the job does it, and weigh the mail in all."""
    report, spoken = long_report(), language("ru")
    figures = figures_of(report, spoken)
    page = page_of(report, spoken, figures)
    addresses = {one.name: f"cid:{one.name}" for one in figures}
    steps: dict[str, Callable[[], object]] = {
        "charts": lambda: figures_of(report, spoken),
        "text": lambda: text_of(report, spoken),
        "HTML": lambda: html_of(page, addresses),
        "PDF": lambda: pdf_of(page),
        "mail": lambda: message_of(report, spoken),
    }
    mails = {code: message_of(report, language(code)) for code in languages()}
    sizes = {code: len(mail.as_bytes(policy=SMTP)) for code, mail in mails.items()}
    charts = {
        code: sum(part.get_content_type() == "image/png" for part in mail.walk())
        for code, mail in mails.items()
    }
    seconds = {step: statistics.median(_timed(made) for _ in range(repeats)) for step, made in steps.items()}
    return ReportSpeed(seconds, sizes, charts)


def long_report() -> Report:
    """A country's report in which every list is full, all its crossings surge and names are long."""
    country = Named("land", LONG + " елі", "country", "Asia/Almaty")
    posts = tuple(
        Named(f"post-{at}", f"{LONG} № {at}", "crossing", "Asia/Oral") for at in range(MOST_CROSSINGS)
    )
    return replace(
        _short(country, posts),
        plan=tuple(
            _plan(posts[at % len(posts)], what) for what in ("booths", "beds", "buses") for at in _rows()
        ),
        waits=tuple(_wait(posts[at % len(posts)]) for at in _rows()),
        houses=tuple(_house(country) for _ in _rows()),
        alerts=tuple(_alert(posts[at % len(posts)], at) for at in range(MOST_ALERTS)),
        quality=tuple(
            QualityNote("revised", posts[at % len(posts)], _days_back(3)) for at in range(MOST_NOTES)
        ),
        record=_record(country, posts),
    )


def _short(country: Named, posts: tuple[Named, ...]) -> Report:
    own = _forecast(country, 24_000)
    issue = IssueFacts("issue", CUTOFF, MADE_AT, MADE_AT, "0.4.0", 1.0)
    friday = CUTOFF + timedelta(days=5)
    return Report(
        place=country,
        week="2022-W39",
        edition=0,
        made_at=MADE_AT,
        issue=issue,
        synthetic=True,
        small_counts=10,
        contact="forecasts@ministry.example",
        unsubscribe="leave@ministry.example",
        headline=Headline("surge", posts, 2.4, 1.3, own.weeks[0].fullest),
        action=Action(planned=True),
        forecasts=(own, *(_forecast(post, 1_200 * (1 + at)) for at, post in enumerate(posts))),
        crossings=40,
        since=Since(
            160_321, 98_765, tuple(Moved(post, friday, 1_900, 3_600, 2_700, 6_150) for post in posts)
        ),
    )


def _forecast(place: Named, level: float) -> PlaceForecast:
    days = tuple(_day(ahead, level * (1 + ahead * 37 % 11 / 20)) for ahead in range(1, 29))
    weeks = tuple(Week(days[at].date, days[at + 6].date, days[at + 3]) for at in range(0, 28, 7))
    counted = tuple(
        Counted(day, round(level * (0.6 + at * 53 % 17 / 40))) for at, day in enumerate(_days_back(56))
    )
    changes: dict[str, float | None] = {
        "large_increase": 0.62,
        "increase": 0.21,
        "stable": 0.12,
        "decrease": 0.04,
    }
    changes["large_decrease"] = 0.01
    outlook = Outlook(0.73, round(level), {"1-7": changes, "8-14": changes})
    return PlaceForecast(place, ("surge", "capacity", "largest"), days, weeks, counted, outlook)


def _day(ahead: int, median: float) -> Day:
    ends = {
        f"{level:g}": (round(median / (1 + wide)), round(median * (1 + wide)))
        for level, wide in ((0.5, 0.1 + ahead / 100), (0.8, 0.25 + ahead / 80), (0.95, 0.5 + ahead / 50))
    }
    return Day(CUTOFF + timedelta(days=ahead), ahead, round(median), dict(ends), "surge", "skilful")


def _plan(place: Named, what: str) -> PlanRow:
    levels = tuple(PlanLevel(safety, level, 210, 22.5) for safety, level in LEVELS)
    return PlanRow(place, what, CUTOFF + timedelta(days=5), levels, 1_600, 6, 9, 4.0)  # type: ignore[arg-type]


def _wait(place: Named) -> WaitRow:
    late = {"1": 0.97, "4": 0.31, "12": 0.04}
    return WaitRow(place, CUTOFF + timedelta(days=2), 2.1, 5.6, 7.25, late, 1_100, 0.64, 0.22)


def _house(place: Named) -> HouseRow:
    by = {"7": 0.24, "14": 0.41}
    return HouseRow(place, CUTOFF + timedelta(days=5), 600, 512, 590, 660, 0.18, by, 12, 44)


def _alert(place: Named, number: int) -> AlertNote:
    detail = {"begun": True, "lately": 1_234.0, "upper": 2_950.0, "day": "2022-09-27", "level": 0.95}
    matter = Matter("surge", place.id)
    return AlertNote(Alert(matter, MADE_AT, chance=0.93, threshold=0.5, number=number, detail=detail), place)


def _record(country: Named, posts: tuple[Named, ...]) -> Record:
    days = tuple(Said(country, day, 4, 2_000, 1_700, 2_350, 5_321, "more") for day in _days_back(7))
    misses = tuple(Said(posts[at % len(posts)], day, 4, 2_000, 1_700, 2_350, 5_321, "more")
                   for at, day in enumerate(_days_back(7)))  # fmt: skip
    return Record("2022-W38", "before", days, misses, 17, 11, {"0.5": 0.35, "0.8": 0.65, "0.95": 0.76}, -0.12)


def _days_back(number: int) -> tuple[date, ...]:
    return tuple(CUTOFF - timedelta(days=back) for back in reversed(range(number)))


def _rows() -> range:
    return range(MOST_ROWS)


def _timed(made: Callable[[], object]) -> float:
    began = time.perf_counter()
    made()
    return time.perf_counter() - began
