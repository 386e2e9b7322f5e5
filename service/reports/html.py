"""The report as HTML for mail: one column, styles inline, nothing fetched from anywhere, no script."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from css_inline import CSSInliner
from jinja2 import Environment, StrictUndefined

from service.reports.page import Figure, Page

TEMPLATES = files("service.reports") / "templates"


def html_of(page: Page, addresses: Mapping[str, str]) -> str:
    """The page as HTML; `addresses` says by a figure's name where its picture is (cid: or data:)."""
    written = _environment().from_string(_read("report.html")).render(page=page, addresses=addresses)
    return _inliner().inline(written)


def data_addresses(figures: Iterable[Figure]) -> dict[str, str]:
    """Pictures within the page itself, for a reader who has no mail around it."""
    return {one.name: "data:image/png;base64," + b64encode(one.png).decode() for one in figures}


@cache
def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined)


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(extra_css=_read("report.css"), load_remote_stylesheets=False, minify_css=True)


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
