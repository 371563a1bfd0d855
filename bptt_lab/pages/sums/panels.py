"""Notebook 05: the terms of the three sums, and what is lost when the sum is cut short."""

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.transforms import offset_copy

from bptt_core import backward

from ...data import T_MAX, run_example
from ...look import BLACK, BLUE, GREEN, GREY, LINE_SPACING, ORANGE, VERMILLION
from ...numbers import number
from ...panel import Panel, activation_menu, menu, slider
from ...panel.axes import StepAxis, fit_height, fit_log_height
from ..controls import steps_slider

LABELLED = 10  # with at most so many bars, each has its number beside it
TOTAL = 0.12  # the share of the width that the total has
ENTRIES = (
    *(("dW", (i, 0)) for i in range(3)),
    *(("dU", (i, j)) for i in range(3) for j in range(3)),
    *(("db", (i, 0)) for i in range(3)),
)


class TermsPanel(Panel):
    """The terms of one entry of dW, dU or db, each bar on top of the one before it; they end at the entry itself."""

    def controls(self):
        names = [(f"{name}[{i}, {j}]", n) for n, (name, (i, j)) in enumerate(ENTRIES)]
        return {"T": steps_slider(), "activation": activation_menu(), "entry": menu("entry", names, 3)}

    def build(self, figure):
        ax = self.axes = figure.add_axes((0.08, 0.17, 0.9, 0.78))
        ax.axhline(0, color=BLACK, lw=0.8)
        ax.set_ylabel("the sum so far")
        self.step_axis = StepAxis(ax, free=TOTAL)
        self.bars = [ax.add_patch(Rectangle((0, 0), 0, 0, ec=BLACK, lw=0.6, animated=True)) for _ in range(T_MAX + 1)]
        above = {"transform": offset_copy(ax.transData, figure, y=3, units="points"), "ha": "center", "fontsize": 8}
        self.labels = [ax.text(0, 0, "", **above, animated=True) for _ in range(LABELLED)]
        self.total = ax.add_patch(Rectangle((0, 0), 0, 0, fc=GREY, ec=BLACK, hatch="//", lw=0.6, animated=True))
        below = {"transform": ax.get_xaxis_transform(), "va": "top", "linespacing": LINE_SPACING}
        ax.text(1 - TOTAL / 2, -0.03, "total", ha="center", **below)

    def update(self, T, activation, entry):
        name, index = ENTRIES[entry]
        run = run_example(T, activation)
        terms = getattr(run.terms, name)[(slice(None), *index)]
        total = getattr(run.back.grads, name)[index]
        centres, width = self.step_axis.place(run.example.years)
        bottoms = np.concatenate([[0], np.cumsum(terms)])
        for t, bar in enumerate(self.bars):
            bar.set_visible(t <= T)
            if t <= T:
                bar.set_bounds(centres[t] - 0.4 * width, bottoms[t], 0.8 * width, terms[t])
                bar.set_facecolor(BLUE if terms[t] >= 0 else VERMILLION)
                bar.set_hatch("" if terms[t] >= 0 else "\\\\")
        for t, label in enumerate(self.labels):
            label.set_visible(t <= T < LABELLED)
            if t <= T < LABELLED:
                label.set_text(_signed(terms[t]))
                label.set_position((centres[t], max(bottoms[t : t + 2])))
        self.total.set_bounds(1 - 0.9 * TOTAL, 0, 0.8 * TOTAL, total)
        fit_height(self.axes, bottoms)
        biggest = int(np.abs(terms).argmax())
        first = " At t = 0 U multiplies zeros: its term is 0." if name == "dU" else ""
        return (
            f"{name}[{index[0]}, {index[1]}] = {number(total)}, the sum of {T + 1} terms: "
            f"{' '.join(_signed(term) for term in terms[-6:])}{' (the last 6)' if T > 5 else ''}.<br>"
            f"The largest is the term of {run.example.years[biggest]} (t = {biggest}), {number(terms[biggest])}. "
            f"Plain bars go up, striped bars go down.{first}"
        )


class TruncationPanel(Panel):
    """The sums over the last k steps against the whole sums: the bias, and how it shrinks with k."""

    height = 360
    look = (("dW", BLUE, "o", "-"), ("dU", ORANGE, "s", "--"), ("db", GREEN, "^", ":"))

    def controls(self):
        return {"steps": slider("k, the last steps", 2, 1, 5), "T": steps_slider(), "activation": activation_menu()}

    def build(self, figure):
        ax = self.axes = figure.add_axes((0.08, 0.13, 0.9, 0.82))
        ax.set_yscale("log")
        ax.set(
            xlabel="k: the sum runs over the last k steps",
            ylabel="truncation bias, as a share of the whole",
        )
        self.curves = {
            name: ax.plot([], [], color=c, marker=m, ls=s, label=name, animated=True)[0] for name, c, m, s in self.look
        }
        (self.marker,) = ax.plot([], [], color=BLACK, lw=1, ls=":", animated=True)
        ax.legend(loc="upper right")

    def adjust(self, T, **others):
        return {"steps": {"max": max(T + 1, 2)}}  # a slider needs two ends

    def update(self, steps, T, activation):
        k = min(steps, T + 1)
        whole = run_example(T, activation)
        grads = [backward(whole.trace, whole.example.Y, steps=j).grads for j in range(1, T + 2)]
        biases = {}
        for name, curve in self.curves.items():
            total = getattr(whole.back.grads, name)
            size = np.linalg.norm(total)
            biases[name] = np.array(
                [np.linalg.norm(getattr(grad, name) - total) / size if size else 0.0 for grad in grads]
            )
            curve.set_data(np.arange(1, T + 2), np.where(biases[name] > 0, biases[name], np.nan))
        fit_log_height(self.axes, np.concatenate(list(biases.values())))
        self.axes.set_xlim(0.5, max(T, 4) + 1.5)
        self.marker.set_data([k, k], self.axes.get_ylim())
        shown = ", ".join(f"{name} {number(bias[k - 1])}" for name, bias in biases.items())
        years = whole.example.years
        return (
            f"k = {k} of {T + 1}: the sum takes {years[T + 1 - k]} to {years[-1]}, "
            "as if the state before it were a constant.<br>"
            f"Truncation bias, as a share of the whole: {shown}. It is 0 when k = T+1 = {T + 1}."
        )


def _signed(term):
    text = number(term)
    return "+" + text if term > 0 else text
