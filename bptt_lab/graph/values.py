"""The quantities of the forward graph: what was computed on the way, and the message that comes back to it."""

import numpy as np

from ..symbols import at, hat
from .formulas import Formula, Term
from .quantity import (
    BACKWARD,
    FORWARD,
    W_T,
    Quantity,
    answers_often,
    dy_hat_of,
    error_named,
    error_of,
    from_the_loss,
    into_state,
    keyed,
    named,
    of_step,
    passed_on,
    slope_of_f,
    source_of_dh,
    state,
    step_named,
    through_f,
    times,
    when,
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
        note="Given: zeros, unless you hand over h_init.",
    )


def y_hat(run, t) -> Quantity:
    net, h = run.trace.net, run.trace.h[t]
    symbol, value = named(run, r"\hat{y}", t), of_step(run, run.trace.y_hat, t)
    result = named(run, r"d\hat{y}", t), dy_hat_of(run, t)
    slope = net.dense_activation.df(value)
    return Quantity(
        keyed(run, "y_hat", t),
        symbol,
        f"the answer of the dense layer, before g{when(run, t)}",
        "value",
        value,
        FIGURE,
        FORWARD,
        formula=Formula(
            (Term(symbol, value), "=", Term("V", net.params.V), "", Term(at("h", t), h), "+", Term("c", net.params.c))
        ),
        gradient=times(
            *(error_named(run, t), error_of(run, t), f"g'({symbol})", slope, *result), sign="*", first="upstream"
        ),
        of_units=False,
    )


def y(run, t) -> Quantity:
    symbol, value = answer_named(run, "y", t), of_step(run, run.trace.y, t)
    y_hat = Term(named(run, r"\hat{y}", t), of_step(run, run.trace.y_hat, t))
    return Quantity(
        keyed(run, "y", t),
        symbol,
        f"the answer of the net{when(run, t)}",
        "value",
        value,
        f"{FIGURE}; 7.2.1 for the gradient",
        FORWARD,
        formula=Formula((Term(symbol, value), "=", "g(", y_hat, ")"), (("g", run.trace.net.dense_activation.name),)),
        gradient=from_the_loss(run, error_named(run, t), error_of(run, t), named(run, "dy", t)),
        of_units=False,
    )


def loss(run) -> Quantity:
    L = np.array([[run.back.loss]])
    y, Y = (np.hstack(each) if answers_often(run) else each for each in (run.trace.y, run.Y))
    begin = "All messages begin here: the gradient of L with respect to itself is 1."
    return Quantity(
        "loss",
        "L",
        "the loss",
        "value",
        L,
        "7.3",
        "mse_loss in bptt_core/loss.py",
        formula=Formula(
            (Term("L", L), "=", "half sum(", Term("y", y), "-", Term("Y", Y), ")²"),
        ),
        note=begin + " The sum is over all steps: here their answers stand side by side." * answers_often(run),
        of_units=False,
    )


def Y(run, t) -> Quantity:
    error = f"{at('Y', t)} - {at('y', t)}" if answers_often(run) else "Y - y"
    return Quantity(
        keyed(run, "Y", t),
        answer_named(run, "Y", t),
        f"the target{when(run, t)}: {run.about_Y}",
        "given",
        of_step(run, run.Y, t),
        "7.2.1",
        "mse_loss in bptt_core/loss.py",
        gradient=from_the_loss(run, error, -error_of(run, t), named(run, "dY", t)),
        note="Given. Its gradient is not needed for learning.",
        of_units=False,
    )


def answer_named(run, symbol, t):
    """y and Y are of a step wherever they stand: of T, which is not a number there, where there is one answer."""
    return at(symbol, t if answers_often(run) else "T")


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
