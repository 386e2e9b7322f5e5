"""Letters in the outbox: laid in once, claimed by one worker at a time, and kept with what became of them."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.store import StoreError
from service.store import outbox as outbox_of
from service.store.mail_records import Letter

NOW = datetime(2022, 9, 26, 2, 0, tzinfo=UTC)
LEASE = NOW + timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
AFTER = LEASE + MINUTE


def a_letter(recipient="to-1", **facts):
    given = {
        "kind": "report",
        "place_id": "west",
        "period": "2022-W39",
        "channel": "mail",
        "message_id": f"<{recipient}@border.example>",
        "subject": "West",
        "content": b"Subject: West\r\n\r\n420\r\n",
        "queued_at": NOW,
        "give_up_at": NOW + timedelta(hours=48),
    }
    return Letter(recipient=recipient, **{**given, **facts})


def claim(store, channel="mail", *, owner="one", now=NOW, until=LEASE, only=None):
    return store.outbox.claim(channel, owner=owner, now=now, lease_until=until, only=only)


@pytest.fixture
def claimed(store):
    """A letter that a worker is sending."""
    store.outbox.put([a_letter()])
    return claim(store)


def state(store, number=1):
    return store.outbox.get(number).state


def actions(store):
    return [(entry.action, entry.subject) for entry in reversed(store.audit.read(100))]


def test_a_letter_is_kept_as_it_was_laid_in(store):
    letter = a_letter()
    assert store.outbox.put([letter]) == 1
    kept = store.outbox.get(1)
    assert kept.letter == letter
    assert (kept.state, kept.attempts, kept.next_try_at) == ("pending", 0, NOW)
    assert store.outbox.find("report", "west", "2022-W39", "to-1") == kept
    assert store.outbox.find("report", "west", "2022-W39", "to-2") is None
    assert store.outbox.get(2) is None


def test_one_of_the_same_kind_place_period_and_recipient_is_left_as_it_is(store, claimed):
    store.outbox.sent(claimed, at=NOW)
    changed = a_letter(content=b"another", message_id="<other@border.example>")
    assert store.outbox.put([changed, a_letter("to-2"), a_letter("to-2")]) == 1
    assert state(store) == "sent"
    assert store.outbox.get(1).letter.content == a_letter().content
    differing = [replace(a_letter(), kind="correction"), replace(a_letter(), place_id="east")]
    assert store.outbox.put([*differing, replace(a_letter(), period="2022-W40")]) == 3


def test_letters_are_laid_in_with_another_writers_transaction_or_not_at_all(store):
    def write():
        with store.database.write() as connection:
            assert outbox_of.lay(connection, [a_letter()]) == 1
            raise RuntimeError("after the letter")

    with pytest.raises(RuntimeError, match="after the letter"):
        write()
    assert store.outbox.page(10) == ()


def test_a_claimed_letter_is_nobody_elses(store, claimed):
    assert (claimed.state, claimed.owner, claimed.lease_until, claimed.attempts) == (
        "sending",
        "one",
        LEASE,
        1,
    )
    assert claimed.letter == a_letter()
    assert claim(store, owner="two") is None
    assert claim(store, owner="two", now=AFTER) is None, "a letter whose lease is over is not claimed either"


def test_letters_are_claimed_by_channel_in_the_order_in_which_they_are_due(store):
    later = replace(a_letter("later"), queued_at=NOW + MINUTE)
    hook = a_letter("webhook:ops", channel="webhook")
    store.outbox.put([later, a_letter("first"), a_letter("second"), hook])
    assert claim(store, only=3).letter.recipient == "second"
    assert claim(store).letter.recipient == "first"
    assert claim(store) is None
    assert claim(store, "webhook").letter.recipient == "webhook:ops"
    assert claim(store, now=NOW + MINUTE).letter.recipient == "later"


def test_two_workers_at_once_never_hold_the_same_letter(store):
    store.outbox.put(a_letter(f"to-{number}") for number in range(12))
    held, ready = [], threading.Barrier(4)

    def work(owner):
        ready.wait()
        while (mine := claim(store, owner=owner)) is not None:
            held.append(mine.number)

    workers = [threading.Thread(target=work, args=(f"worker-{one}",)) for one in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(held) == list(range(1, 13))


def test_what_was_sent_says_when_and_is_audited_without_an_address(store, claimed):
    assert store.outbox.sent(claimed, at=NOW)
    assert (state(store), store.outbox.get(1).sent_at) == ("sent", NOW)
    assert actions(store) == [("letter.sent", "to-1")]
    assert store.audit.read(1)[0].detail == {
        "number": 1,
        "kind": "report",
        "place": "west",
        "period": "2022-W39",
    }


def test_a_deferred_letter_is_claimed_again_when_its_time_comes(store, claimed):
    assert store.outbox.deferred(claimed, "450 later", at=NOW, until=NOW + MINUTE)
    assert store.outbox.held_up() == (1, "450 later")
    assert claim(store) is None
    again = claim(store, owner="two", now=NOW + MINUTE)
    assert (again.number, again.attempts) == (1, 2)
    assert actions(store) == []


def test_failed_and_uncertain_letters_are_shown_until_an_operator_settles_them(store):
    store.outbox.put([a_letter("to-1"), a_letter("to-2"), a_letter("to-3", kind="test")])
    store.outbox.failed(claim(store), "550 no such desk", at=NOW)
    store.outbox.uncertain(claim(store), "lost", at=NOW)
    store.outbox.failed(claim(store), "a test", at=NOW)
    troubled = store.outbox.troubled()
    assert [(one.letter.recipient, one.state, one.reason) for one in troubled] == [
        ("to-2", "uncertain", "lost"),
        ("to-1", "failed", "550 no such desk"),
    ]
    assert all(one.letter.content == b"" for one in troubled), "a list carries no contents"
    assert store.outbox.counts() == {"pending": 0, "sending": 0, "sent": 0, "uncertain": 1, "failed": 2}
    for number, verdict in ((1, "leave"), (2, "came")):
        store.outbox.settle(number, verdict, by="cli:op", at=NOW, until=AFTER)
    assert store.outbox.troubled() == ()
    assert [store.outbox.get(number).state for number in (1, 2)] == ["failed", "sent"]
    assert store.outbox.get(1).settled_by == "cli:op"
    assert actions(store)[-2:] == [("letter.settle", "to-1"), ("letter.settle", "to-2")]


def test_an_uncertain_letter_is_claimed_again_only_if_an_operator_says_so(store, claimed):
    store.outbox.uncertain(claimed, "lost", at=NOW)
    assert claim(store, now=AFTER) is None
    until = AFTER + timedelta(hours=48)
    settled = store.outbox.settle(1, "send-again", by="cli:op", at=AFTER, until=until)
    assert (settled.state, settled.next_try_at, settled.letter.give_up_at) == ("pending", AFTER, until)
    again = claim(store, now=AFTER, until=AFTER + MINUTE)
    assert again.letter.message_id == claimed.letter.message_id
    store.outbox.failed(again, "550", at=AFTER)
    assert len(store.outbox.troubled()) == 1, "what fails anew is shown anew"


@pytest.mark.parametrize("verdict", ["came", "send-again", "leave"])
def test_only_what_failed_or_is_uncertain_can_be_settled(store, claimed, verdict):
    with pytest.raises(StoreError, match="is sending"):
        store.outbox.settle(1, verdict, by="cli:op", at=NOW, until=AFTER)
    with pytest.raises(StoreError, match="there is no letter 9"):
        store.outbox.settle(9, verdict, by="cli:op", at=NOW, until=AFTER)


def test_a_letter_that_a_dead_worker_was_sending_becomes_uncertain_when_its_lease_is_over(store, claimed):
    assert store.outbox.recover(now=LEASE - MINUTE) == ()
    assert not store.outbox.is_due(LEASE - MINUTE)
    assert store.outbox.is_due(LEASE)
    (lost,) = store.outbox.recover(now=LEASE)
    assert (lost.number, lost.state) == (1, "uncertain")
    assert claim(store, now=AFTER) is None
    assert actions(store) == [("letter.uncertain", "to-1")]
    assert store.outbox.recover(now=LEASE) == ()


def test_a_webhook_that_a_dead_worker_was_posting_waits_again(store):
    store.outbox.put([a_letter("webhook:ops", channel="webhook")])
    claim(store, "webhook")
    (again,) = store.outbox.recover(now=LEASE)
    assert (again.state, again.next_try_at) == ("pending", LEASE)
    assert claim(store, "webhook", now=LEASE).attempts == 2


def test_a_worker_that_was_thought_dead_may_still_say_that_the_server_took_it(store, claimed):
    store.outbox.recover(now=LEASE)
    assert not store.outbox.deferred(claimed, "lost", at=AFTER, until=AFTER)
    assert not store.outbox.failed(claimed, "lost", at=AFTER)
    assert state(store) == "uncertain"
    assert store.outbox.sent(claimed, at=AFTER)
    assert state(store) == "sent"


def test_nobody_speaks_for_a_try_that_is_not_his(store, claimed):
    assert not store.outbox.sent(replace(claimed, owner="two"), at=NOW)
    assert not store.outbox.sent(replace(claimed, attempts=2), at=NOW)
    assert not store.outbox.sent(replace(claimed, number=2), at=NOW)
    assert state(store) == "sending"
    assert store.outbox.sent(claimed, at=NOW)
    assert not store.outbox.uncertain(claimed, "late", at=NOW), "what was sent stays sent"


def test_a_letter_whose_time_is_over_is_given_up_untried(store):
    store.outbox.put([a_letter("to-1"), a_letter("to-2", give_up_at=AFTER)])
    assert claim(store, now=AFTER).letter.recipient == "to-1"
    assert claim(store, now=AFTER) is None
    (late,) = store.outbox.expire(now=AFTER)
    assert (late.letter.recipient, late.state) == ("to-2", "failed")
    assert late.reason == "given up: it could not be tried in its time"
    assert state(store, 1) == "sending"


def test_a_letter_that_is_given_up_keeps_the_reason_of_its_last_try(store, claimed):
    store.outbox.deferred(claimed, "450 later", at=NOW, until=NOW + MINUTE)
    (late,) = store.outbox.expire(now=claimed.letter.give_up_at)
    assert late.reason == "given up: 450 later"
    assert actions(store) == [("letter.failed", "to-1")]


def test_old_letters_at_rest_lose_their_content_and_nothing_else(store):
    store.outbox.put(
        [a_letter("to-1"), a_letter("to-2"), a_letter("to-3"), a_letter("to-4", queued_at=AFTER)]
    )
    store.outbox.sent(claim(store), at=NOW)
    store.outbox.failed(claim(store), "550", at=NOW)
    assert store.outbox.forget(before=AFTER) == 2
    assert store.outbox.forget(before=AFTER) == 0
    contents = [store.outbox.get(number).letter.content for number in (1, 2, 3, 4)]
    assert contents == [b"", b"", a_letter().content, a_letter().content]
    with pytest.raises(StoreError, match="too old"):
        store.outbox.settle(2, "send-again", by="cli:op", at=NOW, until=AFTER)


def test_pages_go_from_the_newest_back(store):
    store.outbox.put(a_letter(f"to-{number}") for number in range(5))
    store.outbox.sent(claim(store), at=NOW)
    assert [one.number for one in store.outbox.page(2)] == [5, 4]
    assert [one.number for one in store.outbox.page(2, before=4)] == [3, 2]
    assert [one.number for one in store.outbox.page(9, states=("sent",))] == [1]


def test_an_empty_outbox_has_nothing_to_do(store):
    assert not store.outbox.is_due(NOW)
    assert store.outbox.held_up() == (0, None)
    store.outbox.put([a_letter()])
    assert store.outbox.is_due(NOW)
    assert not store.outbox.is_due(NOW - MINUTE)
