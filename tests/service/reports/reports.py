"""A report by hand: a country with two regions, whose names and notes try to be markup and formulas."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from service.reports.contents import (
    Action,
    AlertNote,
    BedOrder,
    BoothOrder,
    BusOrder,
    Correction,
    Counted,
    Day,
    Difference,
    EventNote,
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
    Quantity,
    Record,
    Report,
    Said,
    Since,
    Verdict,
    WaitRow,
    Week,
)
from service.store.mail_records import Alert, Matter

CUTOFF = date(2022, 9, 25)
MADE_AT = datetime(2022, 9, 26, 2, 0, tzinfo=UTC)
NOTE = (
    'The count of Syrym on 24 September was typed wrongly: <script>alert("1")</script> #strong[{0}] =1+1\r\n'
    "Bcc: everybody@press.example & ~100 % of $lines$ were 10× too high."
)
COUNTRY = Named("veldania", "Republic of Veldania & Sons", "country", "Asia/Almaty")
WEST = Named(
    "west", "Батыс Қарқаралы өңірі – Region of the Far Western <b>Steppes</b> & Lakes", "region", "Asia/Oral"
)
EAST = Named("east", '=HYPERLINK("http://evil.example","Восточный край")', "region", "Asia/Almaty")
SYRYM = Named("syrym", "Сырым #strong[Mashtakovo] *a* _b_ `c` {braces} $x$ @all", "crossing", "Asia/Oral")
TASKALA = Named("taskala", "Taskala-Ozinki\r\nBcc: spy@evil.example", "crossing", "Asia/Oral")
SMALL = Named(
    "ust", 'Öskemen/ұңғыма\'--"x" ]]> </style><img src=x onerror=alert(1)>', "crossing", "Asia/Almaty"
)
CHANGES: dict[str, float | None] = {
    "large_increase": 0.62,
    "increase": 0.21,
    "stable": 0.12,
    "decrease": 0.04,
    "large_decrease": 0.01,
}


def day(ahead: int, median: float, *, mode: str = "calm", trust: str = "skilful") -> Day:
    """A day ahead with intervals that widen."""
    wide = 1 + ahead / 20
    ends: dict[str, tuple[Quantity, Quantity]] = {
        level: (round(median / (1 + share * wide)), round(median * (1 + share * wide)))
        for level, share in (("0.5", 0.1), ("0.8", 0.25), ("0.95", 0.5))
    }
    return Day(CUTOFF + timedelta(days=ahead), ahead, round(median), ends, mode, trust)


def forecast(
    place: Named, level: float, *, mode: str = "calm", chosen: tuple[str, ...] = ("place",)
) -> PlaceForecast:
    """A forecast of four weeks and the counts of eight before."""
    days = tuple(day(ahead, level * (1 + ahead % 7 / 10), mode=mode) for ahead in range(1, 29))
    weeks = tuple(
        Week(week[0].date, week[-1].date, max(week, key=lambda one: one.ends["0.95"][1] or 0))
        for week in (days[first : first + 7] for first in range(0, 28, 7))
    )
    counted = tuple(
        Counted(CUTOFF - timedelta(days=back), round(level * (1 - back / 100)) + back % 7)
        for back in reversed(range(56))
    )
    outlook = Outlook(0.73, round(level * 0.9), {"1-7": CHANGES, "8-14": CHANGES})
    return PlaceForecast(place, chosen, days, weeks, counted, outlook)  # type: ignore[arg-type]


def small_forecast() -> PlaceForecast:
    """A crossing of few people, one day of which is withheld altogether."""
    ends: dict[str, tuple[Quantity, Quantity]] = {
        "0.5": ("small", 11),
        "0.8": ("small", 14),
        "0.95": ("small", 23),
    }
    days = tuple(
        Day(CUTOFF + timedelta(days=ahead), ahead, "small", ends, "calm", "unproven")
        for ahead in range(1, 28)
    )
    withheld = Day(CUTOFF + timedelta(days=28), 28, None, {})
    weeks = (Week(days[0].date, days[6].date, days[0]),)
    counted = (Counted(CUTOFF - timedelta(days=1), "small"), Counted(CUTOFF, None, complete=False))
    return PlaceForecast(SMALL, ("largest",), (*days, withheld), weeks, counted, Outlook(None, "small", {}))


def levels(*figures: tuple[float, Quantity, Quantity, Quantity]) -> tuple[PlanLevel, ...]:
    """Plan levels, the safest first."""
    return tuple(PlanLevel(*figure) for figure in figures)


def plan() -> tuple[PlanRow, ...]:
    """Booths of two crossings, beds and buses of two regions."""
    booths = levels((0.99, 14, 4.2, 0), (0.95, 11, 1.9, 0.1), (0.8, 9, 0.8, 0.6), (0.5, 8, 0.3, 1.2))
    beds = levels((0.99, 812, 210, 0.4), (0.95, 640, 95, 4.1), (0.8, 560, 41, 22.5), (0.5, 512, 12, 61))
    few = levels((0.99, 14, 6, 0), (0.95, 12, 4, "small"), (0.8, "small", 2, 1), (0.5, "small", 1, 3))
    tuesday, friday = CUTOFF + timedelta(days=2), CUTOFF + timedelta(days=5)
    return (
        PlanRow(SYRYM, "booths", tuesday, booths, there=8, registered=6, by_cost=9, short_costs=4.0),
        PlanRow(TASKALA, "booths", tuesday, few, there=20, registered=4, by_cost=8, short_costs=4.0),
        PlanRow(WEST, "beds", friday, beds, there=600, by_cost=600, short_costs=9.0),
        PlanRow(
            EAST,
            "beds",
            friday,
            levels((0.99, 90, 5, 0), (0.95, 80, 4, 0), (0.8, 70, 3, 1), (0.5, 60, 2, 2)),
            90,
        ),
        PlanRow(
            WEST,
            "buses",
            friday,
            levels((0.99, 22, 3, 0), (0.95, 19, 2, 0), (0.8, 17, 1, 1), (0.5, 15, 0, 2)),
        ),
    )


def record() -> Record:
    """A week with one bad miss."""
    came_of: tuple[tuple[int, Quantity, Verdict | None], ...] = (
        (1, 1_950, "hit"), (2, 2_010, "hit"), (3, 2_700, "more"), (4, 5_321, "more"),
        (5, None, None), (6, 2_300, "hit"), (7, 1_600, "fewer"),
    )  # fmt: skip
    said = [
        Said(COUNTRY, CUTOFF - timedelta(days=7 - ahead), ahead, 2_000, 1_700, 2_350, came, verdict)
        for ahead, came, verdict in came_of
    ]
    worst = Said(SYRYM, CUTOFF - timedelta(days=3), 4, 410, 350, 480, 2_950, "more")
    return Record(
        week="2022-W38",
        issue_id="issue-2022-09-18",
        days=tuple(said),
        misses=(worst, said[3], said[2], said[6]),
        judged=17,
        hits=11,
        coverage={"0.5": 0.35, "0.8": 0.647, "0.95": 0.765},
        skill=-0.123,
    )


def alerts() -> tuple[AlertNote, ...]:
    """A surge that stands, a silent feed that is over, and one whose figures are not told."""
    at = MADE_AT - timedelta(days=3)
    surge = Alert(
        Matter("surge", SYRYM.id), at, chance=0.93, threshold=0.5, number=1,
        detail={"begun": True, "lately": 1_234.0, "upper": 2_950.0, "day": "2022-09-27", "level": 0.95},
    )  # fmt: skip
    silent = Alert(
        Matter("silent", TASKALA.id, "arrivals"), at, ended_at=MADE_AT - timedelta(days=1), number=2,
        detail={"missed": "2022-09-22", "last": "2022-09-21"},
    )  # fmt: skip
    untold = replace(surge, matter=Matter("surge", SMALL.id), detail={"begun": True, "upper": None}, number=3)
    return AlertNote(surge, SYRYM), AlertNote(silent, TASKALA), AlertNote(untold, SMALL)


def example_report(*, corrected: bool = False) -> Report:
    """The country's report of a week in which a surge has begun, or what corrects it."""
    own = forecast(COUNTRY, 2_400, mode="surge")
    crossing = forecast(SYRYM, 1_200, mode="surge", chosen=("surge", "capacity", "largest"))
    tuesday, friday = CUTOFF + timedelta(days=2), CUTOFF + timedelta(days=5)
    report = Report(
        place=COUNTRY,
        week="2022-W39",
        edition=0,
        made_at=MADE_AT,
        issue=IssueFacts(
            "issue-2022-09-25", CUTOFF, MADE_AT - timedelta(hours=30), MADE_AT - timedelta(hours=29), "0.4.0",
            29.0, stale=True, degraded=True,
        ),
        synthetic=True,
        small_counts=10,
        contact="forecasts@ministry.example",
        unsubscribe="leave@ministry.example",
        headline=Headline("surge", (SYRYM,), 2.4, 1.3, own.weeks[0].fullest),
        action=Action(
            planned=True,
            booths=BoothOrder(SYRYM, tuesday, friday, booths=11, registered=6, limit=8, wait=7.25, more=2),
            beds=BedOrder(WEST, friday, beds=640, there=600, more=1),
            buses=BusOrder(WEST, friday, 19),
        ),
        forecasts=(own, crossing, forecast(TASKALA, 12_345, chosen=("largest",)), small_forecast()),
        crossings=23,
        since=Since(
            last_week=16_321,
            week_before=9_876,
            moved=(
                Moved(COUNTRY, friday, 1_900, 3_600, 2_700, 6_150),
                Moved(SYRYM, friday, "small", 1_800, 41, 3_075),
            ),
            events=(
                EventNote("closure", TASKALA, date(2022, 10, 1), None, None),
                EventNote("surge-expected", None, date(2022, 9, 28), date(2022, 10, 10), 3.5),
                EventNote("opening", SYRYM, date(2022, 10, 2), None, None, withdrawn=True),
            ),
            capacities=(WEST, SYRYM),
        ),
        plan=plan(),
        waits=(
            WaitRow(SYRYM, tuesday, 2.1, 5.6, 7.25, {"1": 0.97, "4": 0.31, "12": 0.004}, 1_100, 0.64, 0.22),
            WaitRow(TASKALA, friday, 0.2, 0.4, 0.55, {"1": 0.004, "4": 0.0, "12": 0.0}, 20_000, 0.0, 0.0),
        ),
        houses=(
            HouseRow(WEST, friday, 600, 512, 590, 660, 0.18, {"7": 0.24, "14": 0.41}, "small", 44),
            HouseRow(EAST, friday, 90, 60, 72, 81, 0.0, {"7": 0.0, "14": 0.01}, 0, 0),
        ),
        alerts=alerts(),
        record=record(),
        quality=(
            QualityNote("missing", SMALL, (CUTOFF,)),
            QualityNote("partial", TASKALA, (CUTOFF - timedelta(days=1), CUTOFF)),
            QualityNote("revised", SYRYM, (CUTOFF - timedelta(days=6),)),
            QualityNote("suspicious", SYRYM, (CUTOFF - timedelta(days=3),)),
        ),
        left_out={"plan": 3, "quality": 1},
    )  # fmt: skip
    if not corrected:
        return report
    differences = (
        Difference("upper", COUNTRY, friday, 5_400, 6_150),
        Difference("median", COUNTRY, friday, 3_100, 3_600),
        Difference("booths", SYRYM, tuesday, 9, 11),
    )
    return replace(report, edition=1, correction=Correction(NOTE, MADE_AT, differences))
