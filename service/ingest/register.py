"""Counts against the register: known places only, and no day counted before it was over there."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.places import Place, Places
from service.ingest.reasons import Reasons
from service.store.records import reporting_levels

BEDS = "occupied_beds"
# Looking for near names costs a pass over the register; after these many the reader knows the trick.
MOST_SUGGESTIONS = 20


def check_places(
    frame: pd.DataFrame, register: Places, reasons: Reasons, *, allowed: Collection[str] | None = None
) -> None:
    """Crossings are counted, and regions' beds; a place outside `allowed` is refused like an unknown one."""
    if not len(register):
        wanted = "a register first; load it with `arrivals places import FILE`"
        reasons.add(0, None, found="no place is registered", wanted=wanted)
        return
    known = {place.id: place for place in register if allowed is None or place.id in allowed}
    texts, codes = frame["place"].cat.categories, frame["place"].cat.codes.to_numpy()
    wrong = _wrong(frame, known)
    rows, first = np.unique(frame["row"].to_numpy()[wrong], return_index=True)
    found = texts[codes[wrong][first]]
    suggest = _suggestions(tuple(known.values()))
    reasons.add_rows(
        rows,
        "crossing",
        found=lambda at: found[at],
        wanted=lambda at: _wanted(found[at], known.get(found[at]), suggest),
    )


def _wrong(frame: pd.DataFrame, known: Mapping[str, Place]) -> npt.NDArray[np.bool_]:
    """Which counts are of no known place, or of one whose level does not report their measure: [count]."""
    levels = [known[text].level if text in known else None for text in frame["place"].cat.categories]
    codes = frame["place"].cat.codes.to_numpy()
    total = np.array([level not in (None, "crossing") for level in levels])[codes]
    unknown = np.array([level is None for level in levels])[codes]
    housed = np.array([level in reporting_levels(BEDS) for level in levels])[codes]
    empty = (frame["value"].isna() & (frame["status"] != "closed")).to_numpy()
    of_beds = (frame["measure"] == BEDS).to_numpy()
    # An empty cell beside a region's beds says nothing, so it is not wrong either.
    beside = empty & np.isin(frame["row"].to_numpy(), frame["row"].to_numpy()[of_beds & ~empty])
    return np.asarray(unknown | (total & ~(housed & (of_beds | beside))))


def _wanted(text: str, place: Place | None, suggest: Callable[[str], Sequence[str]]) -> str:
    if place is not None:
        whose = "whose count is the sum of its crossings'; by region only occupied_beds is reported"
        return f"a crossing; {place.id} is a {place.level}, {whose}"
    near = suggest(text)
    return f"a registered crossing{', such as ' if near else ''}{' or '.join(near)}"


def _suggestions(places: Sequence[Place]) -> Callable[[str], Sequence[str]]:
    """A function that names the crossings whose id or name is nearest to a text, for the first few texts."""
    ids = {
        word.casefold(): place.id
        for place in places
        if place.level == "crossing"
        for word in (place.name, place.id)
    }
    asked: dict[str, tuple[str, ...]] = {}

    def suggest(text: str) -> Sequence[str]:
        if text not in asked and len(asked) < MOST_SUGGESTIONS:
            near = get_close_matches(text[:60].strip().casefold(), ids, n=3, cutoff=0.5)
            asked[text] = tuple(dict.fromkeys(ids[word] for word in near))
        return asked.get(text, ())

    return suggest


def check_days(frame: pd.DataFrame, register: Places, reasons: Reasons, *, now: datetime) -> None:
    """A day that had not begun at its place cannot have been counted, and one still running only partly.

    In a history, a count recorded before its day was over is `partial` where its status is not stated.
    """
    history = "recorded_at" in frame
    counted = frame["value"].notna() | (frame["status"] == "closed")
    ahead = (frame["date"] - _local_days(frame, register, now)).dt.days
    _refuse_days(frame[counted & (ahead > 0)], "a day that had begun when it was counted", reasons)
    running = counted & (ahead == 0)
    if history:
        frame.loc[running & frame["status"].isna(), "status"] = "partial"
        _check_instants(frame, reasons, now=now)
    wanted = "status partial for a day that was not over when it was counted, or a day that was"
    _refuse_days(frame[running & (frame["status"] != "partial")], wanted, reasons)


def _local_days(frame: pd.DataFrame, register: Places, now: datetime) -> pd.Series:
    """The civil day at each row's place when its count became known: [row]."""
    zones = [
        register[place].time_zone if place in register else "UTC" for place in frame["place"].cat.categories
    ]
    zone_of_row = np.array(zones, dtype=object)[frame["place"].cat.codes.to_numpy()]
    if "recorded_at" not in frame:
        today = {zone: pd.Timestamp(now.astimezone(ZoneInfo(zone)).date()) for zone in set(zones)}
        return pd.Series(zone_of_row, index=frame.index).map(today)
    days = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    for zone, rows in frame["recorded_at"].groupby(zone_of_row):
        local = rows.dt.tz_localize(UTC).dt.tz_convert(zone)
        days[rows.index] = local.dt.tz_localize(None).dt.normalize()
    return days


def _check_instants(frame: pd.DataFrame, reasons: Reasons, *, now: datetime) -> None:
    """A count cannot have become known after now."""
    late = frame[frame["recorded_at"] > now.astimezone(UTC).replace(tzinfo=None)]
    instants = late["recorded_at"].to_numpy()
    reasons.add_rows(
        late["row"].to_numpy(),
        "recorded_at",
        found=lambda at: f"{instants[at]}Z",
        wanted=f"an instant up to now, {now:%Y-%m-%dT%H:%M:%SZ}",
    )


def _refuse_days(wrong: pd.DataFrame, wanted: str, reasons: Reasons) -> None:
    days: npt.NDArray[np.datetime64] = wrong["date"].to_numpy().astype("datetime64[D]")
    reasons.add_rows(wrong["row"].to_numpy(), "date", found=lambda at: str(days[at]), wanted=wanted)
