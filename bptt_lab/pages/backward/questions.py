"""Page 03: local derivatives."""

import numpy as np

from bptt_core import ACTIVATIONS, central_difference

from ...data import run_example
from ...numbers import number
from ...predict.question import Found, Question

TO_STATE = ("by ε", "by V_01 ε", "by h_1 ε")


def _to_state():
    """The derivative of ŷ with respect to h_1, by moving it."""
    run = run_example(4, "tanh")
    V, c = run.trace.net.params.V, run.trace.net.params.c
    h = run.trace.h[-1]
    slope = central_difference(lambda h: (V @ h + c).item(), h)[1, 0]
    each = dict(zip(TO_STATE, (1.0, V[0, 1], h[1, 0]), strict=True))
    return Found(
        min(each, key=lambda option: abs(each[option] - slope)),
        f"Moved and measured: {number(slope)} for each ε. V_01 = {number(V[0, 1])}, h_1 = {number(h[1, 0])}.",
        {
            TO_STATE[0]: "Before h_1 reaches ŷ, it is multiplied.",
            TO_STATE[1]: "h_1 stands in ŷ once, with V_01 in front.",
            TO_STATE[2]: "That is what V_01 does when it is moved. Now h_1 is moved, and V_01 stands in front of it.",
        },
    )


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
            SATURATED[2]: "The state is near 1. The local derivative says how much it still moves: hardly at all.",
        },
    )


ENTRIES = ("row 0 of U", "column 0 of U", "the diagonal of U")


def _entries():
    """The derivatives of all ĥ_i of step 4 with respect to h_0 of step 3, by moving it."""
    run = run_example(4, "tanh")
    W, U, b, _, _ = run.trace.net.params
    x, h = run.trace.x[4], run.trace.h[3]
    slopes = [central_difference(lambda h, i=i: (W @ x + U @ h + b)[i, 0], h)[0, 0] for i in range(3)]
    each = dict(zip(ENTRIES, (U[0], U[:, 0], U.diagonal()), strict=True))
    return Found(
        min(each, key=lambda option: np.abs(each[option] - slopes).max()),
        f"Moved and measured: {', '.join(map(number, slopes))} for ĥ_0, ĥ_1, ĥ_2.",
        {
            ENTRIES[0]: "Row 0 of U holds what goes into ĥ_0. Here the question is where h_0 goes.",
            ENTRIES[1]: "h_0 goes into ĥ_0, ĥ_1 and ĥ_2 by way of U_00, U_10 and U_20.",
            ENTRIES[2]: "That would be so if h_0 went into ĥ_0 alone. It goes into all three.",
        },
    )


QUESTIONS = {
    "03-state": Question(
        "Unit 1 of the last state, h_1, moves by a tiny ε, and nothing else does. By how much does ŷ move?",
        TO_STATE,
        _to_state,
    ),
    "03-saturated": Question("tanh is saturated. What is its local derivative?", SATURATED, _saturated, told=True),
    "03-column": Question(
        "Unit 0 of h^(3) moves a little. Which three numbers say how much the units of ĥ^(4) move?",
        ENTRIES,
        _entries,
    ),
}
