"""Notebook 05: the terms of the three sums, and what is lost when the sum is cut short."""

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.transforms import offset_copy

from bptt_core import backward

from ...look import BLACK, BLUE, GREEN, GREY, LINE_SPACING, ORANGE, VERMILLION
from ...numbers import number
from ...panel import menu, slider
from ...panel.axes import StepAxis, fit_height, fit_log_height
from ..examples import ExamplePanel, count, label

LABELLED = 10  # with at most so many bars, each has its number beside it
TOTAL = 0.12  # the share of the width that the total has


class TermsPanel(ExamplePanel):
    """The terms of one entry of dW, dU or db, each bar on top of the one before it; they end at the entry itself."""

    def controls(self):
        self.entries = entries(self.example.net.params)
        names = [(f"{name}[{i}, {j}]", n) for n, (name, (i, j)) in enumerate(self.entries)]
        return {**self.run_controls(), "entry": menu("entry", names, self.n_h * self.n_x)}

    def build(self, figure):
        ax = self.axes = figure.add_axes((0.08, 0.17, 0.9, 0.78))
        ax.axhline(0, color=BLACK, lw=0.8)
        ax.set_ylabel("the sum so far")
        self.step_axis = StepAxis(ax, free=TOTAL)
        self.bars = [
            ax.add_patch(Rectangle((0, 0), 0, 0, ec=BLACK, lw=0.6, animated=True)) for _ in range(self.longest + 1)
        ]
        above = {"transform": offset_copy(ax.transData, figure, y=3, units="points"), "ha": "center", "fontsize": 8}
        self.labels = [ax.text(0, 0, "", **above, animated=True) for _ in range(LABELLED)]
        self.total = ax.add_patch(Rectangle((0, 0), 0, 0, fc=GREY, ec=BLACK, hatch="//", lw=0.6, animated=True))
        below = {"transform": ax.get_xaxis_transform(), "va": "top", "linespacing": LINE_SPACING}
        ax.text(1 - TOTAL / 2, -0.03, "total", ha="center", **below)

    def update(self, T, activation, entry):
        name, index = self.entries[entry]
        run = self.run(T, activation)
        terms = getattr(run.terms, name)[(slice(None), *index)]
        total = getattr(run.back.grads, name)[index]
        centres, width = self.step_axis.place(run.labels)
        bottoms = np.concatenate([[0], np.cumsum(terms)])
        for t, bar in enumerate(self.bars):
            bar.set_visible(t <= T)
            if t <= T:
                bar.set_bounds(centres[t] - 0.4 * width, bottoms[t], 0.8 * width, terms[t])
                bar.set_facecolor(BLUE if terms[t] >= 0 else VERMILLION)
                bar.set_hatch("" if terms[t] >= 0 else "\\\\")
        for t, text in enumerate(self.labels):
            text.set_visible(t <= T < LABELLED)
            if t <= T < LABELLED:
                text.set_text(_signed(terms[t]))
                text.set_position((centres[t], max(bottoms[t : t + 2])))
        self.total.set_bounds(1 - 0.9 * TOTAL, 0, 0.8 * TOTAL, total)
        fit_height(self.axes, bottoms)
        biggest = int(np.abs(terms).argmax())
        over = ", each over all sequences" if self.N > 1 else ""
        zeros = name == "dU" and not run.trace.h_init.any()
        return (
            f"{name}[{index[0]}, {index[1]}] = {number(total)}, the sum of {count(T + 1, 'term')}{over}: "
            f"{' '.join(_signed(term) for term in terms[-6:])}{' (the last 6)' if T > 5 else ''}.<br>"
            f"The largest is the term of {label(run, biggest)} (t = {biggest}), {number(terms[biggest])}. "
            f"Plain bars go up, striped bars go down.{' At t = 0 U multiplies zeros: its term is 0.' * zeros}"
        )


class TruncationPanel(ExamplePanel):
    """The sums over the last k steps against the whole sums: the bias, and how it shrinks with k."""

    height = 360
    look = (("dW", BLUE, "o", "-"), ("dU", ORANGE, "s", "--"), ("db", GREEN, "^", ":"))

    def controls(self):
        return {"steps": slider("k, the last steps", 2, 1, 5), **self.run_controls()}

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
        whole = self.run(T, activation)
        grads = [backward(whole.trace, whole.Y, steps=j).grads for j in range(1, T + 2)]
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
        return (
            f"k = {k} of {T + 1}: the sum takes {label(whole, T + 1 - k)} to {label(whole, T)}, "
            f"as if the state before it were a constant{' and no answer came before' * self.often}.<br>"
            f"Truncation bias, as a share of the whole: {shown}. It is 0 when k = T+1 = {T + 1}."
        )


def entries(params) -> list:
    """Every entry of dW, dU and db: its gradient and its place there."""
    weights = {"dW": params.W, "dU": params.U, "db": params.b}
    return [(name, place) for name, weight in weights.items() for place in np.ndindex(weight.shape)]


def _signed(term):
    text = number(term)
    return "+" + text if term > 0 else text
