"""Descent along the gradients of eqs. 7.4 to 7.9: what they are good for.

    plain descent   w <- w - learning_rate dw
    Adam            w <- w - learning_rate m / (sqrt(v) + 1e-8), with m and v running means of dw and dw^2
    clipping        dw <- dw clip_norm / |dw| if |dw| > clip_norm, with |dw| over all five gradients together

dw stands for dW, dU, db, dV and dc: the gradients of eq. 7.3, a sum over the sequences of a batch.
"""

from math import isfinite
from typing import NamedTuple
from warnings import warn

import numpy as np

from .backward import Gradients, loss_and_gradients
from .forward import OUTPUTS, Params, checked_inputs, checked_target
from .inputs import count, instance_of, known_activation, one_of, positive
from .overflow import quiet
from .workspace import Workspace

TINY = 1e-30  # the squares of what is smaller than 1e-15 may have lost digits in float32


class History(NamedTuple):
    """What each update saw, one entry per update: an epoch has one for each of its batches."""

    epoch: np.ndarray  # (updates,)   from 0
    loss: np.ndarray  # (updates,)   eq. 7.3 on the batch, before the update
    grad_norm: np.ndarray  # (updates,)   |dw| before clipping
    clipped: np.ndarray  # (updates,)   bool


class Fit(NamedTuple):
    """What `fit` returns. stopped says why it ended early, "stopped by hand" or another reason; empty if it did not."""

    params: Params
    history: History
    stopped: str


class Epoch(NamedTuple):
    """What a callback is told after each epoch."""

    epoch: int  # from 0
    params: Params  # after the epoch's updates; later updates do not change them
    loss: float  # the sum of the losses of its batches, each before its update
    grad_norm: float  # the largest |dw| of the epoch, before clipping
    clipped: bool  # whether any update was clipped


class _Diverged(Exception):
    """A loss, a gradient or a parameter is no longer finite. Nobody else raises it: its reason is never a false one."""


class Descent:
    """w <- w - learning_rate dw."""

    def __init__(self, params, learning_rate):
        self.learning_rate = learning_rate

    def step(self, params, grads):
        return Params(*(weight - self.learning_rate * grad for weight, grad in zip(params, grads, strict=True)))


class Adam:
    """m and v are running means of dw and dw^2, freed here of their start from 0.

    Source: D. Kingma and J. Ba, Adam: a method for stochastic optimization (2015), algorithm 1.
    """

    def __init__(self, params, learning_rate):
        self.learning_rate = learning_rate
        self.updates = 0
        self.m = self.v = [np.zeros_like(weight) for weight in params]

    def step(self, params, grads):
        self.updates += 1
        self.m = [0.9 * m + 0.1 * grad for m, grad in zip(self.m, grads, strict=True)]
        self.v = [0.999 * v + 0.001 * grad**2 for v, grad in zip(self.v, grads, strict=True)]
        m_full, v_full = 1 - 0.9**self.updates, 1 - 0.999**self.updates
        steps = (m / m_full / (np.sqrt(v / v_full) + 1e-8) for m, v in zip(self.m, self.v, strict=True))
        return Params(*(weight - self.learning_rate * step for weight, step in zip(params, steps, strict=True)))


OPTIMIZERS = {"adam": Adam, "sgd": Descent}


@quiet()
def global_norm(grads) -> float:
    """|dw|: the square root of the sum of all squares in dW, dU, db, dV and dc together.

    grads : Gradients
    Raises TypeError if grads is not Gradients.
    """
    instance_of("grads", grads, Gradients)
    squares = sum(float(np.vdot(grad, grad)) for grad in grads)
    if TINY < squares < np.inf:
        return float(np.sqrt(squares))
    # the squares do not fit a float, or hardly: in units of the largest entry they do
    largest = max(float(np.abs(grad).max()) for grad in grads)
    if not 0 < largest < np.inf:
        return largest
    return largest * float(np.sqrt(sum(np.sum((grad.astype(np.float64) / largest) ** 2) for grad in grads)))


@quiet()
def clip_by_global_norm(grads, clip_norm) -> Gradients:
    """Gradients that are at most clip_norm long together, in their old direction.

    grads     : Gradients
    clip_norm : in units of |dw|, above 0
    Raises ValueError, or TypeError for a wrong type, if grads is not Gradients or not finite, or clip_norm not such a
    number.
    Source: R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks (2013).
    """
    clip_norm, norm = positive("clip_norm", clip_norm), global_norm(grads)
    if not isfinite(norm):
        raise ValueError(f"grads must be finite, for they have no direction otherwise; their norm is {norm}")
    if norm <= clip_norm:
        return grads
    return Gradients(*(grad * (clip_norm / norm) for grad in grads))


def fit(
    params,
    x,
    Y,
    *,
    epochs,
    learning_rate,
    optimizer="adam",
    batch_size=None,
    clip_norm=None,
    seed=0,
    callback=None,
    activation="tanh",
    dense_activation="identity",
    outputs="last",
    steps=None,
) -> Fit:
    """Learn: change the parameters, epoch by epoch, so that the loss of eq. 7.3 falls.

    params        : Params to start from; they are not changed
    x             : (T+1, n_x, N), the inputs of N sequences
    Y             : (n_y, N), their targets; (T+1, n_y, N) with outputs "all"
    epochs        : how many times all N sequences are gone through; 0 is allowed
    learning_rate : above 0. With "sgd" it multiplies gradients that are sums over the batch: for twice the sequences,
                    take half of it.
    optimizer     : "adam" or "sgd", which is plain descent
    batch_size    : sequences per update, from 1 to N, drawn in a new order in each epoch; all N, in one update, unless
                    given
    clip_norm     : the longest gradient |dw| of an update; none is clipped unless given
    seed          : a whole number, at least 0, for the order. The same seed gives the same result.
    callback      : a function that is handed an Epoch after each epoch, or None
    activation, dense_activation, outputs, steps : as for gradients; steps=k trains with truncated sums
    Returns a Fit: the parameters, a History of the updates, and why it stopped early, if it did:
        a loss, a gradient or a parameter that is not finite: then params are the last whose loss is finite, and a
        RuntimeWarning says so too;
        KeyboardInterrupt (Ctrl-C, or the kernel's stop button): then params are those of the last whole update, which
        is the last in the history.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: sections 7.2.3 and 7.2.4 for the gradients; each optimizer and clipping names its own.
    """
    params, x, _ = checked_inputs(params, x, None)
    N = x.shape[2]
    Y = checked_target(Y, one_of("outputs", outputs, OUTPUTS), (len(x), len(params.V), N))
    epochs, rng = count("epochs", epochs, 0), np.random.default_rng(count("seed", seed, 0))
    optimizer = OPTIMIZERS[one_of("optimizer", optimizer, OPTIMIZERS)](params, positive("learning_rate", learning_rate))
    batch_size = N if batch_size is None else count("batch_size", batch_size, 1, N)
    clip_norm = None if clip_norm is None else positive("clip_norm", clip_norm)
    if callback is not None and not callable(callback):
        raise TypeError(f"callback must be a function of an Epoch; got {type(callback).__name__}")
    options = {
        "activation": known_activation("activation", activation),
        "dense_activation": known_activation("dense_activation", dense_activation),
        "outputs": outputs,
        "steps": None if steps is None else count("steps", steps, 1, len(x)),
    }
    updates, stopped, workspaces, epoch = [], "", {}, 0
    finite = params
    learnt = params, 0  # and how many updates made them: in one store, so that no interrupt parts them from the history

    try:
        for epoch in range(epochs):
            first = len(updates)
            for batch in _batches(N, batch_size, rng):
                params, x_batch, Y_batch = learnt[0], x[..., batch], Y[..., batch]
                size = x_batch.shape[2]
                if size not in workspaces:  # at most two: the last batch of an epoch may be smaller
                    workspaces[size] = Workspace(params, x_batch)
                loss, grads = loss_and_gradients(params, x_batch, Y_batch, workspace=workspaces[size], **options)
                norm = global_norm(grads)
                if not isfinite(loss + norm):
                    raise _Diverged
                finite = params  # the loss says so
                clipped = clip_norm is not None and norm > clip_norm
                with quiet():
                    moved = optimizer.step(params, clip_by_global_norm(grads, clip_norm) if clipped else grads)
                updates.append((epoch, loss, norm, clipped))
                if not all(np.isfinite(weight).all() for weight in moved):
                    raise _Diverged
                learnt = moved, len(updates)
            if callback is not None:
                _, losses, norms, were_clipped = zip(*updates[first:], strict=True)
                callback(Epoch(epoch, learnt[0], sum(losses), max(norms), any(were_clipped)))
    except KeyboardInterrupt:
        stopped = f"stopped by hand in epoch {epoch} of {epochs}; what was learnt so far is kept"
    except _Diverged:
        learnt = finite, len(updates)
        stopped = (
            f"stopped in epoch {epoch} of {epochs}: the loss, a gradient or a parameter is no longer finite; params "
            "are the last whose loss is. A smaller learning_rate or a clip_norm may help"
        )
        warn(stopped, RuntimeWarning, stacklevel=2)
    params, made = learnt
    return Fit(params, _history(updates[:made]), stopped)


def _batches(N, batch_size, rng):
    """The sequences of each update of one epoch, as an index of the last axis."""
    if batch_size == N:
        return [slice(None)]
    return np.split(rng.permutation(N), range(batch_size, N, batch_size))


def _history(updates) -> History:
    epoch, loss, grad_norm, clipped = zip(*updates, strict=True) if updates else ((), (), (), ())
    return History(np.array(epoch, int), np.array(loss, float), np.array(grad_norm, float), np.array(clipped, bool))
