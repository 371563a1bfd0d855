"""Notebook 01: the loss, its slope, and the 1/2."""

import numpy as np

from bptt_core import mse_loss, mse_loss_derivative

from ...data import running_example
from ...look import BACKWARD, BLACK, BLUE, GREY
from ...numbers import number
from ...panel import Panel, menu, slider

SPAN = np.linspace(-0.5, 3, 141)  # hundreds of sunspots
TANGENT = np.array([-0.6, 0.6])


class LossPanel(Panel):
    """Eq. 7.3 as a parabola over y: the point (y, L), and the tangent whose slope is sent back."""

    height = 340

    def __init__(self, y):
        """y : the prediction to begin with"""
        self._y = y
        super().__init__()

    def controls(self):
        return {
            "y": _thousandths("y", self._y),
            "Y": _thousandths("Y", running_example().Y.item()),
            "factor": menu("loss", [("½ (y − Y)²", 0.5), ("(y − Y)², without the ½", 1.0)], 0.5),
        }

    def build(self, figure):
        ax = figure.add_axes((0.07, 0.15, 0.9, 0.8))
        ax.set(xlim=(SPAN[0], SPAN[-1]), ylim=(-0.5, 4), xlabel="y, hundreds of sunspots", ylabel="L")
        (self.curve,) = ax.plot(SPAN, 0 * SPAN, color=BLUE, lw=2, animated=True)
        (self.tangent,) = ax.plot([], [], **BACKWARD, lw=2, animated=True)
        (self.target,) = ax.plot([], [], color=GREY, ls=":", animated=True)
        (self.point,) = ax.plot([], [], "o", color=BLACK, ms=8, animated=True)
        self.target_label = ax.text(0, 3.9, "Y", color=GREY, ha="left", va="top", animated=True)

    def update(self, y, Y, factor):
        scale = 2 * factor  # 1 with the 1/2, and 2 without it
        loss = scale * mse_loss([[y]], [[Y]])
        slope = scale * mse_loss_derivative([[y]], [[Y]]).item()
        self.curve.set_ydata([scale * mse_loss([[at]], [[Y]]) for at in SPAN])
        self.tangent.set_data(y + TANGENT, loss + slope * TANGENT)
        self.target.set_data([Y, Y], [-0.5, 4])
        self.target_label.set_x(Y + 0.03)
        self.point.set_data([y], [loss])
        same = "it is the error itself" if factor == 0.5 else "it is twice the error"
        return (
            f"y = {number(y)}, Y = {number(Y)}: the error y − Y is {number(y - Y)}, and L = {number(loss)}.<br>"
            f"The slope of the tangent is {number(slope)}: {same}. This is the message that is sent back."
        )


def _thousandths(label, value):
    """A slider that begins at `value`, rounded to three decimals, and moves from there in steps of a hundredth."""
    value = round(value, 3)
    low = value - 0.01 * np.ceil((value - SPAN[0]) / 0.01)
    control = slider(label, value, low, SPAN[-1], 0.01)
    control.readout_format = ".3f"
    return control
