"""Pages 05 and 06: terms of the sums, and what a check notices."""

import numpy as np

from bptt_core import backward

from ..checks import CHECKS
from ..compare import verdict
from ..data import running_example
from ..mistakes import MISTAKES
from ..run import run_example
from ..wording import number
from .question import Found, Question

YEARS = tuple(map(str, running_example().years))


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
        max(missing, key=missing.get),
        f"With the last two years alone there is missing: {said}.",
        {
            "dW": "The inputs of the old years are small, and so are their terms of dW.",
            "dU": "Its old terms are multiplied by old states. b has nothing beside δ to make its terms small.",
            "db": "The terms of W are multiplied by inputs, those of U by states, and the old ones are small here. "
            "Those of b are δ alone.",
        },
    )


NOTICES = ("yes", "no")


def _transposed():
    errors = {key: CHECKS[key].errors(MISTAKES["transpose"]) for key in ("2", "3")}
    notices = verdict(errors["2"]["dU"]) != "agrees"
    return Found(
        NOTICES[0 if notices else 1],
        f"With T+1 = 2 the check says of dU: {verdict(errors['2']['dU'])}; of dW: {verdict(errors['2']['dW'])}. "
        f"With T+1 = 3 it says of dU: {verdict(errors['3']['dU'])}.",
        {
            NOTICES[0]: "With two inputs dU has one term, at t = 1. Its message is that of the last step and has not "
            "passed any U yet.",
            NOTICES[
                1
            ]: "With two inputs dU has one term, and its message has not passed any U yet. dW has two terms: the "
            "older one has.",
        },
    )


QUESTIONS = {
    "05-dW": Question("Which year adds most to dW, the whole matrix?", YEARS, lambda: _largest_term("dW"), told=True),
    "05-dU": Question("And which to dU?", YEARS, lambda: _largest_term("dU")),
    "05-first-year": Question("Why has 1952 no bar in dU?", FIRST_YEAR, _first_year),
    "05-truncated": Question("Only the last two years count. Which gradient loses most?", CUT, _cut_to_two, told=True),
    "06-transposed": Question(
        "U is not transposed, and the check has two inputs, T+1 = 2. Does the check of dU notice?",
        NOTICES,
        _transposed,
    ),
}
