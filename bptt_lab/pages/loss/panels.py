"""Notebook 01: the loss, its slope, and the 1/2."""

import numpy as np

from bptt_core import mse_loss, mse_loss_derivative

from ...look import BACKWARD, BLACK, BLUE, GREY
from ...numbers import number
from ...panel import Panel, menu, numbered, slider
from ..examples import OfExample

RANGE, HIGHEST = (-0.5, 3), 4  # of y and of L, in hundreds of sunspots
POINTS = 141
TANGENT = np.array([-0.6, 0.6])


class LossPanel(OfExample, Panel):
    """Eq. 7.3 as a parabola over y: the point (y, L), and the tangent whose slope is sent back.

    y       : the prediction to begin with; what the net answers at T unless given
    example : an Example of your own, for y and Y; of several outputs or sequences one is chosen. The running example
              unless given
    """

    height = 340

    def __init__(self, y=None, example=None):
        self.take(example)
        run = self.run(self.longest if self.own else 4, self.example.net.activation)
        self.y, self.Y = (each[-1] if self.often else each for each in (run.trace.y, run.Y))
        if y is not None:
            self.y = np.full_like(self.y, y)
        self.chosen = 0, 0  # the output and the sequence
        low, high = min(self.y.min(), self.Y.min()), max(self.y.max(), self.Y.max())
        room = 0.5 * (high - low) or 1.0
        self.span = np.linspace(*((low - room, high + room) if self.own else RANGE), POINTS)
        self.scale = (self.span[-1] - self.span[0]) / (RANGE[1] - RANGE[0])
        super().__init__()

    def controls(self):
        sizes = {"output": self.n_y, "sequence": self.N}
        return {
            "y": self._thousandths("y", self.y[0, 0]),
            "Y": self._thousandths("Y", self.Y[0, 0]),
            "factor": menu("loss", [("½ (y − Y)²", 0.5), ("(y − Y)², without the ½", 1.0)], 0.5),
            **{name: numbered(name, size) for name, size in sizes.items() if size > 1},
        }

    def build(self, figure):
        ax = figure.add_axes((0.07, 0.15, 0.9, 0.8))
        self.low, high = -0.5 * self.scale**2, HIGHEST * self.scale**2
        unit = "" if self.own else ", hundreds of sunspots"
        ax.set(xlim=(self.span[0], self.span[-1]), ylim=(self.low, high), xlabel=f"y{unit}", ylabel="L")
        (self.curve,) = ax.plot(self.span, 0 * self.span, color=BLUE, lw=2, animated=True)
        (self.tangent,) = ax.plot([], [], **BACKWARD, lw=2, animated=True)
        (self.target,) = ax.plot([], [], color=GREY, ls=":", animated=True)
        (self.point,) = ax.plot([], [], "o", color=BLACK, ms=8, animated=True)
        self.target_label = ax.text(0, 0.975 * high, "Y", color=GREY, ha="left", va="top", animated=True)

    def adjust(self, y, Y, factor, output=0, sequence=0):
        if (output, sequence) == self.chosen:
            return {}
        self.chosen = output, sequence
        return {"y": {"value": float(self.y[self.chosen])}, "Y": {"value": float(self.Y[self.chosen])}}

    def update(self, y, Y, factor, output=0, sequence=0):
        scale = 2 * factor  # 1 with the 1/2, and 2 without it
        loss = scale * mse_loss([[y]], [[Y]])
        slope = scale * mse_loss_derivative([[y]], [[Y]]).item()
        self.curve.set_ydata([scale * mse_loss([[at]], [[Y]]) for at in self.span])
        aside = self.scale * TANGENT
        self.tangent.set_data(y + aside, loss + slope * aside)
        self.target.set_data([Y, Y], [self.low, HIGHEST * self.scale**2])
        self.target_label.set_x(Y + 0.03 * self.scale)
        self.point.set_data([y], [loss])
        same = "it is the error itself" if factor == 0.5 else "it is twice the error"
        which = f"Output {output}. " * (self.n_y > 1) + f"Sequence {sequence} of {self.N}. " * (self.N > 1)
        return (
            f"{which}y = {number(y)}, Y = {number(Y)}: the error y − Y is {number(y - Y)}, and L = {number(loss)}.<br>"
            f"The slope of the tangent is {number(slope)}: {same}. This is the message that is sent back."
        )

    def _thousandths(self, label, value):
        """A slider that begins at `value`, rounded to three decimals, and moves from there in steps of a hundredth.

        Where the numbers are much larger or smaller than those of the running example, its steps are too.
        """
        power = int(np.round(np.log10(self.scale)))
        value, step = round(float(value), 3 - power), 0.01 * 10.0**power
        low = value - step * np.ceil((value - self.span[0]) / step)
        control = slider(label, value, low, self.span[-1], step)
        control.readout_format = f".{max(3 - power, 0)}f"
        return control
