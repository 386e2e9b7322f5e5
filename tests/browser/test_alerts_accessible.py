"""An alert's mail in a real browser: it breaks no rule of accessibility and fits a phone."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from forecast.places import Places
from service.alerts.bodies import bodies, grouped
from service.alerts.wording import told
from service.languages import language
from tests.service.alerts.matters import PLACES, alert

PHONE = 360


def shown(chromium: Browser) -> Page:
    """A letter on two regions, with a name that does not break."""
    places, english = Places(PLACES), language("en")
    spoken = [
        (places[one], told(alert("surge", one), places[one], english)) for one in ("west", "bridge", "pass")
    ]
    letter = bodies(
        grouped(spoken, places), english, contact="desk@border.example", unsubscribe="desk@border.example"
    )
    page = chromium.new_page(viewport={"width": PHONE, "height": 800})
    page.set_content(letter.html)
    return page


def test_no_rule_of_accessibility_is_broken(chromium: Browser) -> None:
    found = Axe().run(shown(chromium))
    assert found.violations_count == 0, found.generate_report()


def test_nothing_is_wider_than_the_screen(chromium: Browser) -> None:
    assert shown(chromium).evaluate("document.documentElement.scrollWidth") <= PHONE
