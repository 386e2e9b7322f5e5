"""The report's mail: text, HTML with its pictures, PDF; small, always the same, and no word is a header."""

import io
import re
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

import pypdf
import pytest

from service.languages import language
from service.reports.contents import Named
from service.reports.message import file_name, message_of
from service.reports.text import text_of
from tests.service.reports.reports import NOTE, SYRYM, TASKALA, example_report
from tests.service.reports.test_html import Read

LARGEST = 400_000  # bytes on the wire


@pytest.fixture(scope="module")
def message() -> EmailMessage:
    return message_of(example_report(corrected=True), language("en"))


def part(message: EmailMessage, kind: str) -> EmailMessage:
    return next(one for one in message.walk() if one.get_content_type() == kind)


def test_it_has_text_html_with_pictures_and_a_pdf(message: EmailMessage) -> None:
    kinds = [one.get_content_type() for one in message.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
        "image/png", "image/png", "image/png", "application/pdf",
    ]  # fmt: skip


def test_the_text_is_the_whole_report(message: EmailMessage) -> None:
    assert part(message, "text/plain").get_content() == text_of(
        example_report(corrected=True), language("en")
    )


def test_every_picture_that_is_shown_lies_in_the_mail(message: EmailMessage) -> None:
    shown = [one["src"] for one in Read(part(message, "text/html").get_content()).all("img")]
    lying = [one["Content-ID"] for one in message.walk() if one.get_content_type() == "image/png"]
    assert shown == [f"cid:{name.strip('<>')}" for name in lying]
    assert len(set(shown)) == 3


def test_it_is_small_enough(message: EmailMessage) -> None:
    assert len(message.as_bytes(policy=SMTP)) < LARGEST


def test_charts_give_way_where_a_mail_would_be_too_large_and_tables_stay(message: EmailMessage) -> None:
    whole = len(message.as_bytes())
    less = message_of(example_report(corrected=True), language("en"), largest=whole - 1)
    pictures = [one for one in less.walk() if one.get_content_type() == "image/png"]
    assert len(pictures) == 2
    assert len(less.as_bytes()) < whole
    page = Read(part(less, "text/html").get_content())
    assert len(page.all("img")) == 2
    assert len(page.all("table")) == len(Read(part(message, "text/html").get_content()).all("table"))


def test_the_own_places_chart_stays_however_small_a_mail_must_be() -> None:
    less = message_of(example_report(), language("en"), largest=1)
    assert len([one for one in less.walk() if one.get_content_type() == "image/png"]) == 1


def test_the_html_is_not_cut_off_by_mail_programs_that_show_a_hundred_kilobytes(
    message: EmailMessage,
) -> None:
    assert len(part(message, "text/html").get_content().encode()) < 100_000


def test_the_same_report_is_the_same_bytes(message: EmailMessage) -> None:
    again = message_of(example_report(corrected=True), language("en"))
    assert again.as_bytes(policy=SMTP) == message.as_bytes(policy=SMTP)


def test_two_reports_share_no_picture(message: EmailMessage) -> None:
    other = message_of(replace(example_report(corrected=True), week="2022-W40"), language("en"))
    names = [{one["Content-ID"] for one in mail.walk() if one["Content-ID"]} for mail in (message, other)]
    assert not names[0] & names[1]


def test_notes_and_names_stay_words_in_every_form(message: EmailMessage) -> None:
    page = Read(part(message, "text/html").get_content())
    told = " ".join(page.words.split())
    plain = " ".join(part(message, "text/plain").get_content().split())
    pdf = pypdf.PdfReader(io.BytesIO(part(message, "application/pdf").get_content()))
    printed = "".join("".join(sheet.extract_text().split()) for sheet in pdf.pages)
    for word in (
        '<script>alert("1")</script> #strong[{0}] =1+1',
        SYRYM.name,
        "Taskala-Ozinki Bcc: spy@evil.example",
    ):
        assert word in told
        assert word in plain
        assert "".join(word.split()) in printed
    assert not {"script", "img onerror"} & {tag for tag, _ in page.tags}
    assert NOTE.split("\r\n")[0][:40] in told


@pytest.mark.parametrize(
    "name", ["West\r\nBcc: spy@evil.example", "West\nX: y", "West\u2028Bcc: a@evil.example", "=1+1\r"]
)
def test_a_name_breaks_no_header(name: str) -> None:
    place = Named("west", name, "region", "Asia/Oral")
    message = message_of(replace(example_report(), place=place), language("en"))
    head = message.as_bytes(policy=SMTP).split(b"\r\n\r\n", 1)[0]
    fields = {line.split(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith(b" ")}
    assert fields == {b"subject", b"mime-version", b"content-type"}
    assert not re.search(r"[\r\n\u2028]", str(message["Subject"]))


@pytest.mark.parametrize(
    ("place_id", "name"),
    [
        ("west-kazakhstan", "arrivals-west-kazakhstan-2022-W39.pdf"),
        ("../../etc/passwd", "arrivals-etc-passwd-2022-W39.pdf"),
        ("Қостанай", "arrivals-place-2022-W39.pdf"),
        ('a"b;c', "arrivals-a-b-c-2022-W39.pdf"),
    ],
)
def test_a_file_has_a_name_that_every_system_takes(place_id: str, name: str) -> None:
    report = replace(example_report(), place=replace(TASKALA, id=place_id))
    assert file_name(report, "pdf") == name


def test_the_pdf_is_attached_under_its_name(message: EmailMessage) -> None:
    assert part(message, "application/pdf").get_filename() == "arrivals-veldania-2022-W39-correction-1.pdf"
