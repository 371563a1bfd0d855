"""Notebook 03: an activation and its slope, the first local derivative."""

from html import escape

import numpy as np

from bptt_core import ACTIVATIONS

from ...look import BACKWARD, BLACK, BLUE, GREY
from ...numbers import number
from ...panel import slider
from ..examples import ExamplePanel

SPAN = np.linspace(-4, 4, 321)
TANGENT = np.array([-0.8, 0.8])


class ActivationPanel(ExamplePanel):
    """On the left h = f(h_hat) with its tangent, on the right the slope f'(h_hat): of any f, that of a net first."""

    def controls(self):
        return {"h_hat": slider("ĥ", 1.0, -4, 4, 0.05), **self.activations()}

    def build(self, figure):
        left = figure.add_axes((0.06, 0.15, 0.42, 0.8))
        right = figure.add_axes((0.56, 0.15, 0.42, 0.8))
        left.set(xlim=(-4, 4), ylim=(-4.2, 4.2), xlabel=r"$\hat{h}$", ylabel=r"$h = f(\hat{h})$")
        right.set(xlim=(-4, 4), ylim=(-0.1, 1.15), xlabel=r"$\hat{h}$", ylabel=r"$f'(\hat{h})$")
        (self.f,) = left.plot(SPAN, SPAN, color=BLUE, lw=2, animated=True)
        (self.df,) = right.plot(SPAN, SPAN, **BACKWARD, lw=2, animated=True)
        (self.tangent,) = left.plot([], [], **BACKWARD, lw=2, animated=True)
        self.points = [ax.plot([], [], "o", color=BLACK, ms=8, clip_on=False, animated=True)[0] for ax in (left, right)]
        self.rules = [ax.plot([], [], color=GREY, ls=":", animated=True)[0] for ax in (left, right)]

    def update(self, h_hat, activation):
        activation = ACTIVATIONS.get(activation, activation)
        f, df = activation.f, activation.df
        at = np.array([h_hat])
        h, slope = f(at).item(), df(at).item()
        self.f.set_ydata(f(SPAN))
        self.df.set_ydata(df(SPAN))
        self.tangent.set_data(h_hat + TANGENT, h + slope * TANGENT)
        for point, rule, height, ends in zip(
            self.points, self.rules, (h, slope), ((-4.2, h), (-0.1, slope)), strict=True
        ):
            point.set_data([h_hat], [height])
            rule.set_data([h_hat, h_hat], ends)
        return (
            f"f = {escape(activation.name)}, ĥ = {number(h_hat)}: h = f(ĥ) = {number(h)}, "
            f"and the local derivative f′(ĥ) = {number(slope)}.<br>"
            f"A message of 1 that arrives at h leaves for ĥ as {number(slope)}."
        )
