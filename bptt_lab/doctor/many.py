"""The messages of many backward passes at once.

A slip at the start changes what is sent or f'; one on the way changes the recursion. Passes that differ at the start
alone go back side by side, as if they were more sequences.
"""

from typing import NamedTuple

import numpy as np

from bptt_lab.slips.passes import shifted

START = {"error", "dense", "slope", "slopes"}
WAY = {"upstream", "through", "turn", "sent", "join", "passed", "weights", "reach", "shared"}


class Sent(NamedTuple):
    """What one pass sends back."""

    slips: tuple
    dy: np.ndarray  # (T+1, n_y, N)
    delta: np.ndarray  # (T+1, n_h, N), the factor of the sums


class Start(NamedTuple):
    """Where one pass begins."""

    slips: tuple
    dy: np.ndarray
    df: np.ndarray


def start(trace, Y, made, slips=()) -> Start:
    """The first message and f', with these slips."""
    made, before = with_slips(made, slips), shifted(trace.h, trace.h_init)
    df = made.slopes(made.slope(trace.net.activation, trace.h_hat, trace.h, before))
    return Start(slips, made.first(trace, Y), df)


def with_slips(made, slips):
    return made._replace(**{step: does for slip in slips for step, does in slip.steps.items()})


def send(trace, made, way, starts) -> list:
    """Back from each of these starts, with these slips on the way: a Sent for each."""
    if any("weights" in slip.steps for slip in way) and len(starts) > 1:  # each changes a U of its own
        return [one for each in starts for one in send(trace, made, way, [each])]
    made, (U, V) = with_slips(made, way), (trace.net.params.U, trace.net.params.V)
    before = shifted(trace.h, trace.h_init) if len(starts) == 1 else None
    df = np.concatenate([each.df for each in starts], axis=2)
    answers = V.T @ np.concatenate([each.dy for each in starts], axis=2)
    answers = made.upstream(answers, lambda answers: made.recursion(U, answers, df, before)[0])
    dh, delta = made.reach(lambda answers: made.recursion(U, answers, df, before), answers)
    parts = np.split(made.shared(delta, dh, df), len(starts), axis=2)
    return [Sent((*each.slips, *way), each.dy, part) for each, part in zip(starts, parts, strict=True)]
