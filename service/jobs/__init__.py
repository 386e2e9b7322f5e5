"""The ledger's side of scheduling: which slots are due, who runs them, and what became of them."""

from service.jobs.catalogue import by_hand, jobs
from service.jobs.ledger import Job, StoppedError, tick
from service.jobs.slots import Daily, Every, Slot, due_slots

__all__ = ["Daily", "Every", "Job", "Slot", "StoppedError", "by_hand", "due_slots", "jobs", "tick"]
