"""The browser: tests here are skipped without one, unless ARRIVALS_REQUIRE_BROWSER is set, as CI does."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

if CHROMIUM is None and os.environ.get("ARRIVALS_REQUIRE_BROWSER"):
    raise pytest.UsageError("ARRIVALS_REQUIRE_BROWSER is set and there is no browser; apt install chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, for one module: two drivers in a process refuse each other."""
    if CHROMIUM is None:
        pytest.skip("no browser here; .ci/run installs one and requires it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()
