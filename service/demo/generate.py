"""Writes the demo's synthetic counts, the same bytes every time: `python -m service.demo.generate`."""

import gzip
from datetime import timedelta

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecast.arrays import FloatArray
from service.demo import COUNTS_FILE, PLACES_FILE, story

SEED = 20220921
CROSSINGS = tuple(story.ORDINARY_SHARES)
DAYS = tuple(story.FIRST_DAY + timedelta(days=n) for n in range((story.LAST_DAY - story.FIRST_DAY).days + 1))
COLUMNS = ("crossing", "date", "arrivals", "status", "recorded_at")
Draw = np.random.Generator


def counts() -> pd.DataFrame:
    """All vintages of the demo: crossing, date, arrivals (people/day), status, recorded_at (UTC)."""
    draw = np.random.Generator(np.random.PCG64(SEED))
    final = final_counts(draw)
    first = first_counts(final, draw)
    minutes = np.floor(draw.random(final.shape) * 100)
    frame = pd.concat(_vintages(first, final, minutes), ignore_index=True)
    frame = frame.sort_values(["crossing", "date", "recorded_at"], kind="stable")
    content = frame[["crossing", "date", "arrivals", "status"]].fillna(-1)  # a closed day has no count
    said_before = content.eq(content.shift()).all(axis=1)
    frame = frame[~said_before & (frame["recorded_at"] <= pd.Timestamp(story.KNOWN_UNTIL))]
    return frame.sort_values(["recorded_at", "date", "crossing"], kind="stable", ignore_index=True)


def final_counts(draw: Draw) -> FloatArray:
    """What each crossing counted in the end: [crossing, day]; NaN where closed or never reported."""
    final = _ordinary(draw)
    shares = np.array([story.SURGE_SHARES[crossing] for crossing in CROSSINGS])
    for day, (_, total) in story.SURGE.items():
        wobble = np.exp(0.04 * _normal(draw, len(CROSSINGS)))
        final[:, DAYS.index(day)] = _spread(total, shares * wobble)
    return _interrupted(final)


def first_counts(final: FloatArray, draw: Draw) -> FloatArray:
    """What each crossing had counted by the next morning: [crossing, day], never above the final count."""
    completeness = np.clip(0.92 + 0.02 * _normal(draw, *final.shape), 0.8, 1.0)
    partial = np.ones(final.shape)
    for crossing, day in story.PARTIAL_FIRST_REPORTS:
        partial[CROSSINGS.index(crossing), DAYS.index(day)] = story.PARTIAL_SHARE
    partial[:, -1] = 0.6  # the register is read in the afternoon of its last day
    first = np.round(final * completeness * partial)
    for day, (total, _) in story.SURGE.items():
        column = DAYS.index(day)
        first[:, column] = _spread(total, final[:, column] * partial[:, column])
    return first


def _ordinary(draw: Draw) -> FloatArray:
    shares = np.array([story.ORDINARY_SHARES[crossing] for crossing in CROSSINGS])
    strength = np.array([story.WEEKDAY_STRENGTH[crossing] for crossing in CROSSINGS])
    weekday = np.array([story.WEEKDAYS[day.weekday()] for day in DAYS])
    holiday = np.array(
        [story.HOLIDAYS.get((day.month, day.day), 1.0) * story.MOVING_HOLIDAYS.get(day, 1.0) for day in DAYS]
    )
    level: FloatArray = 0.05 * _mean_reverting(draw, 1) + 0.04 * _mean_reverting(draw, len(CROSSINGS))
    total = story.ORDINARY_TOTAL * _season() * holiday
    mean: FloatArray = shares[:, None] * total * np.exp(level) * weekday ** strength[:, None]
    spread = np.sqrt(mean + (0.06 * mean) ** 2)  # counting noise, and days that are simply busier
    return np.asarray(np.maximum(0, np.round(mean + spread * _normal(draw, *mean.shape))))


def _season() -> FloatArray:
    """The yearly shape, 1 in mid-September and 1.8 in the second half of July: [day]."""
    from_peak = np.array([day.timetuple().tm_yday - 201 for day in DAYS])
    away = np.minimum(np.abs(from_peak), 365 - np.abs(from_peak))
    return np.asarray(0.88 + 0.92 * np.exp(-0.5 * (away / 25) ** 2))


def _mean_reverting(draw: Draw, series: int) -> FloatArray:
    """A level that wanders and comes back, with unit variance: [series, day]."""
    rho = 0.98
    steps: FloatArray = np.sqrt(1 - rho**2) * _normal(draw, series, len(DAYS))
    steps[:, 0] /= np.sqrt(1 - rho**2)
    for day in range(1, len(DAYS)):
        steps[:, day] += rho * steps[:, day - 1]
    return steps


def _interrupted(final: FloatArray) -> FloatArray:
    """The same counts with the repairs of 2021, the diverted traffic and the days that nobody reported."""
    final = final.copy()
    first, last = (DAYS.index(day) for day in story.CLOSED_DAYS)
    closed, other = CROSSINGS.index(story.CLOSED_CROSSING), CROSSINGS.index(story.DIVERTED_TO)
    final[other, first : last + 1] += np.round(0.6 * final[closed, first : last + 1])
    final[closed, first : last + 1] = np.nan
    for crossing, day in story.MISSING_DAYS:
        final[CROSSINGS.index(crossing), DAYS.index(day)] = np.nan
    return final


def _vintages(first: FloatArray, final: FloatArray, minutes: FloatArray) -> list[pd.DataFrame]:
    """The reports of every day in the order they came in, each a long frame."""
    gap = final - first
    days = np.array(DAYS, dtype="datetime64[D]")
    late = (days >= np.datetime64(story.REVISED_LATE[0])) & (days <= np.datetime64(story.REVISED_LATE[1]))
    third_day = np.where(late, np.round(first + gap / 3), np.maximum(first, np.round(0.99 * final)))
    fifth_day = np.where(late, np.round(first + gap * 2 / 3), third_day)
    before_revision = np.where(late, fifth_day, final)
    reports = [
        _report(values, minutes, delay)
        for values, delay in ((first, 1), (third_day, 3), (fifth_day, 5), (before_revision, 14))
    ]
    revision = _report(np.where(late, final, before_revision), minutes, 14)
    revision = revision[revision["date"].isin(days[late])].assign(recorded_at=story.REVISED_AT)
    return [_with_first_status(reports[0]), *reports[1:], revision]


def _report(values: FloatArray, minutes: FloatArray, delay: int) -> pd.DataFrame:
    """One report per crossing and day, sent `delay` days later between three and five in the morning."""
    zones = pd.read_csv(PLACES_FILE, index_col="id")["time_zone"]
    frames = []
    for series, crossing in enumerate(CROSSINGS):
        days = pd.DatetimeIndex(DAYS)
        sent = days + pd.Timedelta(days=delay, hours=3) + pd.to_timedelta(minutes[series], unit="min")
        frame = pd.DataFrame({"date": days, "arrivals": values[series]})
        frame["recorded_at"] = sent.tz_localize(zones[crossing]).tz_convert("UTC")
        frame.insert(0, "crossing", crossing)
        frames.append(frame)
    return _known_days(pd.concat(frames, ignore_index=True).assign(status="reported"))


def _known_days(report: pd.DataFrame) -> pd.DataFrame:
    """Drop the days that nobody reported; mark those of the repairs."""
    first, last = (pd.Timestamp(day) for day in story.CLOSED_DAYS)
    closed = (report["crossing"] == story.CLOSED_CROSSING) & report["date"].between(first, last)
    report.loc[closed, "status"] = "closed"
    return report[report["arrivals"].notna() | closed]


def _with_first_status(report: pd.DataFrame) -> pd.DataFrame:
    """The first report with its partial days marked, and the last day as read that afternoon."""
    days = list(zip(report["crossing"], report["date"].dt.date, strict=True))
    report.loc[[day in story.PARTIAL_FIRST_REPORTS for day in days], "status"] = "partial"
    last = report["date"] == pd.Timestamp(story.LAST_DAY)
    report.loc[last, "status"] = "partial"
    report.loc[last, "recorded_at"] = pd.Timestamp(story.KNOWN_UNTIL)
    return report


def _spread(total: float, weights: FloatArray) -> FloatArray:
    """Whole people, in proportion to the weights, that sum to the total exactly."""
    exact = total * weights / weights.sum()
    whole: FloatArray = np.floor(exact)
    short = round(float(total - whole.sum()))
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return whole


def _normal(draw: Draw, *shape: int) -> FloatArray:
    # Uniforms are the stream that numpy keeps between releases; its normals may change.
    return np.asarray(ndtri(np.clip(draw.random(shape), 1e-9, 1 - 1e-9)), dtype=np.float64)


def to_csv(frame: pd.DataFrame) -> bytes:
    """The counts as the register sends them; a closed day has no count."""
    text = frame.assign(
        date=frame["date"].dt.strftime("%Y-%m-%d"),
        arrivals=frame["arrivals"].astype("Int64"),
        recorded_at=frame["recorded_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return text.to_csv(index=False, columns=list(COLUMNS), lineterminator="\n").encode()


if __name__ == "__main__":
    COUNTS_FILE.parent.mkdir(parents=True, exist_ok=True)
    COUNTS_FILE.write_bytes(gzip.compress(to_csv(counts()), compresslevel=9, mtime=0))
