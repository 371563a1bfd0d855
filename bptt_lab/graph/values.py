"""The quantities of the forward graph: what was computed on the way, and the message that comes back to it."""

import numpy as np

from ..symbols import at, hat
from .formulas import Formula, Term
from .quantity import (
    BACKWARD,
    FORWARD,
    W_T,
    Quantity,
    into_state,
    passed_on,
    slope_of_f,
    source_of_dh,
    state,
    step_named,
    through_f,
    times,
)

FIGURE = "7.2.2, Fig. 7-5"


def x(run, t) -> Quantity:
    W, delta = run.trace.net.params.W, run.back.delta[t]
    return Quantity(
        f"x[{t}]",
        at("x", t),
        f"the input of {step_named(run, t)}, {run.about_x}",
        "given",
        run.trace.x[t],
        FIGURE,
        BACKWARD + ", field dx",
        gradient=times(W_T, W.T, at(r"\delta", t), delta, at("dx", t), run.back.dx[t]),
        note="Given. Its gradient is not needed for learning.",
        of_units=False,
    )


def Wx(run, t) -> Quantity:
    W, x = run.trace.net.params.W, run.trace.x[t]
    product, symbol = W @ x, f"W {at('x', t)}"
    return Quantity(
        f"W @ x[{t}]",
        symbol,
        f"what the input of {step_named(run, t)} brings",
        "value",
        product,
        FIGURE,
        FORWARD,
        formula=Formula((Term("", product), "=", Term("W", W), "", Term(at("x", t), x))),
        gradient=passed_on(run, t, f"d({symbol})"),
    )


def Uh(run, t) -> Quantity:
    U, h_prev = run.trace.net.params.U, state(run, t - 1)
    product, symbol = U @ h_prev, f"U {at('h', t - 1)}"
    return Quantity(
        f"U @ h[{t - 1}]",
        symbol,
        f"what the state before {step_named(run, t)} brings",
        "value",
        product,
        FIGURE,
        FORWARD,
        formula=Formula((Term("", product), "=", Term("U", U), "", Term(at("h", t - 1), h_prev))),
        gradient=passed_on(run, t, f"d({symbol})"),
        code="" if t else "U @ h_init",
    )


def h_hat(run, t) -> Quantity:
    W, U, b, V, c = run.trace.net.params
    parts = (
        *(Term(hat(t), run.trace.h_hat[t]), "=", Term("W", W), "", Term(at("x", t), run.trace.x[t])),
        *("+", Term("U", U), "", Term(at("h", t - 1), state(run, t - 1)), "+", Term("b", b)),
    )
    return Quantity(
        f"h_hat[{t}]",
        hat(t),
        f"the pre-activation of {step_named(run, t)}",
        "value",
        run.trace.h_hat[t],
        "7.2.2, Fig. 7-5; 7.2.3 for the local derivative",
        FORWARD,
        formula=Formula(parts),
        gradient=through_f(run, t),
    )


def f(run, t) -> Quantity:
    return h(run, t)._replace(
        key=f"f[{t}]",
        symbol="f",
        name=f"the activation {run.trace.net.activation.name}, in {step_named(run, t)}",
        kind="operation",
        value=slope_of_f(run, t),
        source="7.2.3, the first local derivative",
        function="Activation.f and Activation.df in bptt_core/activations.py",
        gradient=through_f(run, t),
        note="The value shown is the local derivative f′, which the message is multiplied by.",
        code=f"df(h_hat[{t}])",
    )


def h(run, t) -> Quantity:
    """The state of step t; of step -1, the one before the first input."""
    if t < 0:
        return _h_init(run)
    name = run.trace.net.activation.name
    h, h_hat = run.trace.h[t], run.trace.h_hat[t]
    return Quantity(
        f"h[{t}]",
        at("h", t),
        f"the state of {step_named(run, t)}",
        "value",
        h,
        f"{FIGURE}; {source_of_dh(run, t)} for the gradient",
        FORWARD,
        formula=Formula((Term(at("h", t), h), "=", "f(", Term(hat(t), h_hat), ")"), (("f", name),)),
        gradient=into_state(run, t),
    )


def _h_init(run):
    return Quantity(
        "h_init",
        at("h", -1),
        "the state before the first input",
        "given",
        run.trace.h_init,
        f"{FIGURE}; 7.6 for the gradient, one step further",
        BACKWARD + ", field dh_init",
        gradient=into_state(run, -1),
        note="Given." if run.trace.h_init.any() else "Given: zeros, unless you hand over h_init.",
    )


def fold(most) -> Quantity:
    """What one column stands for where there are more steps than fit.  most : the steps that would"""
    return Quantity(
        "fold",
        "",
        "the steps in between: the same nodes, the same W, U and b",
        "fold",
        np.zeros((0, 0)),
        "Fig. 7-5 and Fig. 7-6",
        "forward and backward",
        note=f"Choose T = {most - 1} or less to see every step.",
    )
