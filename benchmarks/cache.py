"""The peers' scores from the last full run: no counts and no forecasts, and what they were made from."""

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.records import KEYS, SUMS

FOLDER = Path(__file__).with_name("cached")
FORMAT = 2  # raised when peers or records change their meaning
DIGITS = "%.6g"
STALE = "stale: of other counts or cutoffs"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a peer's scores of a set were made from, by which versions, on which day, in how many seconds."""

    tasks: str
    date: str
    versions: Mapping[str, str]
    seconds: float
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class KeptPeers:
    """What a run found kept: by set and peer the seconds it took, or why it is left out; and of when."""

    seconds: dict[str, dict[str, str]]
    origins: set[str]


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder with a compressed table for every set and an index of where each peer's rows come from."""

    folder: Path = FOLDER

    def known(self, set_name: str, peer: str) -> Origin | None:
        """Where a peer's scores come from; None if there are none."""
        found = self._index().get(set_name, {}).get(peer)
        return Origin(**found) if found else None

    def fresh(self, set_name: str, peer: str, tasks: str) -> bool:
        """Whether the scores were made from these very tasks."""
        known = self.known(set_name, peer)
        return known is not None and (known.tasks, known.format) == (tasks, FORMAT)

    def read(self, set_name: str) -> pd.DataFrame:
        """All records of a set; none if there is no table."""
        path = self._path(set_name)
        if not path.is_file():
            return pd.DataFrame(columns=[*KEYS, *SUMS])
        return pd.read_csv(
            io.BytesIO(zlib.decompress(path.read_bytes(), wbits=31)),
            dtype={"crossing": str, "phase": str},
            keep_default_na=False,
        )

    def write(self, set_name: str, peer: str, rows: pd.DataFrame, origin: Origin) -> None:
        """Put a peer's records in the place of its earlier ones."""
        self.folder.mkdir(exist_ok=True)
        before = self.read(set_name)
        others = before[before["method"] != peer]
        together = pd.concat([others, rows[[*KEYS, *SUMS]]], ignore_index=True) if len(others) else rows
        text = together[[*KEYS, *SUMS]].to_csv(index=False, float_format=DIGITS, lineterminator="\n")
        packer = zlib.compressobj(
            9, wbits=31
        )  # gzip without a date, so that the same scores are the same file
        self._path(set_name).write_bytes(packer.compress(text.encode()) + packer.flush())
        index = self._index()
        index.setdefault(set_name, {})[peer] = asdict(origin)
        told = json.dumps(index, indent=1, sort_keys=True, ensure_ascii=False)
        (self.folder / "index.json").write_text(told + "\n")

    def _index(self) -> dict[str, dict[str, Any]]:
        path = self.folder / "index.json"
        return json.loads(path.read_text()) if path.is_file() else {}

    def _path(self, set_name: str) -> Path:
        words = "".join(letter if letter.isalnum() else " " for letter in set_name.casefold()).split()
        return self.folder / f"{'-'.join(words)}.csv.gz"
