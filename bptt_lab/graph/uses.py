"""The quantities of the weights: each use hands back a term, and the gradient is their sum."""

import numpy as np

from ..symbols import at
from .quantity import BACKWARD, DY_HAT, STEP_TERMS, Quantity, Sum, dy_hat_of, last_step, state, step_named, times


def W(run, t) -> Quantity:
    """W as it is used in step t."""
    return _use(run, t, "W", run.trace.x[t], transposed(at("x", t)), "7.7")


def U(run, t) -> Quantity:
    h_prev = state(run, t - 1)
    used = _use(run, t, "U", h_prev, transposed(at("h", t - 1)), "7.8")
    if t == 0 and not h_prev.any():
        used = used._replace(note="U multiplies zeros here, so its term is 0, and 7.8 begins at t = 1.")
    return used


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


def V(run) -> Quantity:
    h = run.trace.h[-1]
    return _used_once(run, "V", "the weights of the dense layer", h.T, transposed(at("h", last_step(run))))


def c(run) -> Quantity:
    return _used_once(run, "c", "the bias of the dense layer", np.ones_like(run.trace.x[0][:1]).T, "1")


def _used_once(run, weight, name, beside, local):
    grad = f"d{weight}"
    return Quantity(
        weight,
        weight,
        f"{name}, used once",
        "given",
        getattr(run.trace.net.params, weight),
        "7.2.3, by way of the dense layer",
        BACKWARD,
        gradient=times(
            *(r"d\hat{y}", dy_hat_of(run), local, beside, grad, getattr(run.back.grads, grad)), first="upstream"
        ),
        note=DY_HAT,
    )


def dense_gradient(run, grad) -> Quantity:
    """grad : dV or dc"""
    used = DENSE[grad](run)
    return used._replace(
        key=grad,
        symbol=grad,
        name=f"the gradient of {used.symbol}",
        kind="total",
        value=used.gradient.result.value,
        code=f"grads.{grad}",
    )


def transposed(symbol) -> str:
    return "{}^t " + symbol


RECURRENT = {"dW": W, "dU": U, "db": b}
DENSE = {"dV": V, "dc": c}
