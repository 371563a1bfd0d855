"""How an answer is made from y_hat, and which loss reads it: each as one g, with the g' that the first message needs.

For cross entropy, g' and the derivative of the loss make y - Y together: there g' is written as 1.
"""

from typing import NamedTuple

import numpy as np

from bptt_core import ACTIVATIONS, Activation

SQUARES = "half of the sum of squares"
CROSS = "cross entropy"
GIVEN = "the loss whose derivative dy is"
ABOVE = "the loss that sends dh"


def softmax(y_hat):
    e = np.exp(y_hat - y_hat.max(axis=-2, keepdims=True))
    return e / e.sum(axis=-2, keepdims=True)


def _own(name, f):
    """With 1 for g': the message that is handed over has it already."""
    return Activation(name, f, np.ones_like)


G = {**ACTIVATIONS, "softmax": _own("softmax", softmax)}
_LOGITS = {name: _own(name, G[name].f) for name in ("softmax", "sigmoid")}


class Answer(NamedTuple):
    """One way to read the dense layer and the loss."""

    g: Activation
    Y: np.ndarray  # the first message is (y - Y) g'(y_hat)
    loss: str
    value: float  # of that loss, or nan
    logits: bool = False  # their y is y_hat, before g


def through_softmax(p, dy):
    """The derivative by y_hat, of the derivative by y."""
    return p * (dy - (p * dy).sum(axis=-2, keepdims=True))


def answers(g, y_hat, *, Y=None, dy=None) -> list:
    """Every loss that fits such answers, the usual ones first. Arrays are (n_y, N) or (T+1, n_y, N)."""
    y = G[g].f(y_hat)
    if Y is None:
        ways = [Answer(_own(g, G[g].f), y - dy, GIVEN, np.nan)]
        if g == "softmax":
            ways.append(Answer(G[g], y - through_softmax(y, dy), GIVEN, np.nan))
        elif g != "identity":
            ways.insert(0, Answer(G[g], y - dy, GIVEN, np.nan))
        return ways
    squares = 0.5 * float(((y - Y) ** 2).sum())
    if g == "softmax":
        return [*_cross("softmax", y_hat, Y), Answer(G[g], y - through_softmax(y, y - Y), SQUARES, squares)]
    ways = [Answer(G[g], Y, SQUARES, squares)]
    if g == "sigmoid":
        ways += _cross("sigmoid", y_hat, Y)
    if g == "identity":
        ways += [way._replace(logits=True) for name in _LOGITS for way in _cross(name, y_hat, Y)]
    return ways


def _cross(name, y_hat, Y):
    """Cross entropy, if Y can be probabilities."""
    one = name == "softmax"
    if Y.min() < 0 or Y.max() > 1 or (one and (Y.shape[-2] < 2 or np.abs(Y.sum(axis=-2) - 1).max() > 1e-5)):
        return []
    log = np.logaddexp  # of y and, for the sigmoid, of 1 - y
    if one:
        below = y_hat - y_hat.max(axis=-2, keepdims=True)
        value = -(Y * (below - np.log(np.exp(below).sum(axis=-2, keepdims=True)))).sum()
    else:
        value = (Y * log(0, -y_hat) + (1 - Y) * log(0, y_hat)).sum()
    return [Answer(_LOGITS[name], Y, CROSS, float(value))]
