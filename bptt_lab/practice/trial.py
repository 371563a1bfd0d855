"""One hidden case of an exercise: what was expected, what came, and how to speak of the difference."""

from contextlib import suppress
from copy import deepcopy

import numpy as np

from .call import asked, sentence
from .judge import SINGLE, decimals, first_wrong, fits, in_rows, same

CLOSE = " That is close: is something rounded on the way, or in float32?"


class Trial:
    """One case: what was expected and what came, each as a list of arrays. Raises Stopped.

    ask : as in check.judged
    """

    def __init__(self, exercise, answer, case, ask=asked):
        self.exercise, self.title, self.arguments = exercise, case.title, case.arguments
        with np.errstate(all="ignore"):
            self.expected = _parts(exercise.right(*deepcopy(case.arguments)))
        self.came, self.parts, self.besides, self.changed = ask(exercise, answer, case, len(self.expected))

    @property
    def place(self):
        return f"With {self.title}: " if self.title else ""

    @property
    def pairs(self):
        """Pairs of an array that came and the one that was expected."""
        return list(zip(self.parts, self.expected, strict=True))

    @property
    def _named(self):
        """Of each array its name, what came, what was expected, and whether rows may stand for columns."""
        names = [f"{name}: " for name in self.exercise.parts] or [""] * len(self.expected)
        return zip(names, self.parts, self.expected, self._rows, strict=True)

    @property
    def _rows(self):
        rows = self.exercise.rows
        return rows if isinstance(rows, tuple) else (rows,) * len(self.expected)

    @property
    def right(self):
        return self._all(same, self.expected)

    @property
    def fits(self):
        return self._all(fits, self.expected)

    @property
    def in_rows(self):
        return any(map(in_rows, self.parts, self.expected))

    @property
    def decimals(self):
        """To how many decimals the rounded numbers are right, or 0."""
        return min((decimals(*each) for _, *each in self._named), default=0) if self.parts else 0

    def is_as(self, mistake, rows=True, compare=same):
        """Whether the mistake gives what came. rows : whether rows may stand for columns"""
        return any(self._all(compare, expected, rows) for expected in self._given_by(mistake))

    def _given_by(self, mistake):
        for way in self.exercise.ways(mistake):
            with suppress(ValueError, IndexError), np.errstate(all="ignore"):  # its shapes may not fit in this case
                yield _parts(way(*self.arguments))  # a mistake's own functions change no argument

    def _all(self, compare, expected, rows=True):
        if len(self.parts) != len(expected):
            return False
        given = zip(self.parts, expected, self._rows, strict=True)
        return all(compare(part, other, rows and may) for part, other, may in given)

    @property
    def misses(self):
        """A sentence on how the answer misses: by its shape, or by its numbers."""
        if not self.parts:
            return f"{self.place}nothing came back. Is there a `return`?"
        for name, part, expected, rows in self._named:
            if not fits(part, expected, rows):
                shapes = f"the shape is {part.shape}, and should be {expected.shape}{self._kind}."
                return sentence(f"{self.place}{name}{shapes}")
            if np.isnan(part).any():
                return sentence(f"{self.place}{name}there is a nan among the numbers.")
        return sentence(f"{self.place}{self._wrong_number()}")

    @property
    def _kind(self):
        """What kind of thing is asked for, where another came."""
        if len(self.expected) == 1 and type(self.came) is tuple:
            return f": one array, and no tuple of {len(self.came)}"
        return ": one number" if self.expected[0].ndim == 0 else ""

    def _wrong_number(self):
        name, *wrong = next(each for each in self._named if not same(*each[1:]))
        index, is_, should_be = first_wrong(*wrong)
        if not self.exercise.call:  # else the sentence would give the one answer away
            return f"{_digits(is_)} is not it." if not index else f"the shape is right, but not the entry {index}."
        what = f"the shape is right, but the entry {index}" if index else "it"
        enough = next((n for n in (7, 10, 13) if _digits(is_, n) != _digits(should_be, n)), 17)
        close = abs(is_ - should_be) <= SINGLE * np.abs(wrong[1]).max()
        return (
            f"{name}{what} is {_digits(is_, enough)} and should be {_digits(should_be, enough)}.{CLOSE * bool(close)}"
        )


def _digits(value, count=7):
    return f"{value:.{count}g}".replace("-", "\N{MINUS SIGN}")


def _parts(result):
    return [np.asarray(part, dtype=float) for part in (result if isinstance(result, tuple) else (result,))]
