"""Which configuration is in force, and how a proposed one becomes a configuration again."""

from dataclasses import replace

import structlog

from forecast.pipeline import Configuration
from service.cycle.computation import configuration_of
from service.members import configuration_from_document
from service.settings import Settings
from service.store import Store

log = structlog.get_logger(__name__)

IN_FORCE = "in-force"
"""How the configuration in force is called where another bears its id."""


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
