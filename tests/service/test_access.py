"""Keys: shown once, kept as a hash, over when they are over; and who may what."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecast.places import Place
from service.access import (
    MAY,
    AccessError,
    all_regions,
    authenticate,
    create_key,
    find_key,
    is_valid,
    revoke_key,
    rotate_key,
)
from service.store import Store
from service.store.records import Role

NOW = datetime(2022, 9, 27, 6, 0, tzinfo=UTC)
PLACES = (
    Place("kz", "Kazakhstan", "country"),
    Place("west", "West", "region", "kz"),
    Place("north", "North", "region", "kz"),
    Place("syrym", "Syrym", parent="west"),
    Place("kairak", "Kairak", parent="north"),
)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.places.put(PLACES, at=NOW)
        yield store


def bearer(secret: str) -> str:
    return f"Bearer {secret}"


def test_a_key_opens_what_it_was_made_for(register: Store) -> None:
    key, secret = create_key(register, "planner", ["west"], now=NOW, by="test", label="Aigul")
    principal = authenticate(register, bearer(secret), now=NOW)
    assert principal is not None
    assert (principal.key_id, principal.role, principal.label) == (key.id, "planner", "Aigul")
    assert principal.scope.places == {"west"}
    assert not principal.scope.everything


def test_the_store_knows_the_hash_and_never_the_key(register: Store, tmp_path: Path) -> None:
    key, secret = create_key(register, "analyst", now=NOW, by="test")
    found = register.keys.find(key.prefix)
    assert found is not None
    assert found[1] == hashlib.sha256(secret.encode()).digest()
    register.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.encode() not in held
    assert secret.split("_", 2)[2].encode() not in held


def test_a_key_holds_256_random_bits(register: Store) -> None:
    secrets = {create_key(register, "analyst", now=NOW, by="test")[1] for _ in range(5)}
    assert len(secrets) == 5
    assert all(len(secret.split("_", 2)[2]) == 43 for secret in secrets)  # 32 bytes in base64


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer arv_x", "arv_a_b", "Bearer arv_!_x"]
)
def test_what_is_no_key_opens_nothing(register: Store, header: str | None) -> None:
    assert authenticate(register, header, now=NOW) is None


def test_a_key_with_one_letter_changed_opens_nothing(register: Store) -> None:
    _, secret = create_key(register, "analyst", now=NOW, by="test")
    for at in (len(secret) - 1, len(secret) // 2):
        other = "A" if secret[at] != "A" else "B"
        assert authenticate(register, bearer(secret[:at] + other + secret[at + 1 :]), now=NOW) is None


def test_a_key_is_void_from_its_expiry_on(register: Store) -> None:
    end = NOW + timedelta(days=1)
    _, secret = create_key(register, "analyst", now=NOW, by="test", expires_at=end)
    assert authenticate(register, bearer(secret), now=end - timedelta(seconds=1))
    assert authenticate(register, bearer(secret), now=end) is None


def test_a_revoked_key_is_void_at_once(register: Store) -> None:
    key, secret = create_key(register, "analyst", now=NOW, by="test")
    revoke_key(register, key.prefix, now=NOW, by="test")
    assert authenticate(register, bearer(secret), now=NOW) is None


def test_after_a_rotation_both_keys_open_until_the_old_one_ends(register: Store) -> None:
    old, old_secret = create_key(register, "planner", ["west"], now=NOW, by="test", label="Oral")
    end = NOW + timedelta(days=7)
    new, new_secret = rotate_key(register, old.id, until=end, now=NOW, by="test")
    assert (new.role, new.places, new.label) == (old.role, old.places, old.label)
    assert authenticate(register, bearer(old_secret), now=end - timedelta(seconds=1))
    assert authenticate(register, bearer(old_secret), now=end) is None
    assert authenticate(register, bearer(new_secret), now=end + timedelta(days=365))


def test_a_key_on_its_way_out_can_still_be_revoked_at_once(register: Store) -> None:
    old, secret = create_key(register, "analyst", now=NOW, by="test")
    rotate_key(register, old.id, until=NOW + timedelta(days=7), now=NOW, by="test")
    revoke_key(register, old.id, now=NOW, by="test")
    assert authenticate(register, bearer(secret), now=NOW) is None


def test_a_key_that_is_over_is_not_rotated(register: Store) -> None:
    key, _ = create_key(register, "analyst", now=NOW, by="test")
    revoke_key(register, key.id, now=NOW, by="test")
    with pytest.raises(AccessError, match="create a new one"):
        rotate_key(register, key.id, until=NOW + timedelta(days=1), now=NOW, by="test")
    assert not is_valid(find_key(register, key.id), NOW)


def test_every_change_of_a_key_is_in_the_audit_log_without_the_key(register: Store) -> None:
    key, secret = create_key(register, "planner", ["west"], now=NOW, by="cli:aigul")
    _, successor = rotate_key(register, key.id, until=NOW + timedelta(days=1), now=NOW, by="cli:aigul")
    revoke_key(register, key.id, now=NOW, by="cli:aigul")
    entries = register.audit.read(10)
    assert sorted(entry.action for entry in entries) == [
        "keys.create",
        "keys.create",
        "keys.revoke",
        "keys.rotate",
    ]
    assert {entry.actor for entry in entries} == {"cli:aigul"}
    told = repr(entries)
    assert secret not in told
    assert successor not in told


@pytest.mark.parametrize(
    ("role", "places", "complaint"),
    [
        ("planner", [], "needs the places"),
        ("reporter", [], "needs the places"),
        ("planner", ["nowhere"], "'nowhere' is not registered"),
        ("reporter", ["west"], "'west' is none"),
        ("analyst", ["west"], "leave the places out"),
    ],
)
def test_a_key_that_fits_no_role_is_refused(
    register: Store, role: Role, places: list[str], complaint: str
) -> None:
    with pytest.raises(AccessError, match=complaint):
        create_key(register, role, places, now=NOW, by="test")
    assert register.keys.all() == ()


def test_an_expiry_in_the_past_is_refused(register: Store) -> None:
    with pytest.raises(AccessError, match="later instant"):
        create_key(register, "analyst", now=NOW, by="test", expires_at=NOW)


@pytest.mark.parametrize(
    ("places", "seen"),
    [
        (["west"], {"west"}),
        (["west", "syrym"], {"west", "syrym"}),
        (["west", "kairak"], {"west", "kairak"}),  # the region of kairak is not granted: no country's total
        (["west", "north"], {"west", "north", "kz"}),
        (["kz"], {"kz"}),
    ],
)
def test_the_country_is_seen_by_whoever_is_granted_all_of_it(
    register: Store, places: list[str], seen: set[str]
) -> None:
    _, secret = create_key(register, "planner", places, now=NOW, by="test")
    principal = authenticate(register, bearer(secret), now=NOW)
    assert principal is not None
    assert principal.scope.places == seen


def test_a_region_registered_later_closes_the_country_again(register: Store) -> None:
    _, secret = create_key(register, "planner", ["west", "north"], now=NOW, by="test")
    register.places.put([Place("south", "South", "region", "kz")], at=NOW)
    principal = authenticate(register, bearer(secret), now=NOW)
    assert principal is not None
    assert "kz" not in principal.scope.places


def test_all_regions_mean_everything(register: Store) -> None:
    granted = all_regions(register.places.all())
    _, secret = create_key(register, "planner", granted, now=NOW, by="test")
    principal = authenticate(register, bearer(secret), now=NOW)
    assert principal is not None
    assert register.places.scope_ids(principal.scope) == {place.id for place in PLACES}


def test_the_table_says_who_may_what() -> None:
    readers = {"planner", "analyst", "operator"}
    assert {action: set(roles) for action, roles in MAY.items()} == {
        "places.read": readers | {"reporter"},
        "observations.read": readers,
        "observations.write": {"reporter", "operator"},
        "forecasts.read": readers,
        "scores.read": readers,
        "issues.read": readers,
        "quality.read": readers,
        "events.read": readers | {"reporter"},
        "events.write": {"operator"},
        "capacities.read": readers,
        "capacities.write": {"operator"},
        "scenarios.read": readers,
        "scenarios.write": readers,
        "overrides.read": readers,
        "overrides.write": {"analyst", "operator"},
        "shadows.read": {"analyst", "operator"},
        "reports.read": readers,
        "alerts.read": readers,
        "alerts.settle": {"planner", "operator"},
        "mail.read": {"operator"},
        "metrics.read": {"operator"},
        "withheld.read": {"operator"},
    }
