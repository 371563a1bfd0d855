"""One step of descent along the gradients of eqs. 7.4 to 7.9.

    plain descent   w <- w - learning_rate dw
    Adam            w <- w - learning_rate m / (sqrt(v) + 1e-8), with m and v running means of dw and dw^2
    clipping        dw <- dw clip_norm / |dw| if |dw| > clip_norm, with |dw| over all five gradients together

dw stands for dW, dU, db, dV and dc: the gradients of eq. 7.3, a sum over the sequences of a batch.
"""

from math import isfinite

import numpy as np

from bptt_core import Gradients, Params
from bptt_core.inputs import instance_of, positive, quiet

TINY = 1e-30  # the squares of what is smaller than 1e-15 may have lost digits in float32


class Descent:
    """Plain descent: w <- w - learning_rate dw."""

    def __init__(self, params, learning_rate):
        self.learning_rate = learning_rate

    def step(self, params, grads):
        return Params(*(weight - self.learning_rate * grad for weight, grad in zip(params, grads, strict=True)))


class Adam:
    """Adam: m and v are running means of dw and dw^2. m_full and v_full make up for their start from 0.

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


def global_norm(grads) -> float:
    """|dw|: the square root of the sum of all squares in dW, dU, db, dV and dc together.

    grads : Gradients
    Raises TypeError if grads is not Gradients.
    """
    instance_of("grads", grads, Gradients)
    with quiet():
        squares = sum(float(np.vdot(grad, grad)) for grad in grads)
        if TINY < squares < np.inf:
            return float(np.sqrt(squares))
        # the squares do not fit a float, or hardly: in units of the largest entry they do
        largest = max(float(np.abs(grad).max()) for grad in grads)
        if not 0 < largest < np.inf:
            return largest
        return largest * float(np.sqrt(sum(np.sum((grad.astype(np.float64) / largest) ** 2) for grad in grads)))


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
    with quiet():
        return Gradients(*(grad * (clip_norm / norm) for grad in grads))
