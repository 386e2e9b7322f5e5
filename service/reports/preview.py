"""A report in one of its forms, to be looked at without a mail."""

from dataclasses import dataclass
from datetime import datetime
from email.policy import SMTP
from typing import Literal
from zoneinfo import ZoneInfo

from service.languages import Language
from service.reports.contents import Report
from service.reports.figures import figures_of
from service.reports.html import data_addresses, html_of
from service.reports.message import file_name, message_of
from service.reports.page import Page
from service.reports.pdf import pdf_of
from service.reports.text import text_of
from service.reports.worded import page_of

Form = Literal["html", "text", "pdf", "eml"]
MEDIA: dict[Form, str] = {
    "html": "text/html",
    "text": "text/plain",
    "pdf": "application/pdf",
    "eml": "message/rfc822",
}
_ENDINGS: dict[Form, str] = {"html": "html", "text": "txt", "pdf": "pdf", "eml": "eml"}


@dataclass(frozen=True, slots=True)
class Preview:
    """A form of a report as a file: its bytes, their media type, and a name that every system takes."""

    content: bytes
    media: str
    name: str


def preview(report: Report, language: Language, form: Form) -> Preview:
    """The report in a form; the HTML holds its pictures, the mail has neither sender nor recipient."""
    return Preview(_content(report, language, form), MEDIA[form], file_name(report, _ENDINGS[form]))


def _content(report: Report, language: Language, form: Form) -> bytes:
    match form:
        case "text":
            return text_of(report, language).encode()
        case "html":
            page = _page(report, language)
            return html_of(page, data_addresses(page.figures)).encode()
        case "pdf":
            return pdf_of(_page(report, language))
        case "eml":
            return message_of(report, language).as_bytes(policy=SMTP)


def _page(report: Report, language: Language) -> Page:
    return page_of(report, language, figures_of(report, language))


def week_of(now: datetime, time_zone: str) -> str:
    """The ISO week of a place's local day, such as 2022-W39."""
    year, week, _ = now.astimezone(ZoneInfo(time_zone)).isocalendar()
    return f"{year}-W{week:02d}"
