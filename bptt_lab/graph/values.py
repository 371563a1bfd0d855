"""The cards of the forward graph: what was computed on the way, and the message that comes back to it."""

import numpy as np

from ..symbols import at, hat
from .facts import (
    BACKWARD,
    FORWARD,
    Card,
    dy_hat_of,
    error_of,
    from_the_loss,
    into_state,
    last_step,
    passed_on,
    slope_of_f,
    source_of_dh,
    state,
    step_named,
    through_f,
    times,
)
from .formulas import Formula, Term


def _x(run, t):
    W, delta = run.trace.net.params.W, run.back.delta[t]
    return Card(
        at("x", t),
        f"the input of {step_named(run, t)}, {run.about_x}",
        run.trace.x[t],
        "7.2.2, Fig. 7-5",
        BACKWARD + ", field dx",
        gradient=times("${}^t W$", W.T, at(r"\delta", t), delta, at("dx", t), run.back.dx[t]),
        note="Given. Its gradient is not needed for learning.",
    )


def _Wx(run, t):
    W, x = run.trace.net.params.W, run.trace.x[t]
    product, symbol = W @ x, f"W {at('x', t)}"
    return Card(
        symbol,
        f"what the input of {step_named(run, t)} brings",
        product,
        "7.2.2, Fig. 7-5",
        FORWARD,
        formula=Formula((Term("", product), "=", Term("W", W), "", Term(at("x", t), x))),
        gradient=passed_on(run, t, f"d({symbol})"),
    )


def _Uh(run, before):
    U, h_prev = run.trace.net.params.U, state(run, before)
    product, symbol = U @ h_prev, f"U {at('h', before)}"
    return Card(
        symbol,
        f"what the state before {step_named(run, before + 1)} brings",
        product,
        "7.2.2, Fig. 7-5",
        FORWARD,
        formula=Formula((Term("", product), "=", Term("U", U), "", Term(at("h", before), h_prev))),
        gradient=passed_on(run, before + 1, f"d({symbol})"),
    )


def _h_hat(run, t):
    W, U, b, V, c = run.trace.net.params
    parts = (
        *(Term(hat(t), run.trace.h_hat[t]), "=", Term("W", W), "", Term(at("x", t), run.trace.x[t])),
        *("+", Term("U", U), "", Term(at("h", t - 1), state(run, t - 1)), "+", Term("b", b)),
    )
    return Card(
        hat(t),
        f"the pre-activation of {step_named(run, t)}",
        run.trace.h_hat[t],
        "7.2.2, Fig. 7-5; 7.2.3 for the local derivative",
        FORWARD,
        formula=Formula(parts),
        gradient=through_f(run, t),
    )


def _f(run, t):
    return _h(run, t)._replace(
        symbol="f",
        name=f"the activation {run.trace.net.activation.name}, in {step_named(run, t)}",
        value=slope_of_f(run, t),
        source="7.2.3, the first local derivative",
        function="Activation.f and Activation.df in bptt_core/activations.py",
        gradient=through_f(run, t),
        note="The value shown is the local derivative f′, which the message is multiplied by.",
    )


def _h(run, t):
    if t < 0:
        return _h_init(run)
    name = run.trace.net.activation.name
    h, h_hat = run.trace.h[t], run.trace.h_hat[t]
    return Card(
        at("h", t),
        f"the state of {step_named(run, t)}",
        h,
        f"7.2.2, Fig. 7-5; {source_of_dh(run, t)} for the gradient",
        FORWARD,
        formula=Formula((Term(at("h", t), h), "=", "f(", Term(hat(t), h_hat), ")"), (("f", name),)),
        gradient=into_state(run, t),
    )


def _h_init(run):
    return Card(
        at("h", -1),
        "the state before the first input",
        run.trace.h_init,
        "7.2.2, Fig. 7-5; 7.6 for the gradient, one step further",
        BACKWARD + ", field dh_init",
        gradient=into_state(run, -1),
        note="Given: zeros, unless you hand over h_init.",
    )


def _y_hat(run):
    trace, T = run.trace, last_step(run)
    V, h, c = Term("V", trace.net.params.V), Term(at("h", T), trace.h[T]), Term("c", trace.net.params.c)
    slope = run.trace.net.dense_activation.df(run.trace.y_hat)
    dy, dy_hat = error_of(run), dy_hat_of(run)
    return Card(
        r"\hat{y}",
        "the answer of the dense layer, before g",
        run.trace.y_hat,
        "7.2.2, Fig. 7-5",
        FORWARD,
        formula=Formula((Term(r"\hat{y}", trace.y_hat), "=", V, "", h, "+", c)),
        gradient=times("y - Y", dy, r"g'(\hat{y})", slope, r"d\hat{y}", dy_hat, sign="*", first="upstream"),
    )


def _y(run):
    return Card(
        "y^{(T)}",
        "the answer of the net",
        run.trace.y,
        "7.2.2, Fig. 7-5; 7.2.1 for the gradient",
        FORWARD,
        formula=Formula(
            (Term("y^{(T)}", run.trace.y), "=", "g(", Term(r"\hat{y}", run.trace.y_hat), ")"),
            (("g", run.trace.net.dense_activation.name),),
        ),
        gradient=from_the_loss(run, "y - Y", error_of(run), "dy"),
    )


def _loss(run):
    L = np.array([[run.back.loss]])
    return Card(
        "L",
        "the loss",
        L,
        "7.3",
        "mse_loss in bptt_core/loss.py",
        formula=Formula(
            (Term("L", L), "=", "half sum(", Term("y", run.trace.y), "-", Term("Y", run.Y), ")²"),
        ),
        note="All messages begin here: the gradient of L with respect to itself is 1.",
    )


def _Y(run):
    return Card(
        "Y^{(T)}",
        f"the target: {run.about_Y}",
        run.Y,
        "7.2.1",
        "mse_loss in bptt_core/loss.py",
        gradient=from_the_loss(run, "Y - y", -error_of(run), "dY"),
        note="Given. Its gradient is not needed for learning.",
    )


OF_A_STEP = {"x": _x, "W @ x": _Wx, "U @ h": _Uh, "h_hat": _h_hat, "f": _f, "h": _h}
OF_THE_RUN = {"h_init": _h_init, "y_hat": _y_hat, "y": _y, "loss": _loss, "Y": _Y}
