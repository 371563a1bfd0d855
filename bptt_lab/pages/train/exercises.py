"""Page 07: a net that reads its own answers, and the recursion when each step has an answer."""

import numpy as np

from ...practice.exercise import N_H, Case, Exercise, Mistake, cases
from ..recursion.exercises import NO_SLOPE, TRANSPOSE


def alone(forecast, window, steps):
    return _run(forecast, window, steps, lambda window, y: np.append(window[1:], y))


def _run(forecast, window, steps, moved):
    """moved(window, y) : the next window"""
    answers = []
    for _ in range(steps):
        answers.append(forecast(window))
        window = moved(window, answers[-1])
    return np.array(answers)


def _given(moved):
    return lambda forecast, window, steps: _run(forecast, window, steps, moved)


def uneven(window):
    """A forecast that weighs each place of the window differently, and takes a window of any length."""
    window = np.asarray(window, dtype=float)
    return float(np.sum(window / (2.0 + np.arange(len(window)))) + 0.1 * np.sin(window[-1]) + 0.05 * len(window))


def _window(length, steps):
    window = np.random.default_rng([7, length]).normal(size=length)
    return Case(f"a window of {length} values, steps = {steps}", (uneven, window, steps))


def each(U, grad_dense, df, link=lambda U, grad_dense, dh, df, t: grad_dense[t] + U.T @ (dh[t + 1] * df[t + 1])):
    dh = np.empty_like(df)
    dh[-1] = grad_dense[-1]
    for t in reversed(range(len(df) - 1)):
        dh[t] = link(U, grad_dense, dh, df, t)
    return dh


def _with(link):
    return lambda U, grad_dense, df: each(U, grad_dense, df, link)


def _each(rng, steps, N):
    grad_dense, df = rng.normal(size=(steps, N_H, N)), rng.uniform(0.1, 1, size=(steps, N_H, N))
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
                _given(lambda window, y: window),
                "Then every answer is the first one. Take the answer in, and the oldest value out.",
                ALONE,
            ),
            Mistake(
                "the oldest value is not dropped",
                _given(np.append),
                "The window grows by one value with each answer. Begin the next one with `window[1:]`.",
                ALONE,
            ),
            Mistake(
                "the newest value is dropped, not the oldest",
                _given(lambda window, y: np.append(window[:-1], y)),
                "`window[:-1]` leaves out the last value. The oldest is the first, so leave out that one.",
                ALONE,
            ),
            Mistake(
                "the answer is put in front",
                (
                    _given(lambda window, y: np.concatenate([[y], window[:-1]])),
                    _given(lambda window, y: np.concatenate([[y], window[1:]])),
                ),
                "The newest value stands last in a window.",
                ALONE,
            ),
            Mistake(
                "only the last answer is returned",
                lambda forecast, window, steps: alone(forecast, window, steps)[-1:],
                "All of them are wanted, so keep them in a list.",
                ALONE,
            ),
            Mistake(
                "the window is returned with the answers",
                lambda forecast, window, steps: np.concatenate([window, alone(forecast, window, steps)]),
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
                _with(lambda U, grad_dense, dh, df, t: U.T @ (dh[t + 1] * df[t + 1])),
                "That is many-to-one. Here each step has an answer, and 7.6 gains the term grad_dense of step t.",
                EACH,
            ),
            Mistake(
                "the message of later steps is left out",
                lambda U, grad_dense, df: grad_dense.copy(),
                "A state goes to its answer and to the next state. Two messages come back, and they add.",
                EACH,
            ),
            Mistake(
                "grad_dense of T is added in every step",
                _with(lambda U, grad_dense, dh, df, t: grad_dense[-1] + U.T @ (dh[t + 1] * df[t + 1])),
                "Each answer has an error of its own: take grad_dense of step t.",
                EACH,
            ),
            Mistake(
                "grad_dense is taken of the step after",
                _with(lambda U, grad_dense, dh, df, t: grad_dense[t + 1] + U.T @ (dh[t + 1] * df[t + 1])),
                "The answer of step t reads h of step t, so its message belongs to dh of step t.",
                EACH,
            ),
            Mistake(
                "grad_dense goes back through f and U as well",
                _with(lambda U, grad_dense, dh, df, t: U.T @ ((grad_dense[t] + dh[t + 1]) * df[t + 1])),
                "The dense layer reads h itself. Its message comes straight to dh, outside the bracket.",
                EACH,
            ),
            Mistake(
                TRANSPOSE.name,
                _with(lambda U, grad_dense, dh, df, t: grad_dense[t] + U @ (dh[t + 1] * df[t + 1])),
                TRANSPOSE.why,
                TRANSPOSE.source,
            ),
            Mistake(
                "f′ is left out",
                _with(lambda U, grad_dense, dh, df, t: grad_dense[t] + U.T @ dh[t + 1]),
                NO_SLOPE,
                "eq. 7.6",
            ),
            Mistake(
                "f′ is taken of step t",
                _with(lambda U, grad_dense, dh, df, t: grad_dense[t] + U.T @ (dh[t + 1] * df[t])),
                "The message leaves step t+1 through the f of step t+1.",
                "eq. 7.6",
            ),
        ),
        (
            "Take your recursion of page 04. One term more in its link: the message of the answer of step t.",
            "`dh[t] = grad_dense[t] + U.T @ (dh[t + 1] * df[t + 1])`, for t from T−1 down to 0.",
        ),
    ),
)
