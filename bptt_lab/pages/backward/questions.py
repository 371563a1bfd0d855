"""Page 03: local derivatives."""

import numpy as np

from bptt_core import ACTIVATIONS

from ...numbers import number
from ...predict.question import Found, Question

SATURATED = ("near 0", "near ½", "near 1")


def _saturated():
    slope = ACTIVATIONS["tanh"].df(np.array(3.0)).item()
    near = dict(zip(SATURATED, (0, 0.5, 1), strict=True))
    return Found(
        min(near, key=lambda option: abs(near[option] - slope)),
        f"f′(3) = {number(slope)} for tanh, where the state is {number(np.tanh(3.0))}.",
        {
            SATURATED[0]: "Out there tanh is almost flat: when ĥ moves, h hardly does.",
            SATURATED[1]: "tanh is almost flat out there, so the tangent hardly rises.",
            SATURATED[2]: "The state is near 1. The local derivative is how much it still moves, and that is 1 − h².",
        },
    )


QUESTIONS = {
    "03-saturated": Question("tanh is saturated. What is its local derivative?", SATURATED, _saturated, told=True),
}
