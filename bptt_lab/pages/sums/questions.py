"""Page 05: terms of the sums."""

import numpy as np

from bptt_core import backward

from ...data import run_example, running_example
from ...numbers import number
from ...predict.question import Found, Question

YEARS = tuple(map(str, running_example().labels))


def _largest_term(name):
    run = run_example(4, "tanh")
    sizes = np.linalg.norm(getattr(run.terms, name), axis=(1, 2))
    delta, other = np.linalg.norm(run.back.delta, axis=(1, 2)), _other_factor(run, name)
    t = int(sizes.argmax())
    what = {"dW": "x", "dU": "the state before"}[name]
    return Found(
        YEARS[t],
        f"The sizes of the five terms (root of the sum of squares): {', '.join(map(number, sizes))}.",
        {
            year: f"In {year} the message δ has the size {number(delta[i])} and {what} {number(other[i])}: "
            f"together {number(sizes[i])}."
            for i, year in enumerate(YEARS)
        },
    )


def _other_factor(run, name):
    """The sizes of what δ is multiplied by, in each step."""
    states = run.trace.x if name == "dW" else np.concatenate([run.trace.h_init[None], run.trace.h[:-1]])
    return np.linalg.norm(states, axis=(1, 2))


FIRST_YEAR = ("no message arrives there", "U multiplies a state of zeros there", "the bar is too small to see")


def _first_year():
    run = run_example(4, "tanh")
    before, delta = np.abs(run.trace.h_init).max(), np.linalg.norm(run.back.delta[0])
    term = np.abs(run.terms.dU[0]).max()
    right = FIRST_YEAR[1] if before == 0 else FIRST_YEAR[0] if delta == 0 else FIRST_YEAR[2]
    return Found(
        right,
        f"The largest entry of h^(−1) is {number(before)}, the size of δ^(0) {number(delta)}, the largest entry of the "
        f"term {number(term)}.",
        {
            FIRST_YEAR[0]: "A message does arrive in 1952: W and b get a term from it.",
            FIRST_YEAR[1]: "Where U multiplies zeros, moving U changes nothing: its term is 0.",
            FIRST_YEAR[2]: "It is exactly 0, whatever the scale.",
        },
    )


CUT = ("dW", "dU", "db")


def _cut_to_two():
    run = run_example(4, "tanh")
    short = backward(run.trace, run.example.Y, steps=2).grads
    missing = {
        name: float(np.linalg.norm(getattr(short, name) - whole) / np.linalg.norm(whole))
        for name, whole in run.back.grads._asdict().items()
        if name in CUT
    }
    said = ", ".join(f"{number(missing[name])} of {name}" for name in CUT)
    return Found(
        min(missing, key=missing.get),
        f"With the last two years alone there is missing: {said}.",
        {
            "dW": "The inputs of the old years are small, and so are their terms of dW.",
            "dU": "The old terms of dU are multiplied by states, and these are not as small as the old inputs.",
            "db": "The old terms of db are δ alone: no small input makes them smaller.",
        },
    )


QUESTIONS = {
    "05-dW": Question("Which year adds most to dW, the whole matrix?", YEARS, lambda: _largest_term("dW"), told=True),
    "05-dU": Question("And which to dU?", YEARS, lambda: _largest_term("dU")),
    "05-first-year": Question("Why has 1952 no bar in dU?", FIRST_YEAR, _first_year),
    "05-truncated": Question("Only the last two years count. Which gradient loses least?", CUT, _cut_to_two, told=True),
}
