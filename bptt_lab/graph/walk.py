"""The graph in a panel: its modes, and the walk through a pass by slider, arrow keys or player."""

from math import ceil

import traitlets

from ..panel import Panel, menu, numbered, slider
from ..panel.versions import Player
from .frames import frames_of
from .layout import height_of_graph, last_stage
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
        run(**values)                   the passes for their values, a Run of bptt_lab/example.py or what is like it
        pass_in_words(mode, run, unit, sequence)  the words beside the whole picture
        link_in_words(run, known, sequence)       those beside one link; from t = known on dh^(t) is known; -1: dh^(-1)
    The unit and the sequence are chosen in menus, where there are several.
    """

    modes = tuple(MODES)  # that it shows

    def __init__(self, mode, run):
        """mode : forward, backward or link, to begin with.  run : one of those that it will show, for its sizes"""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}; got {mode!r}")
        self.mode = mode
        self.units, self.sequences = run.trace.h.shape[1:]
        self._shown = None
        self.height = ceil(max(height_of_graph(each, run) for each in self.modes))
        super().__init__()
        self.graph.widget.show(slider=self.inputs["stage"], player=self.play, beside=self.words)

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
        self.play = Player(interval=BEAT, min=0, max=1, show_repeat=False)
        stage = slider(label, 1, 0, 1)
        traitlets.link((stage, "max"), (self.play, "max"))  # the page joins their values
        sizes = {"unit": ("hidden unit", self.units), "sequence": ("sequence", self.sequences)}
        chosen = {name: numbered(what, size) for name, (what, size) in sizes.items() if size > 1}
        return {**self.run_controls(), **chosen, "stage": stage}

    def make_pictures(self):
        self.graph = GraphPicture(self.height)
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

    def update(self, mode, stage, unit=0, sequence=0, **values):
        self.mode, self.graph.stage = mode, stage
        if (shown := (mode, unit, sequence, values)) != self._shown:
            run = self.run(**values)
            frames = frames_of(mode, run, unit, sequence)
            words = self._words(mode, run, frames[0].scene, unit, sequence)
            self.graph.show(run, frames, unit, words, onward=ONWARD[mode], loops=mode != "link")
            self._shown = shown
        return self.graph.words[stage]

    def _words(self, mode, run, scene, unit, sequence):
        """Those of every stage."""
        if mode == "link":
            return [self.link_in_words(run, known, sequence) for known in range(len(run.trace.x) - 1, -2, -1)]
        walk = [stage_in_words(scene, stage) for stage in range(scene.whole)]
        return [*walk, self.pass_in_words(mode, run, unit, sequence)]

    def hold(self, held=True, unseen=False):
        super().hold(held, unseen)
        self.graph.widget.held = held

    def reset(self):
        self.play.playing = False
        self.graph.widget.chosen = ""
        super().reset()
