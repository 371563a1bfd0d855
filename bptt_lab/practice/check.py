"""Try an answer on the hidden cases, and say what comes of it."""

from copy import deepcopy

import numpy as np

from ..wording import number
from .exercises import EXERCISES
from .judge import EXACT, a, as_arrays, difference, fits, in_rows, same
from .progress import NOT_ATTEMPTED, NOT_YET, RIGHT, Progress
from .verdict import Verdict

IN_ROWS = " You have rows where the book has columns: the same numbers, transposed."


def check(exercise_id, answer) -> Verdict:
    """Whether the answer to an exercise is right. It is shown, and returned.

    exercise_id : as the page gives it, such as "01-loss"
    answer      : a number, an array, or a function of your own, which is tried on cases that you do not see
    Raises ValueError if there is no such exercise.
    """
    if exercise_id not in tuple(EXERCISES):  # which may be asked of anything, of a list too
        raise ValueError(f"exercise_id must be one of {', '.join(EXERCISES)}; got {exercise_id!r}")
    exercise = EXERCISES[exercise_id]
    state, message, mistake = judged(exercise, answer)
    kept = Progress()
    if state != NOT_ATTEMPTED:
        kept.note(exercise.id, state == RIGHT)
    hints = () if state == RIGHT else exercise.hints
    return Verdict(exercise.id, state, message, mistake, hints, kept.trouble).show()


def judged(exercise, answer):
    """The state, a message, and the name of the known mistake or "" """
    if _is_nothing(answer):
        return NOT_ATTEMPTED, exercise.task, ""
    if exercise.call and not callable(answer):
        return NOT_YET, f"Hand over the function `{exercise.function}` itself, without brackets; got {a(answer)}.", ""
    if not exercise.call and callable(answer):
        return NOT_YET, f"The answer is a value; got {a(answer)}.", ""
    try:
        tried = [Trial(exercise, answer, case) for case in exercise.cases]
    except Stopped as stopped:
        return NOT_YET, str(stopped), ""
    if all(trial.empty for trial in tried):
        return NOT_ATTEMPTED, exercise.task, ""
    if not all(trial.right for trial in tried):
        return NOT_YET, *_what_is_wrong(exercise, tried)
    changed = next((trial.changed for trial in tried if trial.changed), "")
    if changed:
        return NOT_YET, f"The numbers are right, but `{exercise.function}` changes its argument `{changed}`.", ""
    return RIGHT, _praise(exercise, tried), ""


class Stopped(Exception):
    """The answer raised, or gave what is no array. Its text is for the reader."""


class Trial:
    """One case: what was expected and what came, each as a list of arrays."""

    def __init__(self, exercise, answer, case):
        self.title, self.arguments = case.title, case.arguments
        self.expected = _parts(exercise.right(*deepcopy(case.arguments)))
        given = deepcopy(case.arguments)
        came = _called(exercise, answer, case, given) if exercise.call else answer
        self.empty = _is_nothing(came)
        self.changed = _first_changed(exercise, case.arguments, given)
        try:
            self.parts = [] if self.empty else as_arrays(came, len(self.expected))
        except ValueError as error:
            raise Stopped(f"{self.place}{error}.") from None

    @property
    def place(self):
        return f"With {self.title}: " if self.title else ""

    @property
    def right(self):
        return _all(same, self.parts, self.expected)

    @property
    def fits(self):
        return _all(fits, self.parts, self.expected)

    @property
    def in_rows(self):
        return any(map(in_rows, self.parts, self.expected))

    def is_as(self, mistake):
        """Whether the mistake gives what came."""
        try:
            with np.errstate(all="ignore"):
                expected = _parts(mistake.does(*deepcopy(self.arguments)))
        except (ValueError, IndexError):  # a mistake may fail where its shapes do not fit; then it is not this one
            return False
        return _all(same, self.parts, expected)

    @property
    def misses(self):
        """In words: by its shape, or by its numbers."""
        if self.empty:
            return f"{self.place}nothing came back."
        for part, expected in zip(self.parts, self.expected, strict=True):
            if not fits(part, expected):
                return f"{self.place}the shape is {part.shape}, and should be {expected.shape}."
            if np.isnan(part).any():
                return f"{self.place}there is a nan among the numbers."
        off = max(map(difference, self.parts, self.expected))
        return f"{self.place}the shape is right, and the numbers are off by {number(off)} of the largest."


def _all(compare, ours, theirs):
    return len(ours) == len(theirs) and all(map(compare, ours, theirs))


def _is_nothing(answer):
    return answer is None or answer is Ellipsis


def _parts(result):
    return [np.asarray(part, dtype=float) for part in (result if isinstance(result, tuple) else (result,))]


def _called(exercise, function, case, arguments):
    try:
        return function(*arguments)
    except Exception as error:  # whatever the reader's lines raise
        given = ", ".join(map(_described, exercise.arguments, arguments))
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        raise Stopped(f"With {case.title}: `{exercise.call}` stopped with {said}. It was given {given}.") from None


def _described(name, argument):
    if callable(argument):
        return f"{name}, a function"
    if isinstance(argument, list | tuple):
        return f"{name}, {len(argument)} arrays"
    return f"{name} of shape {argument.shape}" if np.ndim(argument) else f"{name} = {argument!r}"


def _first_changed(exercise, before, after):
    """The name of the first argument that is not as it was, or "" """
    for name, old, new in zip(exercise.arguments, before, after, strict=False):
        if not _all(lambda a, b: difference(a, b) <= EXACT, _arrays(old), _arrays(new)):
            return name
    return ""


def _arrays(argument):
    return argument if isinstance(argument, list) else [argument] if isinstance(argument, np.ndarray) else []


def _praise(exercise, tried):
    said = f"In all {len(tried)} hidden cases." if exercise.call else "That is it."
    return said + (IN_ROWS if any(trial.in_rows for trial in tried) else "")


def _what_is_wrong(exercise, tried):
    """A message, shape problems first, and the name of the known mistake or "" """
    known = next((each for each in exercise.mistakes if all(trial.is_as(each) for trial in tried)), None)
    first = next((trial for trial in tried if not trial.fits), None)
    if known:
        shape = f"{first.misses} " if first else ""
        return f"{shape}This is what comes out when {known.name}. {known.why} See {known.source}.", known.name
    first = first or next(trial for trial in tried if not trial.right)
    fine = [trial.title for trial in tried if trial.right]
    return first.misses + (f" It is right with {'; '.join(fine)}." if fine else ""), ""
