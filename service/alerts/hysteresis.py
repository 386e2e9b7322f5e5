"""When an alert is raised and when it ends: pure, so that it can neither flap nor be raised twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from service.alerts.signals import Look, Signal
from service.store.mail_records import Alert, Matter


@dataclass(frozen=True, slots=True)
class Step:
    """What a look changes: alerts newly raised, those that go on, and those that end."""

    raised: tuple[Alert, ...] = ()
    going_on: tuple[Alert, ...] = ()
    ended: tuple[Alert, ...] = ()


def step(
    standing: Mapping[Matter, Alert], signals: Iterable[Signal], look: Look, *, quiet_looks: int
) -> Step:
    """Hold the signals of a look against the alerts that stand.

    A loud matter without an alert raises one. An alert ends after `quiet_looks` looks in a row at which it
    was quiet, which a matter without a signal is as well. Looks at one cutoff count once.
    """
    heard = {signal.matter: signal for signal in signals}
    raised = [
        _raised(signal, look) for matter, signal in heard.items() if matter not in standing and signal.loud
    ]
    looked = [_looked(alert, heard.get(matter), look) for matter, alert in standing.items()]
    over = [alert.quiet >= quiet_looks for alert in looked]
    return Step(
        tuple(raised),
        tuple(alert for alert, ends in zip(looked, over, strict=True) if not ends),
        tuple(replace(alert, ended_at=look.at) for alert, ends in zip(looked, over, strict=True) if ends),
    )


def _raised(signal: Signal, look: Look) -> Alert:
    return Alert(
        signal.matter,
        look.at,
        issue_id=look.issue_id,
        cutoff=look.cutoff,
        chance=signal.chance,
        threshold=signal.threshold,
        detail=signal.detail,
        seen_issue_id=look.issue_id,
    )


def _looked(alert: Alert, signal: Signal | None, look: Look) -> Alert:
    """An alert after one more look; what it tells stays as it was when it was last not quiet."""
    seen = replace(alert, seen_issue_id=look.issue_id, cutoff=look.cutoff)
    if signal is None or signal.quiet:
        again = look.cutoff is not None and look.cutoff == alert.cutoff
        return replace(seen, quiet=alert.quiet if again else alert.quiet + 1)
    chance, threshold = signal.chance, signal.threshold
    return replace(seen, quiet=0, chance=chance, threshold=threshold, detail=signal.detail)
