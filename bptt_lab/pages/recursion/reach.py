"""How far a message reaches, in the net of the running example and in five others like it."""

import numpy as np

from bptt_core import Net, backward, forward, init_params

from ...data import running_example

SEEDS = (20, 0, 1, 2, 3, 4)  # the first is that of the running example


def seeded(seed, radius=1.0, activation="tanh", U=None) -> Net:
    """The net of the running example, drawn with another seed.

    U : a matrix of spectral radius 1 in place of the net's own, which is orthogonal; it is multiplied by the radius
    """
    params = init_params(n_x=1, n_h=3, n_y=1, seed=seed)
    return Net(params._replace(U=radius * (params.U if U is None else U)), activation=activation)


def back_from(net, T):
    """The Backward of this net over the T+1 years before 1957."""
    window = running_example(T)
    return backward(forward(net, window.x), window.Y)


def lengths(back) -> np.ndarray:
    """|dh^(T-k)| / |dh^(T)| for k = 0 ... T steps back. (T+1,)   All sequences count as one column."""
    size = np.linalg.norm(back.dh, axis=(1, 2))[::-1]
    return size / (size[0] or 1.0)  # a net that is right already sends nothing
