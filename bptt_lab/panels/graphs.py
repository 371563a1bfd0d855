"""Notebooks 02 and 03: Figs. 7-5 and 7-6 for this net, with its numbers."""

import numpy as np

from ..figures import draw_graph
from ..graph import BACKWARD_HEIGHT, FORWARD_HEIGHT, backward_scene, forward_scene
from ..wording import number
from .base import Panel, activation_menu, menu, steps_slider
from .run import run_example


class GraphPanel(Panel):
    """A scene that is laid out anew when a control changes. It fills the picture, or the upper part of it."""

    graph_height = None  # CSS pixels; the whole height unless given

    def build(self, figure):
        share = (self.graph_height or self.height) / self.height
        self.axes = figure.add_axes((0, 1 - share, 1, share))
        self.axes.set_axis_off()
        self.scene, self.artists = None, []

    def show(self, scene):
        for artist in self.artists:
            artist.remove()
        self.scene, self.artists = scene, draw_graph(self.axes, scene)
        for artist in self.artists:
            artist.set_animated(True)


class ForwardGraphPanel(GraphPanel):
    """Fig. 7-5: the forward graph, with a value and a shape at each node."""

    height = FORWARD_HEIGHT

    def controls(self):
        return {"T": steps_slider(), "activation": activation_menu()}

    def update(self, T, activation):
        run = run_example(T, activation)
        trace, params = run.trace, run.example.params
        self.show(forward_scene(trace, run.example.Y, run.back.loss, run.example.years))
        return (
            f"T = {T}: {_count(T + 1, 'input')}, {run.example.years[0]} to {run.example.years[-1]}. "
            f"The net answers y = {number(trace.y.item())}; 1957 was Y = {number(run.example.Y.item())}; "
            f"L = {number(run.back.loss)}.<br>"
            f"Parameters: {sum(weight.size for weight in params)}, whatever T is. "
            f"Numbers kept for the way back, over all steps: "
            f"{trace.x.size} in x, {trace.h_hat.size} in ĥ, {trace.h.size} in h."
        )


class BackwardGraphPanel(GraphPanel):
    """Fig. 7-6: the backward graph, with a gradient at each node, and the terms of the three sums below."""

    height = BACKWARD_HEIGHT

    def controls(self):
        rows = [(f"row {i + 1}", i) for i in range(3)]
        return {"T": steps_slider(), "activation": activation_menu(), "row": menu("of dU", rows, 0)}

    def update(self, T, activation, row):
        run = run_example(T, activation)
        self.show(backward_scene(run.trace, run.back, run.example.Y, run.terms, run.example.years, row))
        slopes = run.trace.activation.df(run.trace.h_hat)
        t, unit, _ = np.unravel_index(slopes.argmin(), slopes.shape)
        dU = ", ".join(number(entry) for entry in run.back.grads.dU[row])
        return (
            f"The first message is y − Y = {number(run.back.grads.dc.item())}. "
            f"The smallest f′(ĥ) is {number(slopes.min())}, in {run.example.years[t]} (t = {t}), "
            f"hidden unit {unit + 1}.<br>"
            f"Row {row + 1} of dU adds up to ({dU})."
        )


def _count(number, noun):
    return f"{number} {noun}" + ("s" if number != 1 else "")
