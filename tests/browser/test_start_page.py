"""The pages in a real browser: no other host is asked, nothing is blocked, nothing overflows a phone."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from waitress.server import create_server

from service.store import Store
from service.web import create_app
from tests.service.web.test_roles import ROLES_BY_ROUTE
from tests.service.web.world import FixedSettings, World, build_world

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no browser here; .ci/run installs one"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, World]]:
    """The service on a free port of the loopback."""
    path: Path = tmp_path_factory.mktemp("browser") / "arrivals.db"
    with Store.open(f"sqlite:///{path}") as store:
        world = build_world(store)
        server = create_server(create_app(store, FixedSettings()), host="127.0.0.1", port=0, threads=2)
        running = threading.Thread(target=server.run, daemon=True)
        running.start()
        yield f"http://127.0.0.1:{server.effective_port}", world
        server.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Watched:
    """A page with what it asked for and what it complained of."""

    def __init__(self, browser: Any, width: int) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 800})
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def foreign(self, home: str) -> list[str]:
        return [url for url in self.asked if not url.startswith((home, "data:image/"))]


@pytest.mark.parametrize("width", [1100, 360])
def test_a_planner_sees_the_chart_and_the_figures(
    browser: Any, served: tuple[str, World], width: int
) -> None:
    home, world = served
    watched = Watched(browser, width)
    watched.page.goto(home)
    watched.page.get_by_label("Key").fill(world.keys["west planner"])
    watched.page.get_by_role("button", name="Show").click()
    watched.page.wait_for_selector("table")
    drawn = watched.page.evaluate("document.querySelector('picture img').naturalWidth")
    assert drawn > 100
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.page.get_by_role("rowheader", name="Amberford").count() == 2  # forecast and plan
    assert (watched.foreign(home), watched.complaints) == ([], [])


def test_the_reference_opens_with_every_route_and_asks_no_other_host(
    browser: Any, served: tuple[str, World]
) -> None:
    home, _ = served
    watched = Watched(browser, 1100)
    watched.page.goto(f"{home}/docs")
    watched.page.wait_for_selector(".opblock")
    assert watched.page.locator(".opblock").count() == len(ROLES_BY_ROUTE)
    assert (watched.foreign(home), watched.complaints) == ([], [])
