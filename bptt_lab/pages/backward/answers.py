"""Page 03: the right answers to its exercises, in steps, and wrong ways to take a step."""

from types import SimpleNamespace

import numpy as np

from bptt_core import ACTIVATIONS

from ...data import run_example
from ...practice.exercise import N_H, N_X, N_Y
from ...slips import RIGHT, SLIPS, Pass
from ...slips.passes import shifted


def slope(name, h_hat, **instead):
    """f′(ĥ). instead : by name, functions to use in place of the right ones"""
    return instead.get(name, ACTIVATIONS[name].df)(h_hat)


def state_of(name, h_hat):
    return ACTIVATIONS[name].f(h_hat)


def product_of(message, beside):
    """What a weight gets: a column times a row, added up over the sequences."""
    return message @ beside.T


def turned(message, beside):
    return beside @ message.T


def averaged(message, beside):
    return product_of(message, beside) / message.shape[1]


def averaged_alone(message):
    return message.mean(axis=1, keepdims=True)


def added(message):
    """What a bias gets."""
    return message.sum(axis=1, keepdims=True)


def as_is(made):
    return made


def dense_case(rng, N):
    return rng.normal(size=(N_Y, N_H)), *(rng.normal(size=(rows, N)) for rows in (N_H, N_Y, N_Y))


def dense(V, h, y, Y, *, error=RIGHT.error, factor=1, count=lambda y: 1, **products):
    """dV, dc and grad_dense, eq. 7.4, with g the identity."""
    dy_hat = factor * error(y, Y) / count(y)
    return _dense_products(V, h, dy_hat, **products)


def _dense_products(V, h, dy_hat, *, into_V=product_of, into_c=added, kept=as_is):
    return into_V(dy_hat, h), into_c(dy_hat), kept(V.T @ dy_hat)


def sum_case(rng, N):
    return rng.normal(size=(N_H, N_H)), *(rng.normal(size=(rows, N)) for rows in (N_X, N_H, N_H))


def through_sum(
    U, x, h_prev, delta, *, turn=RIGHT.turn, into_W=product_of, into_U=product_of, into_b=added, sent=as_is, kept=as_is
):
    """What a use of W, U and b adds to dW, dU and db, and the message for the state before.

    sent : of delta, what goes to the weights     kept : of the message for the state
    """
    to_weights = sent(delta)
    return into_W(to_weights, x), into_U(to_weights, h_prev), into_b(to_weights), kept(turn(U) @ delta)


def term(*, message=lambda of: of.delta[2], state=lambda of: of.h[1], product=lambda message, state: message @ state.T):
    """Term t = 2 of 7.8, of the running example."""
    run = run_example(4, "tanh")
    of = SimpleNamespace(x=run.trace.x, h=run.trace.h, dh=run.back.dh, delta=run.back.delta, df=run.back.df)
    of.trace = run.trace
    return product(message(of), state(of))


def message_with(key):
    """Ways to get the message of step 2 with a wrong f′: wrong in this step alone, or in every step from T to 2."""

    def slopes(slip, trace):
        made = Pass(**slip.steps)
        return made.slopes(made.slope(trace.net.activation, trace.h_hat, trace.h, shifted(trace.h, trace.h_init)))

    def here(slip):
        return lambda of: of.dh[2] * slopes(slip, of.trace)[2]

    def behind(slip):
        def message(of):
            answers = np.zeros_like(of.dh)
            answers[-1] = of.dh[-1]
            return Pass().recursion(of.trace.net.params.U, answers, slopes(slip, of.trace))[1][2]

        return message

    slip = SLIPS[key]
    each = [slip.at(value) for value in slip.values] if slip.make else [slip]
    return [{"message": way(one)} for one in each for way in (behind, here)]


def halves():
    """The derivative of tanh(ĥ/2), as code has it: in full, without its ½, and with the ½ alone."""
    tanh = ACTIVATIONS["tanh"]
    forms = (SLIPS["half angle"].at(form).steps["slope"] for form in SLIPS["half angle"].values)
    return [{"tanh": lambda a, form=form: form(tanh, a, None, None)} for form in forms]


def of_h(*names):
    """f′ applied to f(ĥ) instead of ĥ."""
    return {name: lambda a, name=name: ACTIVATIONS[name].df(ACTIVATIONS[name].f(a)) for name in names}
