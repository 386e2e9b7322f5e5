"""Who may what: API keys, the principals behind them, and one table of roles and actions."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from forecast.places import Places
from service.store import Store
from service.store.records import EVERYTHING, ROLES, AuditEntry, Key, Role, Scope

Action = Literal[
    "places.read",
    "observations.read",
    "observations.write",
    "forecasts.read",
    "scores.read",
    "issues.read",
    "quality.read",
    "events.read",
    "events.write",
    "capacities.read",
    "capacities.write",
    "scenarios.read",
    "scenarios.write",
    "overrides.read",
    "overrides.write",
    "shadows.read",
    "alerts.read",
    "alerts.settle",
    "mail.read",
    "reports.read",
    "metrics.read",
    "withheld.read",
]

_READERS: frozenset[Role] = frozenset({"planner", "analyst", "operator"})
MAY: dict[Action, frozenset[Role]] = {
    "places.read": frozenset(ROLES),
    "observations.read": _READERS,
    "observations.write": frozenset({"reporter", "operator"}),
    "forecasts.read": _READERS,
    "scores.read": _READERS,
    "issues.read": _READERS,
    "quality.read": _READERS,
    "events.read": frozenset(ROLES),
    "events.write": frozenset({"operator"}),
    "capacities.read": _READERS,
    "capacities.write": frozenset({"operator"}),
    "scenarios.read": _READERS,
    "scenarios.write": _READERS,
    "overrides.read": _READERS,
    "overrides.write": frozenset({"analyst", "operator"}),
    "shadows.read": frozenset({"analyst", "operator"}),  # what proposed configurations would have published
    "alerts.read": _READERS,
    "alerts.settle": frozenset({"planner", "operator"}),
    "mail.read": frozenset({"operator"}),
    "reports.read": _READERS,
    "metrics.read": frozenset({"operator"}),
    "withheld.read": frozenset({"operator"}),  # sees what a publication stop keeps from all others
}
_UNBOUND: frozenset[Role] = frozenset({"analyst", "operator"})
KEY_MARK = "arv_"  # what every key begins with, so that a key in the wrong place is known for one
_PREFIX_BYTES = 5
_SECRET_BYTES = 32  # 256 random bits: a plain hash is enough, there is nothing to guess


class AccessError(ValueError):
    """A key that cannot be made, found or changed as asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a key's role and the places it covers."""

    key_id: str
    role: Role
    scope: Scope
    label: str = ""

    def may(self, action: Action) -> bool:
        """Whether the role may do this at all; the scope says where."""
        return self.role in MAY[action]


def create_key(
    store: Store,
    role: Role,
    places: Iterable[str] = (),
    *,
    now: datetime,
    by: str,
    label: str = "",
    expires_at: datetime | None = None,
) -> tuple[Key, str]:
    """Make and store a key; the secret is returned this once and kept nowhere.

    Raises AccessError if the role and the places do not fit, or the expiry is not ahead.
    """
    granted = _checked(role, frozenset(places), store.places.all())
    if expires_at is not None and expires_at <= now:
        raise AccessError(f"the expiry {expires_at.isoformat()} is not after now; give a later instant")
    prefix = secrets.token_hex(_PREFIX_BYTES)
    secret = f"{KEY_MARK}{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    key = Key(
        id=f"key-{prefix}",
        prefix=prefix,
        role=role,
        places=granted,
        label=label,
        created_at=now,
        expires_at=expires_at,
    )
    store.keys.create(key, _hashed(secret))
    _audit(store, now, by, action="keys.create", key=key)
    return key, secret


def authenticate(store: Store, header: str | None, *, now: datetime) -> Principal | None:
    """The principal behind an `Authorization: Bearer KEY` header, or None if it names no valid key."""
    scheme, _, secret = (header or "").partition(" ")
    return recognise(store, secret.strip(), now=now) if scheme.lower() == "bearer" else None


def recognise(store: Store, secret: str, *, now: datetime) -> Principal | None:
    """The principal behind a bare key, or None if it is unknown, expired or revoked."""
    parts = secret.split("_", 2)
    if len(secret) > 200 or len(parts) != 3 or f"{parts[0]}_" != KEY_MARK or not parts[1].isalnum():
        return None
    found = store.keys.find(parts[1])
    key, known = found if found else (None, b"\0" * 32)
    same = hmac.compare_digest(_hashed(secret), known)
    if key is None or not same or not is_valid(key, now):
        return None
    return Principal(key.id, key.role, scope_of(store, key), key.label)


def is_valid(key: Key, now: datetime) -> bool:
    """Whether a key is neither expired nor revoked at this instant."""
    return all(end is None or now < end for end in (key.expires_at, key.revoked_at))


def revoke_key(store: Store, key_id: str, *, now: datetime, by: str) -> None:
    """End a key at once. Raises AccessError if there is no such key."""
    key = find_key(store, key_id)
    store.keys.revoke(key.id, now)
    _audit(store, now, by, action="keys.revoke", key=key)


def rotate_key(store: Store, key_id: str, *, until: datetime, now: datetime, by: str) -> tuple[Key, str]:
    """Make a successor with the same rights and let the old key end at `until`.

    Raises AccessError if there is no such key, it is over, or `until` lies in the past.
    """
    old = find_key(store, key_id)
    if not is_valid(old, now):
        raise AccessError(f"key {old.id} is over; create a new one instead")
    if until < now:
        raise AccessError(f"the old key cannot end at {until.isoformat()}, which is past")
    made = create_key(
        store, old.role, old.places, now=now, by=by, label=old.label, expires_at=_later(old, until)
    )
    store.keys.revoke(old.id, until)
    _audit(store, now, by, action="keys.rotate", key=old)
    return made


def find_key(store: Store, key_id: str) -> Key:
    """The key of an id or prefix. Raises AccessError if there is none."""
    for key in store.keys.all():
        if key_id in (key.id, key.prefix):
            return key
    raise AccessError(f"there is no key {key_id!r}; `arrivals keys list` shows them")


def all_regions(places: Places) -> frozenset[str]:
    """The places that between them hold all others: what a planner of every region is granted."""
    return frozenset(place.id for place in places if place.parent is None)


def scope_of(store: Store, key: Key) -> Scope:
    """What a key may see: everything for analysts and operators; else the granted places.

    A planner granted every region of a country sees the country's total as well; with one region
    missing, the total minus the own regions would give that one away.
    """
    if key.role in _UNBOUND:
        return EVERYTHING
    if key.role == "reporter" or len(key.places) < 2:
        return Scope(places=key.places)
    return Scope(places=key.places | _whole_countries(store.places.all(), key.places))


def _whole_countries(places: Places, granted: frozenset[str]) -> frozenset[str]:
    below: dict[str, list[bool]] = {}
    for place in places:
        if place.level == "country":
            continue
        above = places.ancestors(place.id)
        covered = place.id in granted or any(up in granted for up in above)
        for up in above:
            if places[up].level == "country":
                below.setdefault(up, []).append(covered)
    return frozenset(country for country, covered in below.items() if all(covered))


def _checked(role: Role, granted: frozenset[str], places: Places) -> frozenset[str]:
    if role in _UNBOUND:
        if granted:
            raise AccessError(f"a key for an {role} covers all places; leave the places out")
        return frozenset()
    if not granted:
        raise AccessError(
            f"a key for a {role} needs the places it covers; name them with --region or --crossing"
        )
    unknown = sorted(granted - {place.id for place in places})
    if unknown:
        raise AccessError(
            f"place {unknown[0]!r} is not registered; `arrivals places list` shows those that are"
        )
    if role == "reporter":
        _only_crossings(granted, places)
    return granted


def _only_crossings(granted: frozenset[str], places: Places) -> None:
    for place_id in sorted(granted):
        if places[place_id].level != "crossing":
            raise AccessError(f"a reporter's key names crossings one by one; {place_id!r} is none")


def _later(old: Key, until: datetime) -> datetime | None:
    # the successor keeps the old key's own expiry only where that still leaves it a life
    return old.expires_at if old.expires_at is not None and old.expires_at > until else None


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _audit(store: Store, now: datetime, by: str, *, action: str, key: Key) -> None:
    detail = {"role": key.role, "places": sorted(key.places), "label": key.label}
    store.audit.append(AuditEntry(now, by, action, key.id, detail))
