"""Puts RESULTS.md together."""

from collections.abc import Sequence

from benchmarks import tables
from benchmarks.findings import Findings

SCORES = """\
Each score is the weighted interval score over 23 quantiles, horizons 1-28, divided by that of the weekly
naive forecast with symmetrised empirical quantiles, as the geometric mean over crossings; below 1 is
better. It is given on the natural and the log1p scale. Then the share of days inside the central 50, 80
and 95 % intervals. *p* is that of a Diebold-Mariano test (lag 27 days) against the ensemble, on the
scores of each cutoff relative to the baseline's. Everybody sees only what was recorded by the evening of
the cutoff. Figures over all sets are means over the sets of real counts (geometric for scores), without
those named *all*, which hold the same crossings again. The ensemble was developed on these public sets;
none is held out."""
PEERS = """\
Peers have their libraries' defaults, a weekly season, and their own intervals; negative quantiles are put
to 0 and crossed ones in order before scoring. They see all days, closed ones as the zeros that were
counted. statsforecast and LightGBM take no gaps: these are filled from the same weekday of up to four
weeks before, then from the day before. Prophet takes gaps as they are and has the country's holidays.
AutoARIMA sees the last 365 days and searches by its approximation, for its cost. On log1p, quantiles are
taken back by expm1. LightGBM is one model for all crossings of a set and each level, on log1p, with lags
that lie before the cutoff, for days 1-7, 8-14 and 15-28 apart; it knows weekday and day of the year.
The hub random walk is the last count with sums of past daily differences and their mirror image. A peer
gets the baseline where it fails or has fewer than 21 days. Of the airports they forecast ten."""
SURGES = """\
Sixty crossings of 900 days for each of ten seeds ({scope}), forecast every week of the last 28 by the fast
members. A forecast made before the onset cannot know of it: the target speaks of those made in it."""
OUTLOOKS = """\
The probability of a surge within 7 days by its Brier score, and of the five kinds of change of the mean of
a week by the ranked probability score; lower is better, skill is 1 - score / that of how often the
series' own past brought it."""
DETECTION = """\
The day of the change counts as 0: it is told that evening. A doubling and a halving last, on crossings
that are otherwise ordinary. Simulated false days are those before the change; in real counts, days on
which somebody crossed in calm months, true doublings and holidays among them."""


def page(findings: Findings, facts: Sequence[str], members: Sequence[str], scope: str) -> str:
    """The whole page."""
    sections = [
        "# Accuracy and speed",
        *facts,
        "## Targets",
        tables.of_targets(findings),
        "## Scores",
        SCORES,
        PEERS,
    ]
    for one in findings.parts:
        sections += [f"## {one.part.name}", tables.of_part(one)]
    named = {
        "Where the ensemble loses": tables.of_losses(findings),
        "Worst series": tables.of_worst(findings),
        "By horizon": tables.of_bands(findings),
        "What each member adds": tables.of_members(findings, members),
        "Simulated surges, week by week": f"{SURGES.format(scope=scope)}\n\n{tables.of_surges(findings)}",
        "Chances of a surge and of a change": f"{OUTLOOKS}\n\n{tables.of_outlooks(findings)}",
        "Telling a surge or a collapse": f"{DETECTION}\n\n{tables.of_detection(findings.detection)}",
        "Speed": tables.of_speed(findings.speed),
        "Quantiles that are none": tables.of_faults(findings),
        "Peers": tables.of_peers(findings.peers),
    }
    for title, text in named.items():
        sections += [f"## {title}", text]
    return "\n\n".join(sections) + "\n"
