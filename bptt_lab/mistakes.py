"""Back propagation with a mistake in it. Each is one slip, of a kind that has been published, in a right backward pass.

The pass stands here once more, taken apart into its steps: a mistake replaces one step and leaves the others. Nothing
in bptt_core knows of it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bptt_core import Gradients, Params, forward


class Variant(NamedTuple):
    """A backward pass in steps, h^(-1) = 0. Unless replaced, each step is right."""

    title: str
    slip: str = ""  # the wrong line
    why: str = ""  # what is wrong with it
    source: str = ""  # where the book says so
    error: Callable = lambda y, Y: y - Y  # the first message
    link: Callable = lambda U, dh, df, t: U.T @ (dh[t + 1] * df[t + 1])  # dh^(t), 7.6
    factor: Callable = lambda dh, df: dh * df  # delta, all steps
    uses_of_U: Callable = lambda delta, h: (delta[1:], h[:-1])  # what 7.8 pairs
    total_of_U: Callable = lambda terms: terms.sum(axis=0)  # 7.8
    dtype: type = np.float64

    def gradients(self, net, x, Y) -> Gradients:
        """Arguments as for bptt_core.gradients."""
        W, U, b, V, c = params = Params(*(weight.astype(self.dtype) for weight in net.params))
        x, Y = x.astype(self.dtype), Y.astype(self.dtype)
        trace = forward(net._replace(params=params), x)
        h, df = trace.h, trace.net.activation.df(trace.h_hat)

        dy = self.error(trace.y, Y)
        dh = np.zeros_like(h)
        dh[-1] = V.T @ dy
        for t in reversed(range(len(x) - 1)):
            dh[t] = self.link(U, dh, df, t)
        delta = self.factor(dh, df)

        return Gradients(
            dW=_outer(delta, x).sum(axis=0),
            dU=self.total_of_U(_outer(*self.uses_of_U(delta, h))),
            db=delta.sum(axis=(0, 2))[:, None],
            dV=dy @ h[-1].T,
            dc=dy.sum(axis=1, keepdims=True),
        )


def _outer(delta, states):
    return delta @ states.transpose(0, 2, 1)


def _link_in_place(U, dh, df, t):
    message = dh[t + 1]  # no copy
    message *= df[t + 1]
    return U.T @ message


RIGHT = Variant("no mistake")

MISTAKES = {
    "transpose": Variant(
        "U instead of its transpose",
        "dh[t] = U @ (dh[t+1] * df[t+1])",
        "the messages for h_j come back through column j of U, and adding down a column is what the transpose does. "
        "U is square, so no shape complains",
        "7.6",
        link=lambda U, dh, df, t: U @ (dh[t + 1] * df[t + 1]),
    ),
    "step": Variant(
        "f′ of the wrong step",
        "dh[t] = U.T @ (dh[t+1] * df[t])",
        "the message leaves step t+1 through the activation of step t+1, not through that of the step it goes to",
        "7.6",
        link=lambda U, dh, df, t: U.T @ (dh[t + 1] * df[t]),
    ),
    "slope": Variant(
        "f′ left out",
        "dh[t] = U.T @ dh[t+1]",
        "each link passes two nodes, the activation and the sum: f′ comes first, then the transpose of U",
        "7.6",
        link=lambda U, dh, df, t: U.T @ dh[t + 1],
    ),
    "overwrite": Variant(
        "= for += in the sum for U",
        "dU = delta[t] @ h[t-1].T",
        "each use of U adds a term. With = only the term that was computed last is left, that of t = 1",
        "7.8",
        total_of_U=lambda terms: terms[:1].sum(axis=0),
    ),
    "wrap": Variant(
        "h[-1] wrapped round at t = 0",
        "dU += delta[t] @ h[t-1].T, at t = 0 too",
        "at t = 0 the state before is h^(-1), which is 0. In Python h[-1] is the last state, h^(T)",
        "7.8",
        uses_of_U=lambda delta, h: (delta, np.roll(h, 1, axis=0)),
    ),
    "range": Variant(
        "the sum for U with the range of W",
        "dU += delta[t] @ h[t].T, t = 0 … T",
        "W multiplies x of the same step, U the state of the step before: 7.8 pairs delta^(t) with h^(t-1), from t = 1",
        "7.8",
        uses_of_U=lambda delta, h: (delta, h),
    ),
    "mean": Variant(
        "mean for sum over the sequences",
        "dy = (y - Y) / N",
        "the loss is summed over the sequences, so no message is divided by their number",
        "7.3",
        error=lambda y, Y: (y - Y) / y.shape[1],
    ),
    "half": Variant(
        "the ½ forgotten",
        "dy = 2 * (y - Y)",
        "the ½ of the loss cancels the 2 that the square brings down",
        "7.3",
        error=lambda y, Y: 2 * (y - Y),
    ),
    "in place": Variant(
        "dh changed in place",
        "message = dh[t+1]; message *= df[t+1]",
        "message is dh[t+1] itself and no copy: dh^(t+1) changes behind your back, and the sums multiply by f′ again",
        "7.6",
        link=_link_in_place,
    ),
    "float32": Variant(
        "float32",
        "params.astype(np.float32)",
        "the formulas are right. Rounded to seven digits, a gradient can agree to no more than that",
        "no equation: the floats",
        dtype=np.float32,
    ),
}
