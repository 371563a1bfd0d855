"""Page 02: the states."""

import numpy as np

from ...data import T_MAX, run_example, running_example
from ...numbers import number
from ...predict.question import Found, Question

PARAMETERS = ("none", "a W for each new year", "W, U and b for each new year")


def _parameters():
    sizes = [sum(weight.size for weight in running_example(T).net.params) for T in (4, 8)]
    W, U, b, V, c = running_example().net.params
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
            UNBENT[0]: "U is orthogonal and shrinks nothing, and every year adds W x and b.",
            UNBENT[1]: "U keeps the length of a state. But every year adds W x and b to it, and along the axis of this "
            "U, a rotation, they pile up.",
            UNBENT[2]: "Nothing bends them back. U keeps what is there. This U is a rotation, and what W x and b add "
            "along its axis, year by year, piles up.",
        },
    )


QUESTIONS = {
    "02-parameters": Question("T goes from 4 to 8. How many parameters does the net gain?", PARAMETERS, _parameters),
    "02-identity": Question("f is identity, and T = 30. What do the three units do?", UNBENT, _unbent_states),
}
