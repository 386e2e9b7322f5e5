"""Forecasts as small binary blocks: what is published is what a block gives back.

A block is an encoding byte, the shape as little-endian 16-bit numbers, and compressed integers:
quantiles as tenths, differenced over the levels; paths as whole counts, differenced over the days.
The lowest bytes of all integers come first, then the next ones, which compresses a tenth better.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from forecast.outlook import Outlook
from forecast.paths import Paths
from service.store.records import NO_PLAN, PlanBlock, PublishedForecast, PublishedPlan

RESOLUTION = 10
"""Quantiles are published in tenths."""
LARGEST_INTEGER = 2**53
"""Beyond it a float64 no longer holds every integer, and tenths mean nothing."""
FLOATS = 0
DTYPES: dict[int, str] = {1: "<i1", 2: "<i2", 3: "<i4", 4: "<i8"}
HEADER = struct.Struct("<BHH")
COMPRESSION = 6

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class BlockError(ValueError):
    """Bytes that are no block, or numbers that cannot become one."""


def encode_quantiles(values: Floats) -> bytes:
    """Quantiles [horizon, level], ordered, never negative, as a block; tenths unless they are huge."""
    return _squeezed(_packed_quantiles(values))


def decode_quantiles(block: bytes) -> Floats:
    """The quantiles [horizon, level] of a block."""
    encoding, shape, payload = _opened(block)
    if encoding == FLOATS:
        return np.frombuffer(payload, dtype="<f8").reshape(shape).astype(float)
    return np.cumsum(_integers(encoding, shape, payload), axis=1) / RESOLUTION


def published(values: Floats) -> Floats:
    """Quantiles as their block gives them back: [horizon, level]."""
    return decode_quantiles(encode_quantiles(values))


def encode_paths(values: npt.NDArray[np.integer]) -> bytes:
    """One series' sample paths [path, horizon], whole counts, as a block."""
    return _squeezed(_packed_paths(values))


def decode_paths(block: bytes) -> Integers:
    """The sample paths [path, horizon] of a block."""
    encoding, shape, payload = _opened(block)
    return np.cumsum(_integers(encoding, shape, payload), axis=1)


def checksum(
    forecasts: Iterable[PublishedForecast], paths: Mapping[str, Paths], plan: PublishedPlan = NO_PLAN
) -> str:
    """SHA-256 of an issue's numbers, modes, flags, chances and plan, in the order of measures and places.

    Taken before compression, whose bytes differ between versions of zlib.
    """
    digest = hashlib.sha256()
    for forecast in sorted(forecasts, key=lambda one: (one.measure, one.place_id)):
        words = (*_words(forecast), *(_chances(forecast.outlook) if forecast.outlook else ()))
        for part in (
            "\n".join(words).encode(),
            *map(_packed_quantiles, (forecast.values, forecast.baseline)),
        ):
            digest.update(struct.pack("<Q", len(part)) + part)
    for part in (*_path_parts(paths), *_plan_parts(plan)):
        digest.update(struct.pack("<Q", len(part)) + part)
    return digest.hexdigest()


def _path_parts(paths: Mapping[str, Paths]) -> Iterator[bytes]:
    for measure in sorted(paths):
        for series, place_id in sorted(enumerate(paths[measure].ids), key=lambda one: one[1]):
            yield f"{measure}\n{place_id}".encode()
            yield _packed_paths(paths[measure].values[:, series])


def _plan_parts(plan: PublishedPlan) -> Iterator[bytes]:
    for block in sorted(plan.blocks, key=lambda one: (one.kind, one.place_id)):
        yield f"{block.kind}\n{block.place_id}".encode()
        yield plan_words(block)
    yield from _path_parts(plan.paths)


def plan_words(block: PlanBlock) -> bytes:
    """A part of a plan as JSON, the same for the same values."""
    return json.dumps(block.content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _words(forecast: PublishedForecast) -> tuple[str, ...]:
    return (forecast.measure, forecast.place_id, *forecast.modes, "", *forecast.flags)


def _chances(outlook: Outlook) -> tuple[str, ...]:
    told = (outlook.chances, outlook.climatology)
    weeks = [chance for one in told for week in one.changes for chance in week]
    return ("", *(f"{chance:.4f}" for chance in weeks), *(str(one.surge) for one in told))


def encode_modes(modes: Iterable[str]) -> str:
    """The modes of the days ahead, each run once: `surge*3 calm*25`."""
    runs: list[list[str | int]] = []
    for mode in modes:
        if runs and runs[-1][0] == mode:
            runs[-1][1] = int(runs[-1][1]) + 1
        else:
            runs.append([mode, 1])
    return " ".join(f"{mode}*{count}" for mode, count in runs)


def decode_modes(text: str) -> tuple[str, ...]:
    """The mode of each day ahead."""
    runs = (run.rsplit("*", 1) for run in text.split())
    return tuple(mode for mode, count in runs for _ in range(int(count)))


def _packed_quantiles(values: Floats) -> bytes:
    if values.ndim != 2 or not np.isfinite(values).all():
        raise BlockError(f"quantiles must be finite and [horizon, level], not {values.shape}")
    if np.abs(values).max(initial=0.0) * RESOLUTION >= LARGEST_INTEGER:
        return HEADER.pack(FLOATS, *values.shape) + np.ascontiguousarray(values, dtype="<f8").tobytes()
    return _packed(np.rint(values * RESOLUTION).astype(np.int64))


def _packed_paths(values: npt.NDArray[np.integer]) -> bytes:
    if values.ndim != 2:
        raise BlockError(f"paths must be [path, horizon], not {values.shape}")
    return _packed(values.astype(np.int64))


def _packed(integers: Integers) -> bytes:
    """Header and differences along the rows, column by column, so that like stands beside like."""
    steps = np.diff(integers, axis=1, prepend=0)
    encoding = next(code for code, dtype in DTYPES.items() if _fits(steps, dtype))
    columns = np.ascontiguousarray(steps.T, dtype=DTYPES[encoding])
    planes = columns.view(np.uint8).reshape(-1, columns.itemsize).T
    return HEADER.pack(encoding, *integers.shape) + planes.tobytes()


def _fits(steps: Integers, dtype: str) -> bool:
    bounds = np.iinfo(dtype)
    return bool(steps.min(initial=0) >= bounds.min and steps.max(initial=0) <= bounds.max)


def _squeezed(packed: bytes) -> bytes:
    return packed[: HEADER.size] + zlib.compress(packed[HEADER.size :], COMPRESSION)


def _opened(block: bytes) -> tuple[int, tuple[int, int], bytes]:
    try:
        encoding, rows, columns = HEADER.unpack_from(block)
        return encoding, (rows, columns), zlib.decompress(block[HEADER.size :])
    except (struct.error, zlib.error) as error:
        raise BlockError(f"this is no block: {error}") from None


def _integers(encoding: int, shape: tuple[int, int], payload: bytes) -> Integers:
    if encoding not in DTYPES:
        raise BlockError(f"encoding {encoding} is none of {', '.join(map(str, (FLOATS, *DTYPES)))}")
    dtype = np.dtype(DTYPES[encoding])
    planes = np.frombuffer(payload, dtype=np.uint8).reshape(dtype.itemsize, -1)
    return np.ascontiguousarray(planes.T).view(dtype).reshape(shape[::-1]).T.astype(np.int64)
