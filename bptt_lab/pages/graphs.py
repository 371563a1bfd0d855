"""Pages 02, 03 and 04: the graph of the running example."""

import numpy as np

from ..data import run_example
from ..graph.walk import WalkPanel
from ..numbers import number
from ..panel import activation_menu
from ..symbols import rich
from .controls import steps_slider


class GraphPanel(WalkPanel):
    """The graph of the running example, in one of three modes: Figs. 7-5, 7-6 and 7-7 for this net."""

    units = 3

    def run_controls(self):
        return {"T": steps_slider(), "activation": activation_menu()}

    def run(self, T, activation):
        return run_example(T, activation)

    def pass_in_words(self, mode, run, unit):
        return _forward_in_words(run) if mode == "forward" else _backward_in_words(run, unit)

    def link_in_words(self, run, known):
        return _link_in_words(run, known)


def _forward_in_words(run):
    T, trace, params = len(run.trace.x) - 1, run.trace, run.example.net.params
    return (
        f"T = {T}: {_count(T + 1, 'input')}, {run.example.years[0]} to {run.example.years[-1]}. "
        f"The net answers y = {number(trace.y.item())}; 1957 was Y = {number(run.example.Y.item())}; "
        f"L = {number(run.back.loss)}.<br>"
        f"Parameters: {sum(weight.size for weight in params)}, whatever T is. "
        f"Numbers kept for the way back, over all steps: "
        f"{trace.x.size} in x, {trace.h_hat.size} in ĥ, {trace.h.size} in h."
    )


def _backward_in_words(run, unit):
    slopes = run.back.df
    t, weakest, _ = np.unravel_index(slopes.argmin(), slopes.shape)
    smallest = (
        f"The smallest f′(ĥ) is {number(slopes.min())}, in {run.example.years[t]} (t = {t}), hidden unit {weakest}"
        if slopes.min() < slopes.max()
        else f"Every f′(ĥ) is {number(slopes.min())}"
    )
    dU = ", ".join(number(entry) for entry in run.back.grads.dU[unit])
    return (
        f"The first message is y − Y = {number(run.back.grads.dc.item())}. "
        f"{smallest}.<br>"
        f"Row {unit} of dU adds up to ({dU})."
    )


def _link_in_words(run, known):
    """known : the t from which on dh^(t) is known; -1 if dh^(-1) is known too"""
    T = len(run.example.years) - 1
    dh = [run.back.dh_init, *run.back.dh]  # dh[t + 1] is dh^(t)
    arrived = ", ".join(number(value) for value in dh[known + 1][:, 0])
    if known == T:
        return rich(
            f"0 steps back: dh^({T}) = grad_dense = ({arrived}), in {run.example.years[T]}.\n"
            "The link shown is the next one to take."
        )
    place = f"in {run.example.years[known]}" if known >= 0 else "before the first input. Here the message ends"
    return rich(
        f"Step back number {T - known}: dh^({known + 1}) is multiplied by f′(ĥ^({known + 1})), then by ^tU.\n"
        f"It arrives as dh^({known}) = ({arrived}), {place}."
    )


def _count(number, noun):
    return f"{number} {noun}" + ("s" if number != 1 else "")
