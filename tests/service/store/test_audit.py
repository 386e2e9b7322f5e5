from dataclasses import replace

from service.store.records import AuditEntry
from tests.service.store.builders import NOW


def entry(action):
    return AuditEntry(NOW, "key-1", action, "ferry", {"days": [1, 2], "zone": "Орал"})


def test_entries_come_newest_first_numbered_in_the_order_they_came_in(store):
    store.audit.append(entry("read"))
    store.audit.append(entry("write"), entry("revoke"))
    assert store.audit.read(2) == (replace(entry("revoke"), number=3), replace(entry("write"), number=2))


def test_the_log_is_paged_by_number_even_if_all_entries_are_of_one_instant(store):
    store.audit.append(*(entry(f"a{number}") for number in range(5)))
    first = store.audit.read(2)
    second = store.audit.read(9, before=first[-1].number)
    assert [one.action for one in (*first, *second)] == ["a4", "a3", "a2", "a1", "a0"]


def test_nothing_is_appended_by_no_entry(store):
    store.audit.append()
    assert store.audit.read(9) == ()
