"""Slips that are seldom seen, in the order of the backward pass."""

import numpy as np

from bptt_core import ACTIVATIONS

from .messages import OF_STATE
from .slip import Slip, with_parameter


def _of_another(name):
    """f' of another activation, written with the state. nan where it is the right one: it is equal to nothing."""
    return lambda f, h_hat, h, before: np.full_like(h, np.nan) if f.name == name else OF_STATE[name](h)


def _at(t, value):
    """An array with the part of one step replaced."""

    def does(array):
        array = array.copy()
        array[t] = value
        return array

    return does


def _only_last(grad_dense, back):
    answers = np.zeros_like(grad_dense)
    answers[-1] = grad_dense[-1]
    return answers


def _next(array):
    """Of the step after; nothing at the last."""
    return np.concatenate([array[1:], np.zeros_like(array[:1])])


def _previous(array):
    return np.concatenate([np.zeros_like(array[:1]), array[:-1]])


def _links(most):
    """Each answer's message goes back over so many links at most."""

    def reach(recursion, answers):
        dh, delta = np.zeros_like(answers), np.zeros_like(answers)
        for t in np.flatnonzero(answers.any(axis=(1, 2))):
            one = np.zeros_like(answers)
            one[t] = answers[t]
            within = slice(max(t - most, 0), t + 1)
            for summed, part in zip((dh, delta), recursion(one), strict=True):
                summed[within] += part[within]
        return dh, delta

    return {"reach": reach}


SELDOM = (
    # the first message
    Slip(
        "loss value",
        "the loss itself is sent back instead of its derivative",
        "dy = (y - Y) ** 2 / 2",
        "What goes back is how the loss changes with y: y − Y.",
        "eq. 7.4",
        {"error": lambda y, Y: (y - Y) ** 2 / 2},
    ),
    Slip(
        "dense slope",
        "g′ of the dense layer is left out",
        "dy_hat = y - Y",
        "The answer is y = g(ŷ). On its way to ŷ the message passes g, which multiplies it by g′(ŷ).",
        "eq. 7.4",
        {"dense": lambda g, y_hat, y: 1.0},
    ),
    Slip(
        "dense state",
        "g′ of the dense layer is applied to y",
        "dy_hat = (y - Y) * dg(y)",
        "y is g(ŷ) already. This g′ asks for ŷ.",
        "eq. 7.4",
        {"dense": lambda g, y_hat, y: g.df(y)},
    ),
    Slip(
        "every step",
        "the one answer's message enters at every step",
        "dh[t] = V.T @ dy + U.T @ delta[t+1], at every t",
        "The loss reads the answer of step T alone, so that is where the message begins. Earlier steps get it "
        "through U.",
        "eq. 7.6",
        {"upstream": lambda grad_dense, back: grad_dense[-1:] + 0 * grad_dense},
    ),
    Slip(
        "only last",
        "the messages of all answers but the last are left out",
        "dh[T] = V.T @ dy[T], and nothing is added at the other steps",
        "Each answer has its part in the loss: each sends a message to its own state.",
        "eq. 7.6, with an answer at each step",
        {"upstream": _only_last},
    ),
    Slip(
        "answer after",
        "each state gets the message of the next answer",
        "dh[t] = V.T @ dy[t+1] + U.T @ delta[t+1]",
        "The answer of step t reads h^(t), so its message goes to that state.",
        "eq. 7.6, with an answer at each step",
        {"upstream": lambda grad_dense, back: _next(grad_dense)},
    ),
    Slip(
        "answer before",
        "each state gets the message of the answer before",
        "dh[t] = V.T @ dy[t-1] + U.T @ delta[t+1]",
        "The answer of step t reads h^(t), so its message goes to that state.",
        "eq. 7.6, with an answer at each step",
        {"upstream": lambda grad_dense, back: _previous(grad_dense) if grad_dense[:-1].any() else grad_dense},
    ),
    # f'
    Slip(
        "h for f′",
        "the state stands for f′",
        "delta[t] = dh[t] * h[t]",
        "Going back through f multiplies by its slope f′(ĥ), not by its value.",
        "7.2.3, the local derivatives",
        {"slope": lambda f, h_hat, h, before: h},
    ),
    Slip(
        "no square",
        "the square of f′ is forgotten",
        "df = 1 - h",
        "The slope of tanh is 1 − h².",
        "7.2.3, the local derivatives",
        {"slope": lambda f, h_hat, h, before: 1 - h},
    ),
    Slip(
        "other f′",
        "f′ is that of another activation",
        "df = h * (1 - h), where f is not a sigmoid",
        "f′ belongs to the f of the forward pass: whoever changes one must change the other.",
        "7.2.3, the local derivatives",
        **with_parameter(
            "of",
            tuple(name for name in ("sigmoid", "tanh", "relu", "identity") if name in ACTIVATIONS),
            lambda name: {"slope": _of_another(name)},
        ),
    ),
    Slip(
        "no slope at T",
        "f′ is left out at the last step",
        "delta[T] = dh[T]",
        "The message meets f of step T first, and is multiplied by its slope there too.",
        "eqs. 7.6 and 7.7",
        {"slopes": _at(-1, 1)},
    ),
    # the recursion
    Slip(
        "truncated",
        "no message goes back further than a few links",
        "for s in range(t, max(-1, t - 1 - links), -1):",
        "That is truncated back propagation: what earlier steps did to later answers is left out. Wanted or not, it is "
        "not the gradient of this loss.",
        "eq. 7.6, down to t = 0",
        **with_parameter("links", tuple(range(1, 9)), _links),
    ),
    Slip(
        "times",
        "each link multiplies by a number that does not belong",
        "dh[t] = number * (U.T @ delta[t+1])",
        "From one step to the one before a message passes f and U and nothing else. A mean over N belongs to the loss.",
        "eq. 7.6",
        **with_parameter("number", (0.5, 0.9, 2.0), lambda number: {"sent": lambda message, df, t: number * message}),
    ),
    # the sums
    Slip(
        "delta after",
        "the sums take the message of the step after",
        "dW += delta[t+1] @ x[t].T",
        "x^(t) and h^(t-1) went into ĥ^(t), so they are paired with delta^(t).",
        "eqs. 7.7 and 7.8",
        {"shared": lambda delta, dh, df: _next(delta)},
    ),
    Slip(
        "x before",
        "delta is paired with the input of the step before",
        "dW += delta[t] @ x[t-1].T",
        "W multiplies the input of its own step: 7.7 pairs delta^(t) with x^(t). It is U that looks back.",
        "eq. 7.7",
        {"states_of_W": _previous},
    ),
    Slip(
        "x wrap",
        "delta is paired with the input of the step before, and at t = 0 with the last",
        "dW += delta[t] @ x[t-1].T, at t = 0 too",
        "W multiplies the input of its own step: 7.7 pairs delta^(t) with x^(t). In Python x[-1] is the last input.",
        "eq. 7.7",
        {"states_of_W": lambda x: np.roll(x, 1, axis=0)},
    ),
    Slip(
        "turned W",
        "dW is transposed",
        "dW += x[t] @ delta[t].T",
        "Row i of W belongs to unit i, and so does row i of dW: delta^(t) stands in front.",
        "eq. 7.7",
        {"result_of_W": lambda dW: dW.mT},
    ),
    Slip(
        "turned U",
        "dU is transposed",
        "dU += h[t-1] @ delta[t].T",
        "Row i of U belongs to unit i, and so does row i of dU: delta^(t) stands in front. U is square, so no shape "
        "complains.",
        "eq. 7.8",
        {"result_of_U": lambda dU: dU.mT},
    ),
    Slip(
        "turned V",
        "dV is transposed",
        "dV = h[T] @ dy.T",
        "Row i of V belongs to answer i, and so does row i of dV: dy stands in front.",
        "the dense layer, section 4.1",
        {"result_of_V": lambda dV: dV.mT},
    ),
    Slip(
        "mean b",
        "db is a mean over the sequences, where the other sums add them up",
        "db += delta[t].mean(axis=1)",
        "All gradients belong to one loss: if W and U add the sequences up, b does too.",
        "eq. 7.9",
        {"terms_of_b": lambda delta: delta.mean(axis=-1, keepdims=True)},
    ),
    Slip(
        "columns of c",
        "dc is not added up over the sequences",
        "dc += dy[t]",
        "All N sequences share one c: add the columns too.",
        "the dense layer, section 4.1",
        {"terms_of_c": lambda dy: dy},
    ),
)
