"""A quantity of the graph, and what several of them share: formulas, numbers and names of a run."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bptt_core import mse_loss_derivative

from ..symbols import at, hat
from .formulas import Formula, Term

U_T, V_T, W_T = ("{}^t " + name for name in "UVW")
FORWARD = "forward in bptt_core/forward.py"
BACKWARD = "backward in bptt_core/backward.py"
DY_HAT = "dŷ is y − Y times g′(ŷ). Here g is the identity, and dŷ is y − Y."
STEP_TERMS = "step_terms and backward in bptt_core/backward.py"


class Sum(NamedTuple):
    """A gradient that adds up over the steps."""

    name: str  # as in the code: "dW"
    terms: np.ndarray  # (T+1, ...), one for each step
    total: np.ndarray
    labels: Sequence  # of the steps


class Quantity(NamedTuple):
    """What stands at one place of a pass, and all that is said of it: drawing, card, table and spoken names.

    The gradient is always upstream x local = result: what arrives from the right, the node's own derivative, what
    leaves.
    """

    key: str  # in the picture: "h[2]"
    symbol: str  # in TeX
    name: str  # in words
    kind: str  # given, value, local, operation, gradient, total or fold
    value: np.ndarray
    source: str  # where the book has it
    function: str  # where bptt_core has it
    formula: Formula | None = None
    gradient: Formula | None = None
    sum: Sum | None = None  # that it is a part of
    note: str = ""
    code: str = ""  # as it is written where trace and backward pass have their names; the key unless given

    @property
    def in_code(self):
        return self.code or self.key


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
    return times(U_T, run.trace.net.params.U.T, at(r"\delta", t), run.back.delta[t], at("dh", t - 1), arrives)


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
    return times(V_T, run.trace.net.params.V.T, r"d\hat{y}", dy_hat_of(run), at("dh", t), run.back.dh[t])


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
