"""Notebook 04: the message on its way back, how much of it is left, and what U has to do with it."""

import numpy as np

from bptt_core import ACTIVATIONS, init_params, state_jacobians

from ...data import T_MAX, small_net
from ...example import run_of
from ...look import BACKWARD, BLACK, BLUE, ORANGE
from ...numbers import number
from ...panel import Chart, menu, slider
from ...panel.axes import StepAxis, fit_height, fit_log_height
from ...panel.curves import Curves
from ...symbols import rich
from ..examples import ExamplePanel, activation_named, count, label, which
from ..graphs import GraphPanel
from .reach import lengths

CHART_HEIGHT = 200  # CSS pixels, below the graph


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
        self.dh = Curves(self.axes, self.units, "unit", ls="--")

    def update(self, T, activation, stage, unit=0, sequence=0):
        words = super().update("link", stage, unit, sequence, T=T, activation=activation)
        run = self.graph.run
        known = max(T - stage, 0)  # dh^(t) is known from here on
        centres, width = self.step_axis.place(run.labels)
        # side by side, so that equal values do not hide each other
        self.dh.draw(centres[known:], run.back.dh[known:, :, sequence], unit, apart=0.06 * width)
        fit_height(self.axes, run.back.dh[:, :, sequence])
        return words


class BlamePanel(ExamplePanel):
    """The size |dh^(t)| of the message in each step, on a scale of powers of ten."""

    def controls(self):
        return {**self.run_controls(), **self.sequence_menu()}

    def build(self, figure):
        ax = self.axes = figure.add_axes((0.08, 0.17, 0.9, 0.78))
        ax.set_yscale("log")
        ax.set_ylabel("$|dh^{(t)}|$")
        self.step_axis = StepAxis(ax)
        (self.size,) = ax.plot([], [], **BACKWARD, marker="o", animated=True)

    def update(self, T, activation, sequence=0):
        run = self.run(T, activation)
        size = np.linalg.norm(run.back.dh[:, :, sequence], axis=1)
        centres, _ = self.step_axis.place(run.labels)
        fit_log_height(self.axes, size)
        self.size.set_data(centres, np.where(size > 0, size, np.nan))
        return which(run, sequence) + rich(
            f"f = {{}}: |dh^({T})| = {number(size[-1])} in {{}}, where it starts{self._with}. "
            f"{count(T, 'step')} back, in {{}}, |dh^(0)| = {number(size[0])}: {self._left(size)}."
        ).format(activation_named(run), label(run, T), label(run, 0))

    @property
    def _with(self):
        return " with the last answer" if self.often else ""

    def _left(self, size):
        if self.often:
            return "the answers on the way have added to it"
        return (
            f"{number(size[0] / size[-1])} of it is left" if size[0] > 0 else "nothing of it is left: it is exactly 0"
        )


def turning():
    """Orthogonal: every eigenvalue and every singular value is 1."""
    return small_net().params.U


FAR = np.linspace(-50, 50, 2001)  # with 0, where tanh and the sigmoid are steepest; at 50 softplus has its slope of 1


def lopsided(n_h):
    """A U whose largest eigenvalue is 1 too, and whose largest singular value is larger."""
    return np.diag(np.linspace(1, 0.9, n_h)) + np.triu(np.ones((n_h, n_h)), 1)


LOPSIDED = lopsided(3)


def steepest(activation, met=()) -> float:
    """γ, the largest |f′|, as far as FAR shows it.

    activation : a name in ACTIVATIONS, or one of the reader's own, which may be steeper elsewhere
    met        : slopes that a run has met; γ is none below them, so that the bound holds for this run
    """
    with np.errstate(all="ignore"):  # a reader's f may not be written for numbers so large
        slopes = ACTIVATIONS.get(activation, activation).df(FAR)
    return float(np.nanmax(np.abs(np.append(slopes, met))))


class RadiusPanel(ExamplePanel):
    """U scaled to a spectral radius, and what the message becomes: the true product, its bound, the eigenvalues' rule.

    The bound is |dh^(t)| <= (γσ)^(T-t) |dh^(T)|, with γ = max |f'| and σ the largest singular value of U.
    Of a net that answers at each step it shows the message of the last answer alone.
    """

    height = 400

    def take(self, example):
        super().take(example)
        U = self.example.net.params.U
        radius = np.abs(np.linalg.eigvals(U)).max()
        orthogonal = init_params(n_x=1, n_h=self.n_h, n_y=1).U if self.own else turning()
        self.matrices = {"turning": orthogonal, "lopsided": lopsided(self.n_h)}
        if self.own and radius > 0:
            self.matrices = {"yours": U / radius, **self.matrices}

    def controls(self):
        names = {"turning": "turning (orthogonal)", "lopsided": "lopsided (not normal)", "yours": "your own, scaled"}
        first, *_ = self.matrices
        return {
            "radius": slider("radius of U", 0.9, 0.1, 2, 0.05),
            **self.run_controls(T_MAX, "identity"),
            "matrix": menu("U", [(names[name], name) for name in self.matrices], first),
            **self.sequence_menu(),
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

    def update(self, radius, T, matrix, activation, sequence=0):
        U = radius * self.matrices[matrix]
        run = run_of(self.example.last(T).with_one_answer(), activation, U)
        back = np.arange(T + 1)
        message = lengths(run.back._replace(dh=run.back.dh[:, :, [sequence]]))
        product = np.linalg.norm(state_jacobians(run.trace)[::-1, sequence], 2, axis=(1, 2))
        rho, sigma, gamma = np.abs(np.linalg.eigvals(U)).max(), np.linalg.norm(U, 2), steepest(activation, run.back.df)
        bound = (gamma * sigma) ** back
        curves = (message, product, rho**back, bound)
        for line, curve in zip(self.lines, curves, strict=True):
            line.set_data(back, np.where(curve > 0, curve, np.nan))
        fit_log_height(self.axes, np.concatenate(curves))
        self.axes.set_xlim(-0.5, max(T, 4) + 0.5)
        peak = int(product.argmax())
        never = "The largest singular value of the product never passes 1"
        grows = f"The largest singular value of the product reaches {number(product[peak])}, {peak} steps back"
        alone = "The message of the last answer alone. " if self.often else ""
        return f"{which(run, sequence)}{alone}" + (
            f"U is {matrix}: its spectral radius is {number(rho)}, its largest singular value σ = {number(sigma)}; "
            f"f = {activation_named(run)}, with γ = {number(gamma)}.<br>"
            f"After {T} steps back the message is {number(message[-1])} times what it was. The radius alone says "
            f"{number(rho**T)}, the bound {rich(f'(γσ)^({T})')} at most {number(bound[-1])}. "
            f"{grows if peak else never}, and is {number(product[-1])} at the end."
        )
