"""What an exercise is: the right answer, hidden cases to try it on, and the mistakes it knows by their results."""

from collections.abc import Callable
from functools import partial
from itertools import combinations, product
from typing import NamedTuple

import numpy as np


class Mistake(NamedTuple):
    name: str  # "the ½ is missing"
    does: Callable | dict | tuple  # an answer with this mistake, a function of the same arguments; or the steps of the
    # right answer that it replaces, by name; or several of these. Only steps can be combined with another mistake's
    why: str  # one sentence
    source: str  # where the book says so

    @classmethod
    def of(cls, slip, *steps):
        """The Mistake for a slip, in the catalogue's words. steps : the exercise's, if not the slip's own"""
        own = tuple(slip.make(value) for value in slip.values) if slip.make else (slip.steps,)
        return cls(slip.name, steps or own, slip.why, slip.source)

    @property
    def ways(self):
        return self.does if isinstance(self.does, tuple) else (self.does,)

    def made_with(self, other):
        """Both mistakes at once, or None if every way of one replaces a step that the other replaces."""
        steps = product(*([way for way in each.ways if isinstance(way, dict)] for each in (self, other)))
        both = tuple(one | two for one, two in steps if not one.keys() & two.keys())
        if not both:
            return None
        name = f"two mistakes are made at once: {self.name}, and {other.name}"
        source = "; ".join(dict.fromkeys((self.source, other.source)))
        return Mistake(name, both, f"{self.why} {other.why}", source)


class Case(NamedTuple):
    """Arguments for the reader's function, and what to call them in a sentence."""

    title: str
    arguments: tuple
    anew: Callable | None = None  # salt -> the same case with other numbers; None if nothing in it is drawn


def drawn(title, make, *seed):
    """The Case of the arguments make(rng).  title : what stands in it as {0} is an argument"""

    def case(*salt):
        arguments = make(np.random.default_rng([*seed, *salt]))
        return Case(title.format(*arguments), arguments, case)

    return case()


NO_CASE = (Case("", ()),)  # for an exercise whose answer is a number or an array


class Exercise(NamedTuple):
    """An answer is a function, tried on each case, or a value: then the cases are NO_CASE."""

    id: str
    task: str  # in one sentence
    call: str  # "loss(y, Y)", or "" for a value
    right: Callable  # takes its steps by name, if mistakes are to replace them
    cases: tuple
    mistakes: tuple
    hints: tuple  # two: the first a nudge, the second nearly the line
    parts: tuple = ()  # the names of the arrays, if there are several
    rows: bool | tuple = True  # whether rows may stand for columns, for all parts or for each: yes for a state or a
    # message, not for the gradient of a weight
    reminder: str = ""  # what to say besides where shapes do not fit
    read: Callable = lambda came: (came, {})  # what came, as an array or a tuple of arrays; and what came besides
    where: Callable | None = None  # called with the trials of a wrong answer and its Mistake or None: a sentence on
    # where the answer goes wrong first
    beware: Callable | None = None  # called with a right answer: a sentence if it is right by luck, else ""

    def ways(self, mistake):
        """The answers with this mistake: functions of the same arguments."""
        return [partial(self.right, **way) if isinstance(way, dict) else way for way in mistake.ways]

    def pairs(self):
        """Every two mistakes that can be made together, as one Mistake."""
        both = (one.made_with(other) for one, other in combinations(self.mistakes, 2))
        return [each for each in both if each]

    def anew(self, salt):
        """The same exercise with other numbers in its hidden cases.  salt : an integer, as a seed"""
        return self._replace(cases=tuple(case.anew(salt) if case.anew else case for case in self.cases))

    @property
    def page(self):
        return self.id[:2]

    @property
    def function(self):
        """The name it is called by."""
        return self.call.partition("(")[0]

    @property
    def arguments(self):
        """The names of its arguments."""
        return self.call.partition("(")[2].rstrip(")").split(", ")


SIZES = ((1, 1), (1, 4), (2, 1), (2, 4), (3, 2), (7, 1), (7, 4))  # T+1 and N
N_X, N_H, N_Y = 6, 5, 8  # no two sizes of a case are equal unless they are 1: so none passes for another
LONG = 8.0  # messages are made this many times larger, so that clipping to a usual limit shows
BATCH_FIRST = "The axes are step first, then unit, then sequence; you have the sequence first."


def batches(make, seed=7):
    """Cases for what is done within one step. make(rng, N) : the arguments"""
    return tuple(drawn(f"N = {N}", partial(make, N=N), seed, N) for N in (1, 2, 4))


def cases(make, seed=7):
    """A case for one, two, three and seven steps: a sum of one term, or two, hides mistakes.

    make(rng, steps, N) : the arguments
    """
    return tuple(
        drawn(f"T+1 = {steps}, N = {N}", partial(make, steps=steps, N=N), seed, steps, N) for steps, N in SIZES
    )
