"""A quantity of the graph, and what several of them share: formulas, numbers and names of a run."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bptt_core import ACTIVATIONS, mse_loss_derivative

from ..symbols import at, hat
from .formulas import Formula, Term

U_T, V_T, W_T = ("{}^t " + name for name in "UVW")
FORWARD = "forward in bptt_core/forward.py"
BACKWARD = "backward in bptt_core/backward.py"
STEP_TERMS = "step_terms and backward in bptt_core/backward.py"


class Sum(NamedTuple):
    """A gradient that adds up over the steps."""

    name: str  # as in the code: "dW"
    terms: np.ndarray  # (T+1, ...), one for each step
    total: np.ndarray
    labels: Sequence  # of the steps, as the reader writes them


class Quantity(NamedTuple):
    """What stands at one place of a pass, and all that is said of it: drawing, card, table and spoken names.

    The gradient is always upstream x local = result: what arrives from the right, the node's own derivative, what
    leaves.
    """

    key: str  # in the picture: "h[2]"
    symbol: str  # in TeX
    name: str  # in words
    kind: str  # given, value, local, operation, passing (that of a message), gradient, total or fold
    value: np.ndarray
    source: str  # where the book has it
    function: str  # where bptt_core has it
    formula: Formula | None = None
    gradient: Formula | None = None
    sum: Sum | None = None  # that it is a part of
    note: str = ""
    code: str = ""  # as it is written where trace and backward pass have their names; the key unless given
    of_units: bool = True  # whether its rows, and those of its gradient, are the hidden units

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
    """What the step after it sends back to h^(t-1): all of dh^(t-1), unless the dense layer adds to it."""
    U, delta = run.trace.net.params.U, run.back.delta[t]
    arrives = at("dh", t - 1), run.back.dh[t - 1] if t > 0 else run.back.dh_init
    if t > 0 and answers_often(run):
        arrives = f"{U_T} " + at(r"\delta", t), U.T @ delta
    return times(U_T, U.T, at(r"\delta", t), delta, *arrives)


def passed_on(run, t, symbol):
    """A sum hands its message on as it is: its local derivative is 1."""
    delta = run.back.delta[t]
    return times(at(r"\delta", t), delta, "1", np.ones_like(delta), symbol, delta, sign="*", first="upstream")


def from_the_loss(run, local, value, result):
    return times(r"\partial L / \partial L", np.ones((1, 1)), local, value, result, value, sign="*", first="upstream")


def from_above(run, t, result):
    """What the dense layer sends back to h^(t).  result : the symbol of what it makes"""
    sent = of_step(run, run.back.grad_dense, t)
    return times(V_T, run.trace.net.params.V.T, named(run, r"d\hat{y}", t), dy_hat_of(run, t), result, sent)


def into_state(run, t):
    """What arrives at h^(t): from the dense layer, if the net answers there, and from the step after it."""
    if t == last_step(run):
        return from_above(run, t, at("dh", t))
    from_after = back_through_U(run, t + 1)
    if t < 0 or not answers_often(run):
        return from_after
    above, (*after, equals, _) = from_above(run, t, "").parts[:3], from_after.parts
    return Formula((*above, "+", *after, equals, Term(at("dh", t), run.back.dh[t], "result")))


# names and numbers


def last_step(run):
    return len(run.trace.x) - 1


def step_named(run, t):
    return f"step {t}, {run.labels[t]}"


def answers_often(run) -> bool:
    """Whether the net answers at each step, not only at the last one."""
    return run.trace.net.outputs == "all"


def named(run, symbol, t):
    """The symbol of something in the dense layer. It has no step where it is there only once."""
    return at(symbol, t) if answers_often(run) else symbol


def keyed(run, name, t):
    return f"{name}[{t}]" if answers_often(run) else name


def of_step(run, array, t):
    """What the dense layer computed at step t."""
    return array[t] if answers_often(run) else array


def when(run, t):
    """Which step a name in the dense layer is of, where there are several."""
    return f", in {step_named(run, t)}" if answers_often(run) else ""


def state(run, t):
    return run.trace.h[t] if t >= 0 else run.trace.h_init


def slope_of_f(run, t):
    return run.back.df[t]


def error_of(run, t):
    return of_step(run, mse_loss_derivative(run.trace.y, run.Y), t)


def error_named(run, t):
    return f"{at('y', t)} - {at('Y', t)}" if answers_often(run) else "y - Y"


def dy_hat_of(run, t):
    return of_step(run, run.back.dy_hat, t)


def about_dy_hat(run):
    return "dŷ is y − Y times g′(ŷ)." + " Here g is the identity, and dŷ is y − Y." * g_is_identity(run)


def g_is_identity(run) -> bool:
    return run.trace.net.dense_activation is ACTIVATIONS["identity"]


def source_of_dh(run, t):
    if t == last_step(run):
        return "7.4 and 7.5"
    return "7.6, and 7.4 for what comes from above" if t >= 0 and answers_often(run) else "7.6"
