"""The ledger's side of scheduling: which slots are due, who runs them, and what became of them."""

from service.jobs.catalogue import by_hand, jobs
from service.jobs.ledger import Job, Jobs, StoppedError, tick
from service.jobs.mailing import mail_jobs
from service.jobs.slots import Daily, Every, Slot, Weekly, due_slots

__all__ = [
    "Daily",
    "Every",
    "Job",
    "Jobs",
    "Slot",
    "StoppedError",
    "Weekly",
    "by_hand",
    "due_slots",
    "jobs",
    "mail_jobs",
    "tick",
]
