"""The forward graph (section 7.2.2, Fig. 7-5): a SimpleRNN that reads T+1 inputs and answers once, at the end.

    h_hat^(t) = W x^(t) + U h^(t-1) + b        t = 0 ... T
    h^(t)     = f(h_hat^(t))
    y_hat     = V h^(T) + c                    the dense layer
    y^(T)     = g(y_hat)

One column per sequence, N sequences at once. With outputs="all" the dense layer reads every h^(t) instead of the last
(many-to-many): y_hat and y then have a leading axis of T+1 steps.
"""

from typing import NamedTuple

import numpy as np

from .inputs import checked_inputs, forward_without_nan, quiet
from .net import OUTPUTS, Net


class Trace(NamedTuple):
    """What the forward pass computed, and what the backward pass will ask for."""

    net: Net
    x: np.ndarray  # (T+1, n_x, N)
    h_init: np.ndarray  # (n_h, N)        h^(-1), on its own: never h[-1], which is h^(T)
    h_hat: np.ndarray  # (T+1, n_h, N)   kept because f' asks for it
    h: np.ndarray  # (T+1, n_h, N)
    y_hat: np.ndarray  # (n_y, N), or (T+1, n_y, N) with outputs "all"
    y: np.ndarray  # as y_hat


def forward(net, x, *, h_init=None) -> Trace:
    """The forward pass of section 7.2.2 (Fig. 7-5), all N sequences side by side.

    net    : Net
    x      : (T+1, n_x, N), the inputs x^(0) ... x^(T); one column per sequence
    h_init : (n_h, N), the state h^(-1) before the first input; zeros unless given
    Returns a Trace. float32 if every array handed in is float32, else float64; inf marks what grew too large for a
    float. The trace refers to the weights and to x and holds no copy of them: leave them as they are until backward
    has been called.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: section 7.2.2.
    """
    net, x, h_init = checked_inputs(net, x, h_init, Net)
    W, U, b, V, c = net.params
    f, g = net.activation.f, net.dense_activation.f

    with quiet():
        h_hat = W @ x + b  # (T+1, n_h, N)   the part that needs no h^(t-1), for all t at once
        h = np.empty_like(h_hat)
        h_prev = h_init
        for t in range(len(x)):
            h_hat[t] += U @ h_prev
            h[t] = f(h_hat[t])
            h_prev = h[t]

        y_hat = V @ h[OUTPUTS[net.outputs]] + c  # (n_y, N)   or (T+1, n_y, N)
        y = np.array(g(y_hat), dtype=y_hat.dtype)
    return forward_without_nan(Trace(net, x, h_init, h_hat, h, y_hat, y))
