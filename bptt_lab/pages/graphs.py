"""Pages 02, 03 and 04: the graph of the running example, or of an example that a reader brings."""

from html import escape

import numpy as np

from bptt_core import mse_loss_derivative

from ..example import run_of
from ..graph.walk import WalkPanel
from ..numbers import number
from ..symbols import rich
from .examples import OfExample, column, count, in_brackets, label, which


class GraphPanel(OfExample, WalkPanel):
    """The graph of an example, in one of three modes: Figs. 7-5, 7-6 and 7-7 for its net.

    mode    : forward, backward or link, to begin with
    example : an Example of your own, of which T+1 steps are shown, the last ones; the running example unless given
    """

    def __init__(self, mode="forward", example=None):
        self.take(example)
        super().__init__(mode, run_of(self.example.last(0)))

    def pass_in_words(self, mode, run, unit, sequence):
        said = _forward_in_words(run, sequence) if mode == "forward" else _backward_in_words(run, unit, sequence)
        return which(run, sequence) + said

    def link_in_words(self, run, known, sequence):
        return which(run, sequence) + _link_in_words(run, known, sequence)


def _forward_in_words(run, sequence):
    T, trace, net = len(run.trace.x) - 1, run.trace, run.trace.net
    often, several = net.outputs == "all", trace.x.shape[2] > 1
    y, Y = ((each[-1] if often else each)[:, sequence] for each in (trace.y, run.Y))
    return (
        f"T = {T}: {count(T + 1, 'input')}, {label(run, 0)} to {label(run, T)}. "
        f"The net answers {'at each step, the last time ' * often}y = {column(y)}; "
        f"{escape(run.example.target)} Y = {column(Y)}; "
        f"L = {number(run.back.loss)}{', over all steps' * often}{', over all sequences' * several}.<br>"
        f"Parameters: {sum(weight.size for weight in net.params)}, whatever T is. "
        f"Numbers kept for the way back, over all steps: "
        f"{trace.x.size} in x, {trace.h_hat.size} in ĥ, {trace.h.size} in h."
    )


def _backward_in_words(run, unit, sequence):
    slopes = run.back.df[:, :, sequence]
    t, weakest = np.unravel_index(slopes.argmin(), slopes.shape)
    smallest = (
        f"The smallest f′(ĥ) is {number(slopes.min())}, in {label(run, t)} (t = {t}), hidden unit {weakest}"
        if slopes.min() < slopes.max()
        else f"Every f′(ĥ) is {number(slopes.min())}"
    )
    often = run.trace.net.outputs == "all"
    error = mse_loss_derivative(run.trace.y, run.Y)
    error = (error[-1] if often else error)[:, sequence]
    first = "At each step a message begins; the last one" if often else "The first message"
    return (
        f"{first} is y − Y = {column(error)}. "
        f"{smallest}.<br>"
        f"Row {unit} of dU adds up to {in_brackets(run.back.grads.dU[unit])}."
    )


def _link_in_words(run, known, sequence):
    """known : the t from which on dh^(t) is known; -1 if dh^(-1) is known too"""
    T = len(run.labels) - 1
    dh = [run.back.dh_init, *run.back.dh]  # dh[t + 1] is dh^(t)
    arrived = in_brackets(dh[known + 1][:, sequence])
    if known == T:
        said = rich(f"0 steps back: dh^({T}) = grad_dense = {arrived}, in ")
        return f"{said}{label(run, T)}.<br>The link shown is the next one to take."
    often = run.trace.net.outputs == "all" and known >= 0
    place = f"in {label(run, known)}" if known >= 0 else "before the first input. Here the message ends"
    return (
        rich(
            f"Step back number {T - known}: dh^({known + 1}) is multiplied by f′(ĥ^({known + 1})), then by ^tU"
            f"{f'; what the answer of step {known} sends is added' if often else ''}.\n"
            f"It arrives as dh^({known}) = {arrived}, "
        )
        + f"{place}."
    )
