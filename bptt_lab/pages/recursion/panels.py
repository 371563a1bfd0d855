"""Notebook 04: the message on its way back, how much of it is left, and what U has to do with it."""

from html import escape

import numpy as np

from bptt_core import ACTIVATIONS, state_jacobians

from ...data import T_MAX, run_example, small_net
from ...look import BACKWARD, BLACK, BLUE, GREY, ORANGE, UNIT_STYLES
from ...numbers import number
from ...panel import Chart, Panel, activation_menu, menu, slider
from ...panel.axes import StepAxis, fit_height, fit_log_height
from ...symbols import rich
from ..controls import steps_slider
from ..graphs import GraphPanel
from .reach import lengths

CHART_HEIGHT = 200  # CSS pixels, below the graph
OTHERS = {"color": GREY, "lw": 0.8}  # of the units that are not chosen, where there are many


class StepBackPanel(GraphPanel):
    """Fig. 7-7, one link after the other, and below it every dh^(t) that is known by then.

    example : an Example of your own; the running example unless given
    """

    modes = ("link",)

    def __init__(self, example=None):
        super().__init__("link", example)

    def controls(self):
        return self.walk_controls("steps back")

    def make_pictures(self):
        self.chart = Chart(CHART_HEIGHT, self.build)
        self.chart.widget.add_class("bptt-below")  # the words stand between the two
        return [*super().make_pictures(), self.chart]

    def build(self, figure):
        self.axes = figure.add_axes((0.08, 0.23, 0.79, 0.72))
        self.axes.axhline(0, color=BLACK, lw=0.8)
        self.axes.set_ylabel("dh")
        self.step_axis = StepAxis(self.axes)
        curves = self.units if self.all_in_colour else 2
        styles = UNIT_STYLES[: self.units] if self.all_in_colour else [OTHERS] * (self.units - 1) + [UNIT_STYLES[0]]
        self.dh = [self.axes.plot([], [], ls="--", animated=True, **style)[0] for style in styles]
        names = [f"unit {i}" for i in range(curves)] if self.all_in_colour else ["others", "chosen"]
        self.axes.legend(self.dh[-curves:], names, loc="upper left", bbox_to_anchor=(1.01, 1))

    @property
    def all_in_colour(self):
        """Whether each unit has a style of its own; of more units only the chosen one has."""
        return self.units <= len(UNIT_STYLES)

    def update(self, T, activation, stage, unit=0, sequence=0):
        words = super().update("link", stage, unit, sequence, T=T, activation=activation)
        run = self.graph.run
        known = max(T - stage, 0)  # dh^(t) is known from here on
        centres, width = self.step_axis.place(run.labels)
        order = range(self.units) if self.all_in_colour else [*(i for i in range(self.units) if i != unit), unit]
        for i, line in zip(order, self.dh, strict=True):
            # side by side, so that equal values do not hide each other
            beside = (i - 1) * 0.06 * width if self.all_in_colour else 0
            line.set_data(centres[known:] + beside, run.back.dh[known:, i, sequence])
        fit_height(self.axes, run.back.dh[:, :, sequence])
        return words


class BlamePanel(Panel):
    """The size |dh^(t)| of the message in each year, on a scale of powers of ten."""

    def controls(self):
        return {"T": steps_slider(), "activation": activation_menu()}

    def build(self, figure):
        ax = self.axes = figure.add_axes((0.08, 0.17, 0.9, 0.78))
        ax.set_yscale("log")
        ax.set_ylabel("$|dh^{(t)}|$")
        self.step_axis = StepAxis(ax)
        (self.size,) = ax.plot([], [], **BACKWARD, marker="o", animated=True)

    def update(self, T, activation):
        run = run_example(T, activation)
        size = np.linalg.norm(run.back.dh[:, :, 0], axis=1)
        centres, _ = self.step_axis.place(run.example.years)
        fit_log_height(self.axes, size)
        self.size.set_data(centres, np.where(size > 0, size, np.nan))
        share = (
            f"{number(size[0] / size[-1])} of it is left" if size[0] > 0 else "nothing of it is left: it is exactly 0"
        )
        return rich(
            f"f = {activation}: |dh^({T})| = {number(size[-1])} in {run.example.years[-1]}, where it "
            "starts. "
            f"{T} step{'s' if T != 1 else ''} back, in {run.example.years[0]}, "
            f"|dh^(0)| = {number(size[0])}: {share}."
        )


TURNING = small_net().params.U  # orthogonal: every eigenvalue and every singular value is 1
LOPSIDED = np.array([[1.0, 1.0, 1.0], [0.0, 0.95, 1.0], [0.0, 0.0, 0.9]])  # its largest eigenvalue is 1 too
FAR = np.linspace(-50, 50, 2001)  # with 0, where tanh and the sigmoid are steepest; at 50 softplus has its slope of 1


def steepest(activation) -> float:
    """γ, the largest |f′|, as far as FAR shows it.  activation : a name in ACTIVATIONS"""
    return float(np.abs(ACTIVATIONS[activation].df(FAR)).max())


class RadiusPanel(Panel):
    """U scaled to a spectral radius, and what the message becomes: the true product, its bound, the eigenvalues' rule.

    The bound is |dh^(t)| <= (γσ)^(T-t) |dh^(T)|, with γ = max |f'| and σ the largest singular value of U.
    """

    height = 400

    def controls(self):
        return {
            "radius": slider("radius of U", 0.9, 0.1, 2, 0.05),
            "T": steps_slider(T_MAX),
            "matrix": menu(
                "U", [("turning (orthogonal)", "turning"), ("lopsided (not normal)", "lopsided")], "turning"
            ),
            "activation": activation_menu("identity"),
        }

    def build(self, figure):
        ax = self.axes = figure.add_axes((0.08, 0.13, 0.58, 0.83))
        ax.set_yscale("log")
        ax.set(xlabel="steps back from T", ylabel="size, as a share of what it was at T")
        ax.axhline(1, color=BLACK, lw=0.8)
        # the thick pale curve lies under the others, so that all four are seen where they agree
        looks = (
            ("the message, $|dh^{(t)}|$", BACKWARD | {"marker": "o", "ms": 3, "zorder": 5}),
            (
                "the most that any message\ncould be: largest singular\nvalue of the product of Jacobians",
                {"color": BLUE, "marker": "s", "ms": 8, "mfc": "none", "lw": 1, "zorder": 4},
            ),
            ("spectral radius, to the power\nof the steps", {"color": BLACK, "ls": ":", "lw": 2.5, "zorder": 3}),
            (
                "the bound: $\\gamma\\sigma$, to the power\nof the steps",
                {"color": ORANGE, "alpha": 0.7, "lw": 7, "zorder": 2},
            ),
        )
        self.lines = [ax.plot([], [], animated=True, **look)[0] for _, look in looks]
        ax.legend(self.lines, [name for name, _ in looks], loc="upper left", bbox_to_anchor=(1.02, 1), labelspacing=1.2)

    def update(self, radius, T, matrix, activation):
        U = radius * {"turning": TURNING, "lopsided": LOPSIDED}[matrix]
        run = run_example(T, activation, U=U)
        back = np.arange(T + 1)
        message = lengths(run.back)
        product = np.linalg.norm(state_jacobians(run.trace)[::-1, 0], 2, axis=(1, 2))
        rho, sigma, gamma = np.abs(np.linalg.eigvals(U)).max(), np.linalg.norm(U, 2), steepest(activation)
        bound = (gamma * sigma) ** back
        curves = (message, product, rho**back, bound)
        for line, curve in zip(self.lines, curves, strict=True):
            line.set_data(back, np.where(curve > 0, curve, np.nan))
        fit_log_height(self.axes, np.concatenate(curves))
        self.axes.set_xlim(-0.5, max(T, 4) + 0.5)
        peak = int(product.argmax())
        never = "The largest singular value of the product never passes 1"
        grows = f"The largest singular value of the product reaches {number(product[peak])}, {peak} steps back"
        return (
            f"U is {matrix}: its spectral radius is {number(rho)}, its largest singular value σ = {number(sigma)}; "
            f"f = {escape(activation)}, with γ = {number(gamma)}.<br>"
            f"After {T} steps back the message is {number(message[-1])} times what it was. The radius alone says "
            f"{number(rho**T)}, the bound (γσ)<sup>{T}</sup> at most {number(bound[-1])}. "
            f"{grows if peak else never}, and is {number(product[-1])} at the end."
        )
