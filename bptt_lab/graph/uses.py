"""The cards of the weights: each use hands back a term, and the gradient is their sum."""

import numpy as np

from ..symbols import at
from .facts import BACKWARD, DY_HAT, STEP_TERMS, Card, dy_hat_of, last_step, state, step_named, times


def _use_of_W(run, t):
    return _use(run, t, "W", run.trace.net.params.W, run.terms.dW, run.trace.x[t], f"${{}}^t {at('x', t)}$", "7.7")


def _use_of_U(run, t):
    h_prev = state(run, t - 1)
    used = _use(run, t, "U", run.trace.net.params.U, run.terms.dU, h_prev, f"${{}}^t {at('h', t - 1)}$", "7.8")
    if t == 0 and not h_prev.any():
        used = used._replace(note="U multiplies zeros here, so its term is 0, and 7.8 begins at t = 1.")
    return used


def _use_of_b(run, t):
    return _use(run, t, "b", run.trace.net.params.b, run.terms.db, np.ones_like(run.trace.x[t][:1]), "1", "7.9")


def _use(run, t, weight, value, terms, beside, local, source):
    """The weight as it is used in step t. `beside` is what it is multiplied by there."""
    delta = run.back.delta[t]
    return Card(
        weight,
        f"a weight, as it is used in {step_named(run, t)}",
        value,
        source,
        STEP_TERMS,
        gradient=times(at(r"\delta", t), delta, local, beside.T, f"d{weight}_{{{t}}}", terms[t], first="upstream"),
        terms=terms,
        total=f"d{weight}",
    )


def _V(run):
    T = last_step(run)
    h = run.trace.h[T]
    return Card(
        "V",
        "the weights of the dense layer, used once",
        run.trace.net.params.V,
        "7.2.3, by way of the dense layer",
        BACKWARD,
        gradient=times(
            *(r"d\hat{y}", dy_hat_of(run), f"${{}}^t {at('h', T)}$", h.T, "dV", run.back.grads.dV), first="upstream"
        ),
        note=DY_HAT,
    )


def _c(run):
    ones = np.ones_like(run.trace.x[0][:1]).T
    return Card(
        "c",
        "the bias of the dense layer, used once",
        run.trace.net.params.c,
        "7.2.3, by way of the dense layer",
        BACKWARD,
        gradient=times(r"d\hat{y}", dy_hat_of(run), "1", ones, "dc", run.back.grads.dc, first="upstream"),
        note=DY_HAT,
    )


def _term_of(use):
    """The card of one term of a weight's gradient, made from the card of that use."""

    def of_step(run, t):
        used = use(run, t)
        name = f"the term that {used.symbol} gets from {step_named(run, t)}"
        return used._replace(symbol=f"{used.total}_{{{t}}}", name=name, value=used.terms[t])

    return of_step


def _total_of(use):
    def of_run(run):
        used = use(run, last_step(run))
        total = getattr(run.back.grads, used.total)
        name = f"the gradient of {used.symbol}: the sum of its terms over all steps"
        return used._replace(symbol=used.total, name=name, value=total, gradient=None, note="")

    return of_run


def _gradient_of(weight):
    def of_run(run):
        used = weight(run)
        value = used.gradient.result.value
        return used._replace(symbol=f"d{used.symbol}", name=f"the gradient of {used.symbol}", value=value)

    return of_run


RECURRENT = {"W": _use_of_W, "U": _use_of_U, "b": _use_of_b}
DENSE = {"V": _V, "c": _c}
OF_A_STEP = RECURRENT | {f"d{name}": _term_of(use) for name, use in RECURRENT.items()}
OF_THE_RUN = (
    DENSE
    | {f"d{name}": _gradient_of(weight) for name, weight in DENSE.items()}
    | {f"d{name}": _total_of(use) for name, use in RECURRENT.items()}
)
