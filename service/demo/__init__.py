"""The demo: synthetic counts of a border in its hardest week, and a clock that walks through it."""

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2] / "data"
_INSTALLED = Path(__file__).resolve().parents[1] / "data"

FILES = _CHECKOUT if (_CHECKOUT / "places.csv").exists() else _INSTALLED
PLACES_FILE = FILES / "places.csv"
COUNTS_FILE = FILES / "demo" / "counts.csv.gz"
EVENTS_FILE = FILES / "demo" / "events.csv"
CAPACITIES_FILE = FILES / "demo" / "capacities.json"
STOCKS_FILE = FILES / "demo" / "stocks.csv.gz"
