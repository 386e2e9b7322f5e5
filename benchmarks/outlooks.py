"""How good the chances of a surge and of each kind of change were, beside each series' own past."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.arrays import FloatArray
from forecast.outlook import Outlook, verdicts
from forecast.panel import Panel

COLUMNS = ("crossing", "cutoff", "phase", "kind", "first", "last", "outcome", "score", "reference")
STABLE = 2  # the middle one of the five kinds of change


def outlook_scores(
    panel: Panel, outlooks: Sequence[Outlook], counts: FloatArray, *, phases: npt.NDArray[np.str_]
) -> pd.DataFrame:
    """A row for each part of each crossing's outlook whose days are known in counts [series, horizon].

    The phase is that of the first day ahead, from [series, horizon].
    """
    rows = [
        (name, panel.cutoff.isoformat(), phase, *(getattr(one, column) for column in COLUMNS[3:]))
        for name, phase, outlook, ahead in zip(panel.ids, phases[:, 0], outlooks, counts, strict=False)
        for one in verdicts(outlook, ahead)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def summaries(scores: pd.DataFrame) -> Iterator[tuple[str, str, int, float, float, float]]:
    """For each kind and stretch of days: how many, the share that was not ordinary, both scores."""
    for (kind, first, last), rows in scores.groupby(["kind", "first", "last"]):
        came = np.mean(rows["outcome"] != (STABLE if kind == "change" else 0))
        yield (
            str(kind),
            f"{first}-{last}",
            len(rows),
            float(came),
            rows["score"].mean(),
            rows["reference"].mean(),
        )
