"""Lets the weekly naive and the analog member answer once, however many configurations ask."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from forecast.members import MEMBERS, Context
from forecast.panel import Panel

Answers = dict[tuple[Any, ...], Any]


@contextmanager
def remembering() -> Iterator[Answers]:
    """Keep what fast members' `hindcast` says of a panel; the engine passes smoothing ones by another way."""
    answers: Answers = {}
    classes = {type(member) for member in MEMBERS.values() if not member.slow}
    found = [(kind, kind.hindcast) for kind in classes]
    for kind, method in found:
        kind.hindcast = _remembered(method, answers)  # type: ignore[method-assign]
    try:
        yield answers
    finally:
        for kind, method in found:
            kind.hindcast = method  # type: ignore[method-assign]


def _remembered(method: Callable[..., Any], answers: Answers) -> Callable[..., Any]:
    @wraps(method)
    def ask(member: Any, panel: Panel, context: Context, *asked: Any) -> Any:
        question = (method, member, panel.ids, panel.cutoff, context.counts.tobytes(), asked)
        if question not in answers:
            answers[question] = method(member, panel, context, *asked)
        return answers[question]

    return ask
