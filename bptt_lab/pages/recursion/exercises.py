"""Page 04: one link of the chain, and the whole chain."""

import numpy as np

from ...practice.exercise import BATCH_FIRST, LONG, N_H, Exercise, Mistake, batches, cases
from ...slips import SLIPS, Pass


def link(U, dh_next, df_next, **steps):
    """Eq. 7.6 with t+1 = 1. steps : those of a Pass that are replaced"""
    made = Pass(**steps)
    dh, delta, df = (None, dh_next), (None, dh_next * df_next), (None, df_next)
    return made.sent(made.turn(U) @ made.through(dh, delta, df, 0), df, 0)


def recursion(
    U, grad_dense, df, *, answers=lambda sent: sent, first=lambda sent, df: sent, kept=lambda dh, df: dh, **steps
):
    """Eqs. 7.5 and 7.6. steps : those of a Pass that are replaced

    answers : what the dense layer sends to each step     first : what it sends to step T
    kept    : what is returned
    """
    sent = np.zeros_like(df)
    sent[-1] = first(grad_dense, df)
    made = Pass(**steps)
    return kept(made.recursion(U, answers(sent), made.slopes(df))[0], df)


def _link(rng, N):
    return rng.normal(size=(N_H, N_H)), LONG * rng.normal(size=(N_H, N)), rng.uniform(0.1, 1, size=(N_H, N))


def _recursion(rng, steps, N):
    return rng.normal(size=(N_H, N_H)), LONG * rng.normal(size=(N_H, N)), rng.uniform(0.1, 1, size=(steps, N_H, N))


def everywhere(sent):
    """What is sent to the last step, sent to every step."""
    return np.broadcast_to(sent[-1:], sent.shape)


def in_place(dh, df):
    """Each message that was passed on keeps its slope as a factor."""
    return np.concatenate([dh[:1], dh[1:] * df[1:]])


def _reached(first):
    """A step `kept` that puts zeros into the steps before `first(T+1, N)`."""

    def kept(dh, df):
        dh = dh.copy()
        dh[: max(first(len(dh), dh.shape[2]), 0)] = 0
        return dh

    return kept


def _without_t_0(dh, df):
    dh = dh.copy()
    dh[:-1][:1] = 0
    return dh


def _forwards(U, grad_dense, df):
    """A loop forward in time: each step finds zeros in the step after it; only T−1 finds the message."""
    dh = np.zeros_like(df)
    dh[-1] = grad_dense
    for t in range(len(df) - 1):
        dh[t] = U.T @ (dh[t + 1] * df[t + 1])
    return dh


def _one_link_too_many(U, grad_dense, df):
    """Each message is multiplied before it is stored."""
    dh, message = np.zeros_like(df), grad_dense
    for t in reversed(range(len(df))):
        message = dh[t] = U.T @ (message * df[t])
    return dh


def _from_N(dh, df):
    """A loop from N−1 down finds nothing to pass on, unless it leaves the array: then it raises IndexError."""
    dh[np.arange(dh.shape[2])]
    return dh


OF_N = (  # a loop of N rounds, in which step T counts or does not
    {"kept": _reached(lambda steps, N: steps - N)},
    {"kept": _reached(lambda steps, N: steps - N - 1)},
)

EXERCISES = (
    Exercise(
        "04-link",
        "Write one link of eq. 7.6: dh of step t, of shape (n_h, N), from U, dh of step t+1 and f′ of step t+1.",
        "link(U, dh_next, df_next)",
        link,
        batches(_link),
        (
            Mistake.of(SLIPS["transpose"]),
            Mistake.of(SLIPS["slope"]),
            Mistake.of(SLIPS["after"]),
            Mistake(
                "the message is left out",
                {"through": lambda dh, delta, df, t: df[t + 1]},
                "These are the local derivatives. Upstream of them comes dh of the step after.",
                "eq. 7.6",
            ),
            Mistake.of(SLIPS["no U"]),
            Mistake.of(SLIPS["clip"]),
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
            Mistake.of(SLIPS["transpose"]),
            Mistake.of(SLIPS["step"]),
            Mistake.of(SLIPS["slope"]),
            Mistake.of(SLIPS["after"]),
            Mistake.of(SLIPS["no U"]),
            Mistake.of(SLIPS["last slope"]),
            Mistake.of(SLIPS["clip"]),
            Mistake.of(SLIPS["no link"]),
            Mistake.of(SLIPS["loop N"], *OF_N, {"join": SLIPS["no link"].steps["join"], "kept": _from_N}),
            Mistake.of(SLIPS["in place"], {"kept": in_place}),
            Mistake.of(SLIPS["pile"], SLIPS["pile"].steps | {"answers": everywhere}),
            Mistake(
                "δ is returned instead of dh",
                {"kept": lambda dh, df: dh * df},
                "δ is dh times f′ of the same step. The sums need it; dh itself is the message at h.",
                "eqs. 7.6 and 7.7",
            ),
            Mistake(
                "grad_dense is added in every step",
                {"answers": everywhere},
                "The net answers once, after step T: only there does the dense layer send a message.",
                "eqs. 7.5 and 7.6",
            ),
            Mistake(
                "dh begins at T with f′ already in it",
                {"first": lambda sent, df: sent * df[-1]},
                "Eq. 7.5 is grad_dense alone. f′ of step T comes in with the link to T−1.",
                "eq. 7.5",
            ),
            Mistake(
                "the steps are returned last one first",
                {"kept": lambda dh, df: dh[::-1]},
                "You compute them backwards, and dh[t] must still be that of step t. Turn the list round.",
                "the notation on page 00",
            ),
            Mistake(
                "the sequence stands first",
                {"kept": lambda dh, df: dh.transpose(2, 0, 1)},
                BATCH_FIRST,
                "the notation on page 00",
            ),
            Mistake(
                "each message is multiplied before it is stored",
                _one_link_too_many,
                "That is one link too many at every step: dh[T] is grad_dense itself, and the first link leads to T−1.",
                "eqs. 7.5 and 7.6",
            ),
            Mistake(
                "only dh of t = 0 is returned",
                {"kept": lambda dh, df: dh[0]},
                "The sums need dh of every step, so keep all of them.",
                "eqs. 7.7 to 7.9",
            ),
            Mistake(
                "t = 0 is left out",
                {"kept": _without_t_0},
                "The messages go back to the first year: `range(T - 1, -1, -1)` ends at 0.",
                "eq. 7.6",
            ),
            Mistake(
                "grad_dense stands in every step",
                SLIPS["pile"].steps,
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
                {"kept": lambda dh, df: dh[:-1]},
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
