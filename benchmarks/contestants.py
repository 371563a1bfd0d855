"""Ways to the same numbers: the loss and dW, dU, db, dV, dc of a many-to-one SimpleRNN with tanh.

Each is made for a net, x and Y, outside the clock, and then called without arguments. All but bptt_core itself keep the
arrays in a form of their own, made beforehand too. PyTorch and JAX come in several ways, named after a comma.
"""

from functools import partial

import numpy as np

from bptt_core import Params, backward, forward, loss_and_gradients
from bptt_lab.train import Workspace


def fresh(net, x, Y):
    """bptt_core as it is: forward, then backward."""
    return lambda: loss_and_gradients(net, x, Y)


def kept(net, x, Y):
    """A workspace that is kept."""
    workspace = Workspace(net, x)
    return lambda: workspace.loss_and_gradients(net, x, Y)


def products(net, x, Y):
    """The matrix products of a kept workspace and nothing else: h, delta and the errors are there beforehand.

    No step waits for the one before, and nothing is written that is not asked for: the workspace cannot be faster.
    """
    trace = forward(net, x)
    back = backward(trace, Y)
    W, U, b, V, c = net.params
    (steps, n_x, N), n_h = x.shape, len(U)
    z = np.ones((steps + 1, N, n_x + n_h + 1), x.dtype)  # [x^(t)^t  h^(t-1)^t  1], and h^(T) in the last
    z[:-1, :, :n_x], z[0, :, n_x:-1], z[1:, :, n_x:-1] = x.mT, 0, trace.h.mT
    z, z_T = z[:-1], z[-1, :, n_x:]
    WUb, Vc = np.hstack([W, U, b]).T.copy(), np.hstack([V, c]).T.copy()
    delta, dy_hat, errors = back.delta.mT.copy(), back.dy_hat.T.copy(), (trace.y - Y).ravel()
    z_rows, delta_rows, row = z.reshape(steps * N, -1), delta.reshape(steps * N, -1), np.empty((N, n_h), x.dtype)
    product = np.dot if N == 1 else np.matmul

    def call():
        for z_t in z:
            product(z_t, WUb, out=row)
        np.dot(z_T, Vc)
        loss = 0.5 * float(np.dot(errors, errors))
        np.dot(dy_hat, V, out=row)
        for delta_t in delta[:0:-1]:
            product(delta_t, U, out=row)
        dWUb, dVc = np.dot(z_rows.T, delta_rows), np.dot(z_T.T, dy_hat)
        return loss, (dWUb[:n_x].T, dWUb[n_x:-1].T, dWUb[-1:].T, dVc[:-1].T, dVc[-1:].T)

    return call


def plain_loop(net, x, Y):
    """The book's recipe, one sequence after the other, one step after the other, with a cache and += for the sums."""
    W, U, b, V, c = net.params
    T = len(x) - 1

    def call():
        loss, (dW, dU, db, dV, dc) = 0.0, map(np.zeros_like, net.params)
        for n in range(x.shape[2]):
            h_hat, h = {}, {-1: np.zeros_like(b)}
            for t in range(T + 1):
                h_hat[t] = W @ x[t, :, n : n + 1] + U @ h[t - 1] + b
                h[t] = np.tanh(h_hat[t])
            error = V @ h[T] + c - Y[:, n : n + 1]
            loss += 0.5 * float(np.sum(error**2))
            dV += error @ h[T].T
            dc += error
            dh = V.T @ error
            for t in range(T, -1, -1):
                delta = dh * (1 - np.tanh(h_hat[t]) ** 2)
                dW += delta @ x[t, :, n : n + 1].T
                dU += delta @ h[t - 1].T
                db += delta
                dh = U.T @ delta
        return loss, (dW, dU, db, dV, dc)

    return call


def pytorch(net, x, Y):
    """torch.nn.RNN, a linear layer, and autograd, eagerly."""
    import torch

    W, U, b, V, c = (torch.tensor(np.asarray(weight)) for weight in net.params)
    rnn = torch.nn.RNN(W.shape[1], W.shape[0], dtype=W.dtype)
    dense = torch.nn.Linear(V.shape[1], V.shape[0], dtype=W.dtype)
    with torch.no_grad():
        for weight, value in zip(rnn.parameters(), (W, U, b[:, 0], torch.zeros_like(b[:, 0])), strict=True):
            weight.copy_(value)  # torch has two biases, which are added: the second stays 0
        dense.weight.copy_(V)
        dense.bias.copy_(c[:, 0])
    rows, target = torch.tensor(x.transpose(0, 2, 1).copy()), torch.tensor(Y.T.copy())

    def call():
        rnn.zero_grad(set_to_none=True)
        dense.zero_grad(set_to_none=True)
        loss = 0.5 * ((dense(rnn(rows)[1][0]) - target) ** 2).sum()
        loss.backward()
        dW, dU, db = rnn.weight_ih_l0.grad, rnn.weight_hh_l0.grad, rnn.bias_ih_l0.grad
        return loss.item(), (dW, dU, db[:, None], dense.weight.grad, dense.bias.grad[:, None])

    return call


def pytorch_compiled(net, x, Y):
    """The loop over the steps, written out and compiled; None if that would take minutes."""
    import torch

    if len(x) > COMPILED:
        return None
    weights = [torch.tensor(np.asarray(weight), requires_grad=True) for weight in net.params]
    rows, target = torch.tensor(x.mT.copy()), torch.tensor(Y.T.copy())

    @partial(torch.compile, dynamic=False)  # each size is compiled for itself
    def loss_of(W, U, b, V, c, rows, target):
        inputs = rows @ W.T + b[:, 0]
        h = torch.tanh(inputs[0])
        for t in range(1, len(rows)):
            h = torch.tanh(torch.addmm(inputs[t], h, U.T))
        return 0.5 * ((torch.addmm(c[:, 0], h, V.T) - target) ** 2).sum()

    def call():
        for weight in weights:
            weight.grad = None
        loss = loss_of(*weights, rows, target)
        loss.backward()
        return loss.item(), tuple(weight.grad for weight in weights)

    return call


def jax(net, x, Y, unroll):
    """value_and_grad of a scan over the steps, compiled once, its arrays placed beforehand.

    W x + b stands before the scan, for all steps at once. unroll : the steps that one turn of the scan takes
    """
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    @jax.jit
    @jax.value_and_grad
    def loss_and_grads(weights, x, Y):
        W, U, b, V, c = weights

        def step(h, input_t):
            return jnp.tanh(U @ h + input_t), None

        h, _ = jax.lax.scan(step, jnp.zeros((U.shape[0], x.shape[2]), x.dtype), W @ x + b, unroll=unroll)
        return 0.5 * jnp.sum((V @ h + c - Y) ** 2)

    weights, inputs, target = jax.device_put((tuple(net.params), x, Y))
    return lambda: jax.block_until_ready(loss_and_grads(weights, inputs, target))


COMPILED = 25  # steps that torch.compile is given: it takes the longer, the more are written out
OURS = "workspace kept"
LIMIT = "products alone"
CONTESTANTS = {
    "bptt_core": fresh,
    OURS: kept,
    LIMIT: products,
    "PyTorch, nn.RNN": pytorch,
    "PyTorch, compiled": pytorch_compiled,
    **{f"JAX, unroll {unroll}": partial(jax, unroll=unroll) for unroll in (1, 4, 16)},
    "plain loop": plain_loop,
}


class Disagreement(Exception):
    """A contestant does not give the same numbers."""


def check_agree(results):
    """Raise Disagreement unless all gave the numbers of the first.  results : name -> (loss, gradients)

    Each term of the sums costs a rounding, and these sums have up to 13,000 terms; the bound is 1e-9 of the largest
    entry in float64, and in float32, which has 7 digits, 1e-2.
    """
    first, (loss, grads) = next(iter(results.items()))
    bound = 1e-9 if np.asarray(grads[0]).dtype == np.float64 else 1e-2
    wanted = dict(zip(("loss", *("d" + name for name in Params._fields)), (loss, *grads), strict=True))
    for name, (its_loss, its_grads) in results.items():
        for (what, want), got in zip(wanted.items(), (its_loss, *its_grads), strict=True):
            want, got = np.asarray(want, dtype=float), np.asarray(got, dtype=float)
            if want.shape != got.shape or not np.abs(got - want).max() <= bound * np.abs(want).max():
                raise Disagreement(f"{name} and {first} differ in {what}")
