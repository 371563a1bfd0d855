"""Nets as people have them, for the doctor: any layout, loss, activation, convention; a right pass as plain loops."""

from typing import NamedTuple

import numpy as np

from bptt_core import ACTIVATIONS, Activation, Net, Params, forward

NAMES = ("dW", "dU", "db", "dV", "dc")
LOSSES = ("squares", "softmax", "binary", "own", "above")


def softmax(a):
    e = np.exp(a - a.max(axis=-2, keepdims=True))
    return e / e.sum(axis=-2, keepdims=True)


class Patient(NamedTuple):
    """In columns: what was computed, and what is handed over of it."""

    net: Net  # with g = identity
    g: str
    loss: str  # of LOSSES
    x: np.ndarray
    h_init: np.ndarray | None
    Y: np.ndarray  # or dy, or dh
    y: np.ndarray
    h: np.ndarray
    dy_hat: np.ndarray  # as y
    value: float
    factor: float

    def apart(self, slips) -> bool:
        """Do they replace different steps?"""
        steps = [step for slip in slips for step in slip.steps]
        return len(set(steps)) == len(steps)

    def wrong(self, made) -> tuple:
        """The gradients that a Pass of bptt_lab.slips gives."""
        g = ACTIVATIONS.get(self.g) or Activation("softmax", softmax, np.ones_like)
        if self.loss in ("softmax", "binary"):  # cross entropy: g' and the loss together make y - Y
            g = Activation(g.name, g.f, np.ones_like)
        trace = forward(self.net._replace(dense_activation=g), self.x, h_init=self.h_init)
        Y = self.Y if self.loss in ("squares", "softmax", "binary") else trace.y - self.Y
        return made._replace(factor=lambda steps, N, n_y: self.factor).backward(trace, Y)


def patient(rng, *, sizes=None, activation=None, loss=None, outputs=None, factor=None, begins=None) -> Patient:
    steps, n_x, n_h, n_y, N = sizes or (int(n) for n in rng.integers((1, 1, 2, 1, 1), (9, 7, 8, 5, 7)))
    loss = loss or LOSSES[rng.integers(len(LOSSES))]
    n_y = n_h if loss == "above" else max(n_y, 2) if loss == "softmax" else n_y
    f = activation or list(ACTIVATIONS)[rng.integers(len(ACTIVATIONS))]
    outputs = outputs or ("last", "all")[rng.integers(2)]
    scale = 0.9 / np.sqrt(n_h) if f in ("relu", "identity", "softplus", "leaky_relu") else 1.3 / np.sqrt(n_h)
    W, U = rng.normal(size=(n_h, n_x)) * 0.7, rng.normal(size=(n_h, n_h)) * scale
    b, V, c = rng.normal(size=(n_h, 1)) * 0.4, rng.normal(size=(n_y, n_h)) * 0.7, rng.normal(size=(n_y, 1)) * 0.4
    if loss == "above":
        V, c = np.eye(n_h), np.zeros((n_h, 1))
    net = Net(Params(W, U, b, V, c), f, outputs=outputs)
    x = rng.normal(size=(steps, n_x, N))
    if n_x > 2 and rng.random() < 0.25:
        x = np.eye(n_x)[rng.integers(n_x, size=(steps, N))].transpose(0, 2, 1)
    begins = rng.random() < 0.3 if begins is None else begins  # with an h^(-1)
    h_init = rng.normal(size=(n_h, N)) * 0.5 if begins else None
    trace = forward(net, x, h_init=h_init)
    shape = trace.y.shape
    usual = {"softmax": "softmax", "binary": "sigmoid", "above": "identity"}
    g = usual.get(loss) or ("identity", "identity", "tanh", "sigmoid")[rng.integers(4)]
    y = softmax(trace.y_hat) if g == "softmax" else ACTIVATIONS[g].f(trace.y_hat)
    value = np.nan
    if loss in ("own", "above"):
        Y = rng.normal(size=shape)  # the derivative itself
        dy_hat = Y * (ACTIVATIONS[g].df(trace.y_hat) if loss == "own" else 1)
    elif loss == "squares":
        Y = rng.normal(size=shape)
        dy_hat, value = (y - Y) * ACTIVATIONS[g].df(trace.y_hat), 0.5 * ((y - Y) ** 2).sum()
    elif loss == "softmax":
        moved = np.eye(n_y)[rng.integers(n_y, size=(*shape[:-2], N))]
        Y = np.swapaxes(moved, -1, -2)
        dy_hat, value = y - Y, -(Y * np.log(y)).sum()
    else:
        Y = (rng.random(size=shape) < 0.5) * 1.0
        dy_hat, value = y - Y, np.logaddexp(0, (1 - 2 * Y) * trace.y_hat).sum()
    if factor is None:
        choices = [1, 1, 1, -1, 2, 0.5, 1 / N, 2 / N, 1 / steps, 1 / (N * steps), 1 / (N * steps * n_y), -1 / N]
        factor = choices[rng.integers(len(choices))] if loss != "above" else (1, 1, 1 / N)[rng.integers(3)]
    return Patient(net, g, loss, x, h_init, Y, y, trace.h, dy_hat, value, factor)


def right_gradients(p) -> tuple:
    """As plain loops over the steps and the sequences."""
    W, U, b, V, c = p.net.params
    df = p.net.activation.df
    steps, _, N = p.x.shape
    grads = [np.zeros_like(weight) for weight in p.net.params]
    for n in range(N):
        back = np.zeros(len(U))
        for t in reversed(range(steps)):
            dh = back
            if p.net.outputs == "all" or t == steps - 1:
                dy = p.factor * (p.dy_hat[t] if p.dy_hat.ndim == 3 else p.dy_hat)[:, n]
                grads[3] += np.outer(dy, p.h[t, :, n])
                grads[4] += dy[:, None]
                dh = dh + V.T @ dy
            before = p.h[t - 1, :, n] if t else (np.zeros(len(U)) if p.h_init is None else p.h_init[:, n])
            delta = dh * df(W @ p.x[t, :, n] + U @ before + b[:, 0])
            grads[0] += np.outer(delta, p.x[t, :, n])
            grads[1] += np.outer(delta, before)
            grads[2] += delta[:, None]
            back = U.T @ delta
    return tuple(grads)


def handed_over(p, grads, rng, *, dtype=float, settled=True, plain=False) -> dict:
    """The arguments of diagnose, in a layout that people have. `grads` may be wrong."""
    rows = bool(rng.integers(2)) and not plain
    order = [tuple(rng.permutation(3)), (0, 1, 2), (2, 0, 1), (0, 2, 1)][rng.integers(4)] if not plain else (0, 1, 2)
    flip = rng.random(3) < 0.1 if not plain else np.zeros(3, bool)  # a matrix the other way round than the others
    turned = dict(zip("WUV", rows ^ flip, strict=True))
    vector = ("column", "flat", "row")[rng.integers(3)] if not plain else "column"

    def matrix(name, array):
        return array.T if turned[name[-1]] and array.ndim == 2 else array

    def bias(array):
        if array.shape[1] > 1:  # a bias for each sequence
            return array
        return {"column": array, "flat": array[:, 0], "row": array.T}[vector]

    def data(array):
        if array.ndim == 3:
            array = array.transpose(order)
            if p.x.shape[2] == 1 and rng.random() < 0.5:
                array = np.squeeze(array, axis=order.index(2))
            return array
        return array.T if order.index(2) < order.index(1) else array

    W, U, b, V, c = p.net.params
    dW, dU, db, dV, dc = grads
    made = {"W": matrix("W", W), "U": matrix("U", U), "x": data(p.x), "dW": matrix("dW", dW), "dU": matrix("dU", dU)}
    if rng.random() < 0.2 and not plain and db.shape[1] == 1:
        made |= {"b": [bias(b * 0.3), bias(b * 0.7)], "db": [bias(db), bias(db)]}
    else:
        made |= {"b": bias(b), "db": bias(db)}
    if p.loss == "above":
        made["dh"] = data(p.Y)
    else:
        made |= {"V": matrix("V", V), "c": bias(c), "dV": matrix("dV", dV), "dc": bias(dc)}
        made["dy" if p.loss == "own" else "Y"] = data(p.Y)
    if p.h_init is not None:
        made["h_init"] = data(p.h_init)
    says = rng.random(3) < 0.5
    if (says[0] or settled) and p.loss != "above":
        made["y"] = data(p.y)
    if says[1] or (settled and p.loss == "above"):
        made["h"] = data(p.h)
    if says[2] and p.value == p.value:
        made["loss"] = p.value * abs(p.factor)

    def cast(value):
        return [cast(each) for each in value] if isinstance(value, list) else np.asarray(value, dtype=dtype)

    return {name: cast(value) for name, value in made.items()}
