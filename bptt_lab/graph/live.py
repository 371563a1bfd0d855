"""The live graph: an anywidget that shows the SVG, the card and the table, and reports clicks and keys.

All that it shows is made in Python; graph.js displays it. There is no build step, and nothing comes from a network.
"""

from pathlib import Path

import anywidget
import traitlets

from ..look import css
from ..panel.chart import ENLARGE

HERE = Path(__file__).parent


class LiveGraph(anywidget.AnyWidget):
    """The picture as strings. `on_key` is called with the key that was pressed, `on_choice` with the chosen part's."""

    _esm = ENLARGE + (HERE / "graph.js").read_text(encoding="utf-8")
    _css = css((HERE / "graph.css").read_text(encoding="utf-8"))

    svg = traitlets.Unicode().tag(sync=True)
    card = traitlets.Unicode().tag(sync=True)
    table = traitlets.Unicode().tag(sync=True)
    help = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)  # CSS pixels, kept free for the tallest scene
    reached = traitlets.Unicode().tag(sync=True)  # the key of the part that Tab reaches; the page alone sets it
    table_open = traitlets.Bool(False).tag(sync=True)  # the page alone sets this too

    def __init__(self, on_key, on_choice, **traits):
        super().__init__(**traits)
        self._on_key, self._on_choice = on_key, on_choice
        self.on_msg(self._hear)

    def show(self, **traits):
        """Change several traits in one message, so that picture and words agree at every moment."""
        with self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)

    def _hear(self, _, message, buffers):
        if "key" in message:
            self._on_key(message["key"])
        elif "choice" in message:
            self._on_choice(message["choice"])
