"""What an exercise is: the right answer, hidden cases to try it on, and the mistakes it knows by their results."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Mistake(NamedTuple):
    name: str  # "the ½ is missing"
    does: Callable | tuple  # what an answer with this mistake gives, from the same arguments; or several ways of it
    why: str  # one sentence
    source: str  # where the book says so

    @property
    def ways(self):
        return self.does if isinstance(self.does, tuple) else (self.does,)


class Case(NamedTuple):
    """Arguments for the reader's function, and how to speak of them."""

    title: str
    arguments: tuple


NO_CASE = (Case("", ()),)  # of an exercise whose answer is a number or an array


class Exercise(NamedTuple):
    """An answer is a function, tried on each case, or a value: then the cases are NO_CASE."""

    id: str
    task: str  # in one sentence
    call: str  # "loss(y, Y)", or "" for a value
    right: Callable
    cases: tuple
    mistakes: tuple
    hints: tuple  # two: the first a nudge, the second nearly the line
    rows: bool = True  # a state or a message may come with rows for columns; of a weight that is the transpose
    beware: Callable | None = None  # of an answer that is right: a sentence if it is so by luck, or ""

    @property
    def page(self):
        return self.id[:2]

    @property
    def function(self):
        """The name it is called by."""
        return self.call.partition("(")[0]

    @property
    def arguments(self):
        """Their names."""
        return self.call.partition("(")[2].rstrip(")").split(", ")


SIZES = ((1, 1), (1, 4), (2, 1), (2, 4), (3, 2), (7, 1), (7, 4))  # T+1 and N
N_X, N_H, N_Y = 2, 3, 2  # n_h is none of the N: a state and its transpose are told apart


def batches(make, seed=7):
    """Cases for what is done within one step. make(rng, N) : the arguments"""
    return tuple(Case(f"N = {N}", make(np.random.default_rng([seed, N]), N)) for N in (1, 2, 4))


def cases(make, seed=7):
    """A case for one, two, three and seven steps: a sum of one term, or two, hides mistakes.

    make(rng, steps, N) : the arguments
    """
    return tuple(
        Case(f"T+1 = {steps}, N = {N}", make(np.random.default_rng([seed, steps, N]), steps, N)) for steps, N in SIZES
    )
