"""Notebook 00: the sunspot series, the years that the net reads, and the year that it predicts."""

from matplotlib.transforms import offset_copy

from ...data import SUNSPOT_UNIT, TARGET_YEAR, run_example, sunspots
from ...look import BLACK, BLUE, GREY, VERMILLION
from ...numbers import fixed
from ...panel import Panel, activation_menu
from ..controls import steps_slider

RIMS = (-30, 215)  # sunspots


class WindowPanel(Panel):
    """The series from 1920 to 1962: T+1 inputs, the target 1957, and what the net says."""

    def controls(self):
        return {"T": steps_slider(), "activation": activation_menu()}

    def build(self, figure):
        series = sunspots()
        ax = figure.add_axes((0.07, 0.13, 0.91, 0.83))
        ax.plot(series.time, series.value, color=GREY, lw=1, marker=".", ms=4)
        ax.set(xlim=(1920, 1962), ylim=(-40, 250), xlabel="year", ylabel="sunspots, yearly mean")
        (self.inputs_line,) = ax.plot([], [], "o-", color=BLUE, ms=6, label="inputs x, T+1 years", animated=True)
        target = series.value[series.time == TARGET_YEAR]
        ax.plot([TARGET_YEAR], target, "*", color=BLACK, ms=14, label="target Y, 1957")
        (self.answer,) = ax.plot([], [], "X", color=VERMILLION, ms=10, label="the net's answer y", animated=True)
        beside = {"transform": offset_copy(ax.transData, figure, x=12, units="points"), "va": "center", "fontsize": 9}
        self.outside = ax.text(TARGET_YEAR, 0, "", color=VERMILLION, **beside, animated=True)
        (self.error,) = ax.plot([], [], color=VERMILLION, ls="--", animated=True)
        ax.legend(loc="upper left", ncols=3)

    def update(self, T, activation):
        run = run_example(T, activation)
        x, y, Y = (SUNSPOT_UNIT * a for a in (run.example.x.ravel(), run.trace.y.item(), run.example.Y.item()))
        self.inputs_line.set_data(run.example.years, x)
        at = min(max(y, RIMS[0]), RIMS[1])  # an answer outside the picture stands at its rim, with its number
        self.answer.set_data([TARGET_YEAR], [at])
        self.outside.set_y(at)
        self.outside.set_text("" if at == y else f"{y:.0f}")
        self.error.set_data([TARGET_YEAR, TARGET_YEAR], [at, Y])
        return (
            f"The net reads {T + 1} year{'s' if T else ''}, {run.example.years[0]} to {run.example.years[-1]} "
            f"(T = {T}: t = 0 … {T}), and answers {fixed(y, 1)} sunspots for 1957. There were {Y:.1f}: "
            f"it is off by {abs(y - Y):.1f}. Nobody has trained it."
        )
