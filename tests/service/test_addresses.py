"""Which texts are addresses of mail."""

import pytest

from service.addresses import AddressError, address_of, mailbox_of, without_addresses


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("duty@desk.example", "duty@desk.example"),
        (" Duty.Desk+arrivals@Desk.EXAMPLE ", "Duty.Desk+arrivals@desk.example"),
        ("arrivals@localhost", "arrivals@localhost"),
        ("o'neil_1@xn--80ak6aa92e.example", "o'neil_1@xn--80ak6aa92e.example"),
    ],
)
def test_an_address_is_kept_with_its_domain_in_small_letters(text, address):
    assert address_of(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "duty",
            "@desk.example",
            "duty@",
            "a b@desk.example",
            "duty@desk..example",
            ".duty@desk.example",
        ),
        *("duty@-desk.example", "duty@desk.example>", "<duty@desk.example>", "a@b@desk.example"),
        *("дежурный@desk.example", "duty@desk.example\nBcc: x@y.example"),
        *("x" * 65 + "@desk.example", "x@" + "y." * 126 + "example"),
    ],
)
def test_what_is_no_address_is_refused_and_shown_on_one_line(text):
    with pytest.raises(AddressError, match="no address of mail") as refused:
        address_of(text)
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("Border arrivals <arrivals@border.example>", ("Border arrivals", "arrivals@border.example")),
        ("arrivals@border.example", ("", "arrivals@border.example")),
        ("Граница <arrivals@border.example>", ("Граница", "arrivals@border.example")),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(text, mailbox):
    assert mailbox_of(text) == mailbox


@pytest.mark.parametrize(
    "text", ["Border <>", "Border\n<a@b.example>", '"x" <a@b.example>', "<a@b.example> x"]
)
def test_what_is_no_mailbox_is_refused(text):
    with pytest.raises(AddressError):
        mailbox_of(text)


def test_addresses_are_blanked_wherever_they_stand():
    said = "550 5.1.1 <duty@desk.example>: user duty@desk.example unknown"
    assert without_addresses(said) == "550 5.1.1 <***>: user *** unknown"
