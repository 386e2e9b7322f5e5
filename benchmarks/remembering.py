"""Lets members answer a question once, however many configurations ask it: for ablations."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from forecast.members import MEMBERS, Context
from forecast.panel import Panel

VERBS = ("hindcast", "passed")
Answers = dict[tuple[Any, ...], Any]


@contextmanager
def remembering() -> Iterator[Answers]:
    """Fast members keep what they say of a panel until the yielded answers are cleared."""
    answers: Answers = {}
    classes = {type(member) for member in MEMBERS.values() if not member.slow}
    found = [(kind, verb, getattr(kind, verb)) for kind in classes for verb in VERBS if hasattr(kind, verb)]
    for kind, verb, method in found:
        setattr(kind, verb, _remembered(method, answers))
    try:
        yield answers
    finally:
        for kind, verb, method in found:
            setattr(kind, verb, method)


def _remembered(method: Callable[..., Any], answers: Answers) -> Callable[..., Any]:
    @wraps(method)
    def ask(member: Any, panel: Panel, context: Context, *asked: Any) -> Any:
        question = (method, member, panel.ids, panel.cutoff, context.counts.tobytes(), asked)
        if question not in answers:
            answers[question] = method(member, panel, context, *asked)
        return answers[question]

    return ask
