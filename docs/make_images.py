"""Photographs the demo for the README, with Debian's chromium, and writes its example anew: `make images`."""

import json
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import sync_playwright

from service import logs
from service.cycle import Means
from service.demo.home import settings_of
from service.demo.walk import new_key, start
from service.engine import Processes
from service.server import Server
from service.store import Store
from service.web import create_app

IMAGES = Path(__file__).with_name("images")
README = Path(__file__).parents[1] / "README.md"
DAY = date(2022, 9, 27)


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, str]]:
    """A demo on its first morning, served: address and key."""
    with Processes() as engine:
        start(folder, DAY, Means(engine.run))
    key, stopping, settings = new_key(folder), threading.Event(), settings_of(folder)
    with Store.open(settings.database_url) as store:
        server = Server.bind(create_app(store, settings), "127.0.0.1", 0, threads=4, largest=1_000_000)
        serving = threading.Thread(target=server.run, args=(stopping,), kwargs={"grace_seconds": 2.0})
        serving.start()
        try:
            yield server.address, key
        finally:
            stopping.set()
            serving.join()


def photograph(address: str, key: str, chromium: str) -> None:
    """The start page as an operator sees it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.goto(address)
        page.get_by_label("Key").fill(key)
        page.get_by_role("button", name="Show").click()
        page.locator("section.wide picture img").first.wait_for()
        bottom = page.locator("section.wide").nth(1).bounding_box()
        height = bottom["y"] + bottom["height"] + 16 if bottom else 900
        page.screenshot(
            path=IMAGES / "start-page.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": 1000, "height": height},
        )
        browser.close()


def write_example(address: str, key: str) -> None:
    """Put the answer to the README's call below it."""
    page = README.read_text()
    asked = re.search(r'"http://127\.0\.0\.1:8000(/v1/[^"]+)"', page)
    if asked is None:
        sys.exit("the README calls nothing")
    answer = requests.get(address + asked[1], headers={"Authorization": f"Bearer {key}"}, timeout=30).json()
    block = f"```json\n{formatted(answer)}\n```"
    README.write_text(re.sub(r"```json\n.*?```", lambda _: block, page, count=1, flags=re.DOTALL))


def formatted(answer: dict[str, Any]) -> str:
    """The answer as JSON in few lines."""
    (day,) = answer.pop("forecasts")
    numbers = [f'"{name}": {json.dumps(day.pop(name))}' for name in ("median", "intervals", "quantiles")]
    first = json.dumps(day, ensure_ascii=False).removesuffix("}")
    head = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in answer.items()]
    head = [
        line.replace(', "changes"', ',\n   "changes"').replace('}, {"days"', '},\n     {"days"')
        for line in head
    ]
    return "{" + ",\n ".join([*head, f'"forecasts": [{first}']) + ",\n   " + ",\n   ".join(numbers) + "}]}"


if __name__ == "__main__":
    browser_file = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if browser_file is None:
        sys.exit("no chromium here; on Debian: apt install chromium")
    logs.configure("warning")
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder) / "demo") as (address, key):
        photograph(address, key, browser_file)
        write_example(address, key)
