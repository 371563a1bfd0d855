"""The quantities of the dense layer and the loss: of step T alone, or of each step where the net answers at each."""

import numpy as np

from ..symbols import at
from .formulas import Formula, Term
from .quantity import (
    FORWARD,
    Quantity,
    answers_often,
    dy_hat_of,
    error_named,
    error_of,
    from_the_loss,
    keyed,
    named,
    of_step,
    times,
    when,
)
from .values import FIGURE


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
