"""Page 01: the loss, and the first message."""

import numpy as np

from ...practice.exercise import Exercise, Mistake, drawn
from ...slips import RIGHT, SLIPS


def _case(n_y, N):
    return drawn(f"n_y = {n_y}, N = {N}", lambda rng: (rng.normal(size=(n_y, N)), rng.normal(size=(n_y, N))), 1, n_y, N)


CASES = tuple(_case(n_y, N) for n_y, N in ((1, 1), (2, 1), (1, 4), (3, 2)))


def loss(y, Y, *, half=0.5, count=lambda y: 1, power=np.square, total=np.sum):
    return half * total(power(y - Y)) / count(y)  # 7.3


def message(y, Y, *, error=RIGHT.error, factor=1, count=lambda y: 1, kept=lambda message: message):
    return kept(factor * error(y, Y) / count(y))  # 7.3, differentiated


EXERCISES = (
    Exercise(
        "01-loss",
        "Write the loss of eq. 7.3 for y and Y of shape (n_y, N), as one number.",
        "loss(y, Y)",
        loss,
        CASES,
        (
            Mistake(
                "the ½ is missing",
                {"half": 1},
                "Eq. 7.3 has it, so that the 2 of the derivative goes away.",
                "eq. 7.3",
            ),
            Mistake(
                "the sum is divided by the number of sequences",
                {"count": lambda y: y.shape[1]},
                "Here the losses of all sequences are added up. A mean would divide every gradient by N.",
                "eq. 7.3, and the notation on page 00",
            ),
            Mistake(
                "the mean of the squares is taken",
                {"half": 1, "count": np.size},
                "It is a sum, over outputs and sequences, and half of it.",
                "eq. 7.3",
            ),
            Mistake(
                "half of the mean of the squares is taken",
                {"count": np.size},
                "It is a sum, over outputs and sequences.",
                "eq. 7.3",
            ),
            Mistake(
                "the outputs are averaged",
                {"count": len},
                "All n_y outputs count in full.",
                "eq. 7.3",
            ),
            Mistake(
                "each sequence keeps a loss of its own",
                {"total": lambda squares: squares.sum(axis=0)},
                "The loss is one number: add the sequences too.",
                "the notation on page 00",
            ),
            Mistake(
                "each output and sequence keeps its own square",
                {"total": np.array},
                "The loss is one number: add them all.",
                "eq. 7.3",
            ),
            Mistake(
                "the errors are added before they are squared",
                lambda y, Y: (y - Y).sum() ** 2 / 2,
                "Errors of opposite sign would cancel. Square first, then add.",
                "eq. 7.3",
            ),
            Mistake(
                "the errors are not squared",
                {"power": np.abs},
                "The loss is built from squares: twice the error costs four times as much.",
                "eq. 7.3",
            ),
            Mistake(
                "a square root is taken",
                lambda y, Y: np.sqrt(((y - Y) ** 2).sum()),
                "Eq. 7.3 stops at the sum of squares.",
                "eq. 7.3",
            ),
        ),
        (
            "Take the difference of y and Y, square each entry, and add all of them up. What comes in front?",
            "`return 0.5 * np.sum(... ** 2)`",
        ),
    ),
    Exercise(
        "01-message",
        "Write the first message sent back: the derivative of the loss with respect to each entry of y.",
        "message(y, Y)",
        message,
        CASES,
        (
            Mistake.of(SLIPS["sign"]),
            Mistake.of(SLIPS["half"], {"factor": 2}),
            Mistake(
                "the 2 of the square is forgotten",
                {"factor": 0.5},
                "The derivative of a square brings down a 2, and it cancels the ½.",
                "eq. 7.3, differentiated",
            ),
            Mistake.of(SLIPS["mean"], {"count": lambda y: y.shape[1]}),
            Mistake(
                "the outputs are averaged",
                {"count": len},
                "All n_y outputs count in full, and so do their messages.",
                "eq. 7.3",
            ),
            Mistake.of(SLIPS["entries"], {"count": np.size}, {"count": np.size, "factor": 2}),
            Mistake.of(SLIPS["answer"]),
            Mistake(
                "the messages are added up",
                {"kept": np.sum},
                "A gradient has the shape of what it belongs to: one message for each entry of y.",
                "the notation on page 00",
            ),
            Mistake(
                "the messages of all sequences are added up",
                {"kept": lambda message: message.sum(axis=1)},
                "A gradient has the shape of what it belongs to: each sequence gets its own message.",
                "the notation on page 00",
            ),
            Mistake(
                "the axes are lost",
                {"kept": np.ravel},
                "`.ravel()` makes one row of all outputs and all sequences. Keep the axes: (n_y, N).",
                "the notation on page 00",
            ),
            Mistake(
                "the loss of each entry is returned",
                lambda y, Y: (y - Y) ** 2 / 2,
                "That is what is differentiated. The derivative of ½ e² is e.",
                "eq. 7.3, differentiated",
            ),
        ),
        (
            "Differentiate ½ (y − Y)² with respect to y. What happens to the ½ and the 2?",
            "One subtraction. Which of the two comes first decides the sign.",
        ),
    ),
)
