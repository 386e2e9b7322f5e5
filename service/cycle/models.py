"""Which configuration is in force, and how another is proposed."""

from dataclasses import replace

import structlog

from forecast.pipeline import Configuration
from service.cycle.computation import configuration_of
from service.members import configuration_from_document, document_of
from service.settings import LONGEST_HORIZON, Settings
from service.store import Store
from service.store.model_records import ModelRecord
from service.store.records import AuditEntry

log = structlog.get_logger(__name__)

IN_FORCE = "in-force"
"""How the configuration in force is called where another bears its id."""
SHORT_ID = 12


class ProposalError(ValueError):
    """A configuration that cannot be proposed; the message says why."""


def configuration_in_force(
    store: Store, settings: Settings, *, fast: bool
) -> tuple[Configuration, tuple[str, ...]]:
    """The configuration that the next issue is made with, and a sentence where it is not the one promoted.

    A promoted one that cannot be used, as when a member is no longer installed, gives way to the settings':
    planners are better off with its forecasts than with none. A `fast` one leaves out the one-series members.
    """
    record = store.models.in_force()
    if record is None:
        return configuration_of(settings, fast=fast), ()
    try:
        promoted = configuration_from_document(record.document)
    except ValueError as error:
        log.error("configuration in force cannot be used", configuration=record.id, reason=str(error))
        told = f"configuration {record.id} cannot be used, forecast by the settings' instead: {error}"
        return configuration_of(settings, fast=fast), (told,)
    return (replace(promoted, slow_series=0) if fast else promoted), ()


def propose(
    store: Store, settings: Settings, configuration: Configuration, *, note: str, actor: str
) -> ModelRecord:
    """Put a configuration into shadow from the next cycle on, and write down who did so and what for.

    Raises ProposalError, or StoreError where it was proposed before.
    """
    if not note.strip():
        raise ProposalError("say what the configuration changes, and what it is expected to better")
    if configuration == configuration_in_force(store, settings, fast=False)[0]:
        raise ProposalError("this configuration is in force already")
    if configuration.horizon > LONGEST_HORIZON:
        raise ProposalError(f"horizon: found {configuration.horizon}, wanted at most {LONGEST_HORIZON}")
    known, now = configuration.hash, settings.clock.now()
    record = ModelRecord(known[:SHORT_ID], known, document_of(configuration), note, actor, now)
    store.models.propose(record)
    store.audit.append(AuditEntry(now, actor, "models.propose", record.id, {"note": note}))
    return record
