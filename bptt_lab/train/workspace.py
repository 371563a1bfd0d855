"""The same gradients, in memory that is kept: for a loop that asks for them thousands of times.

With a row per sequence, and what a step reads side by side in it, one product does the work of two, and one sum that of
three:

    z^(t)        = [x^(t)^t  h^(t-1)^t  1]                 (N, n_x + n_h + 1)
    h_hat^(t)    = z^(t) [W U b]^t                         7.2.2
    dh^(t)       = delta^(t+1) U                           7.6, in the order of the book
    [dW dU db]^t = sum of z^(t)^t delta^(t)                7.7, 7.8 and 7.9, over steps and sequences

Nothing large is allocated in a call: h_hat, f' and delta take turns in one array. The equations to read remain in
forward.py and backward.py; the tests hold the two ways against each other.

f' of tanh is 1 - h^2 here: no second tanh. It is off by at most two roundings of 1, so a small one has few digits, and
past |h_hat| = 20 (in float32 past 10) it is 0. ACTIVATIONS["tanh"].df, which backward.py takes, has all digits there.
"""

from functools import reduce
from math import isfinite

import numpy as np

from bptt_core import ACTIVATIONS, Gradients, Net, Params, loss_and_gradients
from bptt_core.inputs import checked_inputs, checked_target, count, quiet

# Steps of the recursion that are done together. Between two blocks the message is cleared of numbers so small that a
# processor takes a hundred times as long over them; f' of one block at a time needs little memory beside it.
BLOCK = 64
# Terms of a sum that are added up together: the rounding error of a sum grows with its length, and in float32 it shows.
TERMS = 2**14
TANH, IDENTITY = ACTIVATIONS["tanh"], ACTIVATIONS["identity"]
OURS = {id(activation) for activation in ACTIVATIONS.values()}  # by identity: another Activation may have the same name


class Workspace:
    """Memory for the gradients of nets and inputs of one size, which every call of loss_and_gradients uses again.

    Workspace(net, x) : for nets and inputs of the shapes and the dtype of these two; it keeps neither
    A call takes the buffers and puts them back when it ends. If they are taken, by another thread or by a call that is
    still going on, or were lost in an interrupt, it makes new ones. A copy, pickled or not, has buffers of its own.
    Raises ValueError, or TypeError for a wrong type, that names the argument.
    """

    def __init__(self, net, x):
        net, x, _ = checked_inputs(net, x, None, Net)
        self._shapes, self._dtype = [array.shape for array in (*net.params, x)], x.dtype
        steps, n_x, N = x.shape
        self._sizes = steps, n_x, len(net.params.W), len(net.params.V), N
        self._idle = [_Buffers(*self._sizes, self._dtype)]

    def __repr__(self) -> str:
        return f"Workspace({_described(self._shapes, self._dtype)})"

    def __getstate__(self):
        return {**vars(self), "_idle": []}

    def loss_and_gradients(self, net, x, Y, *, h_init=None, steps=None) -> tuple[float, Gradients]:
        """The loss of eq. 7.3 and all gradients: the same numbers as bptt_core.loss_and_gradients, up to rounding.

        net, x, Y, h_init, steps : as there; net and x of the shapes, and all of the dtype, that this workspace is for
        Raises ValueError, or TypeError for a wrong type, that names the argument.
        Source: sections 7.2.3 and 7.2.4.
        """
        net, x, Y, h_init = self._checked(net, x, Y, h_init)
        first = 0 if steps is None else len(x) - count("steps", steps, 1, len(x))
        try:
            buffers = self._idle.pop()  # in one step, in which no thread and no interrupt comes between
        except IndexError:
            buffers = _Buffers(*self._sizes, self._dtype)
        with quiet():
            found = buffers.loss_and_gradients(net, x, Y, h_init, first)
        self._idle.append(buffers)
        if found is None:  # a number is not finite: forward and backward tell best which
            return loss_and_gradients(net, x, Y, h_init=h_init, steps=steps)
        return found

    def _checked(self, net, x, Y, h_init):
        """The arguments as arrays of this workspace's shapes and dtype, or an error that says which is not."""
        steps, _, n_h, n_y, N = self._sizes
        ready = (
            isinstance(net, Net)
            and all(map(self._is_ready, (*net.params, x), self._shapes))
            and self._is_ready(Y, (steps, n_y, N) if net.outputs == "all" else (n_y, N))
            and (h_init is None or self._is_ready(h_init, (n_h, N)))
        )
        if not ready:
            net, x, h_init = checked_inputs(net, x, h_init, Net)
            Y = checked_target(Y, net, x)
            shapes, dtype = [array.shape for array in (*net.params, x)], np.result_type(x, Y)
            if (shapes, dtype) != (self._shapes, self._dtype):
                made_for, got = _described(self._shapes, self._dtype), _described(shapes, dtype)
                raise ValueError(
                    f"net and x must fit this workspace, and so must h_init and Y: it is for {made_for}; got {got}"
                )
        return net, x, Y, h_init

    def _is_ready(self, array, shape):
        """Whether that is an array as it is needed: most calls bring nothing else, and to ask this is quick."""
        return type(array) is np.ndarray and array.dtype == self._dtype and array.shape == shape


class _Buffers:
    """The arrays, and the two passes in them. One call at a time."""

    def __init__(self, steps, n_x, n_h, n_y, N, dtype):
        self._WUb = np.empty((n_x + n_h + 1, n_h), dtype)  # [W U b]^t
        self._Vc = np.empty((n_h + 1, n_y), dtype)
        z = np.ones((steps + 1, N, n_x + n_h + 1), dtype)  # one step more: there, h^(T) is written
        self._x, self._h_init, self._h = z[:-1, :, :n_x], z[0, :, n_x:-1], z[1:, :, n_x:-1]
        self._z, self._h1 = z[:-1].reshape(steps * N, -1), z[1:].reshape(steps * N, -1)[:, n_x:]
        self._delta = np.empty((steps, N, n_h), dtype)  # h_hat, then f'(h_hat), then delta
        self._message = np.empty((N, n_h), dtype)
        self._delta_rows = self._delta.reshape(steps * N, n_h)
        self._arrays = z[:-1], self._delta, self._h
        self._views = list(zip(*self._arrays, strict=True)) if steps <= BLOCK else None  # made once if they are few
        self._negligible = np.finfo(dtype).tiny / np.finfo(dtype).eps
        # two ways to the same product, each the quicker one for its shapes
        self._product = np.dot if N == 1 else np.matmul

    def loss_and_gradients(self, net, x, Y, h_init, first):
        """The loss and the Gradients, for arguments that fit; None if a number is not finite.

        first : the step at which the recursion ends
        """
        h1, y_hat = self._forward(net, x, h_init)
        if _may_hide_nan(net.activation, self._delta) or _may_hide_nan(net.dense_activation, y_hat):
            return None
        loss, dWUb, dVc = self._backward(net, h1, y_hat, Y, first)
        arrays = [dWUb, dVc, self._WUb, self._Vc, x, *([] if h_init is None else [h_init])]
        if not isfinite(loss + sum([np.vdot(array, array) for array in arrays])):  # no square is below 0
            return None
        n_x = x.shape[1]
        return loss, Gradients(dWUb[:n_x].T, dWUb[n_x:-1].T, dWUb[-1:].T, dVc[:-1].T, dVc[-1:].T)

    def _forward(self, net, x, h_init):
        """z^(t) and h_hat^(t) of every step; [h^t 1] where the dense layer reads it, in rows, and y_hat."""
        W, U, b, V, c = net.params
        n_x, WUb, product, f = W.shape[1], self._WUb, self._product, _f_into(net.activation)
        WUb[:n_x], WUb[n_x:-1], WUb[-1:] = W.T, U.T, b.T
        self._Vc[:-1], self._Vc[-1:] = V.T, c.T
        np.copyto(self._x, x.mT)
        np.copyto(self._h_init, 0 if h_init is None else h_init.T)
        for z, h_hat, h in self._views or zip(*self._arrays, strict=True):
            product(z, WUb, out=h_hat)
            f(h_hat, h)
        h1 = self._h1 if net.outputs == "all" else self._h1[-x.shape[2] :]  # ((T+1) N, n_h + 1), or (N, n_h + 1)
        return h1, np.dot(h1, self._Vc)

    def _backward(self, net, h1, y_hat, Y, first):
        """Eqs. 7.3 to 7.9, and the dense layer's, from what _forward left: the loss, [dW dU db]^t and [dV dc]^t."""
        U, V, g = net.params.U, net.params.V, net.dense_activation
        n_y, N, every_step = len(V), len(self._message), net.outputs == "all"
        T = len(self._delta) - 1

        # the dense layer
        error = np.asarray(g.f(y_hat), y_hat.dtype) - Y.mT.reshape(-1, n_y)
        dy_hat = error
        if g.df is not IDENTITY.df:
            dy_hat = error * np.asarray(g.df(y_hat), y_hat.dtype)
        squares = error.reshape(-1)
        loss = 0.5 * float(_sum_of_products(squares, squares))  # 7.3
        if every_step:
            dy_hat[: first * N] = 0

        # the recursion, block by block
        dh, product = self._message, self._product
        if every_step:
            dh[...] = 0
        else:
            np.dot(dy_hat, V, out=dh)  # 7.4, 7.5
        for stop in range(T + 1, first, -BLOCK):
            start = max(stop - BLOCK, first)
            block = self._delta[start:stop]
            _df_over(net.activation, block, self._h[start:stop])
            for t, delta in zip(range(stop - 1, start - 1, -1), block[::-1], strict=True):
                if every_step:
                    dh += np.dot(dy_hat[t * N : (t + 1) * N], V)
                delta *= dh  # delta^(t) = dh^(t) f'(h_hat^(t))
                if t > first:
                    product(delta, U, out=dh)  # 7.6: dh^(t-1)
            if start > first:
                dh[np.abs(dh) < self._negligible] = 0

        # the sums
        dWUb = _sum_of_products(self._z[first * N :], self._delta_rows[first * N :])  # 7.7, 7.8, 7.9
        return loss, dWUb, _sum_of_products(h1, dy_hat)


def _described(shapes, dtype):
    sized = (f"{name} {shape}" for name, shape in zip((*Params._fields, "x"), shapes, strict=True))
    return f"{', '.join(sized)} in {dtype}"


def _f_into(activation):
    """f, as a function that writes f(h_hat) into h."""
    if activation.f is TANH.f:
        return np.tanh
    return lambda h_hat, h: np.copyto(h, activation.f(h_hat))


def _df_over(activation, h_hat, h):
    """Write f'(h_hat) over h_hat."""
    if activation.f is TANH.f and activation.df is TANH.df:
        np.multiply(h, h, out=h_hat)
        np.subtract(1, h_hat, out=h_hat)  # 1 - h^2: no second tanh
    else:
        np.copyto(h_hat, activation.df(h_hat))


def _may_hide_nan(activation, h_hat):
    """Whether there is a nan that f may make a number of. Those of ACTIVATIONS do not."""
    return id(activation) not in OURS and np.isnan(h_hat).any()


def _sum_of_products(a, b):
    """a^t b, some rows at a time."""
    if len(a) <= TERMS:
        return np.dot(a.T, b)
    starts = range(0, len(a), TERMS)
    return reduce(np.add, (np.dot(a[start : start + TERMS].T, b[start : start + TERMS]) for start in starts))
