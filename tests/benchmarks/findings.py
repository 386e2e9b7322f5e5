"""Made-up findings for the page's tests."""

import numpy as np
import pandas as pd

from benchmarks.cache import KeptPeers
from benchmarks.detection import Delays
from benchmarks.findings import Findings, Scored
from benchmarks.ours import ENSEMBLE, FAST
from benchmarks.outlooks import COLUMNS
from benchmarks.records import BASELINE
from benchmarks.speed import Speed
from benchmarks.tasks import Part
from tests.benchmarks.small import rows

SPEED = Speed(
    cold=20.0, one_day=2.0, revised=20.0, prophet=400.0, auto_ets=800.0, country_cold=90.0,
    country_nightly=40.0, sizes={"50": (20.0, 300.0), "1000": (21.0, 500.0)},
)  # fmt: skip


def scored(
    name: str, ours: dict[str, float], peers: dict[str, float] | None = None, *, inside: float = 0.8
) -> Scored:
    """A part with the baseline at 1, our scores by crossing, and peers' scores of every crossing."""
    made = [
        rows(ENSEMBLE, ours, cutoffs=14, inside=inside),
        rows(BASELINE, dict.fromkeys(ours, 1.0), cutoffs=14),
    ]
    made += [
        rows(peer, dict.fromkeys(ours, score), cutoffs=14, inside=0.5)
        for peer, score in (peers or {}).items()
    ]
    some = pd.concat([made[0], made[1], rows("without root", dict.fromkeys(ours, 0.9), cutoffs=14)])
    told = pd.DataFrame([["a", "2023-04-02", "", "surge", 1, 7, 0, 0.1, 0.2]], columns=list(COLUMNS))
    return Scored(Part(name), pd.concat(made), some, told)


def findings(*parts: Scored, speed: Speed | None = SPEED) -> Findings:
    """Findings of some parts, with surges covered in 90 % and one detector."""
    own = [rows(FAST, {"a": 0.5}, inside=0.9).assign(phase=phase) for phase in ("before", "onset", "after")]
    theirs = [rows(BASELINE, {"a": 1.0}).assign(phase=phase) for phase in ("before", "onset", "after")]
    detection = [Delays("doubling", np.array([1.0, 2.0, 9.0]), 1_000, 40)]
    kept = KeptPeers({"Land": {"Prophet": "12", "AutoETS": "not scored"}}, {"2026-01-02: numpy 2.4"})
    return Findings(parts, pd.concat([*own, *theirs]), detection, speed, kept)
