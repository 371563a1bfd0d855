"""The card of each node and edge: its formula, its gradient, its equation, and the function that computes it.

    card(run, "h_hat[2]")   for every key of a scene of that run

The gradient is always upstream x local = result: what arrives from the right, the node's own derivative, what leaves.
"""

import re

from . import messages, uses, values
from .facts import Card
from .layout import MOST_COLUMNS


def card(run, key) -> Card:
    """The card of a node, or of what an edge is about.

    run : the Run whose numbers fill the card
    key : "h[2]", "W[2]", "dU", as in a scene of this run
    Raises KeyError for a kind of key that no scene has.
    """
    parts = re.fullmatch(r"(.+)\[(-?\d+)\](\)?)", key)
    if parts is None:
        return OF_THE_RUN[key](run)
    return OF_A_STEP[parts[1] + (parts[3] or "")](run, int(parts[2]))


def _fold(run):
    return Card(
        "⋯",
        "the steps in between: the same nodes, the same W, U and b",
        None,
        "Fig. 7-5 and Fig. 7-6",
        "forward and backward",
        note=f"Choose T = {MOST_COLUMNS - 1} or less to see every step.",
    )


OF_A_STEP = values.OF_A_STEP | messages.OF_A_STEP | uses.OF_A_STEP
OF_THE_RUN = values.OF_THE_RUN | messages.OF_THE_RUN | uses.OF_THE_RUN | {"fold": _fold}
