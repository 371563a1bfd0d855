"""The forward graph (section 7.2.2, Fig. 7-5): a SimpleRNN that reads T+1 inputs and answers once, at the end.

    h_hat^(t) = W x^(t) + U h^(t-1) + b        t = 0 ... T
    h^(t)     = f(h_hat^(t))
    y_hat     = V h^(T) + c                    the dense layer
    y^(T)     = g(y_hat)

One column per sequence, N sequences at once. With outputs="all" the dense layer reads each h^(t) instead of the last
(many-to-many): y_hat and y then have a leading axis of T+1 steps.
"""

from typing import NamedTuple

import numpy as np

from .activations import Activation
from .inputs import common_dtype, count, instance_of, known_activation, one_of, shaped_array
from .overflow import check_no_nan_made, quiet, say_inf

MOST = 2**31 - 1  # of one kind of unit, and far more than fit into memory
OUTPUTS = {"last": -1, "all": slice(None)}  # the steps at which the dense layer reads h: an index of axis 0


class Params(NamedTuple):
    """The weights: W, U, b of the recurrent layer, V, c of the dense layer."""

    W: np.ndarray  # (n_h, n_x)
    U: np.ndarray  # (n_h, n_h)
    b: np.ndarray  # (n_h, 1)
    V: np.ndarray  # (n_y, n_h)
    c: np.ndarray  # (n_y, 1)


class Trace(NamedTuple):
    """What the forward pass computed, and what the backward pass will ask for."""

    params: Params
    x: np.ndarray  # (T+1, n_x, N)
    h_init: np.ndarray  # (n_h, N)        h^(-1), on its own: never h[-1], which is h^(T)
    h_hat: np.ndarray  # (T+1, n_h, N)   kept because f' asks for it
    h: np.ndarray  # (T+1, n_h, N)
    y_hat: np.ndarray  # (n_y, N), or (T+1, n_y, N) with outputs "all"
    y: np.ndarray  # likewise
    activation: Activation
    dense_activation: Activation
    outputs: str = "last"


def init_params(n_x, n_h, n_y=1, seed=0) -> Params:
    """Seeded random parameters in float64: the same seed gives the same net.

    n_x, n_h, n_y : numbers of inputs, hidden units and outputs, each at least 1
    seed          : a whole number, at least 0
    W and V are uniform with variance 1/(columns), so that a sum over the columns keeps its size. U is a random
    orthogonal matrix: it neither stretches nor shrinks. b and c are small and not zero, because zeros hide mistakes.
    Raises ValueError or TypeError if a size or the seed is not such a number.
    """
    n_x, n_h, n_y = count("n_x", n_x, 1, MOST), count("n_h", n_h, 1, MOST), count("n_y", n_y, 1, MOST)
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


@quiet()
def forward(params, x, *, activation="tanh", h_init=None, dense_activation="identity", outputs="last") -> Trace:
    """The forward pass of section 7.2.2 (Fig. 7-5), all N sequences side by side.

    params           : Params
    x                : (T+1, n_x, N), the inputs x^(0) ... x^(T); one column per sequence
    activation       : f, a name in ACTIVATIONS or an Activation of your own
    h_init           : (n_h, N), the state h^(-1) before the first input; zeros unless given
    dense_activation : g, likewise
    outputs          : "last", one answer at T; or "all", one at each step
    Returns a Trace. float32 if every array handed in is float32, else float64. It refers to params and x and holds no
    copy of them: leave them as they are until backward has been called.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    Source: section 7.2.2.
    """
    params, x, h_init = checked_inputs(params, x, h_init)
    activation = known_activation("activation", activation)
    dense_activation = known_activation("dense_activation", dense_activation)
    at = OUTPUTS[one_of("outputs", outputs, OUTPUTS)]
    W, U, b, V, c = params
    f, g = activation.f, dense_activation.f

    h_hat = W @ x + b  # (T+1, n_h, N)   the part that needs no h^(t-1), for all t at once
    h = np.empty_like(h_hat)
    h_prev = h_init
    for t in range(len(x)):
        h_hat[t] += U @ h_prev
        h[t] = f(h_hat[t])
        h_prev = h[t]

    y_hat = V @ h[at] + c  # (n_y, N)   or (T+1, n_y, N)
    y = np.array(g(y_hat), dtype=y_hat.dtype)
    if np.isnan(h_hat).any() or np.isnan(y_hat).any() or np.isnan(y).any():
        check_no_nan_made(f"activation {activation.name!r}", h_hat, h)
        check_no_nan_made(f"dense_activation {dense_activation.name!r}", y_hat, y)
        lost = np.maximum.accumulate(np.isnan(h_hat).any(axis=1))  # (T+1, N), from the first such step on
        # even if an activation made a number of a nan
        np.copyto(y, np.inf, where=lost[at][..., None, :] | np.isnan(y_hat))
        say_inf(h_hat, h, y_hat, y)
    return Trace(params, x, h_init, h_hat, h, y_hat, y, activation, dense_activation, outputs)


def checked_inputs(params, x, h_init):
    """Params, x and h_init as arrays of one dtype that fit each other, or an error that says which does not."""
    instance_of("params", params, Params)
    W = shaped_array("W", params.W, ("n_h", "n_x"))
    n_h, n_x = (W.shape[0], "W"), (W.shape[1], "W")
    U = shaped_array("U", params.U, ("n_h", "n_h"), n_h=n_h)
    b = shaped_array("b", params.b, ("n_h", 1), n_h=n_h)
    V = shaped_array("V", params.V, ("n_y", "n_h"), n_h=n_h)
    c = shaped_array("c", params.c, ("n_y", 1), n_y=(V.shape[0], "V"))
    x = shaped_array("x", x, ("T+1", "n_x", "N"), n_x=n_x)
    N = x.shape[2]
    if h_init is None:
        h_init = np.zeros((W.shape[0], N), dtype=x.dtype)
    h_init = shaped_array("h_init", h_init, ("n_h", "N"), n_h=n_h, N=(N, "x"))
    *weights, x, h_init = common_dtype(W, U, b, V, c, x, h_init)
    return Params(*weights), x, h_init


def checked_target(Y, outputs, sizes):
    """Y as an array that fits outputs of these sizes: T+1 steps, n_y, N."""
    steps, n_y, N = sizes
    axes = ("T+1", "n_y", "N") if outputs == "all" else ("n_y", "N")
    return shaped_array("Y", Y, axes, **{"T+1": (steps, "x"), "n_y": (n_y, "V"), "N": (N, "x")})
