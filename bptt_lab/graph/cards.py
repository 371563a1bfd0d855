"""What each node and edge says of itself: its formula, its gradient, its equation, and the function that computes it.

    card(run, "h_hat[2]")   for every key of a scene of that run

The gradient is always upstream x local = result: what arrives from the right, the node's own derivative, what leaves.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bptt_core import mse_loss_derivative

from .formulas import Formula, Term

FORWARD = "forward in bptt_core/forward.py"
BACKWARD = "backward in bptt_core/backward.py"
STEP_TERMS = "step_terms and backward in bptt_core/backward.py"


class Card(NamedTuple):
    symbol: str  # in TeX
    name: str  # in words
    value: np.ndarray | None
    source: str  # where the book has it
    function: str  # where bptt_core has it
    formula: Formula | None = None
    gradient: Formula | None = None
    terms: np.ndarray | None = None  # (T+1, ...), for a weight: one for each step where it is used
    total: str = ""  # what the terms add up to, in TeX
    note: str = ""


def card(run, key) -> Card:
    """The card of a node, or of what an edge is about.

    run : the Run whose numbers are put in
    key : "h[2]", "W[2]", "dU", as in a scene of this run
    Raises KeyError if a scene has no such keys.
    """
    parts = re.fullmatch(r"(.+)\[(-?\d+)\](\)?)", key)
    if parts is None:
        return OF_THE_RUN[key](run)
    return OF_A_STEP[parts[1] + (parts[3] or "")](run, int(parts[2]))


# what was computed on the way


def _x(run, t):
    W, delta = run.trace.params.W, run.back.delta[t]
    return Card(
        _at("x", t),
        f"the input of {_when(run, t)}, in hundreds of sunspots",
        run.trace.x[t],
        "7.2.2, Fig. 7-5",
        BACKWARD + ", field dx",
        gradient=_times("${}^t W$", W.T, _at(r"\delta", t), delta, _at("dx", t), run.back.dx[t]),
        note="Given. Its gradient is not needed for learning.",
    )


def _Wx(run, t):
    W, x = run.trace.params.W, run.trace.x[t]
    product, symbol = W @ x, f"W {_at('x', t)}"
    return Card(
        symbol,
        f"what the input of {_when(run, t)} brings",
        product,
        "7.2.2, Fig. 7-5",
        FORWARD,
        formula=Formula((Term(symbol, product), "=", Term("W", W), "", Term(_at("x", t), x))),
        gradient=_passed_on(run, t, f"d({symbol})"),
    )


def _Uh(run, before):
    U, h_prev = run.trace.params.U, _state(run, before)
    product, symbol = U @ h_prev, f"U {_at('h', before)}"
    return Card(
        symbol,
        f"what the state before {_when(run, before + 1)} brings",
        product,
        "7.2.2, Fig. 7-5",
        FORWARD,
        formula=Formula(
            (Term(f"U {_at('h', before)}", product), "=", Term("U", U), "", Term(_at("h", before), h_prev))
        ),
        gradient=_passed_on(run, before + 1, f"d({symbol})"),
    )


def _h_hat(run, t):
    W, U, b, V, c = run.trace.params
    parts = (
        *(Term(_hat(t), run.trace.h_hat[t]), "=", Term("W", W), "", Term(_at("x", t), run.trace.x[t])),
        *("+", Term("U", U), "", Term(_at("h", t - 1), _state(run, t - 1)), "+", Term("b", b)),
    )
    return Card(
        _hat(t),
        f"the pre-activation of {_when(run, t)}",
        run.trace.h_hat[t],
        "7.2.2, Fig. 7-5; 7.2.3 for the local derivative",
        FORWARD,
        formula=Formula(parts),
        gradient=_through_f(run, t),
    )


def _f(run, t):
    return _h(run, t)._replace(
        symbol="f",
        name=f"the activation {run.trace.activation.name}, in {_when(run, t)}",
        value=_slope(run, t),
        source="7.2.3, the first local derivative",
        function="Activation.f and Activation.df in bptt_core/activations.py",
        gradient=_through_f(run, t),
        note="The value shown is the local derivative f′, which the message is multiplied by.",
    )


def _h(run, t):
    if t < 0:
        return _h_init(run)
    name = run.trace.activation.name
    h, h_hat = run.trace.h[t], run.trace.h_hat[t]
    return Card(
        _at("h", t),
        f"the state of {_when(run, t)}",
        h,
        f"7.2.2, Fig. 7-5; {_source_of_dh(run, t)} for the gradient",
        FORWARD,
        formula=Formula((Term(_at("h", t), h), "=", "f(", Term(_hat(t), h_hat), ")"), (("f", name),)),
        gradient=_dh(run, t).gradient,
    )


def _h_init(run):
    return Card(
        _at("h", -1),
        "the state before the first input",
        run.trace.h_init,
        "7.2.2, Fig. 7-5; 7.6 for the gradient, one step further",
        BACKWARD + ", field dh_init",
        gradient=_dh(run, -1).gradient,
        note="Given: zeros, unless you hand over h_init.",
    )


def _y_hat(run):
    trace, T = run.trace, _last(run)
    V, h, c = Term("V", trace.params.V), Term(_at("h", T), trace.h[T]), Term("c", trace.params.c)
    slope = run.trace.dense_activation.df(run.trace.y_hat)
    dy, dy_hat = _error(run), _dy_hat(run)
    return Card(
        r"\hat{y}",
        "the answer of the dense layer, before g",
        run.trace.y_hat,
        "7.2.2, Fig. 7-5",
        FORWARD,
        formula=Formula((Term(r"\hat{y}", trace.y_hat), "=", V, "", h, "+", c)),
        gradient=_times("y - Y", dy, r"g'(\hat{y})", slope, r"d\hat{y}", dy_hat, sign="*", first="upstream"),
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
            (("g", run.trace.dense_activation.name),),
        ),
        gradient=_from_the_loss(run, "y - Y", _error(run), "dy"),
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
            (Term("L", L), "=", "half sum(", Term("y", run.trace.y), "-", Term("Y", run.example.Y), ")²"),
        ),
        note="All messages begin here: the gradient of L with respect to itself is 1.",
    )


def _Y(run):
    return Card(
        "Y^{(T)}",
        "the target: what was counted in the year after the last input",
        run.example.Y,
        "7.2.1",
        "mse_loss in bptt_core/loss.py",
        gradient=_from_the_loss(run, "Y - y", -_error(run), "dY"),
        note="Given. Its gradient is not needed for learning.",
    )


# the messages on their way back


def _dy(run):
    return _y(run)._replace(
        symbol="y - Y",
        name="the first message: the error",
        value=_error(run),
        source="7.2.1, the derivative of 7.3",
        function="mse_loss_derivative in bptt_core/loss.py",
        formula=None,
    )


def _dh(run, t):
    T = _last(run)
    if t == T:
        gradient = _times("${}^t V$", run.trace.params.V.T, r"d\hat{y}", _dy_hat(run), _at("dh", T), run.back.dh[T])
        name = f"the message at the state of {_when(run, t)}, from the dense layer"
    else:
        gradient = _back_through_U(run, t + 1)
        when = _when(run, t) if t >= 0 else "before the first input"
        name = f"the message at the state of {when}"
    value = run.back.dh[t] if t >= 0 else run.back.dh_init
    return Card(_at("dh", t), name, value, _source_of_dh(run, t), BACKWARD, gradient=gradient)


def _f_prime(run, t):
    slope = _slope(run, t)
    return Card(
        f"f'({_hat(t)})",
        f"the slope of {run.trace.activation.name} in {_when(run, t)}: a local derivative",
        slope,
        "7.2.3, the first local derivative",
        "Activation.df in bptt_core/activations.py",
        formula=Formula(
            (Term(f"f'({_hat(t)})", slope), "=", "f'(", Term(_hat(t), run.trace.h_hat[t]), ")"),
            (("f'", f"{run.trace.activation.name}′"),),
        ),
        gradient=_through_f(run, t),
    )


def _delta(run, t):
    return Card(
        _at(r"\delta", t),
        f"the message at the pre-activation of {_when(run, t)}: the factor that all three sums share",
        run.back.delta[t],
        "7.2.3; part of 7.6 to 7.9",
        BACKWARD,
        gradient=_through_f(run, t),
    )


def _U_T(run, t):
    return Card(
        "${}^t U$",
        "the last local derivative: from the pre-activation to the state before it",
        run.trace.params.U.T,
        "7.2.3; part of 7.6",
        BACKWARD,
        gradient=_back_through_U(run, t),
    )


# the weights: each use hands back a term, and the gradient is their sum


def _use_of_W(run, t):
    return _use(run, t, "W", run.trace.params.W, run.terms.dW, run.trace.x[t], f"${{}}^t {_at('x', t)}$", "7.7")


def _use_of_U(run, t):
    h_prev = _state(run, t - 1)
    used = _use(run, t, "U", run.trace.params.U, run.terms.dU, h_prev, f"${{}}^t {_at('h', t - 1)}$", "7.8")
    if t == 0 and not h_prev.any():
        used = used._replace(note="U multiplies zeros here, so its term is 0, and 7.8 begins at t = 1.")
    return used


def _use_of_b(run, t):
    return _use(run, t, "b", run.trace.params.b, run.terms.db, np.ones_like(run.trace.x[t][:1]), "1", "7.9")


def _use(run, t, weight, value, terms, beside, local, source):
    """The weight as it is used in step t. `beside` is what it is multiplied by there."""
    delta = run.back.delta[t]
    return Card(
        weight,
        f"a weight, as it is used in {_when(run, t)}",
        value,
        source,
        STEP_TERMS,
        gradient=_times(_at(r"\delta", t), delta, local, beside.T, f"d{weight}_{{{t}}}", terms[t], first="upstream"),
        terms=terms,
        total=f"d{weight}",
    )


def _V(run):
    T = _last(run)
    h = run.trace.h[T]
    return Card(
        "V",
        "the weights of the dense layer, used once",
        run.trace.params.V,
        "7.2.3, by way of the dense layer",
        BACKWARD,
        gradient=_times(
            *(r"d\hat{y}", _dy_hat(run), f"${{}}^t {_at('h', T)}$", h.T, "dV", run.back.grads.dV), first="upstream"
        ),
    )


def _c(run):
    ones = np.ones_like(run.trace.x[0][:1]).T
    return Card(
        "c",
        "the bias of the dense layer, used once",
        run.trace.params.c,
        "7.2.3, by way of the dense layer",
        BACKWARD,
        gradient=_times(r"d\hat{y}", _dy_hat(run), "1", ones, "dc", run.back.grads.dc, first="upstream"),
    )


def _term_of(use):
    """The same use, seen from the way back: its term is what counts."""

    def of_step(run, t):
        used = use(run, t)
        name = f"the term that {used.symbol} gets from {_when(run, t)}"
        return used._replace(symbol=f"{used.total}_{{{t}}}", name=name, value=used.terms[t])

    return of_step


def _total_of(use):
    def of_run(run):
        used = use(run, _last(run))
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


def _fold(run):
    return Card(
        "⋯",
        "the steps in between: the same nodes, the same W, U and b",
        None,
        "Fig. 7-5 and Fig. 7-6",
        "forward and backward",
        note="Choose T = 8 or less to see every step.",
    )


OF_A_STEP: dict[str, Callable] = {
    "x": _x,
    "W @ x": _Wx,
    "U @ h": _Uh,
    "h_hat": _h_hat,
    "f": _f,
    "h": _h,
    "dh": _dh,
    "f'(h_hat)": _f_prime,
    "delta": _delta,
    "U.T": _U_T,
    "W": _use_of_W,
    "U": _use_of_U,
    "b": _use_of_b,
    "dW": _term_of(_use_of_W),
    "dU": _term_of(_use_of_U),
    "db": _term_of(_use_of_b),
}
OF_THE_RUN: dict[str, Callable] = {
    "h_init": _h_init,
    "y_hat": _y_hat,
    "y": _y,
    "loss": _loss,
    "Y": _Y,
    "dy": _dy,
    "V": _V,
    "c": _c,
    "dW": _total_of(_use_of_W),
    "dU": _total_of(_use_of_U),
    "db": _total_of(_use_of_b),
    "dV": _gradient_of(_V),
    "dc": _gradient_of(_c),
    "fold": _fold,
}


# the formulas that several cards share


def _times(a, A, b, B, c, C, sign="", first="local"):
    """A B = C as upstream and local, in the order in which the matrices stand."""
    second = "upstream" if first == "local" else "local"
    return Formula((Term(a, A, first), sign, Term(b, B, second), "=", Term(c, C, "result")))


def _through_f(run, t):
    return _times(
        *(_at("dh", t), run.back.dh[t], f"f'({_hat(t)})", _slope(run, t), _at(r"\delta", t), run.back.delta[t]),
        sign="*",
        first="upstream",
    )


def _back_through_U(run, t):
    arrives = run.back.dh[t - 1] if t > 0 else run.back.dh_init
    return _times("${}^t U$", run.trace.params.U.T, _at(r"\delta", t), run.back.delta[t], _at("dh", t - 1), arrives)


def _passed_on(run, t, symbol):
    """A sum hands its message on as it is: its local derivative is 1."""
    delta = run.back.delta[t]
    return _times(_at(r"\delta", t), delta, "1", np.ones_like(delta), symbol, delta, sign="*", first="upstream")


def _from_the_loss(run, local, value, result):
    return _times(r"\partial L / \partial L", np.ones((1, 1)), local, value, result, value, sign="*", first="upstream")


# names and numbers


def _at(name, t):
    return f"{name}^{{({t})}}"


def _hat(t):
    return _at(r"\hat{h}", t)


def _last(run):
    return len(run.trace.x) - 1


def _when(run, t):
    return f"step {t}, {run.example.years[t]}"


def _state(run, t):
    return run.trace.h[t] if t >= 0 else run.trace.h_init


def _slope(run, t):
    return run.trace.activation.df(run.trace.h_hat[t])


def _error(run):
    return mse_loss_derivative(run.trace.y, run.example.Y)


def _dy_hat(run):
    return _error(run) * run.trace.dense_activation.df(run.trace.y_hat)


def _source_of_dh(run, t):
    return "7.4 and 7.5" if t == _last(run) else "7.6"
