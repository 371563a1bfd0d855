"""The net of section 7.2: the weights, the activations f and g, and the steps at which it answers."""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from .activations import ACTIVATIONS, Activation
from .inputs import checked_weights, count, instance_of, known_activation, one_of

MOST_UNITS = 2**31 - 1  # of each kind: far more than fit into memory
OUTPUTS = {"last": -1, "all": slice(None)}  # the steps at which the dense layer reads h: an index of axis 0


class Params(NamedTuple):
    """The weights: W, U, b of the recurrent layer, V, c of the dense layer."""

    W: np.ndarray  # (n_h, n_x)
    U: np.ndarray  # (n_h, n_h)
    b: np.ndarray  # (n_h, 1)
    V: np.ndarray  # (n_y, n_h)
    c: np.ndarray  # (n_y, 1)


class Net(namedtuple("Net", "params activation dense_activation outputs")):
    """A SimpleRNN with a dense layer: what the forward pass, the backward pass and the witnesses are asked about.

    params           : Params. Net refers to its arrays and holds no copy of them.
    activation       : f, a name in ACTIVATIONS or an Activation of your own
    dense_activation : g, likewise
    outputs          : "last", one answer at T; or "all", one at each step (many-to-many)
    All is checked here, once. The weights have one dtype then: float32 if every one of them has, else float64.
    net._replace(params=...) is the same net with other weights, checked in the same way.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: Fig. 7-5.
    """

    __slots__ = ()

    def __new__(cls, params, activation="tanh", dense_activation="identity", outputs="last"):
        return super().__new__(
            cls,
            Params(*checked_weights(*instance_of("params", params, Params))),
            known_activation("activation", activation, Activation, ACTIVATIONS),
            known_activation("dense_activation", dense_activation, Activation, ACTIVATIONS),
            one_of("outputs", outputs, OUTPUTS),
        )

    @classmethod
    def _make(cls, fields):
        """A net of these four fields, checked. _replace calls this, so a changed net is checked too."""
        return cls(*fields)

    def __repr__(self) -> str:
        (n_h, n_x), n_y = self.params.W.shape, len(self.params.V)
        f, g = self.activation.name, self.dense_activation.name
        sizes = f"n_x={n_x}, n_h={n_h}, n_y={n_y}"
        return f"Net({sizes}, activation={f!r}, dense_activation={g!r}, outputs={self.outputs!r})"


def init_params(n_x, n_h, n_y=1, seed=0) -> Params:
    """Seeded random weights in float64: the same seed gives the same weights.

    n_x, n_h, n_y : numbers of inputs, hidden units and outputs, each at least 1
    seed          : a whole number, at least 0
    W and V are uniform with variance 1/(columns), so that a sum over the columns keeps its size. U is a random
    orthogonal matrix: it neither stretches nor shrinks. b and c are small and not zero, because zeros hide mistakes.
    Raises ValueError or TypeError if a size or the seed is not such a number.
    """
    n_x, n_h, n_y = (count(name, n, 1, MOST_UNITS) for name, n in (("n_x", n_x), ("n_h", n_h), ("n_y", n_y)))
    rng = np.random.default_rng(count("seed", seed, 0))

    def uniform(rows, columns, size):
        return rng.uniform(-size, size, (rows, columns))

    q, r = np.linalg.qr(rng.standard_normal((n_h, n_h)))
    return Params(
        W=uniform(n_h, n_x, np.sqrt(3 / n_x)),
        U=q * np.sign(np.diag(r)),  # this choice of signs makes all orthogonal matrices equally likely
        b=uniform(n_h, 1, 0.1),
        V=uniform(n_y, n_h, np.sqrt(3 / n_h)),
        c=uniform(n_y, 1, 0.1),
    )
