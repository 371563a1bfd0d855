"""Notebook 02: the inputs and the states over the years."""

from ...look import BLACK
from ...panel.axes import StepAxis, fit_height
from ...panel.curves import ALONE, Curves
from ...symbols import rich
from ..examples import ExamplePanel, activation_named, column, in_brackets, label, which


class StatesPanel(ExamplePanel):
    """Above, the inputs x^(t); below, the hidden units of h^(t): all of few, one of many."""

    height = 380

    def controls(self):
        return {**self.run_controls(), **self.sequence_menu(), **self.unit_menu()}

    def build(self, figure):
        self.above = figure.add_axes((0.07, 0.66, 0.76, 0.31))
        self.below = figure.add_axes((0.07, 0.13, 0.76, 0.47))
        self.above.set(xlim=(0, 1), ylim=(0, 2), xticks=[], ylabel="x")
        self.below.axhline(0, color=BLACK, lw=0.8)
        self.below.set_ylabel("h")
        self.step_axis = StepAxis(self.below)
        self.x = Curves(self.above, self.n_x, "input", alone=ALONE)
        self.h = Curves(self.below, self.n_h, "unit")

    def update(self, T, activation, sequence=0, unit=0):
        run = self.run(T, activation)
        x, h = run.trace.x[:, :, sequence], run.trace.h[:, :, sequence]
        centres, _ = self.step_axis.place(run.labels)
        self.x.draw(centres, x)
        self.h.draw(centres, h, unit)
        if self.own:
            fit_height(self.above, x)
        fit_height(self.below, h)
        y = run.trace.y[-1] if self.often else run.trace.y
        return which(run, sequence) + rich(
            f"f = {{}}, T = {T}: the last state, {{}}, is h^({T}) = {in_brackets(h[-1])}. "
            f"From it alone the dense layer makes y = {column(y[:, sequence])}."
        ).format(activation_named(run), label(run, T))
