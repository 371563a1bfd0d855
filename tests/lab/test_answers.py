"""Nothing that an answer does escapes from `check`, or stays behind when it is done."""

import itertools
import os
import signal
import sys
import time
import warnings

import numpy as np
import pytest

from bptt_lab.pages import EXERCISES, check
from bptt_lab.practice import call as call_module
from tests.harness.children import child, either_handler, sigint_handled_by


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The reader's progress file, in a folder of its own."""
    monkeypatch.setenv("BPTT_PROGRESS", str(tmp_path / "progress.json"))


def raising(error):
    def loss(y, Y):
        raise error

    return loss


class Faulty:
    """Whatever is asked of it, it raises."""

    def __init__(self, error):
        object.__setattr__(self, "error", error)

    def _raise(self, *args, **named):
        raise object.__getattribute__(self, "error")

    __array__ = __len__ = __iter__ = __getitem__ = __bool__ = __eq__ = __hash__ = __repr__ = __str__ = __float__ = (
        _raise
    )
    __getattr__ = __setattr__ = __add__ = __radd__ = __index__ = __contains__ = __format__ = _raise


class FaultyClass(type):
    @property
    def __name__(cls):
        raise RuntimeError("no name")


class WithoutName(metaclass=FaultyClass):
    pass


class Lying(list):
    def __len__(self):
        return 10**12


class Raising(Exception):
    """It cannot be told."""

    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class Leaving(Exception):
    def __str__(self):
        raise SystemExit


class Text(str):
    def __str__(self):
        return self

    def __format__(self, spec):
        raise RuntimeError("no format")

    __len__ = __getitem__ = __format__


class Strange(Exception):
    def __str__(self):
        return Text("strange")


def nested(depth):
    inner = 1.0
    for _ in range(depth):
        inner = [inner]
    return inner


VALUES = {
    "a view of 10^13 numbers": np.broadcast_to(57, (10**6, 10**7)),
    "10^6 objects": np.broadcast_to(np.array(None), (10**3, 10**3)),
    "all of it masked": np.ma.masked_all(()),
    "masked, with the number behind": np.ma.array([57.0], mask=True),
    "a list of masked": [np.ma.array(57.0, mask=True)],
    "the constant": np.ma.masked,
    "a type without a name": type("", (), {})(),
    "a type whose name raises": WithoutName(),
    "a type with a long name": type("x" * 10**6, (), {})(),
    "a generator": (n for n in range(3)),
    "an endless iterator": itertools.count(),
    "a dict": {57: 57},
    "a list that lies": Lying([58]),
    "lists in lists": nested(5000),
    "itself": [],
    "an exception": ValueError("57"),
    "a date": np.datetime64("2020-01-01"),
    "a record": np.zeros(1, [("a", float)]),
    "bytes": b"57",
    "a set": {57},
    "a range": range(58),
    "objects": np.array([57, None]),
    "huge": 10**400,
    "more than a float holds": np.longdouble("1e4000"),
    "not a number": np.nan,
    "infinite": np.inf,
    "nothing in it": np.empty((0, 3)),
    "an empty tuple": (),
}
VALUES["itself"].append(VALUES["itself"])
for error in (RuntimeError, MemoryError, SystemExit, GeneratorExit, RecursionError, KeyboardInterrupt, StopIteration):
    VALUES[f"faulty with {error.__name__}"] = Faulty(error("no"))
every_value = pytest.mark.parametrize("name", VALUES)


def check_not_yet(exercise_id, answer):
    """The verdict, which can be shown in every way and kept."""
    verdict = check(exercise_id, answer)
    assert (verdict.state, verdict.mistake) == ("not yet", "")
    assert len(repr(verdict)) < 1000
    (repr(verdict) + verdict._repr_html_()).encode()  # no half characters
    return verdict.message


@every_value
def test_a_value_of_any_kind_is_not_right(name):
    check_not_yet("02-count", VALUES[name])


@every_value
def test_a_function_may_return_anything(name):
    value = VALUES[name]
    check_not_yet("01-loss", lambda y, Y: value)
    check_not_yet("06-clip", lambda grads, limit: value)
    check_not_yet("06-clip", lambda grads, limit: (value, *grads[1:]))
    check_not_yet("05-dW", lambda delta, x: [value] * 3)


@pytest.mark.parametrize(
    "error",
    [
        SystemExit(1),
        GeneratorExit(),
        KeyboardInterrupt(),
        MemoryError(),
        BaseException("of no kind"),
        ExceptionGroup("two", [ValueError("a"), KeyError("b")]),
        StopIteration(),
        AssertionError(),
        Raising(),
        Leaving(),
        Strange(),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
        ValueError("\udcff half a character"),
        ValueError("long " * 10**6),
        type("", (Exception,), {})("of no name"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_function_may_raise_anything(error):
    said = check_not_yet("01-loss", raising(error))
    assert "`raise error`" in said  # the line is told, whatever it raises


CALLABLE = {
    "no arguments": lambda: 0.0,
    "one argument": lambda y: 0.0,
    "three arguments": lambda y, Y, more: 0.0,
    "an argument by name": lambda y, Y, *, more: 0.0,
    "int": int,
    "print": print,
    "np.array": np.array,
    "check": check,
    "a type": type("", (), {}),
    "a type whose name raises": WithoutName,
    "a type whose objects raise": Faulty,
    "an object": type("Callable", (), {"__call__": lambda self, y, Y: 1 / 0})(),
    "a decorator": classmethod,
    "a vectorized function": np.vectorize(lambda y, Y: 1 / 0),
}


@pytest.mark.parametrize("name", CALLABLE)
def test_anything_that_can_be_called_may_be_handed_over(name):
    check_not_yet("01-loss", CALLABLE[name])


def test_a_function_may_call_itself_for_ever_or_check_itself():
    def loss(y, Y):
        return loss(y, Y)

    assert "The function calls itself, without end." in check_not_yet("01-loss", loss)

    def loss_that_checks(y, Y):
        return check("01-loss", loss_that_checks)

    check("01-loss", loss_that_checks)


def test_a_function_may_do_anything_to_its_arguments():
    """Also what it puts in their place may be anything."""
    for value in VALUES.values():

        def clip(grads, limit, value=value):
            result = EXERCISES["06-clip"].right(grads, limit)
            grads[0] = value
            return result

        assert check_not_yet("06-clip", clip) == "The numbers are right, but `clip` changes its argument `grads`."

    def link(U, dh_next, df_next):
        result = U.T @ (dh_next * df_next)
        U.resize((1, 1), refcheck=False)
        return result

    assert "changes its argument `U`" in check_not_yet("04-link", link)


def test_a_function_may_keep_what_it_returns_and_fill_it_anew():
    """Each case is judged by what came back at that time."""
    for dtype in (float, np.float32):
        room = np.zeros((5, 5), dtype)

        def sum_dU(delta, h, room=room):
            room[:] = EXERCISES["05-dU"].right(delta, h)
            return room

        assert check("05-dU", sum_dU).state == "right"


def test_a_function_may_keep_its_arguments_and_return_them():
    seen = []

    def clip(grads, limit):
        for old in seen:
            old[:] = [grad * 0 for grad in old]
        seen.append(grads)
        norm = np.sqrt(sum((grad**2).sum() for grad in grads))
        return grads if norm <= limit else [grad * limit / norm for grad in grads]

    assert check("06-clip", clip).state == "right"
    assert check("06-clip", clip).state == "right"


# What it changes


def test_how_numpy_and_python_warn_is_as_it_was():
    before, filters, deep = np.geterr(), list(warnings.filters), sys.getrecursionlimit()

    def message(y, Y):
        np.seterr(all="raise")
        warnings.simplefilter("error")
        sys.setrecursionlimit(400)
        return y - Y

    try:
        assert check("01-message", message).state == "right"
        assert (np.geterr(), warnings.filters, sys.getrecursionlimit()) == (before, filters, deep)
    finally:
        np.seterr(**before)
        sys.setrecursionlimit(deep)


def test_strict_settings_of_the_reader_do_not_reach_the_judging():
    """Its own mistakes divide by zero, and its differences overflow."""
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        for exercise in EXERCISES.values():
            assert check(exercise.id, exercise.right if exercise.call else exercise.right()).state == "right"
        check_not_yet("01-message", lambda y, Y: np.full_like(y, 1.7e308) * np.sign(y))
        check_not_yet("01-message", lambda y, Y: np.full_like(y, 5e-324))
        check_not_yet("02-count", np.longdouble("1e4000"))
        said = check_not_yet("01-loss", lambda y, Y: (y * 0 / 0).sum())
        assert "FloatingPointError" in said


def test_warnings_of_the_readers_own_lines_are_seen():
    with pytest.warns(RuntimeWarning, match="invalid value"):
        check_not_yet("01-loss", lambda y, Y: (y * 0 / 0).sum())


# A loop without end


def endless(y, Y):
    while True:
        pass


def endless_in_one_line(y, Y):
    return sum(1 for _ in itertools.count())


def endless_through_errors(y, Y):
    while True:
        try:
            y @ Y @ y
        except Exception:
            continue


def endless_in_another(y, Y):
    return endless(y, Y)


class Endless:
    def __array__(self, dtype=None, copy=None):
        while True:
            pass


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (endless, ("while True:", "pass")),
        (endless_in_one_line, ("return sum(1 for _ in itertools.count())",)),
        (endless_through_errors, ("while True:", "try:", "y @ Y @ y", "except Exception:", "continue")),
        (endless_in_another, ("while True:", "pass")),
        (lambda y, Y: Endless(), ("while True:", "pass")),
    ],
)
def test_a_loop_without_end_ends_in_a_sentence(answer, lines, monkeypatch):
    monkeypatch.setattr(call_module, "LIMIT", 0.2)
    before = sys.gettrace()
    sys.settrace(None)  # of a measurement of coverage, which would take the limit away
    try:
        said = check_not_yet("01-loss", answer)
        assert sys.gettrace() is None
    finally:
        sys.settrace(before)
    stopped = (
        "It ran for 0.2 seconds, and was stopped. Does your loop end? That was in your line `{}`, with n_y = 1, N = 1."
    )
    assert said in [stopped.format(line) for line in lines]


def test_a_debugger_keeps_its_place():
    seen = []
    before = sys.gettrace()

    def debugger(frame, event, argument):
        seen.append(frame.f_code.co_name)

    def loss(y, Y):
        assert sys.gettrace() is debugger
        return EXERCISES["01-loss"].right(y, Y)

    sys.settrace(debugger)
    try:
        assert check("01-loss", loss).state == "right"
        assert sys.gettrace() is debugger
    finally:
        sys.settrace(before)
    assert "loss" in seen


STOPPED = """
import sys
from bptt_lab.pages import check
def loss(y, Y):
    print("begun", flush=True)
    while True:
        sum(range(1000))
check("01-loss", loss)
print("and on")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has another way to send Ctrl-C")
@either_handler
def test_the_stop_button_ends_in_a_sentence_and_the_cell_goes_on(handler):
    """A Ctrl-C at any time after the function has begun."""
    with sigint_handled_by(handler), child(STOPPED) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    first, last = said.splitlines()
    assert first.startswith("01-loss: not yet. You stopped it. Does your loop end? That was ")
    assert first.endswith("with n_y = 1, N = 1.")
    assert last == "and on"


def test_the_limit_costs_little():
    """All right answers together take about 0.1 s here, with the limit as without it a check is heard at once."""
    begun = time.process_time()
    for exercise in EXERCISES.values():
        check(exercise.id, exercise.right if exercise.call else exercise.right())
    assert time.process_time() - begun < 2
