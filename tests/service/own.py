"""A package with an own member, installed for a test in a folder of its own."""

import sys

MEMBER = '''
"""What the same weekday of the last week was, give or take."""

from dataclasses import dataclass

import numpy as np

from forecast.quantiles import QUANTILE_LEVELS


@dataclass(frozen=True)
class SameDay:
    name: str = "same-day"
    slow: bool = False
    stride: int = 7

    def hindcast(self, panel, context, cutoffs, horizon):
        made = []
        for cutoff in cutoffs:
            days = cutoff - 6 + np.arange(horizon) % 7
            last = np.where(days >= 0, context.counts[:, np.maximum(days, 0)], np.nan)
            made.append(last[:, :, None] * np.linspace(0.7, 1.3, len(QUANTILE_LEVELS)))
        return np.stack(made)
'''


def install(folder, monkeypatch, *, name="same-day", body=MEMBER):
    """Put a distribution with one entry point on the path."""
    module = f"own_{name.replace('-', '_')}"
    (folder / f"{module}.py").write_text(body)
    about = folder / f"{module}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[forecast.members]\n{name} = {module}:SameDay\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, module, raising=False)
