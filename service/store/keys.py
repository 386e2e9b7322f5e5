"""API keys as the store knows them: a prefix to find them by and a hash, never the key."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from service.store.database import Database
from service.store.errors import StoreError
from service.store.places import check_registered
from service.store.records import Key
from service.store.schema import api_key

FACTS = tuple(field.name for field in fields(Key))


class KeyStore:
    """Keys with their roles and places."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, key: Key, secret_hash: bytes) -> None:
        """Keep a new key; raises StoreError when one of its places is not registered."""
        facts = {**asdict(key), "places": sorted(key.places)}
        with self._database.write() as connection:
            check_registered(connection, key.places)
            connection.execute(insert(api_key).values(secret_hash=secret_hash, **facts))

    def find(self, prefix: str) -> tuple[Key, bytes] | None:
        """The key of a prefix and the hash of its secret, whether revoked or not."""
        with self._database.read() as connection:
            row = connection.execute(select(api_key).where(api_key.c.prefix == prefix)).one_or_none()
            return (_read(row), row.secret_hash) if row else None

    def all(self) -> tuple[Key, ...]:
        """All keys, oldest first, revoked ones too."""
        with self._database.read() as connection:
            rows = connection.execute(select(api_key).order_by(api_key.c.created_at, api_key.c.id))
            return tuple(_read(row) for row in rows)

    def revoke(self, key_id: str, at: datetime) -> None:
        """Revoke a key from an instant on, or from an earlier one; raises StoreError when there is none."""
        with self._database.write() as connection:
            if connection.scalar(select(api_key.c.id).where(api_key.c.id == key_id)) is None:
                raise StoreError(f"there is no key {key_id!r}; `arrivals keys list` shows them")
            still_valid = or_(api_key.c.revoked_at.is_(None), api_key.c.revoked_at > at)
            revoked = update(api_key).where(api_key.c.id == key_id, still_valid).values(revoked_at=at)
            connection.execute(revoked)


def _read(row: Row[Any]) -> Key:
    facts = {fact: getattr(row, fact) for fact in FACTS}
    return Key(**{**facts, "places": frozenset(row.places)})
