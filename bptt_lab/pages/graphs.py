"""Notebooks 02, 03 and 04: the computation graph, live. Its three modes are Figs. 7-5, 7-6 and 7-7 for this net."""

import ipywidgets as widgets
import matplotlib
import numpy as np
import traitlets
from PIL import Image

from .. import graph
from ..data import run_example
from ..graph.still import draw_graph
from ..look import STYLE
from ..numbers import number
from ..panel.base import Panel, activation_menu, menu, slider, steps_slider
from ..panel.paper import new_figure, picture_of
from ..symbols import html_symbol

MODES = {"forward": "forward, Fig. 7-5", "backward": "backward, Fig. 7-6", "link": "one link, Fig. 7-7"}
ONWARD = {"forward": "ArrowRight", "backward": "ArrowLeft", "link": "ArrowLeft"}  # the way in which the pass moves
BEAT = 900  # milliseconds from stage to stage while it plays


class GraphPicture:
    """A scene, live on the page and still in the stored notebook, with what is computed, chosen and marked in it."""

    def __init__(self, height, on_key, on_choice):
        self.height = height
        self.widget = graph.LiveGraph(on_key, on_choice, help=graph.HELP, height=height)
        self.run = self.scene = None
        self.stage = self.unit = 0
        self.chosen = ""

    def show(self, run, scene, stage, unit):
        """What `paint` is to bring to the page."""
        moved_on = scene.link is not None and self.scene and self.scene.link != scene.link
        if self.scene and (moved_on or scene.find(self.chosen) is None):
            self.chosen = _in_the_same_place(self.chosen, self.scene, scene)
        self.run, self.scene, self.stage, self.unit = run, scene, stage, unit

    def paint(self):
        self.widget.show(
            svg=graph.svg(self.scene, self.stage, self.chosen, self.unit),
            card=graph.card_html(self.scene, self.run, self.chosen, self.stage, self.unit),
            table=graph.table_html(self.scene, self.stage),
        )

    def still(self) -> Image.Image:
        figure = new_figure(self.scene.width, self.height)
        share = self.scene.height / self.height
        with matplotlib.rc_context(STYLE):
            draw_graph(figure.add_axes((0, 1 - share, 1, share)), self.scene, self.stage)
            return picture_of(figure)


def _in_the_same_place(key, before, now):
    """The key of the part that stands where the chosen one stood: the next link is built like the last one."""
    if before.name.split(",")[0] != now.name.split(",")[0] or len(before.parts) != len(now.parts):
        return ""
    return next((new.key for old, new in zip(before.parts, now.parts, strict=True) if old.key == key), "")


class GraphPanel(Panel):
    """The graph in one of three modes. The slider `stage` and the arrow keys walk through the pass.

    Stage 0 is before the pass. The last stage of a pass is the whole picture with nothing marked, and it begins there.
    """

    def __init__(self, mode="forward"):
        """mode : forward, backward or link, to begin with"""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}; got {mode!r}")
        self.mode = mode
        super().__init__()

    def controls(self):
        graphs = menu("graph", [(name, mode) for mode, name in MODES.items()], self.mode)
        return {"mode": graphs, **self.walk_controls("stage")}

    def walk_controls(self, label):
        self.play = widgets.Play(interval=BEAT, min=0, max=1, show_repeat=False)
        stage = slider(label, 1, 0, 1)
        for trait in ("value", "max"):
            traitlets.link((stage, trait), (self.play, trait))
        return {"T": steps_slider(), "activation": activation_menu(), "unit": unit_menu(), "stage": stage}

    def make_pictures(self):
        self.graph = GraphPicture(graph.HEIGHT, self.press, self.choose)
        return [self.graph]

    def control_widgets(self):
        return [*super().control_widgets(), self.play]

    def update(self, mode, T, activation, unit, stage):
        afresh, self.mode = mode != self.mode or self.graph.run is None, mode
        run = run_example(T, activation)
        if mode == "link":
            return self.show_link(run, unit, 0 if afresh else stage)
        scene = graph.forward_scene(run) if mode == "forward" else graph.backward_scene(run, unit)
        stage = self.walk_to(graph.whole(scene), stage, at_the_end=afresh or stage == self.inputs["stage"].max)
        self.graph.show(run, scene, stage, unit)
        if stage <= scene.stages:
            return _stage_in_words(scene, stage)
        return _forward_in_words(run) if mode == "forward" else _backward_in_words(run, unit)

    def show_link(self, run, unit, stage):
        """The link that the message has just passed; before the first step, the one that it will pass."""
        T = len(run.trace.x) - 1
        stage = self.walk_to(T + 1, stage)  # the last link ends at h^(-1)
        self.graph.show(run, graph.link_scene(run, min(T - stage + 1, T)), min(stage, 1), unit)
        return _link_in_words(run, T - stage)

    def walk_to(self, last, stage, at_the_end=False):
        """Set the slider's end and value; return the value."""
        stage = last if at_the_end else min(stage, last)
        self.inputs["stage"].max = last
        self.inputs["stage"].value = stage
        return stage

    def press(self, key):
        """What the keys of graph.js do."""
        if self.held:
            return
        stage = self.inputs["stage"]
        if key == "Escape":
            self.play.playing = False
            self.graph.chosen = ""
            stage.value = self.rest
            self.refresh()
        elif key == " ":
            if not self.play.playing and stage.value == stage.max:
                stage.value = 0
            self.play.playing = not self.play.playing
        elif key != ONWARD[self.mode]:
            stage.value = max(stage.value - 1, 0)
        elif stage.value < stage.max:
            stage.value += 1
        elif self.mode != "link":  # from the whole picture to the first stage
            stage.value = 1

    @property
    def rest(self):
        """Where the slider stands before anyone walks."""
        return 0 if self.mode == "link" else self.inputs["stage"].max

    def choose(self, key):
        self.graph.chosen = key
        self.refresh()

    def reset(self):
        self.play.playing = False
        self.graph.chosen = ""
        super().reset()
        self.refresh()


def unit_menu():
    return menu("hidden unit", [(str(i), i) for i in range(3)], 0)


def _stage_in_words(scene, stage):
    if stage == 0:
        before = {
            "forward": "only what is given is known. Nothing is computed yet",
            "backward": "the forward pass is done, so L and every f′(ĥ) are known. No message has been sent yet",
        }
        return f"Stage 0 of {graph.whole(scene)}: {before['forward' if scene.find('h_init') else 'backward']}."
    fresh = [node for node in scene.nodes if node.stage == stage and node.lines]
    computed = "; ".join(f"{_whose(node)}{html_symbol(node.label)} = {_column(node)}" for node in fresh)
    return f"Stage {stage} of {graph.whole(scene)}, just computed: {computed or 'the steps that are folded'}."


def _whose(node):
    """Of a node that shows one row of its matrix: which."""
    return f"{node.shape} of " if node.shape.startswith("row") else ""


def _column(node):
    numbers = ", ".join(line.strip() for line in node.lines)
    return f"({numbers})" if len(node.lines) > 1 else numbers


def _forward_in_words(run):
    T, trace, params = len(run.trace.x) - 1, run.trace, run.example.net.params
    return (
        f"T = {T}: {_count(T + 1, 'input')}, {run.example.years[0]} to {run.example.years[-1]}. "
        f"The net answers y = {number(trace.y.item())}; 1957 was Y = {number(run.example.Y.item())}; "
        f"L = {number(run.back.loss)}.<br>"
        f"Parameters: {sum(weight.size for weight in params)}, whatever T is. "
        f"Numbers kept for the way back, over all steps: "
        f"{trace.x.size} in x, {trace.h_hat.size} in ĥ, {trace.h.size} in h."
    )


def _backward_in_words(run, unit):
    slopes = run.back.df
    t, weakest, _ = np.unravel_index(slopes.argmin(), slopes.shape)
    smallest = (
        f"The smallest f′(ĥ) is {number(slopes.min())}, in {run.example.years[t]} (t = {t}), hidden unit {weakest}"
        if slopes.min() < slopes.max()
        else f"Every f′(ĥ) is {number(slopes.min())}"
    )
    dU = ", ".join(number(entry) for entry in run.back.grads.dU[unit])
    return (
        f"The first message is y − Y = {number(run.back.grads.dc.item())}. "
        f"{smallest}.<br>"
        f"Row {unit} of dU adds up to ({dU})."
    )


def _link_in_words(run, known):
    """known : dh^(t) is known from here on; -1 stands for h^(-1)"""
    T = len(run.example.years) - 1
    dh = [run.back.dh_init, *run.back.dh]  # dh[t + 1] is dh^(t)
    arrived = ", ".join(number(value) for value in dh[known + 1][:, 0])
    if known == T:
        return (
            f"0 steps back: dh<sup>({T})</sup> = grad_dense = ({arrived}), in {run.example.years[T]}.<br>"
            "The link shown is the next one to take."
        )
    place = f"in {run.example.years[known]}" if known >= 0 else "before the first input. Here the message ends"
    return (
        f"Step back number {T - known}: dh<sup>({known + 1})</sup> is multiplied by f′(ĥ<sup>({known + 1})</sup>), "
        f"then by <sup>t</sup>U.<br>"
        f"It arrives as dh<sup>({known})</sup> = ({arrived}), {place}."
    ).replace("(-1)", "(−1)")


def _count(number, noun):
    return f"{number} {noun}" + ("s" if number != 1 else "")
