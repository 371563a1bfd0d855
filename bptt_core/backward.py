"""The backward graph and the gradients (sections 7.2.3 and 7.2.4, eqs. 7.4 to 7.9).

    grad_dense = V^t ((y - Y) g'(y_hat))                         7.4
    dh^(T)     = grad_dense                                      7.5, 7.6
    dh^(t)     = U^t (dh^(t+1) f'(h_hat^(t+1)))     t < T        7.6

    delta^(t)  = dh^(t) f'(h_hat^(t))               the factor that the three sums share
    dW = sum of delta^(t) x^(t)^t                   t = 0 ... T  7.7
    dU = sum of delta^(t) h^(t-1)^t                 t = 1 ... T  7.8, and t = 0 when h^(-1) is given
    db = sum of delta^(t)                           t = 0 ... T  7.9

With outputs="all" the dense layer sends a message back from each step, and 7.6 gains one term:

    dh^(t)     = grad_dense^(t) + U^t (dh^(t+1) f'(h_hat^(t+1)))     t < T

^t marks a transpose. One column per sequence, so U^t stands in front; the book writes the factors in the order of the
chain rule. Products of dh and f' go entry by entry. The sums 7.7 to 7.9 add up over the sequences too.
"""

from typing import NamedTuple

import numpy as np

from .forward import Trace, forward
from .inputs import backward_without_nan, check_same_shapes, checked_target, count, instance_of, quiet, say_inf
from .loss import squared_error
from .net import OUTPUTS


class Gradients(NamedTuple):
    """dL/dW, dL/dU, dL/db, dL/dV, dL/dc: each of the shape of its parameter, in the order of Params."""

    dW: np.ndarray
    dU: np.ndarray
    db: np.ndarray
    dV: np.ndarray
    dc: np.ndarray


class Backward(NamedTuple):
    """What the backward pass computed."""

    loss: float  # eq. 7.3
    grad_dense: np.ndarray  # (n_h, N)        eq. 7.4; (T+1, n_h, N) with outputs "all"
    dh: np.ndarray  # (T+1, n_h, N)   eqs. 7.5, 7.6
    delta: np.ndarray  # (T+1, n_h, N)   dL/dh_hat^(t)
    df: np.ndarray  # (T+1, n_h, N)   f'(h_hat^(t))
    grads: Gradients  # eqs. 7.7 to 7.9, and the dense layer's
    dh_init: np.ndarray  # (n_h, N)        dL/dh^(-1): 7.6, one step further
    dx: np.ndarray  # (T+1, n_x, N)   dL/dx^(t)
    dy_hat: np.ndarray  # as y_hat        dL/dy_hat


def backward(trace, Y, *, steps=None) -> Backward:
    """Back propagation through time: eqs. 7.4 to 7.9.

    trace : the Trace of a forward pass
    Y     : (n_y, N), the targets Y^(T); (T+1, n_y, N), the targets Y^(t), with outputs "all"
    steps : k, from 1 to T+1: stop after the last k steps, t = T-k+1 ... T, as if h^(T-k) were a constant (truncated
            BPTT). What the message does not reach is 0, and so is what the outputs before these steps would send.
            All T+1 steps unless given.
    Returns a Backward. inf marks what grew too large for a float, or was computed from such a number.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: sections 7.2.3 and 7.2.4.
    """
    net, x, h_init, h_hat, h, y_hat, y = instance_of("trace", trace, Trace)
    Y = checked_target(Y, net, x)
    W, U, b, V, c = net.params
    at, T = OUTPUTS[net.outputs], len(x) - 1
    first = 0 if steps is None else T + 1 - count("steps", steps, 1, T + 1)

    with quiet():
        # the dense layer
        dy_hat = (y - Y) * np.asarray(net.dense_activation.df(y_hat), dtype=y.dtype)  # (n_y, N)   or (T+1, n_y, N)
        if net.outputs == "all":
            dy_hat[:first] = 0
        grad_dense = V.T @ dy_hat  # 7.4

        # the recursion, from T back to 0
        df = np.array(net.activation.df(h_hat), dtype=h.dtype)  # f'(h_hat^(t)), for all t at once
        dh = np.zeros(h.shape, dtype=dy_hat.dtype)  # (T+1, n_h, N)
        delta = np.zeros_like(dh)  # (T+1, n_h, N)
        dh[at] = grad_dense  # 7.5, at T; the other steps start from 0
        delta[T] = dh[T] * df[T]
        for t in range(T - 1, first - 1, -1):
            dh[t] += U.T @ delta[t + 1]  # 7.6
            delta[t] = dh[t] * df[t]
        dh_init = U.T @ delta[0]  # 7.6, for h^(-1)
        dx = W.T @ delta

        # the sums
        dW = _sum_of_products(delta, x)  # 7.7
        dU = _sum_of_products(delta[1:], h[:-1])  # 7.8
        if h_init.any():  # then U was used at t = 0 too
            dU += delta[0] @ h_init.T
        db = _sum(delta)  # 7.9
        dV = _sum_of_products(dy_hat, h[at])
        dc = _sum(dy_hat)

    grads = Gradients(dW, dU, db, dV, dc)
    back = Backward(squared_error(y, Y), grad_dense, dh, delta, df, grads, dh_init, dx, dy_hat)
    return backward_without_nan(trace, back)


def gradients(net, x, Y, *, h_init=None, steps=None) -> Gradients:
    """All gradients in one call: forward, then backward, whose arguments and errors these are."""
    return loss_and_gradients(net, x, Y, h_init=h_init, steps=steps)[1]


def loss_and_gradients(net, x, Y, *, h_init=None, steps=None) -> tuple[float, Gradients]:
    """The loss of eq. 7.3 and all gradients, as `gradients` computes them."""
    back = backward(forward(net, x, h_init=h_init), Y, steps=steps)
    return back.loss, back.grads


def step_terms(trace, back) -> Gradients:
    """The sums 7.7 to 7.9 before they are added up: entry [t] of each array is its term t.

        dW[t] = delta^(t) x^(t)^t      dU[t] = delta^(t) h^(t-1)^t      db[t] = delta^(t)

    V and c are used once, at t = T, and their other terms are 0; with outputs "all" they are used at each step:
    dV[t] = dy_hat^(t) h^(t)^t, dc[t] = dy_hat^(t).

    trace, back : of a forward pass and its backward pass
    Returns Gradients with a leading axis of T+1 steps; its sum over that axis is back.grads.
    Raises TypeError if trace is not a Trace or back not a Backward, ValueError if they are of different shapes.
    Source: section 7.2.4.
    """
    net, x, h_init, h_hat, h, y_hat, y = instance_of("trace", trace, Trace)
    delta = instance_of("back", back, Backward).delta
    check_same_shapes(back, delta=h, dx=x, dy_hat=y)
    h_prev = np.concatenate([h_init[None], h[:-1]])  # (T+1, n_h, N)   h^(t-1)
    dy_hat = np.zeros((len(x), *y.shape[-2:]), dtype=delta.dtype)
    dy_hat[OUTPUTS[net.outputs]] = back.dy_hat
    with quiet():
        dW, dU, dV = delta @ x.mT, delta @ h_prev.mT, dy_hat @ h.mT
        db, dc = delta.sum(axis=2, keepdims=True), dy_hat.sum(axis=2, keepdims=True)
    if not h_init.any():
        dU[0] = 0  # U multiplied zeros there, however large delta^(0) is
    say_inf(dW, dU, db, dV, dc)
    return Gradients(dW, dU, db, dV, dc)


def _sum(delta):
    """The sum of delta^(t) over the sequences, and over the steps if there are any, as a column."""
    return delta.sum(axis=_steps_and_sequences(delta))[:, None]


def _sum_of_products(delta, a):
    """The sum of delta^(t) a^(t)^t over the same, as one matrix product."""
    return np.tensordot(delta, a, axes=[_steps_and_sequences(delta)] * 2)


def _steps_and_sequences(array):
    return (0, 2) if array.ndim == 3 else (1,)
