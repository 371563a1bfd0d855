"""Slips on the way back: the first message, f', the links of the recursion. In the order of the backward pass."""

import numpy as np

from bptt_core.activations import LEAK

from .slip import LIMITS, RATES, Slip, with_parameter

OF_STATE = {  # f' written with the state: what is right for h^(t) and wrong for any other
    "tanh": lambda h: 1 - h**2,
    "sigmoid": lambda h: h * (1 - h),
    "relu": lambda h: (h > 0) * 1.0,
    "identity": np.ones_like,
    "softplus": lambda h: 1 - np.exp(-h),
    "leaky_relu": lambda h: np.where(h > 0, 1, LEAK),
}


def _of_state(f, h):
    """nan for an activation of the reader's own: it is equal to nothing."""
    return OF_STATE[f.name](h) if f.name in OF_STATE else np.full_like(h, np.nan)


HALVES = {  # what tanh(a/2) is taken to have for its slope
    "½ f′(ĥ/2)": lambda f, h_hat, h, before: f.df(h_hat / 2) / 2,
    "f′(ĥ/2)": lambda f, h_hat, h, before: f.df(h_hat / 2),
    "½ f′(ĥ)": lambda f, h_hat, h, before: f.df(h_hat) / 2,
}

MESSAGES = (
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
        **with_parameter("form", tuple(HALVES), lambda form: {"slope": HALVES[form]}),
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
        **with_parameter(
            "limit", LIMITS, lambda limit: {"sent": lambda message, df, t: np.clip(message, -limit, limit)}
        ),
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
        **with_parameter("rate", RATES, lambda rate: {"weights": lambda U, term: U - rate * term}),
    ),
)
