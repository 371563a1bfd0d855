"""Page 07: a net that reads its own answers, and the recursion when each step has an answer."""

import numpy as np

from ...practice.exercise import BATCH_FIRST, LONG, N_H, Exercise, Mistake, cases, drawn
from ...slips import SLIPS, Pass
from ..recursion.exercises import OF_N, everywhere, in_place


def alone(
    forecast,
    window,
    steps,
    *,
    moved=lambda window, y: np.append(window[1:], y),
    kept=lambda window, answers: answers,
):
    """moved : the next window     kept : what is returned"""
    known, answers = window, []
    for _ in range(steps):
        answers.append(forecast(window))
        window = moved(window, answers[-1])
    return kept(known, np.array(answers))


def uneven(window):
    """A forecast that weighs each place of the window differently, and takes a window of any length."""
    window = np.asarray(window, dtype=float)
    return float(np.sum(window / (2.0 + np.arange(len(window)))) + 0.1 * np.sin(window[-1]) + 0.05 * len(window))


def _window(length, steps):
    title = f"a window of {length} values, steps = {steps}"
    return drawn(title, lambda rng: (uneven, rng.normal(size=length), steps), 7, length)


def each(U, grad_dense, df, *, answers=lambda sent: sent, kept=lambda dh, df: dh, **steps):
    """Eq. 7.6 with an answer at each step. steps : those of a Pass that are replaced

    answers : what the dense layer sends to each step     kept : what is returned
    """
    made = Pass(**steps)
    return kept(made.recursion(U, answers(grad_dense), made.slopes(df))[0], df)


def _last_alone(sent):
    return sent * (np.arange(len(sent)) == len(sent) - 1)[:, None, None]


def _through_f_and_U(U, grad_dense, df):
    dh = grad_dense.copy()
    for t in reversed(range(len(df) - 1)):
        dh[t] = U.T @ ((grad_dense[t] + dh[t + 1]) * df[t + 1])
    return dh


def _next_alone(U, grad_dense, df):
    dh = grad_dense.copy()
    dh[:-1] += U.T @ (grad_dense[1:] * df[1:])
    return dh


def _from_N(U, grad_dense, df):
    """The loop goes from N−2 down; it raises IndexError if there are fewer steps."""
    dh = grad_dense.copy()
    for t in reversed(range(df.shape[2] - 1)):
        dh[t] += U.T @ (dh[t + 1] * df[t + 1])
    return dh


def _each(rng, steps, N):
    grad_dense, df = LONG * rng.normal(size=(steps, N_H, N)), rng.uniform(0.1, 1, size=(steps, N_H, N))
    return rng.normal(size=(N_H, N_H)), grad_dense, df


ALONE = "page 07, Look at the forecasts"
EACH = "page 07, An answer at each step"

EXERCISES = (
    Exercise(
        "07-alone",
        "Write a free run: an array of `steps` answers. forecast takes a window, an array with the newest value last, "
        "and returns the next value. Each answer becomes the newest value of the next window, which stays as long.",
        "alone(forecast, window, steps)",
        alone,
        (_window(3, 1), _window(3, 2), _window(4, 7), _window(1, 5)),
        (
            Mistake(
                "the window never moves",
                {"moved": lambda window, y: window},
                "Then every answer is the first one. Take the answer in, and the oldest value out.",
                ALONE,
            ),
            Mistake(
                "the oldest value is not dropped",
                {"moved": np.append},
                "The window grows by one value with each answer. Begin the next one with `window[1:]`.",
                ALONE,
            ),
            Mistake(
                "the newest value is dropped, not the oldest",
                {"moved": lambda window, y: np.append(window[:-1], y)},
                "`window[:-1]` leaves out the last value. The oldest is the first, so leave out that one.",
                ALONE,
            ),
            Mistake(
                "the answer is put in front",
                (
                    {"moved": lambda window, y: np.concatenate([[y], window[:-1]])},
                    {"moved": lambda window, y: np.concatenate([[y], window[1:]])},
                ),
                "The newest value stands last in a window.",
                ALONE,
            ),
            Mistake(
                "only the last answer is returned",
                {"kept": lambda window, answers: answers[-1:]},
                "All of them are wanted, so keep them in a list.",
                ALONE,
            ),
            Mistake(
                "the window is returned with the answers",
                {"kept": lambda window, answers: np.concatenate([window, answers])},
                "Only the answers are wanted, without the known values.",
                ALONE,
            ),
        ),
        (
            "Three lines in a loop: ask, keep the answer, move the window.",
            "The next window is `np.append(window[1:], y)`.",
        ),
    ),
    Exercise(
        "07-each",
        "Write all of dh, of shape (T+1, n_h, N), when the net answers at each step. grad_dense and df have that shape "
        "too: the message of each answer, and f′ of each step.",
        "each(U, grad_dense, df)",
        each,
        cases(_each),
        (
            Mistake(
                "only the last answer sends a message",
                {"answers": _last_alone},
                "That is many-to-one. Here each step has an answer, and 7.6 gains the term grad_dense of step t.",
                EACH,
            ),
            Mistake(
                "grad_dense of T is added in every step",
                {"answers": everywhere},
                "Each answer has an error of its own: take grad_dense of step t.",
                EACH,
            ),
            Mistake(
                "grad_dense is taken of the step after",
                {"answers": lambda sent: np.concatenate([sent[1:], sent[-1:]])},
                "The answer of step t reads h of step t, so its message belongs to dh of step t.",
                EACH,
            ),
            Mistake(
                "grad_dense goes back through f and U as well",
                _through_f_and_U,
                "The dense layer reads h itself. Its message comes straight to dh, outside the bracket.",
                EACH,
            ),
            Mistake(
                "only the message of the next answer is passed on",
                _next_alone,
                "dh[t+1] holds the messages of all later answers. Pass on that, and not grad_dense[t+1] alone.",
                EACH,
            ),
            Mistake(
                "the messages are divided by the number of steps",
                {"answers": lambda sent: sent / len(sent)},
                "The loss adds the answers up: each sends its message in full.",
                EACH,
            ),
            Mistake(
                "the sequence stands first",
                {"kept": lambda dh, df: dh.transpose(2, 0, 1)},
                BATCH_FIRST,
                "the notation on page 00",
            ),
            Mistake.of(SLIPS["no link"]),
            Mistake.of(SLIPS["pile"]),
            Mistake.of(SLIPS["transpose"]),
            Mistake.of(SLIPS["step"]),
            Mistake.of(SLIPS["slope"]),
            Mistake.of(SLIPS["after"]),
            Mistake.of(SLIPS["no U"]),
            Mistake.of(SLIPS["last slope"]),
            Mistake.of(SLIPS["clip"]),
            Mistake.of(SLIPS["loop N"], *OF_N, _from_N),
            Mistake.of(SLIPS["in place"], {"kept": in_place}),
        ),
        (
            "Take your recursion of page 04. One term more in its link: the message of the answer of step t.",
            "`dh[t] = grad_dense[t] + U.T @ (dh[t + 1] * df[t + 1])`, for t from T−1 down to 0.",
        ),
    ),
)
