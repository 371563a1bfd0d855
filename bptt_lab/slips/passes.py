"""The right backward pass, taken apart into its steps. A slip replaces one of them, and leaves the others.

The steps stand in the order in which they are taken. Shapes are those of bptt_core: x (T+1, n_x, N), h (T+1, n_h, N),
dy (T+1, n_y, N), zeros at the steps that have no answer.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bptt_core import Gradients, Params, forward


def outer(delta, states):
    """The terms of a sum: delta^(t) times the transpose of the state, sequences added up. (T+1, rows, columns)"""
    return delta @ states.transpose(0, 2, 1)


def shifted(h, h_init):
    """h^(t-1) for each t: what U multiplied. (T+1, n_h, N)"""
    return np.concatenate([h_init[None], h[:-1]])


class Pass(NamedTuple):
    """Back propagation through time, eqs. 7.3 to 7.9, in steps. Each is right unless another is given."""

    cast: Callable = lambda array: array  # what the numbers are kept in
    error: Callable = lambda y, Y: y - Y  # 7.3, differentiated: the first message
    factor: Callable = lambda steps, N, n_y: 1  # the same for all messages: 1 for half of a sum of squares
    upstream: Callable = lambda grad_dense, back: grad_dense  # 7.4: what the dense layer sends to each h^(t)

    slope: Callable = lambda f, h_hat, h, before: f.df(h_hat)  # f'(h_hat^(t)), all t
    slopes: Callable = lambda df: df  # what of it is used in which step
    through: Callable = lambda dh, delta, df, t: delta[t + 1]  # 7.6, the first half: back through f of step t+1
    turn: Callable = lambda U: U.T  # 7.6, the second half: back through U
    sent: Callable = lambda message, df, t: message  # as step t gets it
    join: Callable = lambda answer, message: answer + message  # dh^(t)
    passed: Callable = lambda dh, message, df: dh * df  # delta^(t)
    weights: Callable = lambda U, term: U  # U for the next message, after the term of 7.8 is known

    shared: Callable = lambda delta, dh, df: delta  # the factor of the sums
    states_of_U: Callable = lambda h, h_init: shifted(h, h_init)  # 7.8: what delta^(t) is paired with
    terms_of_U: Callable = lambda terms: terms  # 7.8: which terms of U count
    uses_of_b: Callable = lambda delta: delta  # 7.9: which steps of b count
    terms_of_b: Callable = lambda delta: delta.sum(axis=2, keepdims=True)  # 7.9
    terms_of_c: Callable = lambda dy: dy.sum(axis=2, keepdims=True)
    rounds: Callable = lambda steps, N: slice(None)  # the steps whose terms are added
    total: Callable = lambda terms: terms.sum(axis=0)  # each of the five sums
    result: Callable = lambda grad: grad

    def gradients(self, net, x, Y, *, h_init=None) -> Gradients:
        """Arguments, result and errors as for bptt_core.gradients."""
        net = net._replace(params=Params(*map(self.cast, net.params)))
        return self.backward(forward(net, self.cast(x), h_init=h_init), self.cast(Y))

    def backward(self, trace, Y) -> Gradients:
        """trace, Y : as for bptt_core.backward"""
        net, x, h = trace.net, trace.x, trace.h
        steps, N = len(x), x.shape[2]
        dy, _, dh, delta, df = self.messages(trace, Y)

        delta, counted = self.shared(delta, dh, df), self.rounds(steps, N)
        of_dense = counted if net.outputs == "all" else slice(-1, None)  # one answer: V and c are outside of the loop
        terms = (
            outer(delta, x)[counted],
            self.terms_of_U(outer(delta, self.states_of_U(h, trace.h_init))[counted]),
            self.terms_of_b(self.uses_of_b(delta))[counted],
            outer(dy, h)[of_dense],
            self.terms_of_c(dy)[of_dense],
        )
        return Gradients(*(self.result(self.total(each)) for each in terms))

    def messages(self, trace, Y):
        """All that the sums are made of, each with a leading axis of T+1 steps: dy, grad_dense, dh, delta, f'.

        trace, Y : as for bptt_core.backward
        """
        net, x, h = trace.net, trace.x, trace.h
        U, V = net.params.U, net.params.V
        steps, N, n_y = len(x), x.shape[2], len(V)
        before = shifted(h, trace.h_init)
        at = slice(None) if net.outputs == "all" else slice(-1, None)  # the steps that have an answer
        dy = np.zeros((steps, n_y, N), dtype=h.dtype)
        dy[at] = self.error(trace.y, Y) * self.factor(steps, N, n_y) * net.dense_activation.df(trace.y_hat)
        df = self.slopes(self.slope(net.activation, trace.h_hat, h, before))

        answers = self.upstream(V.T @ dy, lambda answers: self.recursion(U, answers, df, before)[0])
        return dy, answers, *self.recursion(U, answers, df, before), df

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


RIGHT = Pass()
