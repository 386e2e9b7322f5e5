"""A small border for the tests of this folder, and counts in its files."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from forecast.places import Place
from service.store import Store

NOW = datetime(2022, 9, 28, 3, 0, tzinfo=UTC)
PLACES = (
    Place("kz", "Kazakhstan", "country", time_zone="Asia/Almaty"),
    Place("west", "West Kazakhstan", "region", parent="kz", time_zone="Asia/Oral"),
    *(
        Place(id, id.title(), parent="west", time_zone="Asia/Oral")
        for id in ("syrym", "taskala", "aksai", "shagan")
    ),
    Place("lars", "Lars", time_zone="Asia/Tbilisi"),
)


def registered(store: Store) -> Store:
    """The store with the border's places."""
    store.places.put(PLACES, at=datetime(2019, 1, 1, tzinfo=UTC))
    return store


def file_of(rows: Iterable[tuple[str, date, int]], head: str = "crossing,date,arrivals") -> bytes:
    """A CSV of counts."""
    return "\n".join([head, *(",".join(map(str, row)) for row in rows), ""]).encode()


def days(first: str, number: int) -> list[date]:
    """So many days from a first one on."""
    return [date.fromisoformat(first) + timedelta(days=offset) for offset in range(number)]


def stored(store: Store, place: str = "syrym", measure: str = "arrivals") -> dict[str, float]:
    """What the store knows of a place: count by day."""
    known = store.observations.known(measure, [place], date(1990, 1, 1), date(2030, 1, 1))
    return {f"{day:%Y-%m-%d}": value for day, value in zip(known["date"], known["value"], strict=True)}
