"""A cycle watched on a terminal: its steps, its fits, and what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from service.cycle import Means, Outcome
from service.engine import Processes
from service.settings import Settings


@contextmanager
def watched(settings: Settings) -> Iterator[Means]:
    """Processes to fit with, and a line on stderr that shows the step and how many fits of it are done."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as bars:
        line = bars.add_task("opening", total=None)

        def fits(done: int, total: int) -> None:
            bars.update(line, completed=done, total=total)

        def step(name: str) -> None:
            bars.reset(line, description=name, total=None)

        with Processes(settings.processes, progress=fits) as engine:
            yield Means(engine.run, progress=step)


def show(outcome: Outcome) -> None:
    """Print what a cycle did, the most important first."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    issue = outcome.issue
    console.print(
        f"Published {issue.id}: {outcome.series} series, {issue.horizon} days from {issue.cutoff}"
        f" ({', '.join(issue.measures)})."
    )
    console.print(f"Took in {outcome.uploads} uploads; scored {outcome.scores} past forecasts.")
    if issue.degraded:
        console.print("DEGRADED: every series fell back to the baseline.")
    for sentence in (*outcome.warnings, *outcome.fallbacks):
        console.print(f"  - {sentence}")
