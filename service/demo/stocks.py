"""Writes the demo's synthetic queues and occupied beds, the same bytes every time.

`python -m service.demo.stocks`: what each crossing would have told of its queue, and each region of its
beds, every morning from four weeks before the surge on.
"""

import gzip
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecast.arrays import FloatArray
from forecast.planning.stays import exponential
from service.demo import COUNTS_FILE, PLACES_FILE, STOCKS_FILE, registers, story

SEED = 20220922
FIRST_DAY = date(2022, 8, 22)
DAYS = tuple(FIRST_DAY + timedelta(days=n) for n in range((story.LAST_DAY - FIRST_DAY).days))
COLUMNS = ("place", "date", "measure", "value", "unit", "recorded_at")
NIGHTS = 140
# Hours that the last in the queue would wait at the end of a day, at an ordinary crossing.
WAITS = {
    date(2022, 9, 21): 3.0, date(2022, 9, 22): 10.0, date(2022, 9, 23): 11.0, date(2022, 9, 24): 12.0,
    date(2022, 9, 25): 11.5, date(2022, 9, 26): 14.0, date(2022, 9, 27): 20.0, date(2022, 9, 28): 14.0,
    date(2022, 9, 29): 8.0, date(2022, 9, 30): 4.0, date(2022, 10, 1): 2.0, date(2022, 10, 2): 1.0,
}  # fmt: skip
LONGER = {
    "syrym": 1.4, "taskala": 0.9, "shagan": 0.35, "zhaisan": 0.9, "alimbet": 0.6,
    "kairak": 1.0, "zhana-zhol": 0.85, "kurmangazy": 1.1, "sharbakty": 0.12,
}  # fmt: skip
AT_AKSAI = (100, 400, 700, 1_000, 1_300, 1_800, 2_300, 2_100, 1_200, 500, 200, 60)  # people, 21 Sep to 2 Oct


def stocks() -> pd.DataFrame:
    """Every report: place, date, measure, value, unit, recorded_at (UTC), in the order they came in."""
    draw = np.random.Generator(np.random.PCG64(SEED))
    frame = pd.DataFrame([*_queues(draw), *_beds(draw)], columns=list(COLUMNS[:-1]))
    frame["recorded_at"] = _sent(frame, draw)
    return frame.sort_values(["recorded_at", "place"], kind="stable", ignore_index=True)


def _queues(draw: np.random.Generator) -> Iterator[tuple[str, date, str, float, str]]:
    for place, works in registers.CROSSINGS.items():
        wobbles = np.exp(0.06 * _normal(draw, len(DAYS)))
        for day, wobble in zip(DAYS, wobbles, strict=True):
            people = _standing(place, day) * float(wobble)
            yield place, day, "waiting", in_unit(people, works), works.unit


def _standing(place: str, day: date) -> float:
    """People in the queue at the end of a day: the wait that was told, times what the crossing passes."""
    if place == "aksai":
        return float(AT_AKSAI[list(WAITS).index(day)]) if day in WAITS else 0.0
    return LONGER[place] * WAITS.get(day, 0.0) * registers.daily_capacity(place, day) / 24


def in_unit(people: float, works: registers.Works) -> float:
    """A queue as its crossing tells it: people, vehicles, or km to a tenth."""
    vehicles = people / works.people
    if works.unit == "km":
        return round(vehicles * works.metres / 1_000, 1)
    return float(round(people if works.unit == "people" else vehicles))


def _beds(draw: np.random.Generator) -> Iterator[tuple[str, date, str, float, str]]:
    needed = beds_needed().loc[list(map(pd.Timestamp, DAYS))]
    for day, need in zip(DAYS, needed.to_dict("records"), strict=True):
        taken = _housed({str(region): float(people) for region, people in need.items()}, day)
        wobbles = np.exp(0.015 * _normal(draw, len(taken)))
        for (region, people), wobble in zip(taken.items(), wobbles, strict=True):
            beds = registers.beds(region, day)
            told = people if people >= beds else min(beds, people * float(wobble))
            yield region, day, "occupied_beds", float(round(told)), "beds"


def beds_needed() -> pd.DataFrame:
    """People who need a bed by day and region, from the final counts and the register's stays."""
    counts = pd.read_csv(COUNTS_FILE, parse_dates=["date"]).drop_duplicates(["crossing", "date"], keep="last")
    region = counts["crossing"].map(pd.read_csv(PLACES_FILE, index_col="id")["parent"])
    arrivals = counts.assign(region=region).pivot_table(
        index="date", columns="region", values="arrivals", aggfunc="sum"
    )
    shares = [registers.bed_share(day.date()) for day in arrivals.index]
    guests = arrivals[list(registers.REGIONS)].mul(shares, axis=0)
    return guests.apply(lambda came: np.convolve(came, _survival())[: len(came)])


def _survival() -> FloatArray:
    """P(stay longer than j nights) over all kinds of guests: [night]."""
    total, weights = np.zeros(NIGHTS), sum(weight for _, weight, _ in registers.STAYS)
    for _, weight, nights in registers.STAYS:
        kind = exponential(nights)[:NIGHTS]
        total[: len(kind)] += weight / weights * kind
    return total


def _housed(need: dict[str, float], day: date) -> dict[str, float]:
    """Occupied beds by region once the full ones have sent people on, as far as the next have room."""
    beds = {region: float(registers.beds(region, day)) for region in need}
    taken = {region: min(people, beds[region]) for region, people in need.items()}
    for region, people in need.items():
        left = people - taken[region]
        for other in registers.REGIONS[region][1]:
            sent = min(max(0.0, left), beds[other] - taken[other])
            taken[other], left = taken[other] + sent, left - sent
    return taken


def _sent(frame: pd.DataFrame, draw: np.random.Generator) -> pd.Series:
    """The next morning between three and five, each place's own time, in UTC."""
    zones = frame["place"].map(pd.read_csv(PLACES_FILE, index_col="id")["time_zone"])
    minutes = pd.to_timedelta(np.floor(draw.random(len(frame)) * 100), unit="min")
    local = pd.to_datetime(frame["date"]) + pd.Timedelta(days=1, hours=3) + minutes
    sent = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns, UTC]")
    for zone, rows in local.groupby(zones):
        sent[rows.index] = rows.dt.tz_localize(str(zone)).dt.tz_convert("UTC")
    return sent


def _normal(draw: np.random.Generator, count: int) -> FloatArray:
    # Uniforms are the stream that numpy keeps between releases; its normals may change.
    return np.asarray(ndtri(np.clip(draw.random(count), 1e-9, 1 - 1e-9)))


def to_csv(frame: pd.DataFrame) -> bytes:
    """The reports as the register sends them."""
    text = frame.assign(
        value=frame["value"].map("{:g}".format),
        recorded_at=frame["recorded_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return text.to_csv(index=False, columns=list(COLUMNS), lineterminator="\n").encode()


if __name__ == "__main__":
    STOCKS_FILE.write_bytes(gzip.compress(to_csv(stocks()), compresslevel=9, mtime=0))
