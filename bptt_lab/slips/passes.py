"""The right backward pass, taken apart into its steps. A slip replaces one of them, and leaves the others.

The steps stand in the order in which they are taken. Shapes are those of bptt_core: x (T+1, n_x, N), h (T+1, n_h, N),
dy (T+1, n_y, N), zeros at the steps that have no answer.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bptt_core import Gradients, Params, forward


def outer(delta, states):
    """The terms of a sum: delta^(t) times the transpose of the state, sequences added up. (T+1, rows, columns)

    delta may hold several passes side by side, (T+1, passes, rows, N); then the terms do too.
    """
    return delta @ _beside(states, delta).mT


def _beside(states, delta):
    return states if delta.ndim == 3 else states[:, None]


def shifted(h, h_init):
    """h^(t-1) for each t: what U multiplied. (T+1, n_h, N)"""
    return np.concatenate([h_init[None], h[:-1]])


class Pass(NamedTuple):
    """Back propagation through time, eqs. 7.3 to 7.9, in steps. Each is right unless another is given."""

    cast: Callable = lambda array: array  # what the numbers are kept in
    error: Callable = lambda y, Y: y - Y  # 7.3, differentiated: the first message
    factor: Callable = lambda steps, N, n_y: 1  # the same for all messages: 1 for half of a sum of squares
    dense: Callable = lambda g, y_hat, y: g.df(y_hat)  # g'(y_hat)
    upstream: Callable = lambda grad_dense, back: grad_dense  # 7.4: what the dense layer sends to each h^(t)

    slope: Callable = lambda f, h_hat, h, before: f.df(h_hat)  # f'(h_hat^(t)), all t
    slopes: Callable = lambda df: df  # what of it is used in which step
    through: Callable = lambda dh, delta, df, t: delta[t + 1]  # 7.6, the first half: back through f of step t+1
    turn: Callable = lambda U: U.T  # 7.6, the second half: back through U
    sent: Callable = lambda message, df, t: message  # as step t gets it
    join: Callable = lambda answer, message: answer + message  # dh^(t)
    passed: Callable = lambda dh, message, df: dh * df  # delta^(t)
    weights: Callable = lambda U, term: U  # U for the next message, after the term of 7.8 is known
    reach: Callable = lambda recursion, answers: recursion(answers)  # how far each answer's message goes back

    shared: Callable = lambda delta, dh, df: delta  # the factor of the sums
    states_of_W: Callable = lambda x: x  # 7.7: what delta^(t) is paired with
    states_of_U: Callable = lambda h, h_init: shifted(h, h_init)  # 7.8: what delta^(t) is paired with
    terms_of_U: Callable = lambda terms: terms  # 7.8: which terms of U count
    uses_of_b: Callable = lambda delta: delta  # 7.9: which steps of b count
    terms_of_b: Callable = lambda delta: delta.sum(axis=-1, keepdims=True)  # 7.9
    terms_of_c: Callable = lambda dy: dy.sum(axis=-1, keepdims=True)
    rounds: Callable = lambda steps, N: slice(None)  # the steps whose terms are added
    total: Callable = lambda terms: terms.sum(axis=0)  # each of the five sums
    result: Callable = lambda grad: grad
    result_of_W: Callable = lambda dW: dW
    result_of_U: Callable = lambda dU: dU
    result_of_V: Callable = lambda dV: dV

    def gradients(self, net, x, Y, *, h_init=None) -> Gradients:
        """Arguments, result and errors as for bptt_core.gradients."""
        net = net._replace(params=Params(*map(self.cast, net.params)))
        return self.backward(forward(net, self.cast(x), h_init=h_init), self.cast(Y))

    def backward(self, trace, Y) -> Gradients:
        """trace, Y : as for bptt_core.backward"""
        dy, _, dh, delta, df = self.messages(trace, Y)
        delta = self.shared(delta, dh, df)
        return Gradients(*(self.sum(name, trace, dy, delta) for name in Gradients._fields))

    def messages(self, trace, Y):
        """All that the sums are made of, each with a leading axis of T+1 steps: dy, grad_dense, dh, delta, f'.

        trace, Y : as for bptt_core.backward
        """
        dy = self.first(trace, Y)
        return dy, *self.back(trace, dy)

    def first(self, trace, Y):
        """dL/dy_hat^(t), (T+1, n_y, N): zeros at the steps that have no answer."""
        net, (steps, _, N) = trace.net, trace.x.shape
        dy = np.zeros((steps, len(net.params.V), N), dtype=trace.h.dtype)
        factor = self.factor(steps, N, len(net.params.V))
        dy[_answers(net)] = self.error(trace.y, Y) * factor * self.dense(net.dense_activation, trace.y_hat, trace.y)
        return dy

    def back(self, trace, dy):
        """grad_dense, dh, delta and f', eqs. 7.4 to 7.6, each (T+1, n_h, N)."""
        U, V = trace.net.params.U, trace.net.params.V
        before = shifted(trace.h, trace.h_init)
        df = self.slopes(self.slope(trace.net.activation, trace.h_hat, trace.h, before))
        answers = self.upstream(V.T @ dy, lambda answers: self.recursion(U, answers, df, before)[0])
        return answers, *self.reach(lambda answers: self.recursion(U, answers, df, before), answers), df

    def delta(self, trace, dy):
        """The factor of the sums, (T+1, n_h, N)."""
        _, dh, delta, df = self.back(trace, dy)
        return self.shared(delta, dh, df)

    def sum(self, name, trace, dy, delta):
        """One of the five gradients: its terms, added up. `name` is one of Gradients' fields."""
        counted = self.rounds(len(trace.x), trace.x.shape[2])
        if name in ("dV", "dc") and trace.net.outputs == "last":
            counted = _answers(trace.net)  # one answer: V and c are outside of the loop
        grad = self.result(self.total(self.terms(name, trace, dy, delta)[counted]))
        return {"dW": self.result_of_W, "dU": self.result_of_U, "dV": self.result_of_V}.get(name, np.asarray)(grad)

    def terms(self, name, trace, dy, delta):
        """What one of the five sums adds up, eqs. 7.7 to 7.9: a leading axis of T+1 steps."""
        if name == "dW":
            return outer(delta, self.states_of_W(trace.x))
        if name == "dU":
            return self.terms_of_U(outer(delta, self.states_of_U(trace.h, trace.h_init)))
        if name == "db":
            return self.terms_of_b(self.uses_of_b(delta))
        return outer(dy, trace.h) if name == "dV" else self.terms_of_c(dy)

    def recursion(self, U, answers, df, before=None):
        """dh and delta, eqs. 7.5 and 7.6, from T back to 0.

        answers : (T+1, n_h, N), what the dense layer sends to each step; zeros where there is no answer
        before  : h^(t-1), for those who move U on the way
        """
        dh, delta = np.zeros_like(df), np.zeros_like(df)
        for t in reversed(range(len(df))):
            message = np.zeros_like(df[t])
            if t + 1 < len(df):
                message = self.sent(self.turn(U) @ self.through(dh, delta, df, t), df, t)
                if before is not None:
                    U = self.weights(U, delta[t + 1] @ before[t + 1].T)
            dh[t] = self.join(answers[t], message)
            delta[t] = self.passed(dh[t], message, df[t])
        return dh, delta


def _answers(net):
    return slice(None) if net.outputs == "all" else slice(-1, None)


RIGHT = Pass()
