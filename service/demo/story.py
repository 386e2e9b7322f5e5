"""The figures that the synthetic counts follow: levels, shares, the week of the surge and its two vintages.

All totals are people a day over the ten crossings together. Nothing here was counted by anyone.
"""

from datetime import UTC, date, datetime

FIRST_DAY = date(2019, 4, 1)
LAST_DAY = date(2022, 12, 31)
KNOWN_UNTIL = datetime(2022, 12, 31, 12, tzinfo=UTC)  # the register is read in the afternoon of its last day
REVISED_AT = datetime(2022, 12, 15, 6, tzinfo=UTC)  # the December statement about September

ORDINARY_TOTAL = 8_500.0
ORDINARY_SHARES = {
    "syrym": 0.13, "taskala": 0.07, "aksai": 0.04, "shagan": 0.03, "zhaisan": 0.14,
    "alimbet": 0.05, "kairak": 0.16, "zhana-zhol": 0.16, "kurmangazy": 0.13, "sharbakty": 0.09,
}  # fmt: skip
SURGE_SHARES = {
    "syrym": 0.14, "taskala": 0.08, "aksai": 0.05, "shagan": 0.03, "zhaisan": 0.13,
    "alimbet": 0.05, "kairak": 0.17, "zhana-zhol": 0.15, "kurmangazy": 0.14, "sharbakty": 0.06,
}  # fmt: skip
# How far a crossing's week swings: lorry routes hardly, those beside a town on the other side strongly.
WEEKDAY_STRENGTH = {
    "syrym": 0.7, "taskala": 0.9, "aksai": 1.3, "shagan": 1.6, "zhaisan": 0.8,
    "alimbet": 1.2, "kairak": 1.0, "zhana-zhol": 1.1, "kurmangazy": 0.6, "sharbakty": 1.2,
}  # fmt: skip
WEEKDAYS = (0.94, 0.88, 0.90, 0.95, 1.08, 1.14, 1.11)  # Monday to Sunday

# Day: (total known the next morning, final total), in people; the surge of September 2022.
SURGE: dict[date, tuple[int, int]] = {
    date(2022, 9, 20): (8_300, 9_000),
    date(2022, 9, 21): (9_000, 12_000),
    date(2022, 9, 22): (14_800, 21_000),
    date(2022, 9, 23): (14_800, 25_000),
    date(2022, 9, 24): (14_800, 27_000),
    date(2022, 9, 25): (14_800, 27_000),
    date(2022, 9, 26): (14_800, 26_000),
    date(2022, 9, 27): (14_800, 26_000),
    date(2022, 9, 28): (24_000, 30_000),
    date(2022, 9, 29): (22_500, 28_000),
    date(2022, 9, 30): (14_900, 18_000),
    date(2022, 10, 1): (12_000, 14_000),
    date(2022, 10, 2): (9_500, 11_000),
    date(2022, 10, 3): (7_000, 8_000),
    date(2022, 10, 4): (7_200, 8_000),
    **{date(2022, 10, day): (8_000, 9_000) for day in range(5, 10)},
    **{date(2022, 10, day): (9_000, 9_000) for day in range(10, 16)},
}
REVISED_LATE = (date(2022, 9, 21), date(2022, 10, 3))  # days whose last third of the gap closed in December

# Public holidays by (month, day) and what they do to the counts, near side and far side.
HOLIDAYS: dict[tuple[int, int], float] = {
    (1, 1): 0.80, (1, 2): 1.25, (1, 3): 1.30, (1, 4): 1.25, (1, 5): 1.20, (1, 6): 1.20, (1, 7): 1.30,
    (1, 8): 1.30, (2, 22): 1.10, (2, 23): 1.20, (3, 7): 1.15, (3, 8): 1.25, (3, 20): 1.15, (3, 21): 1.25,
    (3, 22): 1.20, (3, 23): 1.20, (4, 30): 1.15, (5, 1): 1.30, (5, 7): 1.10, (5, 8): 1.20, (5, 9): 1.30,
    (6, 12): 1.20, (7, 6): 1.10, (8, 30): 1.15, (11, 3): 1.10, (11, 4): 1.20, (12, 16): 1.15,
    (12, 17): 1.10, (12, 30): 1.20, (12, 31): 0.90,
}  # fmt: skip
MOVING_HOLIDAYS = {  # Kurban Ait, by the moon
    date(2019, 8, 11): 1.20, date(2020, 7, 31): 1.20, date(2021, 7, 20): 1.20, date(2022, 7, 9): 1.20,
}  # fmt: skip

CLOSED_CROSSING = "alimbet"
CLOSED_DAYS = (date(2021, 5, 10), date(2021, 5, 30))  # repairs: three weeks
DIVERTED_TO = "zhaisan"
MISSING_DAYS = (  # never reported by anyone
    ("aksai", date(2019, 11, 17)),
    ("aksai", date(2019, 11, 18)),
    ("shagan", date(2020, 2, 9)),
    ("sharbakty", date(2020, 12, 6)),
    ("taskala", date(2021, 8, 22)),
    ("kurmangazy", date(2022, 1, 30)),
    ("aksai", date(2022, 6, 11)),
    ("shagan", date(2022, 11, 6)),
)
PARTIAL_FIRST_REPORTS = (  # the first report ended at six in the evening
    ("sharbakty", date(2020, 9, 13)),
    ("kairak", date(2021, 3, 21)),
    ("sharbakty", date(2022, 8, 14)),
    ("sharbakty", date(2022, 10, 2)),
)
PARTIAL_SHARE = 0.7
