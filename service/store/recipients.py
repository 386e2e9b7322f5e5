"""Who gets mail: addresses with their language, and the places and kinds they get it about."""

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from forecast.places import Places
from service.addresses import AddressError, address_of
from service.languages import UnknownLanguageError, language
from service.store.database import Database
from service.store.errors import StoreError
from service.store.mail_records import TOPICS, Recipient, Topic
from service.store.mail_schema import recipient
from service.store.places import check_registered, registered

FACTS = tuple(field.name for field in fields(Recipient))


class RecipientStore:
    """The register of recipients; an address that left stays in it with its end, and may come back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, *new: Recipient, instead_of: Iterable[str] = ()) -> tuple[Recipient, ...]:
        """Register recipients, all or none, as returned; raises StoreError for the first that is wrong.

        Those `instead_of` which they come, by id, leave at that instant.
        """
        checked = tuple(map(_checked, new))
        leaving = recipient.c.id.in_(tuple(instead_of)) & recipient.c.ended_at.is_(None)
        with self._database.write() as connection:
            for at in {one.created_at for one in checked}:
                connection.execute(update(recipient).where(leaving).values(ended_at=at))
            for one in checked:
                _insert(connection, one)
        return checked

    def all(self, *, ended: bool = False) -> tuple[Recipient, ...]:
        """The recipients, oldest first; those who left too where `ended` is asked for."""
        statement = select(recipient).order_by(recipient.c.created_at, recipient.c.id)
        if not ended:
            statement = statement.where(recipient.c.ended_at.is_(None))
        with self._database.read() as connection:
            return tuple(_read(row) for row in connection.execute(statement))

    def get(self, recipient_id: str) -> Recipient | None:
        """A recipient by its id, who may have left."""
        with self._database.read() as connection:
            row = connection.execute(select(recipient).where(recipient.c.id == recipient_id)).one_or_none()
            return _read(row) if row else None

    def of(self, place_id: str, topic: Topic) -> tuple[Recipient, ...]:
        """Who is to be told about a place, by id.

        A report goes to those who name the place itself; an alert also to those who name a place in which
        it lies. What concerns no place ("", the service as a whole) goes to all of the topic.
        """
        with self._database.read() as connection:
            living = select(recipient).where(recipient.c.ended_at.is_(None)).order_by(recipient.c.id)
            readers = [_read(row) for row in connection.execute(living)]
            named = _naming(registered(connection), place_id, topic)
        told = (one for one in readers if topic in one.kinds)
        return tuple(one for one in told if not place_id or one.places & named)

    def end(self, recipient_id: str, *, at: datetime) -> Recipient:
        """Send no more to a recipient; raises StoreError where there is none or it has left already."""
        living = (recipient.c.id == recipient_id, recipient.c.ended_at.is_(None))
        with self._database.write() as connection:
            row = connection.execute(select(recipient).where(*living)).one_or_none()
            if row is None:
                raise StoreError(
                    f"there is no recipient {recipient_id!r}; `arrivals recipients list` shows them"
                )
            connection.execute(update(recipient).where(*living).values(ended_at=at))
            return replace(_read(row), ended_at=at)


def _naming(places: Places, place_id: str, topic: Topic) -> frozenset[str]:
    """The places whose recipients are told about a place."""
    above = places.ancestors(place_id) if topic == "alert" and place_id in places else ()
    return frozenset((place_id, *above))


def _checked(new: Recipient) -> Recipient:
    try:
        address = address_of(new.address)
        language(new.language)
    except (AddressError, UnknownLanguageError) as error:
        raise StoreError(str(error)) from None
    if not new.kinds or not new.kinds <= frozenset(TOPICS):
        raise StoreError(f"a recipient gets {' or '.join(TOPICS)}, or both; not {_told(new.kinds)}")
    if not new.places:
        raise StoreError("a recipient needs the places it is told about; name regions or the country")
    return replace(new, address=address)


def _insert(connection: Connection, new: Recipient) -> None:
    check_registered(connection, new.places)
    _check_reports(registered(connection), new)
    same = func.lower(recipient.c.address) == new.address.lower()
    if connection.scalar(select(recipient.c.id).where(same, recipient.c.ended_at.is_(None))) is not None:
        raise StoreError(f"{new.address} is registered already; remove it first to change what it gets")
    lists = {"kinds": sorted(new.kinds), "places": sorted(new.places)}
    connection.execute(insert(recipient).values({**asdict(new), **lists}))


def _check_reports(places: Places, new: Recipient) -> None:
    if "report" in new.kinds and all(places[one].level == "crossing" for one in new.places):
        raise StoreError("a report tells of a region or country; name one, or ask for alerts alone")


def _told(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(kinds)) or "nothing"


def _read(row: Row[Any]) -> Recipient:
    facts = {fact: getattr(row, fact) for fact in FACTS}
    return Recipient(**{**facts, "kinds": frozenset(row.kinds), "places": frozenset(row.places)})
