"""Letters: heads that nobody can break, and bytes that every server takes."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.addresses import AddressError
from service.mail.envelope import Heading, plain
from service.mail.letters import GIVE_UP_AFTER, addresses_of, letter_of, read
from tests.service.mail.builders import NOW, a_letter, a_message, a_recipient, settings_for

HEADS = {
    "From": "Arrivals <arrivals@border.example>",
    "To": "duty-desk@west.example",
    "Reply-To": "arrivals@localhost",
    "Subject": "West",
    "Date": "Mon, 26 Sep 2022 02:00:00 +0000",
    "Auto-Submitted": "auto-generated",
    "List-Unsubscribe": "<mailto:arrivals@localhost?subject=unsubscribe>",
}


def test_a_letter_has_every_head_once():
    message = read(a_letter())
    for name, value in HEADS.items():
        assert message.get_all(name) == [value]
    assert message.get_all("Message-ID") == [a_letter().message_id]


def test_heads_that_stood_there_are_replaced():
    message = a_message()
    message["To"], message["Bcc"], message["Message-ID"] = "all@x.example", "more@x.example", "<1@x.example>"
    whole = read(a_letter(message=message))
    assert whole.get_all("To") == [HEADS["To"]]
    assert whole["Bcc"] is None


def test_the_unsubscribe_address_is_the_one_that_is_set():
    heading = Heading("report", "west", "2022-W39", "West", NOW)
    own = settings_for(None, mail_unsubscribe="leave@border.example", mail_contact="desk@border.example")
    message = read(letter_of(a_message(), heading, a_recipient(), settings=own))
    assert message["List-Unsubscribe"] == "<mailto:leave@border.example?subject=unsubscribe>"
    assert message["Reply-To"] == "desk@border.example"


def test_the_id_depends_on_kind_place_period_and_recipient_alone():
    assert a_letter().message_id == a_letter(subject="Другая тема", at=NOW + GIVE_UP_AFTER).message_id
    others = [
        a_letter(kind="correction"),
        a_letter("2022-W40"),
        a_letter(recipient=a_recipient("to-2")),
    ]
    assert len({letter.message_id for letter in (a_letter(), *others)}) == 4
    assert a_letter().message_id.endswith("@border.example>")


def test_a_letter_is_given_up_two_days_after_it_was_queued():
    assert a_letter().give_up_at - a_letter().queued_at == GIVE_UP_AFTER
    assert a_letter().queued_at == NOW


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Syrym\r\nBcc: all@desk.example", "Syrym Bcc: all@desk.example"),
        ("Syrym\n\n<html>", "Syrym <html>"),
        ("Syrym\x00\x0b\x0c\x85\u2028\u2029end", "Syrym end"),
        ("Syrym \u202egpj.exe", "Syrym gpj.exe"),
        ("Құрық  порты", "Құрық порты"),
        ("=?utf-8?q?x?= =1+1", "=?utf-8?q?x?= =1+1"),
        ("\ud800lone", "lone"),
        ("x" * 500, "x" * 200),
    ],
)
def test_what_a_name_brings_into_a_head_comes_out_as_text(name, shown):
    letter = a_letter(subject=name)
    message = read(letter)
    assert plain(name) == shown
    assert message.get_all("Bcc") is None
    assert set(message.keys()) == set(read(a_letter()).keys())
    if not name.startswith("=?"):  # which a reader decodes, as it would in any mail
        assert message["Subject"] == shown


@settings(max_examples=200, deadline=None)
@given(subject=st.text(max_size=300), text=st.text(max_size=2_000))
def test_no_subject_or_text_makes_another_head_or_another_letter(subject, text):
    content = a_letter(subject=subject, message=_message(text)).content
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    message = message_from_bytes(content, policy=SMTP)
    assert sorted(message.keys()) == sorted(read(a_letter()).keys())
    assert not message.defects


def _message(text):
    message = EmailMessage()
    message.set_content(text.encode("utf-8", "replace").decode())
    return message


def test_cyrillic_and_kazakh_come_back_as_they_were():
    text = "Ақтөбе: Әйтеке би — ұзақ кезек, ғ қ ң ү һ і\n"
    letter = a_letter(message=a_message(text), subject="Ақтөбе: ұзақ кезек")
    assert read(letter).get_content().replace("\r\n", "\n") == text
    assert letter.subject == read(letter)["Subject"] == "Ақтөбе: ұзақ кезек"


def test_addresses_are_read_from_the_bytes():
    assert addresses_of(a_letter()) == ("arrivals@border.example", "duty-desk@west.example")
    many = a_letter().content.replace(b"To: duty-desk@west.example", b"To: a@x.example, b@x.example")
    with pytest.raises(AddressError):
        addresses_of(_with(many))


def _with(content):
    return replace(a_letter(), content=content)


def test_a_sender_with_a_comma_and_foreign_letters_is_one_sender():
    heading = Heading("report", "west", "2022-W39", "West", NOW)
    own = settings_for(None).model_copy(update={"mail_sender": "Граница, прибытия <arrivals@border.example>"})
    letter = letter_of(a_message(), heading, a_recipient(), settings=own)
    assert addresses_of(letter)[0] == "arrivals@border.example"
    assert read(letter)["From"].addresses[0].display_name == "Граница, прибытия"


def test_bytes_that_a_server_could_read_as_two_letters_are_refused():
    class Raw(EmailMessage):
        """A message whose library would let half a break through."""

        def as_bytes(self, **options):
            return super().as_bytes(**options) + self.end

    message = Raw()
    for message.end in (
        b"first\n.\r\nMAIL FROM:<x@y.example>\r\n",
        b"first\r\n.\rMAIL FROM:<x@y.example>\r\n",
    ):
        with pytest.raises(ValueError, match="half a break"):
            a_letter(message=message)
    message.end = b"x" * 999 + b"\r\n"
    with pytest.raises(ValueError, match="longer than 998"):
        a_letter(message=message)
