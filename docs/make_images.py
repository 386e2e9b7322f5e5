"""Photographs the demo for the README and the docs, and writes the README's example anew: `make images`.

Needs Debian's chromium and, for the report on paper, poppler-utils. `docs/make_images.py report` makes the
report's pictures alone.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import requests
from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

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
REGION = "west-kazakhstan"
PHONE: ViewportSize = {"width": 390, "height": 1_250}


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


def photograph_report(address: str, key: str, chromium: str) -> None:
    """A region's weekly report, as the API previews it: its mail on a phone, and its first sheet of paper."""
    page, paper = (_previewed(address, key, form) for form in ("html", "pdf"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        phone = browser.new_page(viewport=PHONE, device_scale_factor=1.5)
        phone.set_content(page.decode())
        _write_small("report-phone.png", phone.screenshot())
        browser.close()
    drawing = [shutil.which("pdftoppm") or "", "-png", "-gray", "-r", "75", "-singlefile", "-"]
    drawn = subprocess.run(drawing, input=paper, capture_output=True, check=True)  # noqa: S603 - our own words
    _write_small("report-paper.png", drawn.stdout)


def _write_small(name: str, png: bytes) -> None:
    """A picture in few colours, which its letters need no more of."""
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(32, dither=Image.Dither.NONE).save(IMAGES / name, optimize=True)


def _previewed(address: str, key: str, form: str) -> bytes:
    asked = {"place": REGION, "form": form}
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.get(f"{address}/v1/reports/preview", asked, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer.content


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
    if shutil.which("pdftoppm") is None:
        sys.exit("no pdftoppm here; on Debian: apt install poppler-utils")
    logs.configure("warning")
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder) / "demo") as (address, key):
        photograph_report(address, key, browser_file)
        if sys.argv[1:] != ["report"]:
            photograph(address, key, browser_file)
            write_example(address, key)
