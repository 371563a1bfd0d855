"""Learning: descent along the gradients of eqs. 7.4 to 7.9, epoch by epoch."""

from math import isfinite
from typing import NamedTuple
from warnings import warn

import numpy as np

from bptt_core import Net
from bptt_core.inputs import checked_inputs, checked_target, common_dtype, count, one_of, positive, quiet

from .descent import OPTIMIZERS, clip_by_global_norm, global_norm
from .workspace import Workspace


class History(NamedTuple):
    """What each update saw, one entry per update: an epoch has one for each of its batches."""

    epoch: np.ndarray  # (updates,)   the epoch it belongs to, from 0
    loss: np.ndarray  # (updates,)   eq. 7.3 on the batch, before the update
    grad_norm: np.ndarray  # (updates,)   |dw| before clipping
    clipped: np.ndarray  # (updates,)   bool


class Fit(NamedTuple):
    """What `fit` returns."""

    net: Net  # the net that has learnt
    history: History
    stopped: str  # why it ended early, "stopped by hand" or another reason; empty if it did not


class Epoch(NamedTuple):
    """What a callback is told after each epoch."""

    epoch: int  # its number, from 0
    net: Net  # after the epoch's updates; later updates do not change it
    loss: float  # the sum of the losses of its batches, each before its update
    grad_norm: float  # the largest |dw| of the epoch, before clipping
    clipped: bool  # whether any update was clipped


class _Diverged(Exception):
    """A loss, a gradient or a parameter is no longer finite. fit alone raises this, and for no other reason."""


def fit(
    net,
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
    steps=None,
) -> Fit:
    """Learn: change the weights, epoch by epoch, so that the loss of eq. 7.3 falls.

    net           : Net to start from; it is not changed
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
    steps         : as for gradients; steps=k trains with truncated sums
    Returns a Fit: the net that has learnt, a History of the updates, and why it stopped early, if it did:
        a loss, a gradient or a parameter that is not finite: then the net is the last whose loss is finite, and a
        RuntimeWarning says so too;
        KeyboardInterrupt (Ctrl-C, or the kernel's stop button): then the net is that of the last whole update, which
        is the last in the history.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: sections 7.2.3 and 7.2.4 for the gradients; each optimizer and clipping names its own.
    """
    net, x, _ = checked_inputs(net, x, None, Net)
    *weights, x, Y = common_dtype(*net.params, x, checked_target(Y, net, x))
    net, N = net._replace(params=net.params._make(weights)), x.shape[2]
    epochs, rng = count("epochs", epochs, 0), np.random.default_rng(count("seed", seed, 0))
    learning_rate = positive("learning_rate", learning_rate)
    optimizer = OPTIMIZERS[one_of("optimizer", optimizer, OPTIMIZERS)](net.params, learning_rate)
    batch_size = N if batch_size is None else count("batch_size", batch_size, 1, N)
    clip_norm = None if clip_norm is None else positive("clip_norm", clip_norm)
    if callback is not None and not callable(callback):
        raise TypeError(f"callback must be a function of an Epoch; got {type(callback).__name__}")
    steps = None if steps is None else count("steps", steps, 1, len(x))
    updates, stopped, workspaces, epoch = [], "", {}, 0
    finite = net
    learnt = net, 0  # and how many updates made it: in one store, so that no interrupt parts it from the history

    try:
        for epoch in range(epochs):
            first = len(updates)
            for batch in _batches(N, batch_size, rng):
                net, x_batch, Y_batch = learnt[0], x[..., batch], Y[..., batch]
                size = x_batch.shape[2]
                if size not in workspaces:  # at most two: the last batch of an epoch may be smaller
                    workspaces[size] = Workspace(net, x_batch)
                loss, grads = workspaces[size].loss_and_gradients(net, x_batch, Y_batch, steps=steps)
                norm = global_norm(grads)
                if not isfinite(loss + norm):
                    raise _Diverged
                finite = net  # the loss says so
                clipped = clip_norm is not None and norm > clip_norm
                with quiet():
                    moved = optimizer.step(net.params, clip_by_global_norm(grads, clip_norm) if clipped else grads)
                updates.append((epoch, loss, norm, clipped))
                if not all(np.isfinite(weight).all() for weight in moved):
                    raise _Diverged
                learnt = net._replace(params=moved), len(updates)
            if callback is not None:
                _, losses, norms, were_clipped = zip(*updates[first:], strict=True)
                callback(Epoch(epoch, learnt[0], sum(losses), max(norms), any(were_clipped)))
    except KeyboardInterrupt:
        stopped = f"stopped by hand in epoch {epoch} of {epochs}; what was learnt so far is kept"
    except _Diverged:
        learnt = finite, len(updates)
        stopped = (
            f"stopped in epoch {epoch} of {epochs}: the loss, a gradient or a parameter is no longer finite; the "
            "last net with a finite loss is kept. A smaller learning_rate or a clip_norm may help"
        )
        warn(stopped, RuntimeWarning, stacklevel=2)
    net, made = learnt
    return Fit(net, _history(updates[:made]), stopped)


def _batches(N, batch_size, rng):
    """The sequences of each update of one epoch, as an index of the last axis."""
    if batch_size == N:
        return [slice(None)]
    return np.split(rng.permutation(N), range(batch_size, N, batch_size))


def _history(updates) -> History:
    epoch, loss, grad_norm, clipped = zip(*updates, strict=True) if updates else ((), (), (), ())
    return History(np.array(epoch, int), np.array(loss, float), np.array(grad_norm, float), np.array(clipped, bool))
