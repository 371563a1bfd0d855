"""A student's cells, in a process of their own: limits, then the cells, then the answers for the judge.

It holds off accidents and simple mischief. It is no wall: code that is compiled gets round it (docs/lecturers.md).
"""

import contextlib
import os
import signal
import sys
import tempfile
from typing import NamedTuple

import bptt_lab.pages as pages

from ..practice import call
from ..practice.call import Stopped, asked, is_nothing
from ..practice.judge import named
from ..practice.progress import NOT_ATTEMPTED
from ..practice.verdict import Verdict
from . import wire

try:
    import resource
except ImportError:  # Windows has none: no limit on memory there
    resource = None

LIMIT = 5  # seconds of computing for one hidden case; no right answer takes a tenth of one
LARGEST_FILE = 100 * 2**20  # bytes
ANSWERS = 20  # to one exercise; who tries more in a loop is guessing

# Audit events (PEP 578): what no exercise needs
REFUSED = {
    "ctypes.dlopen": "load a library",
    "os.exec": "start a program",
    "os.fork": "start a process",
    "os.forkpty": "start a process",
    "os.kill": "stop a process",
    "os.killpg": "stop a process",
    "os.posix_spawn": "start a program",
    "os.spawn": "start a program",
    "os.startfile": "start a program",
    "os.system": "start a program",
    "pty.spawn": "start a program",
    "signal.pthread_kill": "stop a process",
    "socket.bind": "use the network",
    "socket.connect": "use the network",
    "socket.getaddrinfo": "use the network",
    "socket.sendto": "use the network",
    "subprocess.Popen": "start a program",
}
CHANGES = {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"}
CHANGES |= {"os.truncate", "os.utime", "shutil.rmtree"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Limits(NamedTuple):
    seconds: int = 30  # of computing, for a notebook; a third of them for a cell
    wall: int = 120  # seconds by the clock, for what waits and does not compute
    memory: int = 1024  # MB that it may take on top of what Python and the pages have
    closed: tuple = ()  # folders that it may not read: the hand-ins of others, what the judge keeps


class _TooLong(BaseException):
    """Not an Exception: a student's loop may catch each of those and go on."""


def run(pipe, cells, wanted, limits):
    """The whole life of the process.

    cells : pairs of a number and a code, to run in order
    wanted : {exercise's id: the name of its answer}, for those whose answer no cell hands over
    """
    if hasattr(os, "setsid"):
        os.setsid()
    with tempfile.TemporaryDirectory() as own, contextlib.suppress(BrokenPipeError):
        os.chdir(own)
        _silence()
        shell = _shell()
        desk = Desk(pipe)
        pages.check = desk.check
        call.LIMIT = min(LIMIT, limits.seconds / 3)
        _limit(limits)
        _fence(own, limits.closed)
        pipe.send_bytes(wire.written({"ready": True}))
        for number, cell in cells:
            pipe.send_bytes(wire.written({"cell": number}))
            error = _run(shell, cell, limits.seconds / 3)
            if error:
                pipe.send_bytes(wire.written({"error": error, "in": number}))
        for exercise_id, name in wanted.items():
            if exercise_id not in desk.seen and name in shell.user_ns:
                desk.check(exercise_id, shell.user_ns[name])
        pipe.send_bytes(wire.written({"end": True}))


class Desk:
    """Where answers are handed over. It stands where `check` stood."""

    def __init__(self, pipe):
        self.pipe, self.seen, self.count = pipe, set(), 0

    def check(self, exercise_id, answer):
        """The judge tries the answer on hidden cases, here and now: what it depends on may change later."""
        exercise = pages.EXERCISES.get(exercise_id) if isinstance(exercise_id, str) else None
        if exercise is None:
            raise ValueError(f"exercise_id must be one of {', '.join(pages.EXERCISES)}")
        self.seen.add(exercise_id)
        self.count += 1
        if self.count <= ANSWERS * len(pages.EXERCISES):
            kind = "nothing" if is_nothing(answer) else "function" if callable(answer) else "value"
            self._say({"check": exercise_id, "kind": kind, "type": named(answer)})
            while case := self._next():
                self._say(_tried(exercise, answer, *case))
        return Verdict(exercise_id, NOT_ATTEMPTED, "It is judged elsewhere.")

    def _say(self, message):
        self.pipe.send_bytes(wire.written(message))

    def _next(self):
        return self.pipe.recv()  # from the judge, whom we trust


def _tried(exercise, answer, case, count):
    try:
        came, parts, _, changed = asked(exercise, answer, case, count)
    except Stopped as stopped:
        return {"stopped": str(stopped), "beyond": stopped.beyond}
    nothing = "dots" if came is Ellipsis else "none" if came is None else ""
    return {"parts": list(map(wire.of_array, parts)), "nothing": nothing, "changed": changed}


def _run(shell, cell, seconds):
    """What went wrong in a cell, in a line, or ""."""
    try:
        with _timed(seconds):
            result = shell.run_cell(cell, store_history=False)
    except _TooLong as error:
        return str(error)
    except BaseException as error:  # what a cell may do to the shell itself
        return f"{type(error).__name__}"
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return ""
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:  # its own __str__ may do anything
        return "an error"


@contextlib.contextmanager
def _timed(seconds):
    """Stops an honest loop after so many seconds of computing, so that the next cell has its turn. Not on Windows."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number, frame):
        raise _TooLong(f"it ran for {seconds:.0f} seconds, and was stopped")

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _silence():
    """What a cell prints goes nowhere, however much it is, and there is nobody to answer input()."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    sys.stdin = os.fdopen(0)
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", encoding="utf-8", errors="replace") for stream in (1, 2))


def _shell():
    """IPython without a kernel, for its magics."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.autoawait = False
    shell = InteractiveShell.instance(config=config, user_ns={"__name__": "__main__"})
    shell.showtraceback = shell.showsyntaxerror = lambda *given, **more: (
        None
    )  # nobody reads it, and a deep one takes long
    return shell


def _limit(limits):
    if resource is None:
        return
    _lower(resource.RLIMIT_CPU, limits.seconds, 1)  # a second more for whoever does not hear SIGXCPU
    _lower(resource.RLIMIT_FSIZE, LARGEST_FILE)
    _lower(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError):  # where there is no /proc, the limit on address space does not hold either
        with open("/proc/self/statm") as about:
            mine = int(about.read().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, mine + limits.memory * 2**20)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 5 * limits.wall)  # should the judge be gone, one that sleeps ends too


def _lower(which, soft, more=0):
    hard = resource.getrlimit(which)[1]
    soft, new = (value if hard == resource.RLIM_INFINITY else min(value, hard) for value in (soft, soft + more))
    resource.setrlimit(which, (soft, new))


def _fence(own, closed):
    """From here on Python itself refuses what no exercise needs. An audit hook cannot be taken away again."""
    inside = tuple(map(os.path.realpath, (own, os.devnull)))
    closed = tuple(map(os.path.realpath, closed))
    realpath, fsdecode, isinstance_, busy = os.path.realpath, os.fsdecode, isinstance, []

    def is_in(path, folders):
        path = realpath(fsdecode(path))
        return any(path == folder or path.startswith(folder + os.sep) for folder in folders)

    def fence(event, arguments):
        if event in REFUSED:
            raise PermissionError(f"the grader lets no notebook {REFUSED[event]}")
        if busy or (event != "open" and event not in CHANGES):
            return
        busy.append(event)
        try:
            paths = [path for path in arguments[:2] if isinstance_(path, str | bytes | os.PathLike)]
            if event == "open":
                paths = paths[:1] if not isinstance_(arguments[0], int) else []
                writes = arguments[2] & WRITES if isinstance_(arguments[2], int) else False
                if any(is_in(path, closed) for path in paths):
                    raise PermissionError("the grader lets no notebook read what was handed in")
            else:
                writes = True
            if writes and not all(is_in(path, inside) for path in paths):
                raise PermissionError("the grader lets a notebook write in its own folder alone")
        finally:
            busy.clear()

    sys.addaudithook(fence)
