"""The live graph: an anywidget that shows the SVG, the card and the table, and walks through them.

All that it shows is made in Python. graph.js shows it as of a stage, without asking: the stage is the slider's, and
graph.js moves the slider, the player and the words beside the graph, so that all of them agree at every moment.
One file each, no build step, nothing from a network.
"""

from pathlib import Path

import ipywidgets as widgets
import traitlets

from ..look import css
from ..panel.chart import ENLARGE
from ..panel.widget import LOADED, PageWidget

HERE = Path(__file__).parent


def _other_widget():
    return traitlets.Instance(widgets.Widget, allow_none=True).tag(sync=True, **widgets.widget_serialization)


class LiveGraph(PageWidget):
    """`make_cards` is called when the page asks for the cards and the table: they take longer than the picture."""

    _esm = LOADED + ENLARGE + (HERE / "graph.js").read_text(encoding="utf-8")
    _css = css((HERE / "graph.css").read_text(encoding="utf-8"))

    edition = traitlets.Int().tag(sync=True)  # counts the pictures
    svg = traitlets.Unicode().tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)  # those beside the picture, in HTML, for each stage
    cards = traitlets.Dict().tag(sync=True)  # HTML, by the key of the quantity
    table = traitlets.Unicode().tag(sync=True)
    complete = traitlets.Bool().tag(sync=True)  # whether every card is there, and the table
    nothing = traitlets.Unicode().tag(sync=True)  # the card while nothing is chosen
    help = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)  # CSS pixels, kept free for the tallest scene
    onward = traitlets.Unicode().tag(sync=True)  # the arrow key for the direction of the pass
    loops = traitlets.Bool().tag(sync=True)  # whether the walk begins again after its end, where it also rests
    held = traitlets.Bool().tag(sync=True)  # whether it waits for a guess
    chosen = traitlets.Unicode().tag(sync=True)  # the key of a part; set on the page, or "" by a reset
    slider, player, beside = _other_widget(), _other_widget(), _other_widget()  # of the stage; beside: the words
    reached = traitlets.Unicode().tag(sync=True)  # the key of the part that Tab reaches; only the page sets it
    table_open = traitlets.Bool(False).tag(sync=True)  # likewise

    def __init__(self, make_cards, **traits):
        super().__init__(**traits)
        self._make_cards = make_cards
        self.on_msg(self._hear)

    def show(self, **traits):
        """Change all of it in one message, so that picture and words agree at every moment."""
        with self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)

    def _hear(self, _, message, buffers):
        if message.get("cards of") == self.edition:  # else a newer picture is on its way, and will be asked about
            self.show(complete=True, **self._make_cards())
