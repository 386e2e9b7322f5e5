"""Turns scored days into the page RESULTS.md: tables, comparisons, and where we lose."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from forecast.backtest import summarise
from forecast.scores import diebold_mariano

Scored = dict[str, dict[str, list[pd.DataFrame]]]  # set -> method -> scored days
OURS, BASELINE = "ensemble", "weekly naive"
NOISE = 0.03
LEAST_CUTOFFS = 12  # below it the test's p says nothing
COLUMNS = {
    "relative": "natural", "relative_log": "log1p",
    "covered_0.5": "50 %", "covered_0.8": "80 %", "covered_0.95": "95 %",
}  # fmt: skip
EXPLANATION = """\
Each number is the weighted interval score over 23 quantiles, horizons 1-28, divided by that of the
weekly naive forecast with symmetrised empirical quantiles, as the geometric mean over crossings; below 1
is better. It is given on the natural and the log1p scale. Then the share of days inside the central 50,
80 and 95 % intervals. *p* is that of a Diebold-Mariano test (lag 27 days) against the ensemble, on the
scores of each cutoff relative to the baseline's. Members and peers see only what was recorded by the
evening of the cutoff. Prophet has its defaults and the country's holidays, ETS is additive with a damped
trend and a weekly season; the 12-week mean is that of the weekday; these use their own intervals,
negative quantiles put to 0, and get the baseline where they fail or have fewer than 21 days. Simulated
worlds have a surge in each crossing; their days in the surge and outside are scored apart. All methods
see the whole history, which in Hong Kong is mostly closure: that weighs on Prophet and ETS, which have
no notion of a closed crossing. The ensemble was developed on these public sets; none is held out.
"""


def report(scored: Scored, facts: Iterable[str]) -> str:
    """The whole page."""
    parts = ["# Accuracy", *facts, EXPLANATION]
    losses = []
    for part, methods in scored.items():
        days = {name: pd.concat(rows, ignore_index=True) for name, rows in methods.items()}
        if days[OURS].empty:
            continue
        parts += [f"## {part}", _scope(days[OURS]), _table(days)]
        losses += _losses(part, days)
    parts += ["## Where the ensemble loses", _listed(losses), "## By horizon", _by_band(scored)]
    return "\n\n".join(parts) + "\n"


def _scope(days: pd.DataFrame) -> str:
    cutoffs = days["cutoff"].drop_duplicates().sort_values()
    return (
        f"{days['crossing'].nunique()} crossings, {len(cutoffs)} cutoffs from {cutoffs.iloc[0]:%Y-%m-%d} "
        f"to {cutoffs.iloc[-1]:%Y-%m-%d}, {len(days):,} days scored."
    )


def _table(days: Mapping[str, pd.DataFrame]) -> str:
    lines = [f"| method | {' | '.join(COLUMNS.values())} | p |", "|---" * (len(COLUMNS) + 2) + "|"]
    for name, rows in days.items():
        summary = summarise(rows, ()).iloc[0]
        cells = [f"{summary[column]:.2f}" for column in ("relative", "relative_log")]
        cells += [f"{100 * summary[column]:.0f}" for column in list(COLUMNS)[2:]]
        p_value = "" if name == OURS else _p_value(days[OURS], rows)
        lines.append(f"| {name} | {' | '.join(cells)} | {p_value} |")
    return "\n".join(lines)


def _p_value(ours: pd.DataFrame, theirs: pd.DataFrame) -> str:
    both = pd.concat([_by_cutoff(ours), _by_cutoff(theirs)], axis=1).dropna()
    if len(both) < LEAST_CUTOFFS:
        return ""
    spacing = int(np.diff(both.index.to_numpy()).min() / np.timedelta64(1, "D"))
    first, second = both.to_numpy(dtype=np.float64).T
    found = diebold_mariano(first, second, lag=27 // spacing)
    return f"{found.p_value:.2f}"


def _by_cutoff(days: pd.DataFrame) -> "pd.Series[float]":
    """The mean over crossings of the score at each cutoff, over the crossing's mean score of the baseline."""
    usual = days.groupby("crossing")["baseline_wis"].transform("mean")
    return (days["wis"] / usual)[usual > 0].groupby(days["cutoff"]).mean()


def _losses(part: str, days: Mapping[str, pd.DataFrame]) -> list[str]:
    """Where another method is better by more than noise, on either scale."""
    found = {name: summarise(rows, ()).iloc[0] for name, rows in days.items()}
    losses = []
    for column in ("relative", "relative_log"):
        own = found[OURS][column]
        better = [name for name in found if name != OURS and found[name][column] < own * (1 - NOISE)]
        if better:
            told = ", ".join(f"{name} {found[name][column]:.2f}" for name in better)
            losses.append(f"{part}, {COLUMNS[column]}: {own:.2f}, against {told}.")
    return losses


def _listed(losses: list[str]) -> str:
    if not losses:
        return "Nowhere by more than 3 %."
    return "Differences above 3 %, which is noise at 20 cutoffs:\n\n" + "\n".join(
        f"- {loss}" for loss in losses
    )


def _by_band(scored: Scored) -> str:
    """The ensemble by horizon: natural / log1p / coverage at 80 and 95."""
    lines = ["The ensemble: natural / log1p, coverage of the 80 and 95 % intervals.", ""]
    lines += ["| set | 1-7 | 8-14 | 15-28 |", "|---|---|---|---|"]
    for part, methods in scored.items():
        days = pd.concat(methods[OURS], ignore_index=True)
        if not days.empty:
            bands = summarise(days, ("band",)).set_index("band")
            cells = [_band(bands, band) for band in ("1-7", "8-14", "15-28")]
            lines.append(f"| {part} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _band(bands: pd.DataFrame, band: str) -> str:
    if band not in bands.index:
        return ""
    row = bands.loc[[band]].iloc[0]
    coverage = f"{100 * row['covered_0.8']:.0f}, {100 * row['covered_0.95']:.0f}"
    return f"{row['relative']:.2f} / {row['relative_log']:.2f}; {coverage}"
