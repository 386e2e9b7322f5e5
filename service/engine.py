"""Processes that fit models side by side; a worker that dies takes no task with it."""

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Progress = Callable[[int, int], None]

ATTEMPTS = 3
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class EngineError(RuntimeError):
    """A task that no worker survives; the message says which one."""


@dataclass(slots=True, eq=False)
class _Worker:
    process: ForkServerProcess
    connection: Connection
    position: int | None = None


@dataclass(slots=True)
class _Round:
    """The tasks of one call: which wait, what came back, how often each was begun."""

    function: Callable[[Any], Any]
    tasks: Sequence[Any]
    waiting: deque[int]
    outcomes: dict[int, Any] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)


class Processes:
    """A pool of worker processes, one arithmetic thread each; `run` spreads a function over tasks.

    `progress` is called with the number of tasks done and their total after each task. Leaving the context
    ends the workers; they also end by themselves when this process dies.
    """

    def __init__(self, count: int = 0, *, progress: Progress | None = None):
        self.count = count or cores()
        self._progress = progress
        self._workers: list[_Worker] = []
        self._busy = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers at once, whatever they are doing."""
        while self._workers:
            self._end(self._workers[-1])

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that are running."""
        return tuple(worker.process.pid for worker in self._workers if worker.process.pid is not None)

    def run(self, function: Callable[[T], R], tasks: Sequence[T]) -> list[R]:
        """Apply a picklable function to each task, results in the tasks' order.

        The first exception of a task is raised here, with the worker's traceback as a note, and the rest is
        dropped. Raises EngineError for a task whose worker died three times.
        """
        with self._busy:
            round_ = _Round(function, tasks, deque(range(len(tasks))))
            try:
                while len(round_.outcomes) < len(tasks):
                    self._fill(round_)
                    self._collect(round_)
            except BaseException:
                self.close()
                raise
            return [round_.outcomes[position] for position in range(len(tasks))]

    def _fill(self, round_: _Round) -> None:
        idle = [worker for worker in self._workers if worker.position is None]
        while round_.waiting and (idle or len(self._workers) < self.count):
            worker = idle.pop() if idle else self._start()
            position = round_.waiting.popleft()
            worker.position = position
            round_.attempts[position] = round_.attempts.get(position, 0) + 1
            with suppress(OSError):  # it died idle: its pipe will say so, and the task is begun anew
                worker.connection.send((round_.function, round_.tasks[position]))

    def _collect(self, round_: _Round) -> None:
        ready = wait([worker.connection for worker in self._workers])
        for worker in [worker for worker in self._workers if worker.connection in ready]:
            self._receive(worker, round_)

    def _receive(self, worker: _Worker, round_: _Round) -> None:
        position = worker.position
        try:
            succeeded, outcome = worker.connection.recv()
        except (EOFError, OSError):
            self._end(worker)
            if position is not None:
                self._again(position, round_)
            return
        worker.position = None
        if not succeeded:
            raise outcome
        if position is not None:
            round_.outcomes[position] = outcome
        if self._progress:
            self._progress(len(round_.outcomes), len(round_.tasks))

    def _again(self, position: int, round_: _Round) -> None:
        if round_.attempts[position] >= ATTEMPTS:
            raise EngineError(
                f"the worker died {ATTEMPTS} times on task {position + 1} of {len(round_.tasks)}; "
                "is there enough memory?"
            )
        round_.waiting.appendleft(position)

    def _start(self) -> _Worker:
        _start_server()
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("forkserver")
        process = context.Process(target=_work, args=(theirs,), daemon=True, name="arrivals-fit")
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.kill()
        worker.process.join()
        worker.process.close()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start_server() -> None:
    """Start the process that workers are forked from, so that numpy finds one thread there and only there.

    The variables have to stand before numpy is first imported, hence in the environment it starts with.
    """
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        forkserver.ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _work(connection: Connection) -> None:
    """What a worker does until its pipe closes, which it also does when the parent dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches the whole group; the parent decides
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    with suppress(EOFError, OSError):
        while True:
            function, task = connection.recv()
            connection.send_bytes(_attempt(function, task))


def _attempt(function: Callable[[Any], Any], task: Any) -> bytes:
    """Whether the function succeeded, and what it gave or raised, pickled."""
    try:
        return pickle.dumps((True, function(task)))
    except Exception as error:
        error.add_note("in a worker process:\n" + traceback.format_exc())
        return pickle.dumps((False, _portable(error)))


def _portable(error: Exception) -> Exception:
    """The error itself, or one that says the same if it does not survive pickling."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:
        return EngineError("".join(traceback.format_exception(error)))
    return error
