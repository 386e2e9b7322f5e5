"""The report's HTML in a browser: passes the rules of axe-core, fits a phone, asks nobody for anything."""

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, Route

from service.languages import language, languages
from service.reports.preview import preview
from tests.service.reports.reports import example_report

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PHONE, SMALL_PHONE, DESK = 375, 360, 800
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def shown(chromium: Browser, code: str, *, width: int = PHONE, pictures: bool = True) -> Page:
    """The report in a page that lets no request out; any other than to `data:` fails the test."""
    report = example_report(corrected=True)
    written = preview(report, language(code), "html").content.decode()
    if not pictures:
        written = re.sub(r'src="data:[^"]+"', 'src="cid:none"', written)
    page = chromium.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route(re.compile("^(https?|ftp|file|ws):"), refuse)
    page.set_content(written)
    assert asked == []
    return page


@pytest.mark.parametrize("code", languages())
def test_no_rule_of_accessibility_is_broken(chromium: Browser, code: str) -> None:
    page = shown(chromium, code)
    page.add_script_tag(content=AXE.read_text())
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > 15
    page.close()


@pytest.mark.parametrize("pictures", [True, False])
@pytest.mark.parametrize("width", [SMALL_PHONE, PHONE, DESK])
def test_nothing_is_wider_than_the_screen(chromium: Browser, width: int, pictures: bool) -> None:
    page = shown(chromium, "en", width=width, pictures=pictures)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_what_to_do_is_seen_first_on_a_phone(chromium: Browser) -> None:
    page = shown(chromium, "en")
    first = page.locator("h1").bounding_box()
    action = page.locator(".action").bounding_box()
    assert first is not None
    assert action is not None
    assert first["y"] < action["y"] < page.locator("img").first.bounding_box()["y"]  # type: ignore[index]
    page.close()
