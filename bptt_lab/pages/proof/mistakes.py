"""Mistakes of the capstone that are no slip of the catalogue: of one gradient alone, or of several ways to write it."""

from functools import partial

from ...practice.exercise import Mistake
from ...slips import RIGHT, SLIPS


def in_sums(made, *names):
    """All five gradients, those of these names from their terms. made : terms (T+1, rows, columns) -> gradient"""

    def function(trace, Y):
        dy, _, _, delta, _ = RIGHT.messages(trace, Y)
        wrong = {name: made(RIGHT.terms(name, trace, dy, delta)) for name in names}
        return RIGHT.backward(trace, Y)._replace(**wrong)

    return function


def first(terms):
    """What `=` for `+=` leaves in a loop from T back."""
    return terms[0]


def last(terms):
    return terms[-1]


def of_one_step(*names):
    return in_sums(last, *names), in_sums(first, *names)


def _mean(terms):
    return terms.mean(axis=0)


def _turned(grad):
    return grad.mT


OVERWRITE_U = Mistake.of(SLIPS["overwrite U"], SLIPS["overwrite U"].steps, *of_one_step("dU"))
STEPS = Mistake.of(SLIPS["steps"], SLIPS["steps"].steps, in_sums(_mean, "dW", "dU", "db"))
ALL_TURNED = Mistake(
    "dW, dU and dV are transposed",
    dict.fromkeys(("result_of_W", "result_of_U", "result_of_V"), _turned),
    "A gradient has the shape of what it belongs to: row i of W belongs to unit i, and so does row i of dW.",
    "the notation on page 00",
)


def _with(**steps):
    """All five gradients with these steps replaced; no other mistake is combined with it."""
    return partial(_replaced, **steps)


def _replaced(trace, Y, **steps):
    return RIGHT._replace(**steps).backward(trace, Y)


def _one_step_late(trace, Y, **steps):
    """As if T were T−1 everywhere: dV is of the state before, too."""
    grads = _replaced(trace, Y, **steps)
    return grads._replace(dV=(trace.y - Y) @ trace.h[len(trace.h) - 2].T)


ONE_STEP_LATE = Mistake(  # where there is one answer
    "the loop begins at T−1, and gives that step the message of T",
    (_with(**SLIPS["answer after"].steps), partial(_one_step_late, **SLIPS["answer after"].steps)),
    "T is the last index and counts: `reversed(range(len(x)))` begins with T, `reversed(range(len(x) - 1))` leaves it "
    "out.",
    "eq. 7.5",
)
AVERAGED = Mistake(
    "the first message is divided by the number of steps",
    (
        _with(factor=lambda steps, N, n_y: 1 / steps),
        _with(error=lambda y, Y: (y - Y) / (len(y) if y.ndim == 3 else 1)),  # by the number of answers
    ),
    "The loss is half of a sum of squares, and no mean.",
    "eq. 7.3",
)
IN_ALL = (
    *(
        Mistake(
            f"= stands for += in the sum for {weight}",
            of_one_step(f"d{weight}"),
            "Each step adds a term. With = instead of += only the term that was computed last is left.",
            f"eq. {equation}, the sum",
        )
        for weight, equation in (("W", "7.7"), ("b", "7.9"))
    ),
    Mistake(
        "f′ is applied twice",
        (
            _with(passed=lambda dh, message, df: dh * df**2),
            _with(through=lambda dh, delta, df, t: delta[t + 1] * df[t + 1]),
        ),
        "δ is dh times f′. To the step before it goes on through U, and the sums take it as it is.",
        "eqs. 7.6 and 7.7",
    ),
    Mistake(
        "ĥ is put where h belongs in f′",
        _with(slope=lambda f, h_hat, h, before: 1 - h_hat**2),
        "1 − h² is written with the state h = tanh(ĥ), and not with ĥ.",
        "7.2.3, the local derivatives",
    ),
)
IN_EACH = tuple(
    Mistake(
        f"{' and '.join(names)} {'has the term' if len(names) == 1 else 'have the terms'} of one step alone",
        of_one_step(*names),
        "The dense layer is used in each step now, so V and c have sums over the steps too.",
        "page 06, Write `backward`",
    )
    for names in (("dV",), ("dc",), ("dV", "dc"))
)
