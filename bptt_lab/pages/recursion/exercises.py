"""Page 04: one link of the chain, and the whole chain."""

import numpy as np

from ...practice.exercise import N_H, Exercise, Mistake, batches, cases


def link(U, dh_next, df_next):
    return U.T @ (dh_next * df_next)  # 7.6


def recursion(U, grad_dense, df, link=lambda U, dh, df, t: U.T @ (dh[t + 1] * df[t + 1])):
    dh = np.empty_like(df)
    dh[-1] = grad_dense  # 7.5
    for t in reversed(range(len(df) - 1)):
        dh[t] = link(U, dh, df, t)  # 7.6
    return dh


def _link(rng, N):
    return rng.normal(size=(N_H, N_H)), rng.normal(size=(N_H, N)), rng.uniform(0.1, 1, size=(N_H, N))


def _recursion(rng, steps, N):
    return rng.normal(size=(N_H, N_H)), rng.normal(size=(N_H, N)), rng.uniform(0.1, 1, size=(steps, N_H, N))


def _in_place(U, dh, df, t):
    dh[t + 1] *= df[t + 1]
    return U.T @ dh[t + 1]


def _with_dense_everywhere(U, grad_dense, df):
    return recursion(U, grad_dense, df, lambda U, dh, df, t: grad_dense + U.T @ (dh[t + 1] * df[t + 1]))


def _without_t_0(U, grad_dense, df):
    dh = recursion(U, grad_dense, df)
    dh[: len(df) - 1][:1] = 0
    return dh


def _forwards(U, grad_dense, df):
    """Each step finds zeros in the step after; only T−1 finds the message."""
    dh = np.zeros_like(df)
    dh[-1] = grad_dense
    for t in range(len(df) - 1):
        dh[t] = U.T @ (dh[t + 1] * df[t + 1])
    return dh


TRANSPOSE = Mistake(
    "U is not transposed",
    lambda U, dh_next, df_next: U @ (dh_next * df_next),
    "The message for h_j comes back along column j of U, and adding down a column is what the transpose does. "
    "U is square, so no shape complains.",
    "eq. 7.6",
)
NO_SLOPE = "A message that goes back one step passes f of the step after, and is multiplied by its slope."

EXERCISES = (
    Exercise(
        "04-link",
        "Write one link of eq. 7.6: dh of step t, of shape (n_h, N), from U, dh of step t+1 and f′ of step t+1.",
        "link(U, dh_next, df_next)",
        link,
        batches(_link),
        (
            TRANSPOSE,
            Mistake("f′ is left out", lambda U, dh_next, df_next: U.T @ dh_next, NO_SLOPE, "eq. 7.6"),
            Mistake(
                "f′ is multiplied after U",
                lambda U, dh_next, df_next: (U.T @ dh_next) * df_next,
                "On the way back the message meets f first, and then U.",
                "eq. 7.6",
            ),
            Mistake(
                "f′ is multiplied after U, and U is not transposed",
                lambda U, dh_next, df_next: (U @ dh_next) * df_next,
                "On the way back the message meets f first, and then the transpose of U.",
                "eq. 7.6",
            ),
            Mistake(
                "U is not transposed and f′ is left out",
                lambda U, dh_next, df_next: U @ dh_next,
                "Two things: multiply by f′ of the step after, and add down the columns of U.",
                "eq. 7.6",
            ),
            Mistake(
                "the message is left out",
                lambda U, dh_next, df_next: U.T @ df_next,
                "These are the local derivatives. Upstream of them comes dh of the step after.",
                "eq. 7.6",
            ),
            Mistake(
                "U is left out",
                lambda U, dh_next, df_next: dh_next * df_next,
                "That is δ, the message at ĥ of the step after. To the state before it goes on through U.",
                "eq. 7.6",
            ),
        ),
        (
            "Two nodes lie on the way back from h of step t+1 to h of step t: f, and the product with U.",
            "First `dh_next * df_next`. Then the transpose of U from the left.",
        ),
    ),
    Exercise(
        "04-recursion",
        "Write all of dh, of shape (T+1, n_h, N): eq. 7.5 at T, then eq. 7.6 back to t = 0. df holds f′ of each step.",
        "recursion(U, grad_dense, df)",
        recursion,
        cases(_recursion),
        (
            Mistake(
                TRANSPOSE.name,
                lambda U, grad_dense, df: recursion(U.T, grad_dense, df),
                TRANSPOSE.why,
                TRANSPOSE.source,
            ),
            Mistake(
                "f′ is taken of step t",
                lambda *given: recursion(*given, lambda U, dh, df, t: U.T @ (dh[t + 1] * df[t])),
                "The message leaves step t+1 through the f of step t+1.",
                "eq. 7.6",
            ),
            Mistake(
                "f′ is left out",
                lambda *given: recursion(*given, lambda U, dh, df, t: U.T @ dh[t + 1]),
                NO_SLOPE,
                "eq. 7.6",
            ),
            Mistake(
                "dh of the step after is changed in place",
                lambda *given: recursion(*given, _in_place),
                "With *= the message dh of step t+1 itself is multiplied, which was right before.",
                "eq. 7.6",
            ),
            Mistake(
                "δ is returned instead of dh",
                lambda U, grad_dense, df: recursion(U, grad_dense, df) * df,
                "δ is dh times f′ of the same step. The sums need it; dh itself is the message at h.",
                "eqs. 7.6 and 7.7",
            ),
            Mistake(
                "f′ is multiplied after U",
                lambda *given: recursion(*given, lambda U, dh, df, t: (U.T @ dh[t + 1]) * df[t + 1]),
                "On the way back the message meets f first, and then U.",
                "eq. 7.6",
            ),
            Mistake(
                "grad_dense is added in every step",
                _with_dense_everywhere,
                "The net answers once, after step T: only there does the dense layer send a message.",
                "eqs. 7.5 and 7.6",
            ),
            Mistake(
                "dh begins at T with f′ already in it",
                lambda U, grad_dense, df: recursion(U, grad_dense * df[-1], df),
                "Eq. 7.5 is grad_dense alone. f′ of step T comes in with the link to T−1.",
                "eq. 7.5",
            ),
            Mistake(
                "the steps are returned last one first",
                lambda *given: recursion(*given)[::-1],
                "You compute them backwards, and dh[t] must still be that of step t. Turn the list round.",
                "the notation on page 00",
            ),
            Mistake(
                "only dh of t = 0 is returned",
                lambda *given: recursion(*given)[0],
                "The sums need dh of every step, so keep all of them.",
                "eqs. 7.7 to 7.9",
            ),
            Mistake(
                "t = 0 is left out",
                _without_t_0,
                "The messages go back to the first year: `range(T - 1, -1, -1)` ends at 0.",
                "eq. 7.6",
            ),
            Mistake(
                "grad_dense stands in every step",
                lambda U, grad_dense, df: np.broadcast_to(grad_dense, df.shape),
                "It is the message at T. From there each step takes its message from the step after.",
                "eq. 7.6",
            ),
            Mistake(
                "the loop runs forwards",
                _forwards,
                "A step needs the message of the step after, so begin at T−1 and go down.",
                "eq. 7.6",
            ),
            Mistake(
                "dh of T is left out",
                lambda *given: recursion(*given)[:-1],
                "Eq. 7.5 is the last of the T+1 messages, and the first to be computed.",
                "eq. 7.5",
            ),
        ),
        (
            "The message is known at T. Loop from T−1 down to 0: each one is your link, from the one after it.",
            "`dh = np.zeros_like(df)`, `dh[-1] = grad_dense`, and `for t in reversed(range(len(df) - 1)):`",
        ),
    ),
)
