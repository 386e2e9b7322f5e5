"""`arrivals issue`: what was published, and whether it can be made again to the byte."""

import click

from service.cli import Refused
from service.cli.registers import ACTOR, opened, show
from service.cycle.reproduction import Reproduction, reproduce
from service.engine import Processes
from service.store import Store
from service.store.records import AuditEntry, Issue


@click.group("issue")
def issue_command() -> None:
    """List issues, or make one again from its vintage, configuration and seed."""


@issue_command.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many.")
def list_command(limit: int) -> None:
    """Show the issues, newest first."""
    with opened() as (store, _):
        issues = store.issues.page(limit)
    header = ("issue", "cutoff", "issued", "version", "members", "checksum")
    show(header, (_cells(issue) for issue in issues))


def _cells(issue: Issue) -> tuple[str, ...]:
    members = ", ".join(map(str, issue.configuration.get("members", ())))
    issued = f"{issue.issued_at:%Y-%m-%d %H:%MZ}"
    return (issue.id, str(issue.cutoff), issued, issue.model_version, members, issue.checksum[:12])


@issue_command.command("reproduce")
@click.argument("id")
def reproduce_command(id: str) -> None:
    """Make the issue ID, or `latest`, again; the exit code is 1 if a byte differs."""
    with opened() as (store, settings):
        issue = _issue(store, id)
        try:
            with Processes(settings.processes) as engine:
                found = reproduce(store, issue, engine.run)
        except ValueError as error:
            raise Refused(f"{issue.id} cannot be made again here: {error}") from None
        facts = {"agrees": found.agrees, "checksum": found.checksum}
        now = settings.clock.now()
        store.audit.append(AuditEntry(now, ACTOR, "issues.reproduce", issue.id, facts))
    _tell(found)
    if not found.agrees:
        raise SystemExit(1)


def _issue(store: Store, name: str) -> Issue:
    issue = store.issues.latest() if name == "latest" else store.issues.get(name)
    if issue is None:
        raise Refused(f"there is no issue {name!r}; `arrivals issue list` shows them")
    return issue


def _tell(found: Reproduction) -> None:
    if found.agrees:
        click.echo(f"{found.issue.id}: made again, every byte agrees (SHA-256 {found.checksum[:12]}...).")
    else:
        click.echo(
            f"{found.issue.id}: made again, it DIFFERS: published {found.issue.checksum[:12]}..., "
            f"made {found.checksum[:12]}..."
        )
    for sentence in (*found.content, *found.surroundings):
        click.echo(f"  - {sentence}")
