"""The demo's folder: its settings, its clock, and what may be thrown away."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.clock import SimulatedClock
from service.settings import Settings

DEFAULT = Path("var") / "demo"
ZONE = "Asia/Almaty"
CYCLE_AT = time(6, 0)
REPORT_AT = time(5, 0)  # the hour at which every region's Monday has begun when the demo stands on it
SENDER, CONTACT = "Border arrivals (demo) <reports@arrivals.example>", "desk@arrivals.example"
MORNING = time(6, 15)  # every crossing has reported by five in the morning, its own time

_SETTINGS_FILE = """\
# Settings of the demo, written by `arrivals demo`. Its counts are SYNTHETIC.
# Use them with any command: ARRIVALS_CONFIG={folder}/arrivals.toml arrivals doctor
home = "{folder}"
simulated_clock = "{folder}/clock"
time_zone = "{zone}"
cycle_at = {cycle_at}
first_issue_fast = true
scheduler = false
report_at = {report_at}
mail_sender = "{sender}"
mail_contact = "{contact}"
"""


def settings_of(folder: Path) -> Settings:
    """The demo's settings; nothing that touches data comes from outside, lest a real border be written to."""
    pinned: dict[str, Any] = {
        "home": folder,
        "database": None,
        "inbox": None,
        "feeds": (),
        "simulated_clock": clock_of(folder).path,
        "time_zone": ZONE,
        "cycle_at": CYCLE_AT,
        "first_issue_fast": True,
        "report_at": REPORT_AT,
        "mail_transport": "folder",
        "mail_folder": None,
        "mail_sender": SENDER,
        "mail_contact": CONTACT,
        "mail_unsubscribe": None,
        "smtp": None,
        "webhooks": (),
        "scheduler": False,  # the clock stands still until `advance`, which runs the cycle itself
    }
    return Settings(**pinned)


def clock_of(folder: Path) -> SimulatedClock:
    """The demo's clock, kept in its folder."""
    return SimulatedClock(folder / "clock")


def exists(folder: Path) -> bool:
    """Whether a demo was started here and came to its first issue; the clock is written last."""
    return clock_of(folder).path.exists()


def morning_of(day: date) -> datetime:
    """The instant of a day at which the demo stands: the reports are in, the day's cycle is due."""
    return datetime.combine(day, MORNING, ZoneInfo(ZONE))


def prepare(folder: Path) -> None:
    """Make the folder and write its settings file."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _SETTINGS_FILE.format(
        folder=folder.resolve().as_posix(),
        zone=ZONE,
        cycle_at=CYCLE_AT.isoformat(),
        report_at=REPORT_AT.isoformat(),
        sender=SENDER,
        contact=CONTACT,
    )
    (folder / "arrivals.toml").write_text(text)


def clear(folder: Path) -> None:
    """Remove what an earlier demo left, and nothing else."""
    clock_of(folder).path.unlink(missing_ok=True)
    for file in sorted((*folder.glob("arrivals.db*"), *folder.glob("mail/*.eml"))):
        file.unlink()
