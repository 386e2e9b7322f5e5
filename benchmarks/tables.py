"""The tables of RESULTS.md, one function each, as Markdown."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from benchmarks.cache import KeptPeers
from benchmarks.detection import Delays
from benchmarks.findings import OURS, Findings, Scored
from benchmarks.ours import ENSEMBLE, FAST
from benchmarks.outlooks import summaries
from benchmarks.records import BANDS, BASELINE, by_cutoff, coverage, relative
from benchmarks.speed import Speed
from benchmarks.targets import reasons, targets
from forecast.scores import diebold_mariano

NOISE = 0.03
LEAST_CUTOFFS = 12  # below it the test's p says nothing
NOTHING = "–"
EXPLODED = 100
LEAST_SCORE = 0.0005  # below it a skill is a ratio of nothings
PHASES = {
    "before": "before the surge",
    "unforeseen": "in a surge, forecast before it",
    "onset": "in a surge's first 21 days, forecast in it",
    "surge": "later in a surge, forecast in it",
    "settling": "within 14 days of its end",
    "after": "later",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def of_targets(findings: Findings) -> str:
    """Each target beside its figure."""
    why, told = reasons(), {True: "met", False: "**not met**", None: "not measured"}
    rows = [
        [one.wanted, one.figure, told[one.met], "" if one.met else why.get(one.key, "")]
        for one in targets(findings)
    ]
    return table(["target", "measured", "", "why not"], rows)


def of_part(scored: Scored) -> str:
    """A part's scope and its methods: relative scores, coverage, and the test against the ensemble."""
    own = scored.rows[scored.rows["method"] == ENSEMBLE]
    cutoffs = sorted(own["cutoff"].unique())
    scope = (
        f"{own['crossing'].nunique()} crossings, {len(cutoffs)} cutoffs from {cutoffs[0]} to {cutoffs[-1]}, "
    )
    scope += f"{int(own['days'].sum()):,} days scored."
    rows = [
        [name, *_scores(scored, name), "" if name == ENSEMBLE else _p_value(scored, name)]
        for name in scored.methods
    ]
    head = ["method", "natural", "log1p", "50 %", "80 %", "95 %", "p"]
    return f"{scope}\n\n{table(head, rows)}"


def _scores(scored: Scored, name: str) -> list[str]:
    found = [_number(value) for value in relative(scored.rows, name)]
    return [*found, *(_percent(coverage(scored.rows, name, level)) for level in (50, 80, 95))]


def _number(value: float) -> str:
    return f"{value:.2f}" if value < EXPLODED else f"over {EXPLODED}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}" if np.isfinite(share) else NOTHING


def _p_value(scored: Scored, name: str) -> str:
    first, second = by_cutoff(scored.rows, ENSEMBLE), by_cutoff(scored.rows, name)
    shared = first.index.intersection(second.index).sort_values()
    if len(shared) < LEAST_CUTOFFS:
        return ""
    days = np.array([date.fromisoformat(cutoff).toordinal() for cutoff in shared])
    lag = 27 // int(np.diff(days).min())
    found = diebold_mariano(np.asarray(first[shared]), np.asarray(second[shared]), lag=lag)
    return f"{found.p_value:.2f}"


def of_losses(findings: Findings) -> str:
    """Where a peer or the fast members alone are better by more than noise."""
    lines = []
    for one in findings.parts:
        found = {name: relative(one.rows, name) for name in one.methods}
        for scale, told in enumerate(("natural", "log1p")):
            own = found[ENSEMBLE][scale]
            better = [
                f"{name} {pair[scale]:.2f}" for name, pair in found.items() if pair[scale] < own * (1 - NOISE)
            ]
            if better:
                lines.append(f"- {one.part.name}, {told}: {own:.2f}, against {', '.join(better)}.")
    if not lines:
        return "Nowhere by more than 3 %."
    return "\n".join(["Differences above 3 %, which is noise at 20 cutoffs:", "", *lines])


def of_bands(findings: Findings) -> str:
    """The ensemble by horizon."""
    rows = [[one.part.name, *(_band(one, band) for band in BANDS)] for one in findings.parts]
    told = "The ensemble: natural / log1p; coverage of the 80 and 95 % intervals.\n\n"
    return told + table(["set", *BANDS], rows)


def _band(scored: Scored, band: str) -> str:
    rows = scored.rows[(scored.rows["band"] == band) & scored.rows["method"].isin([ENSEMBLE, BASELINE])]
    if rows.empty:
        return ""
    natural, log = relative(rows, ENSEMBLE)
    held = ", ".join(_percent(coverage(rows, ENSEMBLE, level)) for level in (80, 95))
    return f"{natural:.2f} / {log:.2f}; {held}"


def of_members(findings: Findings, members: Sequence[str]) -> str:
    """What each member adds on each set: the change of the score without it, and the score with it alone."""
    parts = [one for one in findings.parts if one.part.main and len(one.some)]
    whole = {one.part.name: relative(one.some, ENSEMBLE) for one in parts}
    head = ["member", *(one.part.name for one in parts)]
    without = [
        [name, *(_change(one, f"without {name}", whole[one.part.name]) for one in parts)] for name in members
    ]
    alone = [[name, *(_alone(one, f"{name} alone") for one in parts)] for name in members]
    full = ["all of them", *("{:.2f} / {:.2f}".format(*whole[one.part.name]) for one in parts)]
    return "\n\n".join(
        [
            "Without it, change of the score in percent, natural / log1p: positive where the member helps.",
            table(head, without),
            "Alone, with the same calibration and paths; a slow member needs a fast one beside it.",
            table(head, [*alone, full]),
        ]
    )


def _change(scored: Scored, method: str, whole: tuple[float, float]) -> str:
    if not (scored.some["method"] == method).any():
        return NOTHING
    found = relative(scored.some, method)
    return " / ".join(f"{100 * (value / full - 1):+.1f}" for value, full in zip(found, whole, strict=True))


def _alone(scored: Scored, method: str) -> str:
    if not (scored.some["method"] == method).any():
        return NOTHING
    return "{:.2f} / {:.2f}".format(*relative(scored.some, method))


def of_surges(findings: Findings) -> str:
    """How often intervals held before, in and after simulated surges."""
    rows = []
    for phase, told in PHASES.items():
        own = findings.surges[findings.surges["phase"] == phase]
        days = int(own.loc[own["method"] == FAST, "days"].sum())
        held = [_percent(coverage(own, FAST, level)) for level in (50, 80, 90, 95)]
        score = "{:.2f} / {:.2f}".format(*relative(own, FAST)) if days else NOTHING
        rows.append([told, f"{days:,}", score, *held])
    return table(["target days", "scored", "natural / log1p", "50 %", "80 %", "90 %", "95 %"], rows)


def of_detection(detection: Sequence[Delays]) -> str:
    """Delays and false days."""
    rows = [
        [
            one.kind,
            f"{one.median:.0f}" if len(one.delays) else NOTHING,
            _percent(float((one.delays <= 7).mean())) if len(one.delays) else NOTHING,
            _percent(one.missed),
            f"{100 * one.false_share:.1f} of {one.calm_days:,}",
        ]
        for one in detection
    ]
    head = ["", "median delay, days", "told within 7 days, %", "not within 21 days, %", "false days, %"]
    return table(head, rows)


def of_speed(speed: Speed | None) -> str:
    """What an issue costs."""
    if speed is None:
        return "Not measured in this run."
    lines = [("cold, with all past forecasts", speed.cold), ("nightly, one new day", speed.one_day)]
    lines += [("nightly, 28 days revised", speed.revised), ("Prophet, one bare fit", speed.prophet)]
    ets = speed.auto_ets
    lines += [("AutoETS, one bare fit", ets)] if ets else []
    rows = [
        [told, f"{found:.1f}", f"{speed.prophet / found:.1f}", f"{ets / found:.1f}" if ets else NOTHING]
        for told, found in lines
    ]
    sizes = [
        [f"{int(size):,}", f"{milliseconds:.1f}", f"{megabytes:,.0f}"]
        for size, (milliseconds, megabytes) in sorted(speed.sizes.items(), key=lambda one: int(one[0]))
    ]
    return "\n\n".join(
        [
            table(
                ["one thread, 1,095 days, 200 series", "ms a series", "Prophet / it", "AutoETS / it"], rows
            ),
            table(["series in one cold issue", "ms a series", "MB at most"], sizes),
            f"Ten crossings in six regions, all members, two processes: cold {speed.country_cold:.0f} s, "
            f"a night after {speed.country_nightly:.0f} s.",
        ]
    )


def of_outlooks(findings: Findings) -> str:
    """How good chances of a surge and of each kind of change were, beside the series' own past."""
    rows = [
        [one.part.name, f"{kind}, days {days}", f"{number:,}", _percent(came), f"{score:.3f}", f"{usual:.3f}",
         f"{1 - score / usual:+.2f}" if usual >= LEAST_SCORE else NOTHING]
        for one in findings.parts
        for kind, days, number, came, score, usual in summaries(one.outlooks)
    ]  # fmt: skip
    return table(["set", "", "told", "not ordinary, %", "score", "own past's", "skill"], rows)


def of_worst(findings: Findings) -> str:
    """The ensemble's worst series on each scale."""
    rows = [[scale, part, crossing, f"{value:.2f}"] for scale, part, crossing, value in findings.worst()]
    return table(["scale", "set", "crossing", "over the baseline"], rows)


def of_faults(findings: Findings) -> str:
    """Days on which peers' own quantiles were negative or crossed, and those they did not forecast."""
    every = [(name, one) for one in findings.parts if one.part.main for name in one.methods]
    sums: dict[str, np.ndarray] = {}
    for name, one in every:
        own = one.rows[one.rows["method"] == name]
        counted = own[["days", "negative", "crossed", "fell_back"]].sum().to_numpy()
        sums[name] = sums.get(name, np.zeros(4)) + counted
    rows = [[name, *(_percent(value / found[0]) for value in found[1:])] for name, found in sums.items()]
    named = [[f"*{name}*" if name in OURS else name, *cells] for name, *cells in rows]
    return table(["share of days, %", "negative quantiles", "crossed quantiles", "got the baseline"], named)


def of_peers(peers: KeptPeers) -> str:
    """When the kept scores were made, by what, and in how many seconds."""
    names = list(dict.fromkeys(name for told in peers.seconds.values() for name in told))
    rows = [[name, *(told.get(name, NOTHING) for told in peers.seconds.values())] for name in names]
    made = "\n".join(f"- {origin}" for origin in sorted(peers.origins)) or "- none"
    return f"Kept scores, made on\n\n{made}\n\n{table(['seconds for', *peers.seconds], rows)}"
