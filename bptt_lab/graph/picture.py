"""What a walk shows, in a panel: live on the page, and a still image in a stored notebook."""

import matplotlib
from PIL import Image

from ..look import STYLE
from ..panel.base import shown_as
from ..panel.paper import new_figure, picture_of
from .live import LiveGraph
from .still import draw_graph
from .svg import svg
from .words import HELP, NOTHING_CHOSEN, cards_html, table_html


class GraphPicture:
    """The frames of a walk, and how far it has come."""

    def __init__(self, height):
        self.height = height
        self.widget = LiveGraph(self.cards_and_table, help=HELP, nothing=NOTHING_CHOSEN, height=height)
        self.run, self.frames, self.words, self._traits = None, (), (), {}
        self.stage = self.unit = 0
        self._painted = None

    def show(self, run, frames, unit, words, **traits):
        """Set what `paint` will bring to the page.  words : for each stage; traits : of LiveGraph, to go along"""
        self.run, self.frames, self.unit, self.words, self._traits = run, frames, unit, words, traits

    def paint(self):
        """Bring new frames to the page. A new stage it has seen already."""
        if self.frames is self._painted:
            return
        self._painted = self.frames
        self.widget.show(
            edition=self.widget.edition + 1,
            svg=svg(self.frames, self.unit),
            words=[shown_as(words) for words in self.words],
            **self._traits,
            complete=bool(self.widget.chosen),
            **(self.cards_and_table() if self.widget.chosen else {"cards": {}, "table": ""}),
        )

    @property
    def frame(self):
        """The one that is shown at this stage."""
        return next(frame for frame in self.frames if frame.first <= self.stage <= frame.last)

    @property
    def scene(self):
        return self.frame.scene

    def cards_and_table(self):
        return {"cards": cards_html(self.frames, self.unit), "table": table_html(self.frames)}

    def still(self) -> Image.Image:
        figure = new_figure(self.scene.width, self.height)
        share = self.scene.height / self.height
        with matplotlib.rc_context(STYLE):
            draw_graph(figure.add_axes((0, 1 - share, 1, share)), self.scene, self.stage - self.frame.offset)
            return picture_of(figure)
