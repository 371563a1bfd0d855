"""Every known slip, once: what it is called, the wrong line, why it is wrong, where the book says so, what it replaces.

All have been found in published code or in readers' answers. They stand in the order of the backward pass.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bptt_core.activations import LEAK

from .passes import RIGHT, Pass, shifted


class Slip(NamedTuple):
    """steps : by name, each step of a Pass that is replaced; it holds for the parameter `value`, if there is one"""

    key: str
    name: str  # completes "this is what comes out when ..."
    line: str  # the wrong one
    why: str  # a sentence
    source: str  # where the book says so
    steps: dict
    parameter: str = ""
    values: tuple = ()  # the usual ones; the first of them is in `steps`
    make: Callable | None = None  # value -> steps

    def at(self, value) -> "Slip":
        """The same slip with another value of its parameter."""
        return self._replace(steps=self.make(value), values=(value,))

    def gradients(self, *given, **more):
        """With this slip alone. Arguments as for Pass.gradients."""
        return Pass(**self.steps).gradients(*given, **more)


def composed(*slips) -> Pass:
    """The pass with all these slips in it. Raises ValueError if two of them replace the same step."""
    steps = [step for slip in slips for step in slip.steps]
    twice = next((step for step in steps if steps.count(step) > 1), None)
    if twice:
        keys = " and ".join(repr(slip.key) for slip in slips if twice in slip.steps)
        raise ValueError(f"slips must replace different steps; got {keys}, which both replace {twice!r}")
    return RIGHT._replace(**{step: does for slip in slips for step, does in slip.steps.items()})


def _with(parameter, values, make):
    return {"steps": make(values[0]), "parameter": parameter, "values": values, "make": make}


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


def _of_state(f, h):
    """f' written with the state: what is right for h^(t) and wrong for any other."""
    written = {
        "tanh": lambda h: 1 - h**2,
        "sigmoid": lambda h: h * (1 - h),
        "relu": lambda h: (h > 0) * 1.0,
        "identity": np.ones_like,
        "softplus": lambda h: 1 - np.exp(-h),
        "leaky_relu": lambda h: np.where(h > 0, 1, LEAK),
    }
    return written[f.name](h)


def _slope_again(delta, dh, df):
    """Of each step that sends a message: all but t = 0."""
    return np.concatenate([delta[:1], delta[1:] * df[1:]])


HALVES = {  # what tanh(a/2) is taken to have for its slope
    "½ f′(ĥ/2)": lambda f, h_hat, h, before: f.df(h_hat / 2) / 2,
    "f′(ĥ/2)": lambda f, h_hat, h, before: f.df(h_hat / 2),
    "½ f′(ĥ)": lambda f, h_hat, h, before: f.df(h_hat) / 2,
}
LIMITS = (1.0, 5.0, 0.5, 10.0, 0.1, 2.0, 3.0, 0.25)
RATES = (0.1, 0.01, 0.001, 1.0, 0.05, 0.5, 0.005, 1e-4)

_ALL = (
    # the first message
    Slip(
        "sign",
        "the sign of the error is turned round",
        "dy = Y - y",
        "The inner derivative of y − Y with respect to y is +1. If y is too high, raising it raises the loss.",
        "eq. 7.3, differentiated",
        {"error": lambda y, Y: Y - y},
    ),
    Slip(
        "answer",
        "y is sent back instead of the error",
        "dy = y",
        "What comes from the loss is its derivative, y − Y.",
        "eq. 7.4",
        {"error": lambda y, Y: y},
    ),
    Slip(
        "half",
        "the ½ is forgotten",
        "dy = 2 * (y - Y)",
        "The ½ of the loss cancels the 2 that the square brings down.",
        "eq. 7.3, differentiated",
        {"factor": lambda steps, N, n_y: 2},
    ),
    Slip(
        "mean",
        "the sequences are averaged",
        "dy = (y - Y) / N",
        "The loss adds the sequences up, so no message is divided by N.",
        "eq. 7.3, and the notation on page 00",
        {"factor": lambda steps, N, n_y: 1 / N},
    ),
    Slip(
        "entries",
        "the mean is taken over all entries",
        "dy = (y - Y) / y.size",
        "That belongs to a mean of squares. The loss here is half of a sum.",
        "eq. 7.3",
        {"error": lambda y, Y: (y - Y) / y.size},
    ),
    Slip(
        "upstream",
        "the messages are added into the caller's array",
        "grad_dense[t-1] += U.T @ delta[t]",
        "A second call with the same array begins with messages that are already summed. Take a copy first.",
        "eq. 7.6",
        {"upstream": lambda grad_dense, back: back(grad_dense)},
    ),
    # f'
    Slip(
        "state",
        "f′ is applied to h",
        "df = 1 - np.tanh(h) ** 2",
        "h is f(ĥ) already. This f′ asks for ĥ; written with the state it is 1 − h².",
        "7.2.3, the local derivatives",
        {"slope": lambda f, h_hat, h, before: f.df(h)},
    ),
    Slip(
        "half angle",
        "f′ is that of tanh(ĥ/2)",
        "df = (1 - np.tanh(h_hat / 2) ** 2) / 2",
        "The sigmoid is built from tanh(ĥ/2), half as steep at 0. The forward pass has f of ĥ itself.",
        "7.2.3, the local derivatives",
        **_with("form", tuple(HALVES), lambda form: {"slope": HALVES[form]}),
    ),
    Slip(
        "before",
        "f′ is taken of the state before",
        "df = 1 - h_prev ** 2",
        "The state before went into U. What leaves f of step t is h^(t), so f′ is written with that one.",
        "7.2.3, the local derivatives",
        {"slope": lambda f, h_hat, h, before: _of_state(f, before)},
    ),
    Slip(
        "last slope",
        "f′ of the last step is used at every step",
        "delta[t] = dh[t] * df[T]",
        "One activation object that remembers its output remembers the last one. Each step has an f′ of its own.",
        "eq. 7.6",
        {"slopes": lambda df: np.broadcast_to(df[-1:], df.shape)},
    ),
    # one link of the recursion
    Slip(
        "step",
        "f′ is taken of step t",
        "dh[t] = U.T @ (dh[t+1] * df[t])",
        "The message leaves step t+1 through the f of step t+1, not through that of the step it goes to.",
        "eq. 7.6",
        {"through": lambda dh, delta, df, t: dh[t + 1] * df[t]},
    ),
    Slip(
        "slope",
        "f′ is left out",
        "dh[t] = U.T @ dh[t+1]",
        "A message that goes back one step passes f of the step after, and is multiplied by its slope.",
        "eq. 7.6",
        {"through": lambda dh, delta, df, t: dh[t + 1]},
    ),
    Slip(
        "after",
        "f′ is multiplied after U",
        "dh[t] = (U.T @ dh[t+1]) * df[t+1]",
        "On the way back the message meets f first, and then U.",
        "eq. 7.6",
        {"through": lambda dh, delta, df, t: dh[t + 1], "sent": lambda message, df, t: message * df[t + 1]},
    ),
    Slip(
        "transpose",
        "U is not transposed",
        "dh[t] = U @ (dh[t+1] * df[t+1])",
        "The message for h_j comes back along column j of U, and adding down a column is what the transpose does. "
        "U is square, so no shape complains.",
        "eq. 7.6",
        {"turn": lambda U: U},
    ),
    Slip(
        "no U",
        "U is left out",
        "dh[t] = dh[t+1] * df[t+1]",
        "That is δ, the message at ĥ of the step after. To the state before it goes on through U.",
        "eq. 7.6",
        {"turn": lambda U: np.eye(len(U), dtype=U.dtype)},
    ),
    Slip(
        "pile",
        "the messages of the answers pile up, without f′ and U on the way",
        "dh[t] = V.T @ dy[t] + dh[t+1]",
        "From one step to the one before, a message passes f and U. With one answer every step gets the same message.",
        "eq. 7.6",
        {"through": lambda dh, delta, df, t: dh[t + 1], "turn": lambda U: np.eye(len(U), dtype=U.dtype)},
    ),
    Slip(
        "clip",
        "the message is clipped inside the loop",
        "dh[t] = np.clip(U.T @ delta[t+1], -limit, limit)",
        "What is cut off is missing in every earlier step: the result is no gradient. Clip the finished sums, all by "
        "one factor.",
        "page 06, Clip a right gradient that is too long",
        **_with("limit", LIMITS, lambda limit: {"sent": lambda message, df, t: np.clip(message, -limit, limit)}),
    ),
    Slip(
        "no link",
        "the message of later steps is left out",
        "delta[t] = (V.T @ dy[t]) * df[t]",
        "A state goes to its answer and to the next state. What comes back from the next one must be added, not only "
        "computed.",
        "eq. 7.6",
        {"join": lambda answer, message: answer},
    ),
    Slip(
        "late",
        "f′ is multiplied before the message of later steps is added",
        "delta[t] = (V.T @ dy[t]) * df[t] + U.T @ delta[t+1]",
        "Both messages arrive at h^(t), and both go back through f: add first.",
        "eqs. 7.6 and 7.7",
        {"passed": lambda dh, message, df: (dh - message) * df + message},
    ),
    Slip(
        "moved",
        "the weights are changed inside the loop",
        "U -= rate * delta[t] @ h[t-1].T",
        "Earlier messages must go back through the U of the forward pass. Change it when the loop is over.",
        "eq. 7.6",
        **_with("rate", RATES, lambda rate: {"weights": lambda U, term: U - rate * term}),
    ),
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
        "eq. 7.8, and the notation on page 00",
        {"states_of_U": lambda h, h_init: shifted(h, np.zeros_like(h_init))},
    ),
    Slip(
        "overwrite U",
        "= stands for += in the sum for U",
        "dU = delta[t] @ h[t-1].T",
        "Each step adds a term. With = instead of += only the term that was computed last is left, that of t = 1.",
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
                0 * delta[:, :, :1] + delta.sum(axis=2, keepdims=True).mean(axis=1, keepdims=True)
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
        {"terms_of_c": lambda dy: 0 * dy[:, :, :1]},
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
        **_with("limit", LIMITS, lambda limit: {"total": _clipped_sum(limit)}),
    ),
    Slip(
        "clip entries",
        "each entry is clipped",
        "dW = np.clip(dW, -limit, limit)",
        "Then the step points elsewhere. Take one factor for all entries.",
        "page 06, Clip a right gradient that is too long",
        **_with("limit", LIMITS, lambda limit: {"result": _clipped(limit)}),
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
SLIPS = {slip.key: slip for slip in _ALL}
