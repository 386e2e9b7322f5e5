"""The report's HTML in a browser: passes the rules of axe-core, fits a phone, asks nobody for anything."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, Route

from service.languages import language, languages
from service.reports.contents import Named
from service.reports.preview import preview
from tests.service.reports.reports import example_report

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PHONE, SMALL_PHONE, DESK = 375, 360, 800
GROUNDS = """() => [...document.querySelectorAll('body *')].filter(one => one.style.color).filter(one => {
  while (one && !one.style.backgroundColor) one = one.parentElement;
  return !one;
}).map(one => one.outerHTML.slice(0, 80))"""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def shown(
    chromium: Browser,
    code: str,
    *,
    width: int = PHONE,
    pictures: bool = True,
    scheme: Literal["light", "dark"] = "light",
) -> Page:
    """The report in a page that lets no request out; any other than to `data:` fails the test."""
    report = example_report(corrected=True)
    written = preview(report, language(code), "html").content.decode()
    if not pictures:
        written = re.sub(r'src="data:[^"]+"', 'src="cid:none"', written)
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route(re.compile("^(https?|ftp|file|ws):"), refuse)
    page.set_content(written)
    assert asked == []
    return page


def broken(page: Page) -> list[tuple[str, list[Any]]]:
    """The rules that are broken, and where."""
    page.add_script_tag(content=AXE.read_text())
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert len(found["passes"]) > 15
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]


@pytest.mark.parametrize("code", languages())
def test_no_rule_of_accessibility_is_broken(chromium: Browser, code: str) -> None:
    page = shown(chromium, code)
    assert broken(page) == []
    page.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nor_is_one_without_pictures(chromium: Browser, width: int) -> None:
    page = shown(chromium, "en", width=width, pictures=False)
    assert broken(page) == []
    page.close()


def test_nor_is_one_where_the_reader_likes_it_dark(chromium: Browser) -> None:
    page = shown(chromium, "en", width=DESK, scheme="dark")
    assert broken(page) == []
    page.close()


def test_a_program_that_makes_the_ground_dark_finds_every_colour_of_letters_with_its_ground(
    chromium: Browser,
) -> None:
    """Where letters have a colour of their own, so has the ground below them: neither is left alone."""
    page = shown(chromium, "en", scheme="dark")
    grounds = page.evaluate(GROUNDS)
    assert grounds == []
    page.close()


def test_without_pictures_their_words_are_seen(chromium: Browser) -> None:
    page = shown(chromium, "en", pictures=False)
    for picture in page.locator("img").all():
        alt, box = picture.get_attribute("alt"), picture.bounding_box()
        assert alt is not None
        assert "up to" in alt
        assert box is not None
        assert box["height"] > 60
    page.close()


def test_a_name_without_a_break_stays_on_the_screen(chromium: Browser) -> None:
    name = "Қарағандышекарабақылаупункті" * 6
    named = replace(example_report(), place=Named("west", name, "region", "Asia/Oral"))
    written = preview(named, language("en"), "html").content.decode()
    page = chromium.new_page(viewport={"width": SMALL_PHONE, "height": 800})
    page.set_content(written)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE
    page.close()


@pytest.mark.parametrize("pictures", [True, False])
@pytest.mark.parametrize("width", [SMALL_PHONE, PHONE, DESK])
@pytest.mark.parametrize("code", languages())
def test_nothing_is_wider_than_the_screen(chromium: Browser, code: str, width: int, pictures: bool) -> None:
    page = shown(chromium, code, width=width, pictures=pictures)
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
