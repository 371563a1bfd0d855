"""Notebook 00: the sunspot series, the years that the net reads, and the year that it predicts."""

import numpy as np
from matplotlib.transforms import offset_copy

from ...data import SUNSPOT_UNIT, TARGET_YEAR, sunspots
from ...look import BLACK, BLUE, GREY, VERMILLION
from ...numbers import fixed, number
from ...panel import numbered
from ..examples import ExamplePanel, count, label, which


class WindowPanel(ExamplePanel):
    """The series from 1920 to 1962: T+1 inputs, the target 1957, and what the net says.

    example : an Example of your own: its inputs, the target at T one place behind them, and what its net says. Of
              several inputs, outputs or sequences one is chosen
    """

    def controls(self):
        several = {"entry": ("input", self.n_x), "output": ("output", self.n_y), "sequence": ("sequence", self.N)}
        chosen = {name: numbered(label, size) for name, (label, size) in several.items() if size > 1}
        return {**self.run_controls(), **chosen}

    def build(self, figure):
        ax = figure.add_axes((0.07, 0.13, 0.91, 0.83))
        (self._frame_of_own if self.own else self._frame_of_sunspots)(ax)
        (self.inputs_line,) = ax.plot(
            [], [], "o-", color=BLUE, ms=6, label=f"inputs x, T+1 {self.steps}", animated=True
        )
        target = {"color": BLACK, "ms": 14, "label": "target Y" if self.own else f"target Y, {TARGET_YEAR}"}
        (self.target,) = ax.plot([], [], "*", **target, animated=True)
        (self.answer,) = ax.plot([], [], "X", color=VERMILLION, ms=10, label="the net's answer y", animated=True)
        beside = {"transform": offset_copy(ax.transData, figure, x=12, units="points"), "va": "center", "fontsize": 9}
        self.outside = ax.text(self.last, 0, "", color=VERMILLION, **beside, animated=True)
        (self.error,) = ax.plot([], [], color=VERMILLION, ls="--", animated=True)
        ax.legend(loc="upper left", ncols=3)

    def _frame_of_sunspots(self, ax):
        series = sunspots()
        ax.plot(series.time, series.value, color=GREY, lw=1, marker=".", ms=4)
        ax.set(xlim=(1920, 1962), ylim=(-40, 250), xlabel="year", ylabel="sunspots, yearly mean")
        self.unit, self.rims, self.last, self.steps = SUNSPOT_UNIT, (-30, 215), TARGET_YEAR, "years"

    def _frame_of_own(self, ax):
        shown = np.concatenate([self.example.x.ravel(), self.example.Y.ravel()])
        low, high = shown.min(), shown.max()
        room = 0.1 * (high - low) or 1.0
        self.unit, self.rims, self.last, self.steps = 1.0, (low - room, high + room), self.longest + 1, "steps"
        lowest, highest = low - 2 * room, high + 4 * room  # the legend stands above
        ax.set(xlim=(-1, self.last + 1), ylim=(lowest, highest), xlabel="step of the whole example", ylabel="x, y, Y")

    def update(self, T, activation, entry=0, output=0, sequence=0):
        run = self.run(T, activation)
        y, Y = (self.unit * (each[-1] if self.often else each)[output, sequence] for each in (run.trace.y, run.Y))
        self.inputs_line.set_data(self.last - np.arange(T + 1, 0, -1), self.unit * run.trace.x[:, entry, sequence])
        self.target.set_data([self.last], [Y])
        low, high = self.rims
        at = min(max(y, low), high)  # an answer outside the picture stands at its rim, with its number
        self.answer.set_data([self.last], [at])
        self.outside.set_y(at)
        self.outside.set_text("" if at == y else f"{y:.0f}")
        self.error.set_data([self.last, self.last], [at, Y])
        first, last = label(run, 0), label(run, T)
        read = f"The net reads {count(T + 1, self.steps[:-1])}, {first} to {last} (T = {T}: t = 0 … {T}), and answers "
        if self.own:
            told = f"y = {number(y)}; the target is Y = {number(Y)}: it is off by {number(abs(y - Y))}."
            return which(run, sequence) + read + told
        return (
            f"{read}{fixed(y, 1)} sunspots for {TARGET_YEAR}. There were {Y:.1f}: it is off by {abs(y - Y):.1f}. "
            "Nobody has trained it."
        )
