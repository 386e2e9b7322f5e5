"""The demo in a real browser: what a visitor and a key's holder see, and which hosts it asks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Served


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1000, "height": 800})
    yield opened
    opened.close()


def test_a_visitor_sees_what_it_is_and_the_synthetic_total(page: Page, served_demo: Served) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(served_demo.address)
    assert page.get_by_role("heading", level=1).inner_text() == "Border arrivals"
    assert "synthetic" in page.locator("body").inner_text()
    assert "26 September 2022" in page.locator("body").inner_text()
    assert page.get_by_role("row").count() == 0
    assert [url for url in asked if not url.startswith((served_demo.address, "data:"))] == []
    assert complaints == []


def test_the_chart_is_drawn_and_the_page_does_not_scroll_sideways(page: Page, served_demo: Served) -> None:
    page.goto(served_demo.address)
    for width in (1000, 360):
        page.set_viewport_size({"width": width, "height": 800})
        picture = page.locator("picture img").first
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_key_shows_tomorrow_for_every_place_and_stands_in_no_address(
    page: Page, served_demo: Served
) -> None:
    page.goto(served_demo.address)
    page.get_by_label("Key").fill(served_demo.key)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("row", name="Syrym").first.wait_for()
    assert page.locator("[aria-labelledby=next] tbody tr").count() == 17
    assert page.locator("[aria-labelledby=plan] tbody tr").count() == 17  # ten crossings, seven with beds
    assert served_demo.key not in page.url


def test_a_wrong_key_is_told_so_and_shows_nothing(page: Page, served_demo: Served) -> None:
    page.goto(served_demo.address)
    page.get_by_label("Key").fill("arv_0000000000_wrong")
    page.get_by_role("button", name="Show").click()
    assert "not valid" in page.get_by_role("alert").inner_text()
    assert page.locator("tbody tr").count() == 0
