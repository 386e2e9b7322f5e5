"""The demo as notebooks find it."""

from pathlib import Path

from service.demo.home import DEFAULT, exists, settings_of
from service.demo.walk import DemoError
from service.settings import Settings
from service.store import Store


def open_demo(below: Path | None = None) -> tuple[Store, Settings]:
    """The demo's store, which refuses every write, and its settings.

    It is the demo that the settings name, as by ARRIVALS_CONFIG, or else the nearest in `var/demo` of a
    folder (by default the one worked in) or above it. Raises DemoError where there is none.
    """
    settings = _named() or _above((below or Path.cwd()).resolve())
    return Store.open(settings.database_url, read_only=True), settings


def _named() -> Settings | None:
    """The settings where they are a demo's: no other service has a clock that stands still."""
    settings = Settings()
    return settings if settings.simulated_clock else None


def _above(folder: Path) -> Settings:
    for one in (folder, *folder.parents):
        if exists(one / DEFAULT):
            return settings_of(one / DEFAULT)
    raise DemoError(
        f"there is no demo in {DEFAULT} of {folder} or above; `arrivals demo start` makes one, "
        "and ARRIVALS_CONFIG names one elsewhere"
    )
