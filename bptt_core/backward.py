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

from .forward import OUTPUTS, Trace, checked_target, forward
from .inputs import count, instance_of
from .loss import squared_error
from .overflow import check_no_nan_made, quiet, say_inf
from .workspace import Workspace


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
    grads: Gradients  # eqs. 7.7 to 7.9, and the dense layer's
    dh_init: np.ndarray  # (n_h, N)        dL/dh^(-1): 7.6, one step further
    dx: np.ndarray  # (T+1, n_x, N)   dL/dx^(t)
    dy_hat: np.ndarray  # as y_hat        dL/dy_hat


@quiet()
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
    Y = target_of(trace, Y)
    W, U, b, V, c = trace.params
    x, h = trace.x, trace.h
    T = len(x) - 1
    first = 0 if steps is None else T + 1 - count("steps", steps, 1, T + 1)
    at = OUTPUTS[trace.outputs]

    # the dense layer
    dg = np.asarray(trace.dense_activation.df(trace.y_hat), dtype=trace.y.dtype)
    dy_hat = (trace.y - Y) * dg  # (n_y, N)   or (T+1, n_y, N)
    if trace.outputs == "all":
        dy_hat[:first] = 0
    grad_dense = V.T @ dy_hat  # 7.4

    # the recursion, from T back to 0
    df = np.asarray(trace.activation.df(trace.h_hat), dtype=h.dtype)  # f'(h_hat^(t)), for all t at once
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
    dW = _sum_over_steps(delta, x)  # 7.7
    dU = _sum_over_steps(delta[1:], h[:-1])  # 7.8
    if trace.h_init.any():  # then U was used at t = 0 too
        dU += delta[0] @ trace.h_init.T
    db = delta.sum(axis=(0, 2))[:, None]  # 7.9
    if trace.outputs == "last":
        dV = dy_hat @ h[T].T
        dc = dy_hat.sum(axis=1, keepdims=True)
    else:
        dV = _sum_over_steps(dy_hat, h)
        dc = dy_hat.sum(axis=(0, 2))[:, None]

    if not all(np.isfinite(array).all() for array in (dW, dU, db, dV, dc, dh_init, dx)):
        check_no_nan_made(f"activation {trace.activation.name!r}, df", trace.h_hat, df)
        check_no_nan_made(f"dense_activation {trace.dense_activation.name!r}, df", trace.y_hat, dg)
        say_inf(dy_hat, grad_dense, dh, delta, dW, dU, db, dV, dc, dh_init, dx)
    return Backward(
        loss=squared_error(trace.y, Y),
        grad_dense=grad_dense,
        dh=dh,
        delta=delta,
        grads=Gradients(dW, dU, db, dV, dc),
        dh_init=dh_init,
        dx=dx,
        dy_hat=dy_hat,
    )


def gradients(
    params,
    x,
    Y,
    *,
    activation="tanh",
    h_init=None,
    dense_activation="identity",
    outputs="last",
    steps=None,
    workspace=None,
) -> Gradients:
    """All gradients in one call: forward, then backward, whose arguments and errors these are.

    workspace : a Workspace made for such params and x, or None. It saves time when the call is made again and again.
    """
    return loss_and_gradients(
        params,
        x,
        Y,
        activation=activation,
        h_init=h_init,
        dense_activation=dense_activation,
        outputs=outputs,
        steps=steps,
        workspace=workspace,
    )[1]


def loss_and_gradients(
    params,
    x,
    Y,
    *,
    activation="tanh",
    h_init=None,
    dense_activation="identity",
    outputs="last",
    steps=None,
    workspace=None,
) -> tuple[float, Gradients]:
    """The loss of eq. 7.3 and all gradients, as `gradients` computes them."""
    if workspace is not None:
        if not isinstance(workspace, Workspace):
            raise TypeError(f"workspace must be a Workspace; got {type(workspace).__name__}")
        found = workspace.loss_and_gradients(params, x, Y, activation, h_init, dense_activation, outputs, steps)
        if found is not None:
            loss, *grads = found
            return loss, Gradients(*grads)
    trace = forward(params, x, activation=activation, h_init=h_init, dense_activation=dense_activation, outputs=outputs)
    back = backward(trace, Y, steps=steps)
    return back.loss, back.grads


@quiet()
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
    instance_of("trace", trace, Trace)
    instance_of("back", back, Backward)
    for name, shape in (("delta", trace.h.shape), ("dx", trace.x.shape), ("dy_hat", trace.y.shape)):
        if getattr(back, name).shape != shape:
            raise ValueError(
                f"back must belong to trace, with {name} of shape {shape}; got {getattr(back, name).shape}"
            )
    delta = back.delta
    dW = delta @ trace.x.transpose(0, 2, 1)
    dU = np.empty((len(delta), *trace.params.U.shape), dtype=delta.dtype)
    dU[0] = delta[0] @ trace.h_init.T if trace.h_init.any() else 0
    dU[1:] = delta[1:] @ trace.h[:-1].transpose(0, 2, 1)
    db = delta.sum(axis=2, keepdims=True)
    dy_hat = np.zeros((len(delta), *back.dy_hat.shape[-2:]), dtype=delta.dtype)
    dy_hat[OUTPUTS[trace.outputs]] = back.dy_hat
    dV = dy_hat @ trace.h.transpose(0, 2, 1)
    dc = dy_hat.sum(axis=2, keepdims=True)
    say_inf(dW, dU, db, dV, dc)
    return Gradients(dW, dU, db, dV, dc)


def _sum_over_steps(delta, a):
    """The sum over t of delta^(t) a^(t)^t, as one matrix product: steps and sequences are both summed over."""
    return np.tensordot(delta, a, axes=((0, 2), (0, 2)))


def target_of(trace, Y):
    """Y as an array that fits the outputs of the trace."""
    instance_of("trace", trace, Trace)
    return checked_target(Y, trace.outputs, (len(trace.x), *trace.y.shape[-2:]))
