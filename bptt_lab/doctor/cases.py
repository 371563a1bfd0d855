"""A case worth trying, in a layout with a name: all sizes differ, no zeros, nothing symmetric, nothing saturated."""

from typing import NamedTuple

import numpy as np

N_X, N_H, N_Y = 4, 6, 7
PARAMETERS = ("W", "U", "b", "V", "c")


class Layout(NamedTuple):
    """How somebody keeps the arrays."""

    rows: bool  # the weights stand behind: a = x W + h U + b
    axes: tuple  # of x, by their place in (T+1, n_x, N)
    said: str


LAYOUTS = {
    "columns": Layout(False, (0, 1, 2), "W (n_h, n_x), x (T+1, n_x, N)"),
    "rows": Layout(True, (0, 2, 1), "W (n_x, n_h), x (T+1, N, n_x)"),
    "batch first": Layout(True, (2, 0, 1), "W (n_x, n_h), x (N, T+1, n_x)"),
    "time last": Layout(False, (1, 2, 0), "W (n_h, n_x), x (n_x, N, T+1)"),
    "torch": Layout(False, (0, 2, 1), "W (n_h, n_x), b flat, x (T+1, N, n_x): a = x W.T + h U.T + b"),
    "torch batch first": Layout(False, (2, 0, 1), "W (n_h, n_x), b flat, x (N, T+1, n_x): a = x W.T + h U.T + b"),
    "one sequence": Layout(False, (0, 1, 2), "W (n_h, n_x), b flat, x (T+1, n_x)"),
}


def case(layout="columns", seed=0, *, outputs="last", steps=5, N=2, classes=False) -> dict:
    """Parameters and data on which no known mistake hides: W, U, b, V, c, x, Y by their names, in float64.

    layout  : a name in LAYOUTS, which says the shapes
    seed    : the same seed gives the same numbers
    outputs : "last", Y at step T; or "all", Y at each step, laid out as x
    steps   : T+1
    N       : sequences; 1 in the layout "one sequence"
    classes : Y is one-hot, for softmax and cross entropy
    Raises ValueError if there is no such layout.
    """
    if layout not in LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(LAYOUTS)}; got {layout!r}")
    if outputs not in ("last", "all"):
        raise ValueError(f'outputs must be "last" or "all"; got {outputs!r}')
    chosen, rng = LAYOUTS[layout], np.random.default_rng([seed, steps, N])
    N = 1 if layout == "one sequence" else N
    shapes = (N_H, N_X), (N_H, N_H), (N_H, 1), (N_Y, N_H), (N_Y, 1)
    weights = [_sizeable(rng, shape) * size for shape, size in zip(shapes, (0.5, 0.5, 0.4, 0.8, 0.4), strict=True)]
    made = {name: _weight(array, chosen, layout) for name, array in zip(PARAMETERS, weights, strict=True)}
    Y = _sizeable(rng, (steps, N_Y, N))
    if classes:
        Y = np.eye(N_Y)[rng.integers(N_Y, size=(steps, N))].transpose(0, 2, 1)
    made["x"] = _data(_sizeable(rng, (steps, N_X, N)), chosen, layout)
    made["Y"] = _data(Y if outputs == "all" else Y[-1], chosen, layout)
    return made


def _sizeable(rng, shape):
    """Numbers of either sign, none near 0."""
    return rng.uniform(0.25, 1.25, shape) * rng.choice([-1, 1], shape)


def _weight(array, chosen, layout):
    if array.shape[1] == 1:
        return array[:, 0].copy() if chosen.rows or layout.startswith(("torch", "one")) else array
    return np.ascontiguousarray(array.T if chosen.rows else array)


def _data(array, chosen, layout):
    if layout == "one sequence":
        return array[..., 0].copy()
    if array.ndim == 3:
        return np.ascontiguousarray(array.transpose(chosen.axes))
    columns = chosen.axes.index(1) < chosen.axes.index(2)
    return np.ascontiguousarray(array if columns else array.T)
