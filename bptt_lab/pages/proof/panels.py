"""Notebook 06: witnesses for a gradient, how exact they are, and what they notice of a mistake."""

from functools import cache
from html import escape
from itertools import zip_longest

import numpy as np

from bptt_core import Gradients, numerical_gradients, untied_terms

from ...compare import AGREES, WRONG, relative_difference, rough, verdict
from ...graph.markup import html_table
from ...look import BLACK, BLUE, DOUBTFUL, GREEN, GREY, ORANGE, PALE, VERMILLION, WHITE
from ...numbers import number
from ...panel import Panel, menu, slider
from ...slips import RIGHT
from ...symbols import plain
from ..examples import OfExample
from .checks import CHECKS, EPOCHS, MISTAKES, NAMES, NO_MISTAKE, training

LEAST, MOST = 1e-17, 10  # the ends of the scale of errors; an error of 0 stands at the left one
LIMITS = LEAST / 2, MOST
BANDS = (("agrees", LIMITS[0], AGREES, WHITE), ("suspicious", AGREES, WRONG, DOUBTFUL), ("wrong", WRONG, MOST, PALE))
LOSSES = (0.02, 0.05, 0.1, 0.2)
CELL = "text-align: left; padding: 0 14px 0 0"  # the style of a cell in the tables below the pictures
LAZY = ("2", "saturated")  # checks that are a mistake themselves
MOST_ENTRIES = 400  # of a net whose entries are disturbed one by one
MARKS = dict(zip(NAMES, ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), (VERMILLION, "D"), (BLACK, "x")), strict=True))


def error_axes(figure, place):
    """Axes with relative errors on a scale of powers of ten, and the bands of the three verdicts."""
    ax = figure.add_axes(place)
    ax.set_xscale("log")
    ax.set(xlim=LIMITS, xlabel="relative difference", yticks=[])
    ax.grid(visible=False, axis="y")
    for name, low, high, color in BANDS:
        ax.axvspan(low, high, color=color, lw=0, zorder=0)
        ax.text(np.sqrt(low * high), 1.02, name, transform=ax.get_xaxis_transform(), ha="center", va="bottom")
    return ax


def on_scale(errors):
    return np.clip(errors, LEAST, MOST)


class ProofPanel(Panel):
    """A panel of errors. told(write) returns its words, with each error written by `write`."""

    def __repr__(self):
        return f"{type(self).__name__}\n{plain(self.told(rough))}"


class ProofOfExample(OfExample, ProofPanel):
    """A panel of errors over an example: witnesses disturb each entry of its net on its own.

    example : an Example of your own; the running example unless given
    Raises ValueError for a net of so many entries that a reader would wait for minutes.
    """

    def __init__(self, example=None):
        self.take(example)
        size = sum(weight.size for weight in self.example.net.params)
        if size > MOST_ENTRIES:
            raise ValueError(f"example must have a net of at most {MOST_ENTRIES} weights for this panel; got {size}")
        super().__init__()

    def ask(self, witness, run, **how):
        """The Gradients that a witness finds; nan from one that would be misled, and why in `silent`."""
        if witness is untied or how.get("method") == "complex":
            net, trace = run.trace.net, run.trace
            for own, at in ((net.activation, trace.h_hat), (net.dense_activation, trace.y_hat)):
                if not _is_analytic(own, at):
                    self.silent = (
                        f"A complex step cannot read {own.name}: it is not analytic, or not of complex numbers."
                    )
                    return Gradients(*(np.full_like(grad, np.nan) for grad in run.back.grads))
        return witness(run.trace.net, run.trace.x, run.Y, h_init=run.trace.h_init, **how)


def _is_analytic(activation, at):
    """Whether a complex step finds the slope that a central difference finds."""
    at = np.asarray(at, dtype=float)
    try:
        slope = np.imag(activation.f(at + 1e-20j)) / 1e-20
    except (TypeError, ValueError):
        return False
    central = (activation.f(at + 1e-6) - activation.f(at - 1e-6)) / 2e-6
    return np.allclose(slope, central, rtol=1e-4, atol=1e-6)  # a kink between the two points may be noticed too


def untied(*given, **h_init):
    """The gradients that the untied copies add up to."""
    return Gradients(*(term.sum(axis=0) for term in untied_terms(*given, **h_init)))


class WitnessPanel(ProofOfExample):
    """BPTT, central differences, the complex step and untied copies: how far each is from the median of all four."""

    height = 330
    words_height = "11em"
    most = 12  # the largest T: each of its numbers takes forward passes of its own
    looks = (
        ("BPTT", {"color": VERMILLION, "marker": "D"}),
        ("central differences", {"color": BLUE, "marker": "o"}),
        ("complex step", {"color": GREEN, "marker": "^"}),
        ("untied copies", {"color": ORANGE, "marker": "s"}),
    )

    def controls(self):
        return self.run_controls()

    def build(self, figure):
        ax = error_axes(figure, (0.08, 0.14, 0.7, 0.76))
        ax.set(ylim=(len(NAMES) - 0.4, -0.6), yticks=range(len(NAMES)), yticklabels=NAMES)
        self.marks = [ax.plot([], [], ls="", label=name, animated=True, **look)[0] for name, look in self.looks]
        ax.legend(self.marks, [name for name, _ in self.looks], loc="upper left", bbox_to_anchor=(1.01, 1))

    def update(self, T, activation):
        self.silent = ""
        witnesses = self.heard(T, activation)
        self.errors = np.array([_from_the_middle(answers) for answers in zip(*witnesses, strict=True)])  # (5, 4)
        rows = np.arange(len(NAMES))
        for i, mark in enumerate(self.marks):
            mark.set_data(on_scale(self.errors[:, i]), rows + 0.16 * (i - 1.5))
        return self.told(number)

    def told(self, write):
        heads = ("gradient", *(name for name, _ in self.looks), "verdict")
        rows = [
            (name, *(write(error) if error >= 0 else "—" for error in errors), verdict(np.nanmax(errors)))
            for name, errors in zip(NAMES, self.errors, strict=True)
        ]
        caption = "How far each is from the middle of all four, as a share of the largest entry"
        return html_table(heads, rows, caption, CELL) + escape(self.silent)

    def heard(self, T, activation):
        """The Gradients that each of the four gives."""
        run = self.run(T, activation)
        return (
            run.back.grads,
            self.ask(numerical_gradients, run),
            self.ask(numerical_gradients, run, method="complex"),
            self.ask(untied, run),
        )


def _from_the_middle(answers):
    middle = np.nanmedian(answers, axis=0)
    return [_difference(answer, middle) for answer in answers]


def _difference(answer, other):
    """The relative difference, nan if there is no answer."""
    return np.nan if np.isnan(answer).any() else relative_difference(answer, other)


METHODS = ("central", "complex")
POWERS = np.arange(-16, 0.5, 0.5)
EPSILONS = 10.0**POWERS
BEST = np.finfo(float).eps ** (1 / 3)
BEND, ROUND = (int(np.flatnonzero(power == POWERS)[0]) for power in (-1.5, -10))  # where each law meets the curve


class EpsilonPanel(ProofOfExample):
    """The error of a central difference and of a complex step against the size of the disturbance."""

    height = 360

    def controls(self):
        self.errors_by_epsilon = cache(self._errors_by_epsilon)
        return {
            "power": slider("log₁₀ ε", -5, POWERS[0], POWERS[-1], 0.5),
            "name": menu("gradient", NAMES, "dU"),
            **self.activations(),
        }

    def build(self, figure):
        ax = figure.add_axes((0.08, 0.14, 0.62, 0.82))
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set(xlim=(EPSILONS[0] / 2, EPSILONS[-1] * 2), ylim=(LEAST, 1e3), xlabel="ε", ylabel="relative error")
        looks = (
            ("central difference", {"color": BLUE, "marker": "o"}),
            ("complex step", {"color": GREEN, "marker": "^"}),
            ("slope 2: the loss bends", {"color": GREY, "ls": "--"}),
            ("slope −1: rounding", {"color": GREY, "ls": ":"}),
        )
        self.curves = [ax.plot([], [], animated=True, **look)[0] for _, look in looks]
        (self.marker,) = ax.plot([], [], color=BLACK, lw=1, animated=True)
        ax.legend(self.curves, [name for name, _ in looks], loc="upper left", bbox_to_anchor=(1.02, 1))

    def update(self, power, name, activation):
        central, complexly = (self.errors_by_epsilon(activation, method)[:, NAMES.index(name)] for method in METHODS)
        self.bends = 30 < central[BEND] / max(central[BEND - 2], LEAST) < 300  # 10 times the ε, 100 times the error
        bend = central[BEND] if self.bends else np.nan
        laws = bend * (EPSILONS / EPSILONS[BEND]) ** 2, central[ROUND] * EPSILONS[ROUND] / EPSILONS
        for curve, errors in zip(self.curves, (on_scale(central), on_scale(complexly), *laws), strict=True):
            curve.set_data(EPSILONS, errors)
        k = int(np.abs(POWERS - power).argmin())
        self.marker.set_data([EPSILONS[k]] * 2, [LEAST, 1e3])
        self.chosen = name, EPSILONS[k], central[k], complexly[k]
        self.jumps = central[-1] > WRONG
        return self.told(number)

    def told(self, write):
        name, eps, central, complexly = self.chosen
        other = f"the complex step by {write(complexly)}" if complexly >= 0 else "there is no complex step for this f"
        return (
            f"ε = {number(eps)}: the central difference of {name} is off by {write(central)} of its largest entry, "
            f"{other}.<br>{self._law()}"
        )

    def _errors_by_epsilon(self, activation, method) -> np.ndarray:
        """(sizes of ε, gradients): how far numerical gradients are from BPTT, over five steps at most."""
        run = self.run(min(4, self.longest), activation)
        answers = [self.ask(numerical_gradients, run, method=method, eps=eps) for eps in EPSILONS]
        return np.array([list(map(_difference, answer, run.back.grads)) for answer in answers])

    def _law(self):
        if self.bends:
            return (
                f"The central difference is best near the cube root of the rounding of a float, {number(BEST)}. "
                "Left of it rounding rules, right of it the bend of the loss."
            )
        jump = ", until the disturbance crosses a kink" if self.jumps else ""
        return f"The loss has no such bend here. There is rounding alone: the larger ε, the smaller the error{jump}."


class BreakPanel(ProofPanel):
    """A mistake, what each check notices of it, and how well a net learns with it; or what a lazy check notices."""

    height = 400
    words_height = "28em"
    rows = max(len(CHECKS), len(MISTAKES))

    def controls(self):
        options = [(slip.name, key) for key, slip in MISTAKES.items()]
        options += [(f"a lazy check: {CHECKS[key].title}", key) for key in LAZY]
        choice = menu("mistake", [(NO_MISTAKE, ""), *options], "")
        choice.layout.width = "460px"
        return {"key": choice}

    def build(self, figure):
        ax = error_axes(figure, (0.3, 0.2, 0.34, 0.7))
        ax.set_ylim(self.rows - 0.4, -0.6)
        self.marks = [
            ax.plot([], [], ls="", color=color, marker=marker, animated=True)[0] for color, marker in MARKS.values()
        ]
        beside = {"transform": ax.get_yaxis_transform(), "ha": "right", "va": "center", "fontsize": 8}
        self.labels = [ax.text(-0.03, row, "", **beside, animated=True) for row in range(self.rows)]
        ax.legend(self.marks, NAMES, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=5, columnspacing=1)
        learns = figure.add_axes((0.72, 0.2, 0.26, 0.7))
        learns.set_yscale("log")
        learns.set(xlim=(0, EPOCHS), ylim=(0.015, 0.4), xlabel="steps of descent", title="mean loss")
        learns.set_yticks(LOSSES, map(str, LOSSES))
        learns.minorticks_off()
        (self.right,) = learns.plot(training(""), color=GREY, lw=4, alpha=0.5, label=NO_MISTAKE)
        (self.wrong,) = learns.plot([], [], color=VERMILLION, ls="--", label="with this mistake", animated=True)
        learns.legend(loc="upper right")

    def update(self, key):
        check = CHECKS.get(key)
        if check:
            errors = {slip.name: check.errors(slip) for slip in MISTAKES.values()}
        else:
            claim = MISTAKES.get(key, RIGHT)
            errors = {each.title: each.errors(claim) for each in CHECKS.values()}
        rows = np.linspace(0, self.rows - 1, len(errors))
        for label, title, row in zip_longest(self.labels, errors, rows, fillvalue=""):
            label.set_text(title)
            label.set_y(row or 0)
        for i, (name, mark) in enumerate(zip(NAMES, self.marks, strict=True)):
            mark.set_data(on_scale([found[name] for found in errors.values()]), rows + 0.13 * (i - 2))
        losses = training(key if key in MISTAKES else "")
        self.wrong.set_data(np.arange(len(losses)), losses)
        self.shown = key, errors, losses
        return self.told(number)

    def told(self, write):
        key, errors, losses = self.shown
        heads = ("mistake" if key in CHECKS else "check", "verdict", *NAMES)
        rows = [
            (title, verdict(max(found.values())), *(write(found[name]) for name in NAMES))
            for title, found in errors.items()
        ]
        table = html_table(heads, rows, "The relative difference from central differences", CELL)
        if key in CHECKS:
            return f"{CHECKS[key].title}: what this check alone says of each mistake.{table}"
        slip = MISTAKES.get(key)
        said = f"{slip.name}: <code>{escape(slip.line)}</code>. {escape(slip.why)}" if slip else f"{NO_MISTAKE}."
        return (
            f"{said}<br>"
            f"The mean loss falls from {number(losses[0])} to {number(losses[-1])} "
            f"in {EPOCHS} steps; with the right gradient to {number(training('')[-1])}.{table}"
        )
