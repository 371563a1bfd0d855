"""Activations f and their derivatives f' (section 7.2.3, the first local derivative).

Each f stands beside its f'. Both work entry by entry on an array of any shape and keep its dtype, and both have all
their digits in the far tails too: where f' is very small it is a small number, not 0.
Each f also takes complex numbers, and stays analytic near the real line: the complex-step check needs that.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .inputs import quiet


class Activation(NamedTuple):
    """A function f and its derivative df, under a name.

    name : what messages and menus call it
    f    : h_hat -> h = f(h_hat), entry by entry, same shape and dtype; must not change its argument
    df   : h_hat -> f'(h_hat), likewise. It takes the pre-activation h_hat, not h.
    """

    name: str
    f: Callable[[np.ndarray], np.ndarray]
    df: Callable[[np.ndarray], np.ndarray]

    def __repr__(self) -> str:
        return f"Activation({self.name!r})"


def dtanh(h_hat):
    """1 - tanh^2, with e = exp(-2 |h_hat|). Written with tanh itself it would be 0 from |h_hat| = 19 on."""
    with quiet():
        e = np.exp(-2 * np.abs(h_hat))
        return 4 * e / (1 + e) ** 2


def _minus_abs(h_hat):
    """-|h_hat|: its exponential is at most 1, so it cannot overflow."""
    return np.where(h_hat.real > 0, -h_hat, h_hat)


def sigmoid(h_hat):
    with quiet():
        e = np.exp(_minus_abs(h_hat))
        return np.where(h_hat.real > 0, 1, e) / (1 + e)


def dsigmoid(h_hat):
    with quiet():
        e = np.exp(_minus_abs(h_hat))
        return e / (1 + e) ** 2


def relu(h_hat):
    return np.where(h_hat.real <= 0, 0, h_hat)  # this way round a nan stays one: an overflow must not look like 0


def drelu(h_hat):
    """1 right of the kink, 0 left of it; at 0, where no derivative exists, 0."""
    return np.where(h_hat > 0, np.ones_like(h_hat), 0)


def softplus(h_hat):
    with quiet():
        return relu(h_hat) + np.log1p(np.exp(_minus_abs(h_hat)))


LEAK = 0.01  # the slope of leaky_relu left of 0


def leaky_relu(h_hat):
    with quiet():
        return np.where(h_hat.real > 0, h_hat, LEAK * h_hat)


def dleaky_relu(h_hat):
    """1 right of the kink, LEAK left of it and at 0."""
    return np.where(h_hat > 0, np.ones_like(h_hat), LEAK)


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("tanh", np.tanh, dtanh),
        Activation("sigmoid", sigmoid, dsigmoid),
        Activation("relu", relu, drelu),
        Activation("identity", np.copy, np.ones_like),
        Activation("softplus", softplus, sigmoid),
        Activation("leaky_relu", leaky_relu, dleaky_relu),
    )
}
