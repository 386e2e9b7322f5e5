"""The ticker: asks the ledger every few seconds what is due. It holds no truth and may run twice."""

import os
import socket
import threading
from datetime import UTC, datetime
from secrets import token_hex

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from service.clock import Clock
from service.jobs import Job, Jobs, tick
from service.store import Store

TICK_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Scheduler:
    """Ticks each job in a thread of its own, so that a long cycle holds up no feed."""

    def __init__(
        self, store: Store, jobs: tuple[Job | Jobs, ...], clock: Clock, *, tick_seconds: float = TICK_SECONDS
    ):
        self._store, self._jobs, self._clock = store, jobs, clock
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(3)}"
        self._seconds = tick_seconds
        self._at_work = 0
        self._stopping = False
        self._change = threading.Condition()
        # memory job store: what was run and what is owed stands in the ledger alone
        self._ticker = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(max(1, len(jobs)))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin to tick, at once and then every few seconds."""
        for job in self._jobs:
            self._ticker.add_job(
                self._tick,
                IntervalTrigger(seconds=self._seconds, timezone=UTC),
                args=(job,),
                id=job.name,
                next_run_time=datetime.now(UTC),
            )
        self._ticker.start()
        log.info("scheduler started", owner=self._owner, jobs=[job.name for job in self._jobs])

    def stop(self, *, grace_seconds: float) -> bool:
        """Tick no more and wait for what is at work; False if it was still at work after the grace."""
        with self._change:
            self._stopping = True
        self._ticker.shutdown(wait=False)
        with self._change:
            idle = self._change.wait_for(lambda: self._at_work == 0, timeout=grace_seconds)
        log.info("scheduler stopped", idle=idle)
        return idle

    def _tick(self, job: Job | Jobs) -> None:
        with self._change:
            if self._stopping:
                return
            self._at_work += 1
        try:
            for due in job.due(self._clock.now()):
                tick(self._store, due, self._clock, owner=self._owner)
        except Exception:
            log.exception("tick failed; the next one tries again", job=job.name)
        finally:
            with self._change:
                self._at_work -= 1
                self._change.notify_all()
