from datetime import timedelta

import pytest

from service.store import StoreError
from service.store.records import Key
from tests.service.store.builders import NOW

HASH = bytes(range(32))


def key(name="k1", **changes):
    facts = {
        "prefix": f"arv_{name}",
        "role": "planner",
        "places": frozenset({"west", "pass"}),
        "label": "Oral",
    }
    return Key(name, **{**facts, "created_at": NOW, **changes})


def test_a_key_is_found_by_its_prefix_with_the_hash_of_its_secret(border):
    border.keys.create(key(expires_at=NOW + timedelta(days=90)), HASH)
    assert border.keys.find("arv_k1") == (key(expires_at=NOW + timedelta(days=90)), HASH)


@pytest.mark.parametrize("prefix", ["", "arv_", "ARV_K1", "arv_k1 ", "arv_%"])
def test_a_prefix_is_matched_whole(border, prefix):
    border.keys.create(key(), HASH)
    assert border.keys.find(prefix) is None


def test_a_prefix_is_given_once(border):
    border.keys.create(key(), HASH)
    with pytest.raises(Exception, match=r"(?i)unique"):
        border.keys.create(key("k2", prefix="arv_k1"), HASH)


def test_a_key_for_an_unknown_place_is_refused(border):
    with pytest.raises(StoreError, match="'north' is not registered"):
        border.keys.create(key(places=frozenset({"west", "north"})), HASH)
    assert border.keys.all() == ()


def test_keys_are_listed_from_the_oldest_on_revoked_ones_too(border):
    for number in (2, 0, 1):
        border.keys.create(key(f"k{number}", created_at=NOW + timedelta(days=number)), HASH)
    border.keys.revoke("k1", NOW)
    assert [one.id for one in border.keys.all()] == ["k0", "k1", "k2"]
    assert [one.revoked_at for one in border.keys.all()] == [None, NOW, None]


def test_a_key_may_end_earlier_than_was_said_and_never_later(border):
    border.keys.create(key(), HASH)
    for days, expected in ((7, 7), (9, 7), (1, 1)):
        border.keys.revoke("k1", NOW + timedelta(days=days))
        assert border.keys.all()[0].revoked_at == NOW + timedelta(days=expected)


def test_an_unknown_key_cannot_be_revoked(border):
    with pytest.raises(StoreError, match="no key 'k9'"):
        border.keys.revoke("k9", NOW)
