"""The console script `arrivals`: every command by name, imported only when it is called."""

import os
from importlib import import_module
from typing import Any, NamedTuple, cast

import click

# Before numpy is first imported: the engine's many small matrices go much faster on one thread.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


class Entry(NamedTuple):
    """Where a command lives and its line in `arrivals --help`, so that help needs no import."""

    target: str
    help: str


COMMANDS: dict[str, Entry] = {
    "serve": Entry("service.cli.running:serve_command", "Answer planners over HTTP, with the scheduler."),
    "schedule": Entry("service.cli.running:schedule_command", "Run the scheduler alone."),
    "cycle": Entry("service.cli.running:cycle_command", "Run one pass: take in, issue, publish, verify."),
    "ingest": Entry("service.cli.registers:ingest_command", "Take in a file of counts, whole or not at all."),
    "places": Entry("service.cli.registers:places_command", "Show or load the register of places."),
    "events": Entry(
        "service.cli.registers:events_command", "Show, load or withdraw closures and other events."
    ),
    "capacities": Entry(
        "service.cli.capacities:capacities_command", "Show, load or revise booths, rates, beds and stays."
    ),
    "scenario": Entry(
        "service.cli.scenarios:scenario_command", "Work out what would be if, and list or show it again."
    ),
    "alerts": Entry("service.cli.alerts:alerts_command", "Show, see to or mute what asks for a decision."),
    "model": Entry("service.cli.models:model_command", "Try, compare, propose and promote ways to forecast."),
    "issue": Entry("service.cli.issues:issue_command", "List issues, or make one again to the byte."),
    "overrides": Entry(
        "service.cli.overrides:overrides_command", "Hold an own figure against the forecast, with a reason."
    ),
    "measures": Entry("service.cli.registers:measures_command", "Show what is counted, and in which unit."),
    "keys": Entry("service.cli.keys:keys_command", "Create, list and revoke API keys."),
    "recipients": Entry(
        "service.cli.recipients:recipients_command", "Show, add or remove those who get mail."
    ),
    "mail": Entry(
        "service.cli.mail:mail_command", "Show the outbox; settle letters that did not get through."
    ),
    "audit": Entry("service.cli.keys:audit_command", "Show who did what and when."),
    "publication": Entry("service.cli.keys:publication_command", "Stop or resume publication of a place."),
    "forecast": Entry("service.cli.library:forecast_command", "Forecast a CSV of counts; needs no database."),
    "backtest": Entry("service.cli.library:backtest_command", "Forecast past cutoffs of a CSV of counts."),
    "explain": Entry(
        "service.cli.library:explain_command", "Say why the forecasts of a CSV are as they are."
    ),
    "score": Entry("service.cli.library:score_command", "Score forecasts in a CSV against the counts."),
    "plan": Entry("service.cli.planning:plan_command", "Show the plan of a day, or write it as a workbook."),
    "report": Entry(
        "service.cli.reports:report_command", "Look at the weekly report; send, correct or list it."
    ),
    "demo": Entry("service.cli.demo:demo_command", "Run the demonstration on synthetic counts."),
    "doctor": Entry(
        "service.cli.operations:doctor_command", "Check versions, database, last issue and disk."
    ),
    "backup": Entry("service.cli.operations:backup_command", "Write a copy of the database to a file."),
    "restore": Entry("service.cli.operations:restore_command", "Bring a backup back."),
}


class Refused(click.ClickException):
    """What the user asked for cannot be done as asked: one line, exit code 2."""

    exit_code = 2


class LazyGroup(click.Group):
    """Commands that are imported when called; what a user can mend ends any of them with one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command, or None if there is none of that name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, attribute = entry.target.split(":")
        return cast(click.Command, getattr(import_module(module), attribute))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a wrong setting, or a database that cannot be used, becomes one line."""
        try:
            return super().invoke(ctx)
        except RuntimeError as error:
            from service.store.errors import StoreError

            if not isinstance(error, StoreError):
                raise
            raise click.ClickException(str(error)) from None
        except ValueError as error:
            problem = _settings_problem(error)
            if problem is None:
                raise
            raise Refused(f"settings: {problem}") from None


def _settings_problem(error: ValueError) -> str | None:
    """What is wrong with the settings, in one line without values (they may be secret); None if not they."""
    from tomllib import TOMLDecodeError

    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    if isinstance(error, TOMLDecodeError):
        return f"the settings file is not valid TOML: {error}"
    if isinstance(error, SettingsError):
        return str(error)
    if isinstance(error, ValidationError) and error.title == "Settings":
        return "; ".join(_fault(".".join(map(str, fault["loc"])), fault) for fault in error.errors())
    return None


def _fault(name: str, fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return f"there is no setting {name!r}; remove it or correct its name"
    wanted = fault["msg"].removeprefix("Value error, ")
    return f"{name}: {wanted[:1].lower()}{wanted[1:]}"


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Settings: arrivals.toml (or the file that ARRIVALS_CONFIG names) and ARRIVALS_... variables.",
)
@click.version_option(package_name="arrivals", message="arrivals %(version)s")
def main() -> None:
    """Forecast border arrivals: counts in, a scheduled fit, published forecasts, an API that answers."""
