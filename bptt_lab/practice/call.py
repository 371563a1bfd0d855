"""Call a reader's function. Whatever it raises, and however long it takes, ends in a sentence."""

import sys
import time
from copy import deepcopy

import numpy as np

from .judge import EXACT, Refused, a, as_arrays, difference
from .translate import in_words, line_of

LIMIT = 20  # seconds of computing; no right answer takes a tenth of one


class Stopped(Exception):
    """The answer raised an error, or gave no array. The text of this exception is for the reader.

    beyond : whether it asked for an index that an array does not have
    """

    def __init__(self, said, beyond=False):
        super().__init__(said)
        self.beyond = beyond


class _TooLong(BaseException):
    """Not an Exception: the reader's loop may catch each of those and go on."""


def asked(exercise, function, case, count):
    """What the function returns for a copy of the case; that as a list of `count` arrays, empty if it returns nothing;
    what came besides; and the name of the first argument that it changes, or "". Raises Stopped.
    """
    given = deepcopy(case.arguments)
    return *_called(exercise, function, case, given, count), _first_changed(exercise, case.arguments, given)


def _called(exercise, function, case, arguments, count):

    def call():
        came = function(*arguments) if exercise.call else function
        if is_nothing(came):
            return came, [], {}
        answer, besides = exercise.read(came)
        return came, as_arrays(answer, count), besides

    given = _all_described(exercise, arguments)  # now: the function may change them
    place = f"With {case.title}: " if case.title else ""
    beyond = False
    try:
        return apart(call)
    except Refused as refused:
        said = f"{place}{refused}."
    except KeyboardInterrupt:
        said = f"You stopped it. Does your loop end?{_where(function, case)}"
    except _TooLong:
        said = f"It ran for {LIMIT} seconds, and was stopped. Does your loop end?{_where(function, case)}"
    except BaseException as error:  # even SystemExit
        what = f"`{exercise.call}`" if exercise.call else "it"
        said = f"{place}{what} stopped{in_words(error, sys.exc_info()[2], function)}{given}"
        said += f" {exercise.reminder}" if exercise.reminder and isinstance(error, ValueError) else ""
        beyond = isinstance(error, IndexError)
    raise Stopped(sentence(said), beyond)


def _where(function, case):
    line = line_of(sys.exc_info()[2], function)
    places = (f"in your line `{line}`" if line else "", f"with {case.title}" if case.title else "")
    return f" That was {', '.join(filter(None, places))}." if any(places) else ""


def _all_described(exercise, arguments):
    return f" It was given {', '.join(map(_described, exercise.arguments, arguments))}." if exercise.call else ""


def _described(name, argument):
    if callable(argument):
        return f"{name}, a function"
    if hasattr(argument, "_fields"):
        return f"{name}, {a(argument)}"
    if isinstance(argument, list | tuple):
        return f"{name}, {len(argument)} arrays"
    return f"{name} of shape {argument.shape}" if np.ndim(argument) else f"{name} = {argument!r}"


def sentence(text) -> str:
    """The text with a capital, and with a ? for what UTF-8 cannot write: a reader's text may hold such characters."""
    return f"{text[0].upper()}{text[1:]}".encode(errors="replace").decode()


def is_nothing(answer):
    return answer is None or answer is Ellipsis


def _first_changed(exercise, before, after):
    """The name of the first argument that is not as it was, or "" """
    for name, old, new in zip(exercise.arguments, before, after, strict=False):
        old, new = _arrays(old), _arrays(new)
        if len(old) != len(new) or any(_differ(*pair) for pair in zip(old, new, strict=True)):
            return name
    return ""


def _differ(old, new):
    """Whether an array was changed, or something else put in its place."""
    if type(new) is not np.ndarray or new.dtype != old.dtype:
        return True
    with np.errstate(all="ignore"):
        return difference(new, old) > EXACT


def _arrays(argument):
    """Those in a list, and in a tuple of tuples."""
    if isinstance(argument, tuple):
        return [array for part in argument for array in _arrays(part)]
    return argument if isinstance(argument, list) else [argument] if isinstance(argument, np.ndarray) else []


def apart(call):
    """call(); then what it changed for all of Python is put back: numpy's error settings and the recursion limit."""
    deep = sys.getrecursionlimit()
    try:
        with np.errstate():
            return _timed(call)
    finally:
        sys.setrecursionlimit(deep)


def _timed(call):
    """Raise _TooLong after LIMIT seconds of computing, wherever the reader's lines are then.

    A signal or a thread would do it too, but Python in a browser has neither. What waits, at a breakpoint or for
    input, does not compute. Another tracer, such as a debugger's, stays: then there is no limit.
    """
    if sys.gettrace():
        return call()
    end = time.process_time() + LIMIT

    def look(frame, event, argument):
        frame.f_trace_opcodes = True  # in Python 3.11 `while True: pass` reaches no new line
        if time.process_time() > end:
            raise _TooLong
        return look

    sys.settrace(look)
    try:
        return call()
    finally:
        sys.settrace(None)
