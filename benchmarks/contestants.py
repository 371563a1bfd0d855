"""Five ways to the same numbers: the loss and dW, dU, db, dV, dc of a many-to-one SimpleRNN with tanh.

Each is made for a net, x and Y, outside the clock, and then called without arguments. The last four of them keep the
arrays in a form of their own, made beforehand too.
"""

import numpy as np

from bptt_core import Params, loss_and_gradients
from bptt_lab.train import Workspace


def fresh(net, x, Y):
    """bptt_core as it is: forward, then backward."""
    return lambda: loss_and_gradients(net, x, Y)


def kept(net, x, Y):
    """A workspace that is kept."""
    workspace = Workspace(net, x)
    return lambda: workspace.loss_and_gradients(net, x, Y)


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


def jax(net, x, Y):
    """value_and_grad of a scan over the steps, compiled once, its arrays placed beforehand."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    @jax.jit
    @jax.value_and_grad
    def loss_and_grads(weights, x, Y):
        W, U, b, V, c = weights

        def step(h, x_t):
            return jnp.tanh(W @ x_t + U @ h + b), None

        h, _ = jax.lax.scan(step, jnp.zeros((U.shape[0], x.shape[2]), x.dtype), x)
        return 0.5 * jnp.sum((V @ h + c - Y) ** 2)

    weights, inputs, target = jax.device_put((tuple(net.params), x, Y))
    return lambda: jax.block_until_ready(loss_and_grads(weights, inputs, target))


CONTESTANTS = {
    "bptt_core": fresh,
    "bptt_core, workspace kept": kept,
    "PyTorch": pytorch,
    "JAX": jax,
    "plain loop": plain_loop,
}
OURS = "bptt_core, workspace kept"


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
