"""A scene in a panel: live on the page, and a still image in a stored notebook."""

import matplotlib
from PIL import Image

from ..look import STYLE
from ..panel.paper import new_figure, picture_of
from .live import LiveGraph
from .still import draw_graph
from .svg import svg
from .words import HELP, card_html, table_html


class GraphPicture:
    """A scene, with what is computed, chosen and marked in it."""

    def __init__(self, height, on_key, on_choice):
        self.height = height
        self.widget = LiveGraph(on_key, on_choice, help=HELP, height=height)
        self.run = self.scene = None
        self.stage = self.unit = 0
        self.chosen = ""

    def show(self, run, scene, stage, unit):
        """Set what `paint` will bring to the page."""
        moved_on = scene.link is not None and self.scene and self.scene.link != scene.link
        if self.scene and (moved_on or scene.find(self.chosen) is None):
            self.chosen = _in_the_same_place(self.chosen, self.scene, scene)
        self.run, self.scene, self.stage, self.unit = run, scene, stage, unit

    def paint(self):
        self.widget.show(
            svg=svg(self.scene, self.stage, self.chosen, self.unit),
            card=card_html(self.scene, self.chosen, self.stage, self.unit),
            table=table_html(self.scene, self.stage),
        )

    def still(self) -> Image.Image:
        figure = new_figure(self.scene.width, self.height)
        share = self.scene.height / self.height
        with matplotlib.rc_context(STYLE):
            draw_graph(figure.add_axes((0, 1 - share, 1, share)), self.scene, self.stage)
            return picture_of(figure)


def _in_the_same_place(key, before, now):
    """The key of the part that stands where the chosen one stood: the next link is built like the last one."""
    if before.kind != now.kind or len(before.parts) != len(now.parts):
        return ""
    return next((new.key for old, new in zip(before.parts, now.parts, strict=True) if old.key == key), "")
