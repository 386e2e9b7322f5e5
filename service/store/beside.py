"""What an issue tells beside its quantiles, as JSON: outlooks, trust by horizon, explanations."""

import json
import zlib
from dataclasses import asdict
from datetime import date
from typing import Any

from forecast.explain import Explanation, HolidayEffect
from forecast.outlook import Chances, Outlook, Yardstick
from service.store.records import BandTrust

DIGITS = 6
FACTOR_DIGITS = 4


def outlook_as_json(outlook: Outlook | None) -> dict[str, Any] | None:
    """An outlook as plain values; what it is measured by is kept to a millionth."""
    if outlook is None:
        return None
    plain: dict[str, Any] = _rounded(asdict(outlook), DIGITS)
    return plain


def outlook_from_json(stored: dict[str, Any] | None) -> Outlook | None:
    """The outlook of plain values."""
    if stored is None:
        return None
    by = stored["yardstick"]
    yardstick = Yardstick(tuple(by["usual"]), by["limit"], by["reference"], _tuples(by["edges"]))
    return Outlook(yardstick, _chances(stored["chances"]), _chances(stored["climatology"]))


def trust_as_json(bands: tuple[BandTrust, ...]) -> list[dict[str, Any]]:
    """Trust by horizon as plain values."""
    return [asdict(band) for band in bands]


def trust_from_json(stored: list[dict[str, Any]]) -> tuple[BandTrust, ...]:
    """Trust by horizon of plain values."""
    return tuple(BandTrust(**band) for band in stored)


def encode_explanation(explanation: Explanation) -> bytes:
    """An explanation as compressed JSON, its factors to a ten thousandth."""
    plain = _rounded(asdict(explanation), FACTOR_DIGITS)
    return zlib.compress(json.dumps(plain, default=date.isoformat, separators=(",", ":")).encode())


def decode_explanation(content: bytes) -> Explanation:
    """The explanation of compressed JSON."""
    plain: dict[str, Any] = json.loads(zlib.decompress(content))
    effects = tuple(
        HolidayEffect(date.fromisoformat(one["date"]), tuple(one["names"]), one["factor"])
        for one in plain["effects"]
    )
    factors = {name: tuple(plain[name]) for name in ("weekday", "season", "holidays")}
    return Explanation(**{**plain, **factors, "effects": effects})


def _chances(stored: dict[str, Any]) -> Chances:
    return Chances(stored["surge"], _tuples(stored["changes"]))


def _tuples(rows: list[list[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, rows))


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, dict):
        return {name: _rounded(inner, digits) for name, inner in value.items()}
    return [_rounded(inner, digits) for inner in value] if isinstance(value, list | tuple) else value
