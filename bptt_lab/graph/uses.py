"""The quantities of the weights: each use hands back a term, and the gradient is their sum."""

import numpy as np

from ..symbols import at
from .quantity import (
    BACKWARD,
    STEP_TERMS,
    Quantity,
    Sum,
    about_dy_hat,
    answers_often,
    dy_hat_of,
    keyed,
    last_step,
    named,
    state,
    step_named,
    times,
)


def W(run, t) -> Quantity:
    """W as it is used in step t."""
    return _use(run, t, "W", run.trace.x[t], transposed(at("x", t)), "7.7")


def U(run, t) -> Quantity:
    h_prev = state(run, t - 1)
    used = _use(run, t, "U", h_prev, transposed(at("h", t - 1)), "7.8")
    if t > 0:
        return used
    given = "h^(−1) is given here, and not zeros: U has a term at t = 0 too, and 7.8 begins there."
    zeros = "U multiplies zeros here, so its term is 0, and 7.8 begins at t = 1."
    return used._replace(note=given if h_prev.any() else zeros)


def b(run, t) -> Quantity:
    return _use(run, t, "b", np.ones_like(run.trace.x[t][:1]), "1", "7.9")


def _use(run, t, weight, beside, local, source):
    """beside : what the weight is multiplied by in step t; local : the symbol of its transpose"""
    grad, delta = f"d{weight}", run.back.delta[t]
    terms = getattr(run.terms, grad)
    return Quantity(
        f"{weight}[{t}]",
        weight,
        f"a weight, as it is used in {step_named(run, t)}",
        "given",
        getattr(run.trace.net.params, weight),
        source,
        STEP_TERMS,
        gradient=times(at(r"\delta", t), delta, local, beside.T, f"{grad}_{{{t}}}", terms[t], first="upstream"),
        sum=Sum(grad, terms, getattr(run.back.grads, grad), run.labels),
        code=weight,
    )


def term(run, t, grad) -> Quantity:
    """The same use, seen from the way back: its term is what counts.  grad : dW, dU or db"""
    used = RECURRENT[grad](run, t)
    return used._replace(
        key=f"{grad}[{t}]",
        symbol=f"{grad}_{{{t}}}",
        name=f"the term that {used.symbol} gets from {step_named(run, t)}",
        kind="gradient",
        value=used.sum.terms[t],
        code=f"terms.{grad}[{t}]",
    )


def total(run, grad) -> Quantity:
    """The sum of the terms.  grad : dW, dU or db"""
    used = RECURRENT[grad](run, last_step(run))
    return used._replace(
        key=grad,
        symbol=grad,
        name=f"the gradient of {used.symbol}: the sum of its terms over all steps",
        kind="total",
        value=used.sum.total,
        gradient=None,
        note="",
        code=f"grads.{grad}",
    )


def V(run, t) -> Quantity:
    h = run.trace.h[t]
    return _in_dense(run, t, "V", "the weights of the dense layer", h.T, transposed(at("h", t)))


def c(run, t) -> Quantity:
    return _in_dense(run, t, "c", "the bias of the dense layer", np.ones_like(run.trace.x[0][:1]).T, "1")


def _in_dense(run, t, weight, name, beside, local):
    """A weight of the dense layer, used at T alone or at each step.  beside, local : as in _use"""
    grad, often = f"d{weight}", answers_often(run)
    terms, total = getattr(run.terms, grad), getattr(run.back.grads, grad)
    result = (f"{grad}_{{{t}}}", terms[t]) if often else (grad, total)
    return Quantity(
        keyed(run, weight, t),
        weight,
        f"{name}, {f'as used in {step_named(run, t)}' if often else 'used once'}",
        "given",
        getattr(run.trace.net.params, weight),
        "7.2.3, by way of the dense layer",
        STEP_TERMS if often else BACKWARD,
        gradient=times(*(named(run, r"d\hat{y}", t), dy_hat_of(run, t), local, beside, *result), first="upstream"),
        sum=Sum(grad, terms, total, run.labels) if often else None,
        note=about_dy_hat(run),
        code=weight,
        of_units=False,
    )


def dense_gradient(run, grad) -> Quantity:
    """grad : dV or dc"""
    often, used = answers_often(run), DENSE[grad](run, last_step(run))
    return used._replace(
        key=grad,
        symbol=grad,
        name=f"the gradient of {used.symbol}{': the sum of its terms over all steps' if often else ''}",
        kind="total",
        value=getattr(run.back.grads, grad),
        gradient=None if often else used.gradient,
        note="" if often else used.note,
        code=f"grads.{grad}",
    )


def transposed(symbol) -> str:
    return "{}^t " + symbol


RECURRENT = {"dW": W, "dU": U, "db": b}
DENSE = {"dV": V, "dc": c}
