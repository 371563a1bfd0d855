"""Slips in the sums, eqs. 7.7 to 7.9 and those of the dense layer, and in what the numbers are kept in."""

import numpy as np

from .passes import shifted
from .slip import LIMITS, Slip, with_parameter


def _clipped(limit):
    return lambda array: np.clip(array, -limit, limit)


def _clipped_sum(limit):
    """In the loop from T back to 0, after every step."""

    def total(terms):
        running = np.zeros_like(terms[0]) if len(terms) else terms.sum(axis=0)
        for term in terms[::-1]:
            running = np.clip(running + term, -limit, limit)
        return running

    return total


def _without(t):
    """An array with a step's part set to zero."""

    def does(array):
        array = array.copy()
        array[t] = 0
        return array

    return does


def _slope_again(delta, dh, df):
    """Of each step that sends a message: all but t = 0."""
    return np.concatenate([delta[:1], delta[1:] * df[1:]])


SUMS = (
    # the sums
    Slip(
        "in place",
        "dh of the step after is changed in place",
        "message = dh[t+1]; message *= df[t+1]",
        "message is dh[t+1] itself and no copy: with *= dh^(t+1) changes behind your back, and the sums multiply by "
        "f′ again.",
        "eq. 7.6",
        {"shared": _slope_again},
    ),
    Slip(
        "bare",
        "f′ is left out in the sums",
        "dW += dh[t] @ x[t].T",
        "W, U and b stand in front of f. On its way to them the message passes f, which multiplies it by f′.",
        "eqs. 7.7 to 7.9",
        {"shared": lambda delta, dh, df: dh},
    ),
    Slip(
        "wrap",
        "h[t-1] is taken at t = 0 too",
        "dU += delta[t] @ h[t-1].T, at t = 0 too",
        "In Python h[-1] is the last state, h^(T). The state before t = 0 is h^(-1), which is zero unless given, so "
        "the sum begins at t = 1.",
        "eq. 7.8, the range of the sum",
        {"states_of_U": lambda h, h_init: np.roll(h, 1, axis=0)},
    ),
    Slip(
        "range",
        "the state of the same step is taken, from t = 0",
        "dU += delta[t] @ h[t].T, t = 0 … T",
        "U multiplies the state of the step before: 7.8 pairs delta^(t) with h^(t-1), from t = 1.",
        "eq. 7.8",
        {"states_of_U": lambda h, h_init: h},
    ),
    Slip(
        "first use",
        "the first use of U is left out, though h^(-1) is given",
        "dU += delta[t] @ h[t-1].T, from t = 1",
        "If h^(-1) is not zero, U multiplies it at t = 0, and that use has a term like all others.",
        "eq. 7.8, and page 02 on h^(-1)",
        {"states_of_U": lambda h, h_init: shifted(h, np.zeros_like(h_init))},
    ),
    Slip(
        "overwrite U",
        "= stands for += in the sum for U",
        "dU = delta[t] @ h[t-1].T",
        "Each step adds a term. With = instead of += only the term that was computed last is left: in a loop from T "
        "back, that of t = 1.",
        "eq. 7.8, the sum",
        {"terms_of_U": lambda terms: np.concatenate([terms[1:2], 0 * terms[1:]])},
    ),
    Slip(
        "late b",
        "b is summed from t = 1, like U",
        "if t > 0: db += delta[t]",
        "b is used in every step, from t = 0. It is U that begins at t = 1.",
        "eq. 7.9, the range of the sum",
        {"uses_of_b": _without(0)},
    ),
    Slip(
        "units",
        "the units are averaged",
        "db += delta[t].mean()",
        "Each hidden unit has a bias of its own. A mean gives all of them the same slope.",
        "eq. 7.9",
        {
            "terms_of_b": lambda delta: (
                0 * delta[..., :1] + delta.sum(axis=-1, keepdims=True).mean(axis=-2, keepdims=True)
            )
        },
    ),
    Slip(
        "columns",
        "the sequences are not added up",
        "db += delta[t]",
        "All N sequences share one b: add the columns too.",
        "eq. 7.9",
        {"terms_of_b": lambda delta: delta},
    ),
    Slip(
        "no c",
        "dc is never added to",
        "dc += dc",
        "It begins as zeros and stays zeros: the last bias never learns.",
        "the dense layer, section 4.1",
        {"terms_of_c": lambda dy: 0 * dy[..., :1]},
    ),
    Slip(
        "loop N",
        "the loop runs over N where T+1 belongs",
        "for t in reversed(range(T + 1 - N, T + 1)):",
        "N is the number of sequences. With N < T+1 the oldest steps are never reached; with N = T+1 nothing shows.",
        "the notation on page 00",
        {"rounds": lambda steps, N: slice(max(steps - N, 0), None)},
    ),
    Slip(
        "without T",
        "the last step is left out",
        "for t in reversed(range(T)):",
        "T is the last index and counts. `range(T)` stops before it.",
        "the notation on page 00",
        {"rounds": lambda steps, N: slice(None, -1)},
    ),
    Slip(
        "without 0",
        "the first step is left out",
        "for t in range(T, 0, -1):",
        "The input of t = 0 counts too. Only the state before it is zero.",
        "the notation on page 00",
        {"rounds": lambda steps, N: slice(1, None)},
    ),
    Slip(
        "overwrite",
        "= stands for += in every sum",
        "dW = delta[t] @ x[t].T",
        "Each step adds a term. With = instead of += only the term that was computed last is left.",
        "eqs. 7.7 to 7.9, the sum",
        {"total": lambda terms: terms[:1].sum(axis=0)},
    ),
    Slip(
        "steps",
        "the steps are averaged",
        "dW = terms.mean(axis=0)",
        "The weights were used T+1 times and are blamed T+1 times: a sum.",
        "eqs. 7.7 to 7.9",
        {"total": lambda terms: terms.sum(axis=0) / max(len(terms), 1)},
    ),
    Slip(
        "clip sums",
        "the sum is clipped inside the loop",
        "dW = np.clip(dW + delta[t] @ x[t].T, -limit, limit)",
        "What a later term would bring back is lost, so this is not the clipped gradient. Clip when the loop is over.",
        "page 06, Clip a right gradient that is too long",
        **with_parameter("limit", LIMITS, lambda limit: {"total": _clipped_sum(limit)}),
    ),
    Slip(
        "clip entries",
        "each entry is clipped",
        "dW = np.clip(dW, -limit, limit)",
        "Then the step points elsewhere. Take one factor for all entries.",
        "page 06, Clip a right gradient that is too long",
        **with_parameter("limit", LIMITS, lambda limit: {"result": _clipped(limit)}),
    ),
    Slip(
        "float32",
        "the numbers are float32",
        "params.astype(np.float32)",
        "The formulas are right. Rounded to seven digits, a gradient can agree to no more than that.",
        "no equation: the floats",
        {"cast": lambda array: array.astype(np.float32)},
    ),
)
