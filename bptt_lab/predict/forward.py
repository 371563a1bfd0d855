"""Pages 00 to 02: the answer, the loss, the states."""

import numpy as np

from bptt_core import mse_loss_derivative

from ..data import T_MAX, running_example
from ..run import run_example
from ..wording import number
from .question import Found, Question

MORE_YEARS = ("closer with both", "away from it with both", "closer with one, away with the other")


def _more_years():
    off = {f: [100 * abs((run.trace.y - run.example.Y).item()) for run in _runs(f)] for f in ("tanh", "identity")}
    closer = {f: many < few for f, (few, many) in off.items()}
    right = MORE_YEARS[0] if all(closer.values()) else MORE_YEARS[2] if any(closer.values()) else MORE_YEARS[1]
    said = "; ".join(f"{f}: off by {few:.1f} at T = 4, by {many:.1f} at T = 30" for f, (few, many) in off.items())
    return Found(
        right,
        f"In sunspots, with {said}.",
        {
            MORE_YEARS[0]: "More years are more to go by only for a net that has learnt to use them.",
            MORE_YEARS[1]: "With tanh it comes closer. But that is luck: this net has learnt nothing yet.",
            MORE_YEARS[
                2
            ]: "tanh keeps the state within bounds, and identity lets it grow. Which of them comes closer is "
            "luck: this net has learnt nothing yet.",
        },
    )


def _runs(f):
    return run_example(4, f), run_example(T_MAX, f)


MOVED_TARGET = ("it doubles", "it changes its sign", "it moves by one")


def _moved_target():
    run = run_example(4, "tanh")
    y, Y = run.trace.y, run.example.Y
    before, after = mse_loss_derivative(y, Y).item(), mse_loss_derivative(y, Y + 1).item()
    claims = dict(zip(MOVED_TARGET, (2 * before, -before, before - 1), strict=True))
    return Found(
        min(claims, key=lambda option: abs(claims[option] - after)),
        f"The slope was {number(before)} and is now {number(after)}: it moved by {number(after - before)}.",
        {
            MOVED_TARGET[0]: f"The slope is y − Y. Twice {number(before)} would need a Y that is "
            f"{number(abs(before))} higher, not 1.",
            MOVED_TARGET[1]: "The slope changes its sign where Y passes y. Here Y moves away from y.",
            MOVED_TARGET[2]: "The slope is y − Y. It moves as far as Y does, the other way.",
        },
    )


PARAMETERS = ("none", "a W for each new year", "W, U and b for each new year")


def _parameters():
    sizes = [sum(weight.size for weight in running_example(T).params) for T in (4, 8)]
    W, U, b, V, c = running_example().params
    gains = dict(zip(PARAMETERS, (0, 4 * W.size, 4 * (W.size + U.size + b.size)), strict=True))
    gain = sizes[1] - sizes[0]
    return Found(
        next(option for option, size in gains.items() if size == gain),
        f"{sizes[0]} numbers at T = 4, {sizes[1]} at T = 8.",
        {
            PARAMETERS[
                0
            ]: "W, U and b are the same in every column: more years use them more often, and add no number.",
            PARAMETERS[
                1
            ]: f"That would be {gains[PARAMETERS[1]]} numbers. But W is one matrix, and every year uses it.",
            PARAMETERS[
                2
            ]: f"That would be {gains[PARAMETERS[2]]} numbers. The columns of the graph show the same three "
            "weights again and again.",
        },
    )


UNBENT = ("they shrink", "they stay as large as they are", "they grow")


def _unbent_states():
    few, many = (float(np.abs(run_example(T, "identity").trace.h).max()) for T in (4, T_MAX))
    right = UNBENT[0] if many < few / 1.5 else UNBENT[2] if many > 1.5 * few else UNBENT[1]
    return Found(
        right,
        f"The largest entry of a state is {number(few)} at T = 4 and {number(many)} at T = 30.",
        {
            UNBENT[0]: "A rotation shrinks nothing, and every year adds W x and b.",
            UNBENT[
                1
            ]: "The rotation keeps the length of a state. But every year adds W x and b to it, and along the axis "
            "of the rotation these pile up.",
            UNBENT[
                2
            ]: "Nothing bends them back. The rotation keeps what is there, and what W x and b add along its axis, "
            "year by year, piles up.",
        },
    )


QUESTIONS = {
    "00-more-years": Question(
        "The net reads more years, T from 4 to 30, with tanh and then with identity. Does its answer come closer to "
        "the star?",
        MORE_YEARS,
        _more_years,
    ),
    "01-target": Question("Y moves one up, and y stays. What does the slope do?", MOVED_TARGET, _moved_target),
    "02-parameters": Question("T goes from 4 to 8. How many parameters does the net gain?", PARAMETERS, _parameters),
    "02-identity": Question("f is identity, and T = 30. What do the three units do?", UNBENT, _unbent_states),
}
