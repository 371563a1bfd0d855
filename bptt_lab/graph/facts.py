"""What the cards are made of: the Card, formulas that several cards share, names and numbers of a run."""

from typing import NamedTuple

import numpy as np

from bptt_core import mse_loss_derivative

from ..symbols import at, hat
from .formulas import Formula, Term

FORWARD = "forward in bptt_core/forward.py"
BACKWARD = "backward in bptt_core/backward.py"
DY_HAT = "dŷ is y − Y times g′(ŷ). Here g is the identity, and dŷ is y − Y."
STEP_TERMS = "step_terms and backward in bptt_core/backward.py"


class Card(NamedTuple):
    symbol: str  # in TeX
    name: str  # in words
    value: np.ndarray | None
    source: str  # where the book has it
    function: str  # where bptt_core has it
    formula: Formula | None = None
    gradient: Formula | None = None
    terms: np.ndarray | None = None  # (T+1, ...), of a weight: a term for each step that uses it
    total: str = ""  # what the terms add up to, in TeX
    note: str = ""


# a message through one node: upstream x local = result


def times(a, A, b, B, c, C, sign="", first="local"):
    """The formula A B = C. `first` is the role of A, upstream or local; B has the other."""
    second = "upstream" if first == "local" else "local"
    return Formula((Term(a, A, first), sign, Term(b, B, second), "=", Term(c, C, "result")))


def through_f(run, t):
    return times(
        *(at("dh", t), run.back.dh[t], f"f'({hat(t)})", slope_of_f(run, t), at(r"\delta", t), run.back.delta[t]),
        sign="*",
        first="upstream",
    )


def back_through_U(run, t):
    arrives = run.back.dh[t - 1] if t > 0 else run.back.dh_init
    return times("${}^t U$", run.trace.net.params.U.T, at(r"\delta", t), run.back.delta[t], at("dh", t - 1), arrives)


def passed_on(run, t, symbol):
    """A sum hands its message on as it is: its local derivative is 1."""
    delta = run.back.delta[t]
    return times(at(r"\delta", t), delta, "1", np.ones_like(delta), symbol, delta, sign="*", first="upstream")


def from_the_loss(run, local, value, result):
    return times(r"\partial L / \partial L", np.ones((1, 1)), local, value, result, value, sign="*", first="upstream")


def into_state(run, t):
    """What arrives at h^(t): from the dense layer at t = T, else from the step after it."""
    if t < last_step(run):
        return back_through_U(run, t + 1)
    return times("${}^t V$", run.trace.net.params.V.T, r"d\hat{y}", dy_hat_of(run), at("dh", t), run.back.dh[t])


# names and numbers


def last_step(run):
    return len(run.trace.x) - 1


def step_named(run, t):
    return f"step {t}, {run.labels[t]}"


def state(run, t):
    return run.trace.h[t] if t >= 0 else run.trace.h_init


def slope_of_f(run, t):
    return run.back.df[t]


def error_of(run):
    return mse_loss_derivative(run.trace.y, run.Y)


def dy_hat_of(run):
    return error_of(run) * run.trace.net.dense_activation.df(run.trace.y_hat)


def source_of_dh(run, t):
    return "7.4 and 7.5" if t == last_step(run) else "7.6"
