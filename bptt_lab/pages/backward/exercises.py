"""Page 03: local derivatives, the dense layer's message, and one term of a sum."""

from types import SimpleNamespace

import numpy as np

from bptt_core import ACTIVATIONS

from ...data import run_example
from ...practice.exercise import N_H, N_Y, NO_CASE, Case, Exercise, Mistake, batches

SLOPES = ("tanh", "sigmoid", "relu", "identity")


def slope(name, h_hat):
    return ACTIVATIONS[name].df(h_hat)


def _instead(**wrong):
    """The right f′ but for some activations."""
    return lambda name, h_hat: wrong.get(name, ACTIVATIONS[name].df)(h_hat)


def _state(name, h_hat):
    return ACTIVATIONS[name].f(h_hat)


H_HAT = np.random.default_rng(3).normal(size=(3, 2)) * 1.5
H_HAT[1, 0] = 0  # where relu has its kink
LOCAL = "7.2.3, the local derivatives"


def _dense(rng, N):
    return rng.normal(size=(N_Y, N_H)), rng.normal(size=(N_Y, N)), rng.normal(size=(N_Y, N))


def _running():
    """States and messages of the running example."""
    run = run_example(4, "tanh")
    return SimpleNamespace(x=run.trace.x, h=run.trace.h, dh=run.back.dh, delta=run.back.delta)


def term(pick=lambda of: (of.delta[2], of.h[1])):
    message, state = pick(_running())
    return message @ state.T


EXERCISES = (
    Exercise(
        "03-slope",
        "Write f′(ĥ), entry by entry, for the names tanh, sigmoid, relu and identity.",
        "slope(name, h_hat)",
        slope,
        tuple(Case(f"name = {name!r}", (name, H_HAT)) for name in SLOPES),
        (
            Mistake(
                "ĥ is put where h belongs",
                _instead(tanh=lambda a: 1 - a**2, sigmoid=lambda a: a * (1 - a)),
                "1 − h² and h (1 − h) are written with the state h = f(ĥ). You have ĥ: take f of it first.",
                LOCAL,
            ),
            Mistake(
                "ĥ is put where h belongs, in tanh",
                _instead(tanh=lambda a: 1 - a**2),
                "1 − h² is written with the state h = tanh(ĥ). You have ĥ: take tanh of it first.",
                LOCAL,
            ),
            Mistake(
                "ĥ is put where h belongs, in the sigmoid",
                _instead(sigmoid=lambda a: a * (1 - a)),
                "h (1 − h) is written with the state h = σ(ĥ). You have ĥ: take σ of it first.",
                LOCAL,
            ),
            Mistake(
                "tanh is not squared",
                _instead(tanh=lambda a: 1 - np.tanh(a)),
                "The derivative of tanh is 1 − tanh². It is 1 at 0, and never above.",
                LOCAL,
            ),
            Mistake(
                "the sigmoid's second factor is missing",
                _instead(sigmoid=ACTIVATIONS["sigmoid"].f),
                "The derivative of the sigmoid h is h (1 − h). It is never above ¼.",
                LOCAL,
            ),
            Mistake(
                "relu is returned for its derivative",
                _instead(relu=ACTIVATIONS["relu"].f),
                "Where relu passes ĥ on, its slope is 1, and where it does not, 0.",
                LOCAL,
            ),
            Mistake(
                "the slope of relu at 0 is 1",
                _instead(relu=lambda a: (a >= 0) * 1.0),
                "At the kink there is no slope. This companion says 0 there: `h_hat > 0`.",
                "page 03, A kink",
            ),
            Mistake(
                "the slope of relu is −1 below 0",
                _instead(relu=np.sign),
                "Below 0 relu is flat: its slope there is 0.",
                LOCAL,
            ),
            Mistake(
                "the identity is returned for its derivative",
                _instead(identity=lambda a: a),
                "The slope of the identity is 1 everywhere.",
                LOCAL,
            ),
            Mistake("f is returned for f′", _state, "f′ says how much f moves when ĥ moves.", LOCAL),
        ),
        (
            "Sketch each curve. Where is it flat, where is it steepest, and how steep is it there?",
            "With `h = np.tanh(h_hat)` the first is `1 - h**2`. The sigmoid is "
            "`1 / (1 + np.exp(-h_hat))`; for relu compare ĥ with 0.",
        ),
    ),
    Exercise(
        "03-dense",
        "Write grad_dense of eq. 7.4, of shape (n_h, N), from V, y and Y. The dense layer has no activation.",
        "dense(V, y, Y)",
        lambda V, y, Y: V.T @ (y - Y),
        batches(_dense),
        (
            Mistake(
                "the sign of the error is turned round",
                lambda V, y, Y: V.T @ (Y - y),
                "The message that reaches the dense layer is y − Y.",
                "eq. 7.4",
            ),
            Mistake(
                "the ½ is forgotten",
                lambda V, y, Y: 2 * V.T @ (y - Y),
                "The ½ of the loss cancels the 2 of the square.",
                "eqs. 7.3 and 7.4",
            ),
            Mistake(
                "the sequences are averaged",
                lambda V, y, Y: V.T @ (y - Y) / y.shape[1],
                "The loss adds the sequences up, so no message is divided by N.",
                "eq. 7.3",
            ),
            Mistake(
                "y is sent back instead of the error",
                lambda V, y, Y: V.T @ y,
                "What comes from the loss is its derivative, y − Y.",
                "eq. 7.4",
            ),
            Mistake(
                "the error is left out",
                lambda V, y, Y: V.T @ np.ones_like(y),
                "V is the local derivative. Upstream of it comes the message y − Y.",
                "eq. 7.4",
            ),
            Mistake(
                "the sequences are added up",
                lambda V, y, Y: (V.T @ (y - Y)).sum(axis=1, keepdims=True),
                "Each sequence has a state of its own, so it gets a message of its own: (n_h, N).",
                "the notation on page 00",
            ),
        ),
        (
            "Two factors: the message from the loss, and the local derivative of V h + c with respect to h.",
            "V has shape (n_y, n_h) and the error (n_y, N). Only with V transposed do they give (n_h, N).",
        ),
    ),
    Exercise(
        "03-term",
        "Give what the use of U in step 2 of the running example adds to dU: an array of shape (3, 3).",
        "",
        term,
        NO_CASE,
        (
            Mistake(
                "the state of the same step is taken",
                lambda: term(lambda of: (of.delta[2], of.h[2])),
                "In step 2, U multiplies the state of step 1.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "f′ is left out",
                lambda: term(lambda of: (of.dh[2], of.h[1])),
                "U stands in front of f. On its way to U the message passes f, which multiplies it by f′.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "the message of the step before is taken",
                lambda: term(lambda of: (of.delta[1], of.h[2])),
                "What U did in step 2 is answered for by the message at ĥ of step 2.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "message and state are both of step 1",
                lambda: term(lambda of: (of.delta[1], of.h[1])),
                "The state is right. The message is that at ĥ of step 2.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "the term of step 1 is taken",
                lambda: term(lambda of: (of.delta[1], of.h[0])),
                "That is the use one step before.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "the term of step 4 is taken",
                lambda: term(lambda of: (of.delta[4], of.h[3])),
                "That is the use that this page works out. The one two steps before is asked for.",
                "eq. 7.8, term t = 2",
            ),
            Mistake(
                "the term of W is taken",
                lambda: term(lambda of: (of.delta[2], of.x[2])),
                "W multiplies the input. U multiplies the state of the step before.",
                "eqs. 7.7 and 7.8",
            ),
            Mistake(
                "message and state change places",
                lambda: term().T,
                "That is the transpose. The message is the column and the state the row: entry (i, j) is δ of unit i "
                "times h of unit j.",
                "eq. 7.8",
            ),
            Mistake(
                "message and state are multiplied entry by entry",
                lambda: np.multiply(_running().delta[2], _running().h[1]),
                "U has 3 · 3 entries, and each has its own slope: a column times a row.",
                "eq. 7.8",
            ),
            Mistake(
                "the whole sum is taken",
                lambda: run_example(4, "tanh").back.grads.dU,
                "dU has a term for each of t = 1 … 4. One of them is asked for.",
                "eq. 7.8",
            ),
        ),
        (
            "Click the node dU of step 2 in the graph: upstream, local derivative, result.",
            "`back.delta[2] @ ...` and then a row: which state did U multiply in step 2?",
        ),
        rows=False,
    ),
)
