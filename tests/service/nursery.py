"""Real processes for tests, forked from one that has imported everything, so that each starts at once."""

import json
import os
import subprocess
import sys
import traceback
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """Starts functions of modules as processes, `start("tests.service.x:main", {})`, and waits for them."""

    def __init__(self, *modules):
        command = [sys.executable, "-m", "tests.service.nursery", *modules]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._parent = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._alive = set()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for pid in list(self._alive):
            self.kill(pid)
        self._parent.stdin.close()
        self._parent.wait(20)

    def start(self, target, options):
        """The id of a new process that calls a function with some options; nobody else's until waited for."""
        pid = self._ask({"target": target, "options": options})
        self._alive.add(pid)
        return pid

    def send(self, pid, number):
        assert pid in self._alive
        os.kill(pid, number)

    def wait(self, pid):
        """The exit code of a process, or minus the signal that ended it."""
        self._alive.discard(pid)
        return self._ask({"wait": pid})

    def kill(self, pid):
        self.send(pid, 9)
        return self.wait(pid)

    def _ask(self, question):
        self._parent.stdin.write(json.dumps(question) + "\n")
        self._parent.stdin.flush()
        return json.loads(self._parent.stdout.readline())


def serve(modules):
    for module in modules:
        import_module(module)
    for line in sys.stdin:
        question = json.loads(line)
        if "wait" in question:
            _, status = os.waitpid(question["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork() or _child(question)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _child(question):
    module, function = question["target"].split(":")
    code = 1
    try:
        devnull = os.open(os.devnull, os.O_RDWR)
        os.dup2(devnull, 0)
        os.dup2(devnull, 1)
        code = getattr(import_module(module), function)(question["options"]) or 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1:])
