"""The ledger of jobs: each slot once, whoever comes first, and whoever takes over from the dead."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from service.store.database import Database
from service.store.errors import LeaseLost
from service.store.records import JobRun, Lease
from service.store.schema import job_run

FACTS = tuple(field.name for field in fields(JobRun))


class JobStore:
    """Which slot of which job ran, by whom, and how it ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget(self, *, before: datetime, but: tuple[str, ...] = ()) -> int:
        """Delete the runs that ended before an instant, except those of some jobs; returns how many."""
        ended = and_(job_run.c.finished_at < before, job_run.c.state != "running", job_run.c.job.not_in(but))
        with self._database.write() as connection:
            return connection.execute(delete(job_run).where(ended)).rowcount

    def claim(self, job: str, slot: str, *, owner: str, now: datetime, lease_seconds: float) -> Lease | None:
        """The right to run a slot, or None when it is another's, done or skipped.

        A failed run and one whose lease has expired are taken over with the next epoch.
        """
        until = now + timedelta(seconds=lease_seconds)
        held = {"state": "running", "owner": owner, "lease_seconds": lease_seconds, "lease_until": until}
        with self._database.write() as connection:
            if _insert(connection, job, [slot], {**held, "epoch": 1, "started_at": now}):
                return Lease(job, slot, owner, 1, until)
            taken = _take_over(connection, job, slot, now, {**held, "started_at": now})
            return None if taken is None else Lease(job, slot, owner, taken, until)

    def renew(self, lease: Lease, now: datetime) -> Lease:
        """The lease for as long again as it was claimed for; raises LeaseLost when it is another's."""
        with self._database.write() as connection:
            seconds = connection.scalar(select(job_run.c.lease_seconds).where(_held(lease)))
            if seconds is None:
                raise _lost(lease)
            until = now + timedelta(seconds=seconds)
            connection.execute(update(job_run).where(_held(lease)).values(lease_until=until))
            return replace(lease, until=until)

    def finish(
        self, lease: Lease, *, now: datetime, state: str = "done", detail: dict[str, Any] | None = None
    ) -> bool:
        """Note how a run ended; False when the slot has become another's.

        A slot whose issue has been published stays done, whatever came after.
        """
        own = _own(lease, "running", "done")
        with self._database.write() as connection:
            row = connection.execute(select(job_run.c.state, job_run.c.detail).where(own)).one_or_none()
            if row is None:
                return False
            ended = {
                "state": "done" if row.state == "done" else state,
                "finished_at": now,
                "lease_until": None,
            }
            told = {**row.detail, **(detail or {})}
            connection.execute(update(job_run).where(own).values(detail=told, **ended))
            return True

    def skip(self, job: str, slots: Iterable[str], *, now: datetime) -> None:
        """Note slots that a job's policy leaves out after downtime; those that ran stay as they are."""
        passed = {"state": "skipped", "owner": "", "lease_seconds": 0.0, "epoch": 0}
        with self._database.write() as connection:
            _insert(connection, job, list(slots), {**passed, "started_at": now, "finished_at": now})

    def runs(self, job: str | None = None, limit: int = 100) -> tuple[JobRun, ...]:
        """The newest runs, newest first; of one job if given."""
        order = (job_run.c.started_at.desc(), job_run.c.slot.desc(), job_run.c.job)
        statement = select(job_run).order_by(*order).limit(limit)
        if job is not None:
            statement = statement.where(job_run.c.job == job)
        with self._database.read() as connection:
            return tuple(_read(row) for row in connection.execute(statement))

    def last_success(self) -> dict[str, datetime]:
        """When each job last ended well."""
        newest = func.max(job_run.c.finished_at, type_=job_run.c.finished_at.type).label("at")
        done = select(job_run.c.job, newest).where(job_run.c.state == "done").group_by(job_run.c.job)
        with self._database.read() as connection:
            return {row.job: row.at for row in connection.execute(done)}


def complete(connection: Connection, lease: Lease, *, now: datetime, detail: dict[str, Any]) -> None:
    """Within a publication, end the lease's slot; raises LeaseLost when it is another's."""
    ended = {"state": "done", "finished_at": now, "lease_until": None, "detail": detail}
    if connection.execute(update(job_run).where(_held(lease)).values(**ended)).rowcount != 1:
        raise _lost(lease)


def _insert(connection: Connection, job: str, slots: list[str], facts: dict[str, Any]) -> int:
    """Insert the slots that the ledger does not know; returns how many."""
    known = set(
        connection.scalars(select(job_run.c.slot).where(job_run.c.job == job, job_run.c.slot.in_(slots)))
    )
    rows = [{"job": job, "slot": slot, "detail": {}, **facts} for slot in slots if slot not in known]
    if rows:
        connection.execute(insert(job_run), rows)
    return len(rows)


def _take_over(
    connection: Connection, job: str, slot: str, now: datetime, held: dict[str, Any]
) -> int | None:
    """Take a slot whose run failed or whose lease expired; returns the new epoch."""
    expired = and_(job_run.c.state == "running", job_run.c.lease_until <= now)
    free = (job_run.c.job == job, job_run.c.slot == slot, or_(job_run.c.state == "failed", expired))
    statement = update(job_run).where(*free).values(epoch=job_run.c.epoch + 1, finished_at=None, **held)
    epoch: int | None = connection.scalar(statement.returning(job_run.c.epoch))
    return epoch


def _own(lease: Lease, *states: str) -> ColumnElement[bool]:
    slot = and_(job_run.c.job == lease.job, job_run.c.slot == lease.slot)
    return and_(slot, job_run.c.epoch == lease.epoch, job_run.c.state.in_(states))


def _held(lease: Lease) -> ColumnElement[bool]:
    return _own(lease, "running")


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(
        f"slot {lease.slot} of {lease.job} was taken over while {lease.owner} held it; nothing was written"
    )


def _read(row: Row[Any]) -> JobRun:
    return JobRun(**{fact: getattr(row, fact) for fact in FACTS})
