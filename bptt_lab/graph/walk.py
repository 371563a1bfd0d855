"""The graph in a panel: its modes, and the walk through a pass by slider, arrow keys or player."""

from math import ceil

import ipywidgets as widgets
import traitlets

from ..panel import Panel, menu, slider
from .backward import backward_scene
from .forward import forward_scene
from .layout import last_stage
from .link import link_scene
from .picture import GraphPicture
from .words import stage_in_words

MODES = {"forward": "forward, Fig. 7-5", "backward": "backward, Fig. 7-6", "link": "one link, Fig. 7-7"}
ONWARD = {"forward": "ArrowRight", "backward": "ArrowLeft", "link": "ArrowLeft"}  # the key for the pass's direction
BEAT = 900  # milliseconds from stage to stage while it plays


class WalkPanel(Panel):
    """The graph in one of three modes. The slider `stage` and the arrow keys walk through the pass.

    Stage 0 is before the pass. The last stage of a pass is the whole picture, nothing marked; the panel begins there.

    A subclass defines these, in place of the four methods of a Panel:
        run_controls()                  the controls that a run is made from: T, and others
        run(**values)                   the Run for their values: see graph/run.py
        pass_in_words(mode, run, unit, sequence)  the words beside the whole picture
        link_in_words(run, known, sequence)       those beside one link; from t = known on dh^(t) is known; -1: dh^(-1)
    The unit and, if there are several, the sequence are chosen in menus.
    """

    modes = tuple(MODES)  # that it shows

    def __init__(self, mode, run):
        """mode : forward, backward or link, to begin with.  run : one of those that it will show, for its sizes"""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}; got {mode!r}")
        self.mode = mode
        self.units, self.sequences = run.trace.h.shape[1:]
        self.height = ceil(max(_scene(each, run).height for each in self.modes))
        super().__init__()

    def run_controls(self) -> dict:
        raise NotImplementedError

    def run(self, **values):
        raise NotImplementedError

    def pass_in_words(self, mode, run, unit, sequence) -> str:
        raise NotImplementedError

    def link_in_words(self, run, known, sequence) -> str:
        raise NotImplementedError

    def controls(self):
        graphs = menu("graph", [(name, mode) for mode, name in MODES.items()], self.mode)
        return {"mode": graphs, **self.walk_controls("stage")}

    def walk_controls(self, label):
        self.play = widgets.Play(interval=BEAT, min=0, max=1, show_repeat=False)
        stage = slider(label, 1, 0, 1)
        for trait in ("value", "max"):
            traitlets.link((stage, trait), (self.play, trait))
        unit = menu("hidden unit", [(str(i), i) for i in range(self.units)], 0)
        several = {}
        if self.sequences > 1:
            several["sequence"] = menu("sequence", [(str(n), n) for n in range(self.sequences)], 0)
        return {**self.run_controls(), "unit": unit, **several, "stage": stage}

    def make_pictures(self):
        self.graph = GraphPicture(self.height, self.press, self.choose)
        return [self.graph]

    def control_widgets(self):
        return [*super().control_widgets(), self.play]

    def adjust(self, T, stage, mode=None, **others):
        mode, before = mode or self.mode, self.inputs["stage"].max
        afresh = self.graph.run is None or mode != self.mode
        last = last_stage(mode, T + 1)
        if mode == "link":
            stage = 0 if afresh else min(stage, last)
        else:
            stage = last if afresh or stage == before else min(stage, last)
        return {"stage": {"max": last, "value": stage}}

    def update(self, mode, unit, stage, sequence=0, **values):
        self.mode, run = mode, self.run(**values)
        scene = _scene(mode, run, stage, unit, sequence)
        self.graph.show(run, scene, min(stage, 1) if mode == "link" else stage, unit)
        if mode == "link":
            return self.link_in_words(run, len(run.trace.x) - 1 - stage, sequence)
        whole = stage > scene.stages
        return self.pass_in_words(mode, run, unit, sequence) if whole else stage_in_words(scene, stage)

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


def _scene(mode, run, stage=0, unit=0, sequence=0):
    """In mode link: the link that the message has just passed; before the first step, the one that it will pass."""
    if mode == "forward":
        return forward_scene(run, unit, sequence)
    if mode == "backward":
        return backward_scene(run, unit, sequence)
    T = len(run.trace.x) - 1
    return link_scene(run, min(T - stage + 1, T), unit, sequence)
