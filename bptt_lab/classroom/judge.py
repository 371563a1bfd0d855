"""Each exercise of a hand-in, judged here on hidden cases that nobody has seen. A student's code runs elsewhere
(sandbox.py) and is asked for arrays; what it says of itself is not listened to.
"""

import contextlib
import multiprocessing
import os
import re
import signal
import threading
import time
from functools import cache
from pickle import PicklingError
from typing import NamedTuple

from ..data import SEED
from ..pages import EXERCISES
from ..practice.call import Stopped
from ..practice.check import judged
from ..practice.exercise import Case
from ..practice.progress import NOT_ATTEMPTED, NOT_YET, RIGHT
from ..published import PAGES
from . import handed, sandbox, wire
from .needed import changed, needed

FAILED = "failed to run"
START = 300  # seconds for a process to be there, on a computer that has much to do
WEIGHT = {NOT_ATTEMPTED: 0, FAILED: 1, NOT_YET: 2, RIGHT: 3}  # of the same exercise in two notebooks the better counts
HOW = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_numbers = threading.RLock()  # whoever judges by a student's numbers has them in the environment meanwhile


class Result(NamedTuple):
    state: str
    mistake: str = ""  # the name of the known mistake that it is
    message: str = ""


class Ended(Exception):
    """The student's process is no more. The text says why."""


def _stand_in(kind, its_type):
    """For a student's answer, which is elsewhere: None, or a thing of a type of that name, which cannot be called in
    earnest.
    """
    if kind == "nothing":
        return None
    made = type(its_type if its_type.isidentifier() else "object", (), {})
    if kind == "function":
        made.__call__ = lambda self: None
    return made()


def results(hand_in, salt, limits):
    """{exercise's id: Result} and a list of remarks, for one student.  salt : the seed of the hidden cases"""
    found, remarks = {}, []
    notebooks = handed.notebooks(hand_in)
    if not notebooks:
        remarks.append("there is no notebook in it")
    for notebook in notebooks:
        if notebook.trouble:
            remarks.append(f"{notebook.name}: {notebook.trouble}")
            those = [name for name in EXERCISES if not notebook.pages or name[:2] in notebook.pages]
            ours = dict.fromkeys(those, Result(FAILED, message=notebook.trouble))
        else:
            ours, said = _of_notebook(notebook, salt, limits)
            remarks += [f"{notebook.name}: {each}" for each in said]
        for name, result in ours.items():
            if name not in found or WEIGHT[result.state] > WEIGHT[found[name].state]:
                found[name] = result
    return {name: found.get(name, Result(NOT_ATTEMPTED)) for name in EXERCISES}, remarks, _seeds(notebooks)


def _seeds(notebooks):
    return sorted({notebook.seed for notebook in notebooks if not notebook.trouble})


@cache
def _own_cells():
    """The code cells of the pages as they are handed out."""
    raw = (page.read_bytes() for page in PAGES)
    return tuple(cell for page, content in zip(PAGES, raw, strict=True) for cell in handed.cells_of(page.name, content))


@cache
def _exercises(salt):
    """With other hidden cases than anybody has seen, and without what is only for a reader's eye."""
    return {name: each.anew(salt)._replace(where=None, beware=None) for name, each in EXERCISES.items()}


def name_of(exercise):
    """What the page calls the answer."""
    return exercise.function or exercise.id[3:]


def _of_notebook(notebook, salt, limits):
    mine = changed(notebook.cells, _own_cells())
    whole = "\n".join(mine)
    attempted = {
        name
        for name, each in EXERCISES.items()
        if each.page in notebook.pages and (name in whole or re.search(rf"\b{re.escape(name_of(each))}\b", whole))
    }
    if not attempted:
        return {}, []
    cells = [(n, notebook.cells[n]) for n in needed(notebook.cells, _own_cells())]
    wanted = {name: name_of(EXERCISES[name]) for name in sorted(attempted)}
    with Run(cells, wanted, limits) as run:
        found = run.judge(_exercises(salt), notebook.seed)
    why = run.ended or "; ".join(dict.fromkeys(run.errors)) or "its cell did not hand it over"
    failed = {name: Result(FAILED, message=why) for name in attempted if name not in found}
    return failed | found, [run.ended] if run.ended else []


class Run:
    """A student's process, and what it answers."""

    def __init__(self, cells, wanted, limits):
        self.limits, self.left = limits, START
        self.ended, self.errors, self.cell = "", [], None
        context = multiprocessing.get_context(HOW)
        if HOW == "forkserver":
            # imported once: each start is cheap then. joblib is what knows the start method of a worker of its own
            context.set_forkserver_preload([sandbox.__name__, "joblib"])
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=sandbox.run, args=(theirs, cells, wanted, limits), daemon=True)
        self.process.start()
        theirs.close()

    def __enter__(self):
        # whatever happens on the pipe, an end is certain; the judge's own time counts here too
        self.last = threading.Timer(START + 5 * self.limits.wall, self.kill)
        self.last.daemon = True
        self.last.start()
        return self

    def __exit__(self, *error):
        self.last.cancel()
        self.kill()
        self.process.join()
        self.pipe.close()

    def kill(self):
        """The process and all that it has started."""
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()

    def judge(self, exercises, seed):
        """{exercise's id: Result}, for what is handed over until the process ends. The last answer counts."""
        found, name = {}, ""
        try:
            while not (message := self.hear()).get("end"):
                name = ""
                if "ready" in message:
                    self.left = self.limits.wall
                elif "cell" in message:
                    self.cell = message["cell"]
                elif "error" in message:
                    self.errors.append(wire.text(message, "error"))
                else:
                    name = wire.text(message, "check")
                    found[name] = self.result(exercises[name], message, seed)
        except (Ended, wire.Garbled, KeyError) as error:
            self.ended = str(error) if isinstance(error, Ended) else "it did not say what our own code says"
            if name in exercises:
                found[name] = Result(FAILED, message=self.ended)
        return found

    def result(self, exercise, message, seed):
        answer = _stand_in(wire.text(message, "kind"), wire.text(message, "type", 40))
        with contextlib.nullcontext() if exercise.call else numbers_of(seed):  # no case has them
            state, said, mistake = judged(exercise, answer, self.ask)
        self.tell(None)
        return Result(state, mistake, said)

    def ask(self, exercise, answer, case, count):
        """As practice.call.asked, of what the student's process holds."""
        self.tell((Case(case.title, case.arguments), count))
        reply = self.hear()
        if "stopped" in reply:
            raise Stopped(wire.text(reply, "stopped"), reply.get("beyond") is True)
        nothing = wire.text(reply, "nothing")
        if nothing:
            return (Ellipsis if nothing == "dots" else None), [], {}, ""
        parts = reply.get("parts")
        if not isinstance(parts, list) or len(parts) != count:
            raise wire.Garbled("not as many arrays")
        parts = list(map(wire.to_array, parts))
        return parts[0] if count == 1 else tuple(parts), parts, {}, wire.text(reply, "changed", 100)

    def tell(self, thing):
        try:
            self.pipe.send(thing)
        except (OSError, PicklingError) as error:
            raise Ended(self._why()) from error

    def hear(self):
        began = time.monotonic()
        try:
            if not self.pipe.poll(max(self.left, 0)):
                raise Ended(f"it took more than {self.limits.wall} seconds by the clock{self._where()}")
            return wire.read(self.pipe.recv_bytes(wire.LARGEST))
        except (EOFError, OSError) as error:
            raise Ended(self._why()) from error
        finally:
            self.left -= time.monotonic() - began

    def _why(self):
        self.process.join(1)
        code = self.process.exitcode
        if code and code == -getattr(signal, "SIGXCPU", 0):
            return f"it computed for more than {self.limits.seconds} seconds{self._where()}"
        how = f"by signal {signal.Signals(-code).name}" if code and code < 0 else f"with code {code}"
        return f"its process ended {how}{self._where()}"

    def _where(self):
        return f" in its code cell {self.cell + 1}" if isinstance(self.cell, int) else ""


@contextlib.contextmanager
def numbers_of(seed):
    """The running example has the numbers of this seed, as the student had them.  seed : a text, or "" for the usual"""
    with _numbers:
        before = os.environ.get(SEED)
        os.environ[SEED] = seed
        try:
            yield
        finally:
            if before is None:
                del os.environ[SEED]
            else:
                os.environ[SEED] = before
