"""One hidden case of an exercise: what was expected, what came, and how to speak of the difference."""

from contextlib import suppress
from copy import deepcopy

import numpy as np

from .judge import EXACT, as_arrays, difference, first_wrong, fits, in_rows, same


class Stopped(Exception):
    """The answer raised, or gave what is no array. Its text is for the reader."""


class Trial:
    """One case: what was expected and what came, each as a list of arrays."""

    def __init__(self, exercise, answer, case):
        self.exercise, self.title, self.arguments = exercise, case.title, case.arguments
        self.expected = _parts(exercise.right(*deepcopy(case.arguments)))
        given = deepcopy(case.arguments)
        self.came = _called(exercise, answer, case, given) if exercise.call else answer
        self.changed = _first_changed(exercise, case.arguments, given)
        try:
            self.parts = [] if is_nothing(self.came) else as_arrays(self.came, len(self.expected))
        except ValueError as error:
            raise Stopped(_sentence(f"{self.place}{error}.")) from None

    @property
    def place(self):
        return f"With {self.title}: " if self.title else ""

    @property
    def right(self):
        return self._all(same, self.expected, self.exercise.rows)

    @property
    def fits(self):
        return self._all(fits, self.expected, self.exercise.rows)

    @property
    def in_rows(self):
        return any(map(in_rows, self.parts, self.expected))

    def is_as(self, mistake, rows=True):
        """Whether the mistake gives what came; rows : even if with rows for columns."""
        return any(self._all(same, expected, rows and self.exercise.rows) for expected in self._given_by(mistake))

    def _given_by(self, mistake):
        for way in mistake.ways:
            with suppress(ValueError, IndexError), np.errstate(all="ignore"):  # its shapes may not fit in this case
                yield _parts(way(*deepcopy(self.arguments)))

    def _all(self, compare, expected, rows):
        return len(self.parts) == len(expected) and all(
            compare(part, other, rows) for part, other in zip(self.parts, expected, strict=True)
        )

    @property
    def misses(self):
        """In words: by its shape, or by its numbers."""
        if not self.parts:
            return f"{self.place}nothing came back. Is there a `return`?"
        for part, expected in zip(self.parts, self.expected, strict=True):
            if not fits(part, expected, self.exercise.rows):
                return _sentence(f"{self.place}the shape is {part.shape}, and should be {expected.shape}.")
            if np.isnan(part).any():
                return _sentence(f"{self.place}there is a nan among the numbers.")
        return _sentence(f"{self.place}{self._wrong_number()}.")

    def _wrong_number(self):
        rows = self.exercise.rows
        wrong = next(pair for pair in zip(self.parts, self.expected, strict=True) if not same(*pair, rows))
        index, is_, should_be = first_wrong(*wrong, rows)
        if not self.exercise.call:  # then there is no other case, and the answer would be told
            return f"{_digits(is_)} is not it" if not index else f"the shape is right, but not the entry {index}"
        what = f"the shape is right, but the entry {index}" if index else "it"
        return f"{what} is {_digits(is_)} and should be {_digits(should_be)}"


def _sentence(text):
    return text[0].upper() + text[1:]


def _digits(value):
    return f"{value:.7g}".replace("-", "\N{MINUS SIGN}")


def is_nothing(answer):
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
        old, new = _arrays(old), _arrays(new)
        if len(old) != len(new) or any(difference(*pair) > EXACT for pair in zip(old, new, strict=True)):
            return name
    return ""


def _arrays(argument):
    return argument if isinstance(argument, list) else [argument] if isinstance(argument, np.ndarray) else []
