"""A test mail: sent at once, and what became of it said at once."""

import pytest

from service.addresses import AddressError
from service.languages import language
from service.mail.letters import read
from service.mail.trial import send_trial
from tests.service.mail.builders import NOW, a_letter, laid, settings_for, smtp_settings
from tests.service.mail.servers import Misbehaving, mail_server, nobody

ENGLISH = language("en")
DESK = "duty-desk@west.example"


def test_a_test_mail_goes_to_the_address_and_keeps_the_others_waiting(sqlite_store, tmp_path):
    laid(sqlite_store, a_letter())
    with mail_server() as (port, taker):
        letter = send_trial(
            sqlite_store, smtp_settings(tmp_path, port, timeout=10), DESK, language=ENGLISH, now=NOW
        )
    assert letter.state == "sent"
    (envelope,) = taker.envelopes
    assert envelope.rcpt_tos == [DESK]
    assert "write to arrivals@localhost" in " ".join(read(letter.letter).get_content().split())
    assert sqlite_store.outbox.counts()["pending"] == 1


@pytest.mark.parametrize("fault", ["rcpt-4", "rcpt-5", "drop-taken", "greeting-5"])
def test_one_that_does_not_get_through_says_why_and_is_not_tried_again(sqlite_store, tmp_path, fault):
    with mail_server() as (port, _), Misbehaving(port, lambda: fault) as host:
        settings = smtp_settings(tmp_path, host.port, timeout=10)
        letter = send_trial(sqlite_store, settings, DESK, language=ENGLISH, now=NOW)
    assert letter.state == ("uncertain" if fault == "drop-taken" else "failed")
    assert letter.reason
    assert sqlite_store.outbox.troubled() == ()


def test_two_test_mails_are_two_letters(sqlite_store, tmp_path):
    settings = settings_for(tmp_path)
    ids = {
        send_trial(
            sqlite_store, settings, DESK, language=ENGLISH, now=NOW.replace(second=one)
        ).letter.message_id
        for one in range(2)
    }
    assert len(ids) == 2


def test_what_is_no_address_is_refused(sqlite_store, tmp_path):
    with nobody() as port, pytest.raises(AddressError):
        send_trial(
            sqlite_store,
            smtp_settings(tmp_path, port),
            f"{DESK}\nBcc: x@y.example",
            language=ENGLISH,
            now=NOW,
        )
    assert sqlite_store.outbox.page(10) == ()
