"""Notebook 02: the inputs and the states over the years."""

from ...data import run_example
from ...look import BLACK, UNIT_STYLES
from ...numbers import number
from ...panel import Panel, activation_menu
from ...panel.axes import StepAxis, fit_height
from ...symbols import rich
from ..controls import steps_slider


class StatesPanel(Panel):
    """Above, the inputs x^(t); below, the three hidden units of h^(t)."""

    height = 380

    def controls(self):
        return {"T": steps_slider(), "activation": activation_menu()}

    def build(self, figure):
        self.above = figure.add_axes((0.07, 0.66, 0.76, 0.31))
        self.below = figure.add_axes((0.07, 0.13, 0.76, 0.47))
        self.above.set(xlim=(0, 1), ylim=(0, 2), xticks=[], ylabel="x")
        self.below.axhline(0, color=BLACK, lw=0.8)
        self.below.set_ylabel("h")
        self.step_axis = StepAxis(self.below)
        (self.x,) = self.above.plot([], [], "D-", color=BLACK, animated=True)
        self.h = [self.below.plot([], [], animated=True, **style)[0] for style in UNIT_STYLES]
        self.below.legend(self.h, ["unit 0", "unit 1", "unit 2"], loc="upper left", bbox_to_anchor=(1.01, 1))

    def update(self, T, activation):
        run = run_example(T, activation)
        centres, _ = self.step_axis.place(run.example.years)
        self.x.set_data(centres, run.example.x[:, 0, 0])
        for unit, line in enumerate(self.h):
            line.set_data(centres, run.trace.h[:, unit, 0])
        fit_height(self.below, run.trace.h)
        last = ", ".join(number(value) for value in run.trace.h[-1, :, 0])
        return rich(
            f"f = {activation}, T = {T}: the last state, {run.example.years[-1]}, is h^({T}) = ({last}). "
            f"From it alone the dense layer makes y = {number(run.trace.y.item())}."
        )
