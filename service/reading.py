"""What notebooks read: the panel of a vintage, straight from the store or over the API by key."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from forecast.backtests import Vintages
from forecast.events import Event, by_crossing
from forecast.panel import Panel
from forecast.places import Place, Places
from forecast.reopening import with_announced
from service.clock import SystemClock
from service.cycle.reading import Vintage
from service.settings import Settings
from service.store import Store
from service.store.records import Issue

LARGEST_PAGE = 10_000
EARLIEST = date(1900, 1, 1)
WAIT_SECONDS = (5.0, 60.0)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ReadingError(RuntimeError):
    """What cannot be read as asked; the message says why and what to do."""


def open_store(url: str | None = None) -> Store:
    """The service's store, or that of a SQLAlchemy URL, for reading alone: it refuses every write.

    Raises StoreError where there is none, or it is not at this version's migration.
    """
    return Store.open(url or Settings().database_url, read_only=True)


def panel_of(
    store: Store,
    measure: str = "arrivals",
    *,
    issue: str | None = None,
    as_of: datetime | None = None,
    cutoff: date | None = None,
) -> Panel:
    """The crossings' counts [series, day] and events as an issue saw them, or as known at an instant.

    An issue by its id, or `latest`. Else those known at `as_of` (now, if left out) up to `cutoff`, by default
    the last day that was over then in UTC. Raises ReadingError where there is nothing.
    """
    vintage = _of_issue(store, issue) if issue is not None else vintage_at(store, as_of=as_of, cutoff=cutoff)
    places = store.places.all(as_of=vintage.as_of)
    panel = vintage.panels(store, (measure,), places).get(measure)
    if panel is None:
        raise ReadingError(f"no count of {measure} up to {vintage.cutoff} was known at {vintage.as_of}")
    return panel


def vintages_of(store: Store, measure: str = "arrivals", *, as_of: datetime | None = None) -> Vintages:
    """All reports of the crossings up to an instant (now, if left out), to be looked at as known on any day.

    What `forecast.backtest` and its like take; `frame` holds every report: crossing, date, the measure,
    status, recorded_at. Raises ReadingError where there is none.
    """
    vintage = vintage_at(store, as_of=as_of)
    reports = store.observations.reports(
        measure, as_of=vintage.as_of, last_observation=vintage.last_observation
    )
    if reports.empty:
        raise ReadingError(f"no count of {measure} was known at {vintage.as_of}")
    counts = reports.rename(columns={"place": "crossing", "value": measure})
    places = store.places.all(as_of=vintage.as_of)
    return Vintages.of(counts, places, store.events.versions(as_of=vintage.as_of))


def vintage_at(store: Store, *, as_of: datetime | None = None, cutoff: date | None = None) -> Vintage:
    """All that is known at an instant, up to a day."""
    instant = as_of or SystemClock().now()
    return Vintage(
        as_of=instant,
        last_observation=store.observations.vintage(),
        last_event=store.events.vintage(),
        last_capacity=store.capacities.vintage(),
        cutoff=cutoff or instant.astimezone(UTC).date() - timedelta(days=1),
    )


def _of_issue(store: Store, name: str) -> Vintage:
    issue: Issue | None = store.issues.latest() if name == "latest" else store.issues.get(name)
    if issue is None:
        raise ReadingError(f"there is no issue {name!r}; `store.issues.page(20)` gives the newest")
    return Vintage.of(issue)


class Api:
    """The service's API for the bearer of a key; it tells what the key's role and places allow.

    Raises ReadingError for an address to which the key would travel in the open.
    """

    def __init__(self, address: str, key: str) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ReadingError(f"{address} is not encrypted, and the key would travel in the open; use https")
        self.address = address.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {key}"
        waits = Retry(3, status_forcelist=(429, 503), allowed_methods=("GET",), raise_on_status=False)
        self._session.mount(self.address, HTTPAdapter(max_retries=waits))

    def get(self, route: str, **asked: Any) -> dict[str, Any]:
        """The answer of a route such as `/v1/issues` as plain values. Raises ReadingError."""
        wanted = {name: value for name, value in asked.items() if value is not None}
        try:
            answer = self._session.get(
                self.address + route, params=wanted, timeout=WAIT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise ReadingError(f"{self.address} does not answer: {type(error).__name__}") from None
        if answer.status_code != 200:
            raise ReadingError(f"{route}: {_problem(answer)}")
        found: dict[str, Any] = answer.json()
        return found

    def places(self) -> Places:
        """The places that the key sees."""
        facts = ("id", "name", "level", "parent", "time_zone", "country", "neighbour", "capacity")
        rows = self.get("/v1/places")["places"]
        return Places(Place(**{fact: row[fact] for fact in facts}) for row in rows)

    def events(self, as_of: datetime | None = None) -> tuple[Event, ...]:
        """The events known at an instant that concern the key's places."""
        rows = self.get("/v1/events", as_of=_written(as_of))["events"]
        return tuple(event for row in rows for event in _events(row))

    def panel(
        self, measure: str = "arrivals", *, as_of: datetime | None = None, cutoff: date | None = None
    ) -> Panel:
        """The counts [series, day] of the key's crossings as known at an instant, with their events.

        What is withheld from the key is missing, and incomplete reports of the last days are not completed,
        as the API tells the newest report of a day alone: `panel_of` has both. Raises ReadingError.
        """
        instant = as_of or SystemClock().now()
        last, places = cutoff or instant.astimezone(UTC).date() - timedelta(days=1), self.places()
        asked = {"measure": measure, "as_of": _written(instant), "first": EARLIEST, "last": last}
        rows = [row for place in places.crossings for row in self._counts(place.id, asked)]
        if not rows:
            raise ReadingError(f"no count of {measure} up to {last} is told to this key")
        frame = pd.DataFrame(rows).rename(columns={"place": "crossing", "value": measure})
        known = frame["crossing"].unique()
        crossings = tuple(place for place in places.crossings if place.id in known)
        panel = Panel.from_frame(
            frame[["crossing", "date", measure, "status"]], places=crossings, measure=measure
        )
        events = by_crossing(self.events(instant), places)
        return with_announced(replace(panel.until(last), events=events), places)

    def _counts(self, place_id: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.get("/v1/observations", place=place_id, limit=LARGEST_PAGE, **asked)
        return [row for row in answer["observations"] if row["status"] is not None]


def _problem(answer: requests.Response) -> str:
    """What an error answer says, in one sentence."""
    try:
        said = answer.json()
        return f"{said['status']} {said['title']}: {said['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"answered with {answer.status_code}"


def _events(row: dict[str, Any]) -> Iterator[Event]:
    """An event of the API, of each crossing that it concerns where it is told without a place."""
    facts = {name: row[name] for name in ("kind", "multiple", "note")}
    first, last = date.fromisoformat(row["first"]), row["last"]
    ends = None if last is None or row["kind"] == "opening" else date.fromisoformat(last)
    known: dict[str, Any] = {
        "recorded_at": datetime.fromisoformat(row["recorded_at"]),
        "first": first,
        "last": ends,
    }
    if row["place"] is not None:
        yield Event(row["id"], place=row["place"], **facts, **known)
        return
    for crossing in row["crossings"]:
        yield Event(f"{row['id']}@{crossing}", place=crossing, **facts, **known)


def _written(instant: datetime | None) -> str | None:
    """An instant as the API reads it."""
    return None if instant is None else instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
