"""The engine gives every task back, in order, also when workers die."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.engine import ONE_THREAD, EngineError, Processes, cores


def square(number):
    return number * number


def threads(_):
    return [os.environ[name] for name in ONE_THREAD]


def worker(_):
    return os.getpid()


def die_once(task):
    """Kill the own process the first time the task is begun."""
    marker, number = task
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(number):
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(number):
    if number == 3:
        raise ValueError("three is refused")
    return number


class StubbornError(Exception):
    """An exception that cannot be unpickled."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def refuse_stubbornly(_):
    raise StubbornError("this", "that")


def unpicklable(_):
    return lambda: None


@pytest.fixture(scope="module")
def engine():
    with Processes(2) as pool:
        yield pool


def test_what_comes_back_is_in_the_tasks_order(engine):
    assert engine.run(square, range(40)) == [number * number for number in range(40)]


def test_no_tasks_are_no_work(engine):
    assert engine.run(square, []) == []


def test_both_processes_work_and_stay_for_the_next_call(engine):
    engine.run(square, range(4))
    assert len(engine.pids) == 2
    assert set(engine.run(worker, range(20))) <= set(engine.pids)


def test_a_worker_has_one_arithmetic_thread_and_the_parent_keeps_its_own(engine):
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    assert engine.run(threads, [None]) == [["1"] * len(ONE_THREAD)]
    assert {name: os.environ.get(name) for name in ONE_THREAD} == before


def test_tasks_of_workers_that_are_killed_all_come_back(engine, tmp_path):
    tasks = [(tmp_path / str(number // 5 * 5), number) for number in range(20)]
    assert engine.run(die_once, tasks) == list(range(20))


def test_a_worker_killed_between_two_calls_is_replaced(engine):
    engine.run(square, range(4))
    os.kill(engine.pids[0], signal.SIGKILL)
    assert engine.run(square, range(6)) == [0, 1, 4, 9, 16, 25]


def test_a_task_that_no_worker_survives_is_named_and_the_engine_goes_on(engine):
    with pytest.raises(EngineError, match="died 3 times on task 3 of 5"):
        engine.run(die, range(5))
    assert engine.run(square, [3]) == [9]


def test_an_exception_arrives_with_the_workers_traceback(engine):
    with pytest.raises(ValueError, match="three is refused") as caught:
        engine.run(refuse, range(6))
    assert "in refuse" in caught.value.__notes__[0]
    assert engine.run(refuse, [1]) == [1]


def test_an_exception_that_cannot_travel_arrives_as_its_text(engine):
    with pytest.raises(EngineError, match="this and that"):
        engine.run(refuse_stubbornly, [1])


def test_an_answer_that_cannot_travel_is_an_exception_not_a_dead_worker(engine):
    with pytest.raises(Exception, match="pickle"):
        engine.run(unpicklable, [1])


def test_progress_is_told_after_every_task():
    told = []
    with Processes(1, progress=lambda done, total: told.append((done, total))) as pool:
        pool.run(square, range(3))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_leaving_ends_the_workers():
    with Processes(2) as pool:
        pool.run(square, range(4))
        pids = pool.pids
    assert pool.pids == ()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_zero_processes_take_every_core():
    assert Processes().count == cores() >= 1


PARENT = """
import sys, time
sys.path.insert(0, {folder!r})
from service.engine import Processes
if __name__ == "__main__":
    pool = Processes(2)
    pool.run(abs, [1, 2, 3, 4])
    print(*pool.pids, flush=True)
    time.sleep(60)
"""


def test_workers_end_when_their_parent_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(folder=str(Path(__file__).parents[2])))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(pids) == 2
    for pid in pids:
        while alive(pid):
            time.sleep(0.01)


def alive(pid):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
