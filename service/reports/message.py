"""The report as a mail: text, HTML with its pictures, and the PDF; the same bytes for the same report."""

import hashlib
import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from email.policy import SMTP

from service.languages import Language
from service.mail.envelope import plain
from service.reports.contents import Report
from service.reports.figures import figures_of
from service.reports.html import html_of
from service.reports.page import Figure
from service.reports.pdf import pdf_of
from service.reports.text import text_of
from service.reports.worded import page_of

_POLICY = SMTP.clone(cte_type="7bit")  # every server takes it
LARGEST = 398_000  # bytes; with its head a letter stays below 400 kB, above which some programs cut mails
_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")


def message_of(report: Report, language: Language, *, largest: int = LARGEST) -> EmailMessage:
    """The mail of a report in a language, without a sender or recipient, which its letter gets later.

    Of a mail of more than `largest` bytes the last crossings' charts are left out; their tables stay.
    """
    figures = figures_of(report, language)
    message = _with(report, language, figures)
    while len(message.as_bytes()) > largest and len(figures) > 1:
        figures = figures[:-1]
        message = _with(report, language, figures)
    return message


def _with(report: Report, language: Language, figures: Sequence[Figure]) -> EmailMessage:
    page = page_of(report, language, figures)
    key = _key(report, language)
    pictures = {one.name: f"{one.name}.{key}@arrivals" for one in page.figures}
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = plain(page.subject)
    message.set_content(text_of(report, language))
    written = html_of(page, {name: f"cid:{part}" for name, part in pictures.items()})
    message.add_alternative(written, subtype="html", cte=_shortest(written))
    _relate(message, page.figures, pictures)
    message.add_attachment(
        pdf_of(page), maintype="application", subtype="pdf", filename=file_name(report, "pdf")
    )
    _settle_boundaries(message, key)
    return message


def file_name(report: Report, ending: str) -> str:
    """What a form of the report is called as a file: letters that every system takes."""
    place = _UNSAFE.sub("-", report.place.id).strip("-.") or "place"
    corrected = f"-correction-{report.edition}" if report.edition else ""
    return f"arrivals-{place}-{report.week}{corrected}.{ending}"


def _shortest(written: str) -> str:
    """The encoding that makes fewer bytes of it: quoted-printable takes six for a letter of Cyrillic."""
    plain = written.encode()
    return "base64" if len(b2a_qp(plain)) > len(b2a_base64(plain)) else "quoted-printable"


def _relate(message: EmailMessage, figures: Iterable[Figure], parts: dict[str, str]) -> None:
    """Lay the pictures beside the HTML that shows them."""
    written = message.get_body(("html",))
    assert isinstance(written, EmailMessage)  # noqa: S101 - added just before
    for figure in figures:
        written.add_related(
            figure.png,
            maintype="image",
            subtype="png",
            cid=f"<{parts[figure.name]}>",
            disposition="inline",
            filename=f"{figure.name}.png",
        )


def _settle_boundaries(message: EmailMessage, key: str) -> None:
    """Give the parts' boundaries names: those that `email` takes would differ from run to run."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{key}_{number}")


def _key(report: Report, language: Language) -> str:
    """A name for the parts of this mail, so that two mails in one mailbox share none."""
    named = (report.place.id, report.week, str(report.edition), language.code)
    return hashlib.sha256("|".join(named).encode()).hexdigest()[:24]
