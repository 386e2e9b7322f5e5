"""Writes the demo's made-up capacities, the same bytes every time: `python -m service.demo.registers`."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.demo import CAPACITIES_FILE

Document = dict[str, Any]
DAY_HOURS = range(6, 23)
FALL = 0.03  # of a booth's rate with each further booth that opens
ORDINARY, SHORT_OF_STAFF, ALL_OPEN, OVER = "2019-04-01", "2022-09-01", "2022-09-28", "2022-10-10"
# A version is known from its first day's morning on; the last two were decided the evening before.
KNOWN = {
    ORDINARY: "2019-04-01T00:00:00Z",
    SHORT_OF_STAFF: "2022-08-25T06:00:00Z",
    ALL_OPEN: "2022-09-27T15:00:00Z",
    OVER: "2022-10-09T12:00:00Z",
}

# Booths more than the roster of September; None opens all there are.
ROSTERS: dict[str, int | None] = {ORDINARY: 1, SHORT_OF_STAFF: 0, ALL_OPEN: None, OVER: 0}


@dataclass(frozen=True, slots=True)
class Works:
    """A made-up crossing: booths by day, by night and at most, people/hour of one booth, and its queue.

    A queue is told in `unit`: `metres` a vehicle and `people` in it.
    """

    day: int
    night: int
    most: int
    rate: float
    unit: str
    room: int
    people: float = 2.6
    metres: float = 8.0


# In September 2022 they pass together what was said each morning of 22 to 27 September, 14,800 people.
CROSSINGS = {
    "syrym": Works(4, 2, 6, 27.5, "km", 1_500, people=1.4, metres=20.0),  # two vehicles of three are lorries
    "taskala": Works(3, 1, 5, 21.5, "km", 900, people=1.6, metres=18.0),
    "aksai": Works(2, 1, 3, 18.5, "people", 400),
    "shagan": Works(1, 1, 2, 18.5, "people", 250),
    "zhaisan": Works(4, 2, 6, 25.5, "vehicles", 1_200, people=2.2),
    "alimbet": Works(2, 1, 3, 18.5, "vehicles", 400),
    "kairak": Works(5, 2, 7, 28.5, "vehicles", 1_500),
    "zhana-zhol": Works(4, 2, 6, 29.5, "vehicles", 1_200),
    "kurmangazy": Works(4, 2, 6, 27.5, "vehicles", 1_200, people=2.2),
    "sharbakty": Works(3, 1, 4, 21.0, "people", 500),
}
# Which hours people come in: few before dawn, most before noon and in the early evening.
PROFILE = (
    0.020, 0.016, 0.014, 0.014, 0.016, 0.022, 0.032, 0.044, 0.054, 0.060, 0.062, 0.060,
    0.056, 0.052, 0.052, 0.054, 0.056, 0.058, 0.056, 0.052, 0.046, 0.042, 0.034, 0.028,
)  # fmt: skip
BED_SHARE = 0.12
STAYS = (("onward_land", 60, 1.5), ("onward_air", 15, 1.5), ("stay", 25, 14.0))  # kind, weight, mean nights
# Beds, and who helps first when they are full.
REGIONS: dict[str, tuple[int, tuple[str, ...]]] = {
    "west-kazakhstan": (2_700, ("aktobe", "atyrau")),
    "aktobe": (2_500, ("west-kazakhstan", "kostanay", "atyrau")),
    "atyrau": (1_700, ("west-kazakhstan", "aktobe")),
    "kostanay": (1_300, ("north-kazakhstan", "pavlodar", "aktobe")),
    "north-kazakhstan": (1_150, ("kostanay", "pavlodar")),
    "pavlodar": (1_200, ("north-kazakhstan", "kostanay")),
}
# In the surge more of those who come know nobody where they go, and houses are opened for them.
NEED, NEED_KNOWN = "2022-09-25", "2022-09-24T12:00:00Z"
BED_SHARE_IN_NEED = 0.145
HELP = {"west-kazakhstan": 300}  # a cinema for 200 and a children's camp for 100


def documents() -> list[Document]:
    """Every version of the demo's capacities, with the instant at which it became known."""
    crossings = [
        _crossing(place, works, first, more)
        for first, more in ROSTERS.items()
        for place, works in CROSSINGS.items()
    ]
    known = {ORDINARY: KNOWN[ORDINARY], NEED: NEED_KNOWN, OVER: KNOWN[OVER]}
    return [*crossings, *(_region(place, first, known[first]) for first in known for place in REGIONS)]


def daily_capacity(place: str, day: date) -> float:
    """People/day that the booths of a crossing pass."""
    first = max(first for first in ROSTERS if first <= day.isoformat())
    works = CROSSINGS[place]
    passed = rates(works)
    return sum(passed[booths - 1] * booths for booths in open_booths(works, ROSTERS[first]))


def beds(region: str, day: date) -> int:
    """Beds of a region on a day."""
    return REGIONS[region][0] + (HELP.get(region, 0) if in_need(day) else 0)


def bed_share(day: date) -> float:
    """The share of those who arrive on a day who need a bed."""
    return BED_SHARE_IN_NEED if in_need(day) else BED_SHARE


def in_need(day: date) -> bool:
    """Whether the surge's registers of beds hold on a day."""
    return NEED <= day.isoformat() < OVER


def open_booths(works: Works, more: int | None) -> list[int]:
    """Booths by hour: some more than the roster's, or with None all there are, by day and night."""
    if more is None:
        return [works.most] * 24
    by_day, by_night = (min(works.most, booths + more) for booths in (works.day, works.night))
    return [by_day if hour in DAY_HOURS else by_night for hour in range(24)]


def rates(works: Works) -> list[float]:
    """People/hour of one booth with 1, 2, ... booths open."""
    return [round(works.rate * (1 - FALL * others), 2) for others in range(works.most)]


def _crossing(place: str, works: Works, first: str, more: int | None) -> Document:
    return {
        "place": place,
        "valid_from": first,
        "recorded_at": KNOWN[first],
        "booths": open_booths(works, more),
        "service_rate": rates(works),
        "profile": list(PROFILE),
        "booths_limit": works.most,
        "staff_hours_limit": 24 * works.most,
        "queue_room": works.room,
        "walking": 10,
        "people_per_vehicle": works.people,
        "metres_per_vehicle": works.metres,
        "peakedness": 3,
        "service_variability": 0.8,
        "wait_target": 60,
        "service_level": 0.8,
        "costs": {"short": 3, "over": 1},
    }


def _region(place: str, first: str, known: str) -> Document:
    day = date.fromisoformat(first)
    stays = [{"kind": kind, "weight": weight, "mean_nights": nights} for kind, weight, nights in STAYS]
    return {
        "place": place,
        "valid_from": first,
        "recorded_at": known,
        "beds": beds(place, day),
        "bed_share": bed_share(day),
        "overflow": list(REGIONS[place][1]),
        "stays": stays,
        "bus_seats": 45,
        "costs": {"short": 4, "over": 1},
        "bus_costs": {"short": 4, "over": 1},
    }


def to_json(versions: list[Document]) -> bytes:
    """The documents as a file, one to a line."""
    lines = ",\n".join(json.dumps(version) for version in versions)
    return f'{{"note": "SYNTHETIC: made up for the demo", "capacities": [\n{lines}\n]}}\n'.encode()


if __name__ == "__main__":
    CAPACITIES_FILE.write_bytes(to_json(documents()))
