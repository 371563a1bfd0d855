"""The live computation graph.

quantity.py  what a place of a pass says of itself  layout.py    where the rows and columns stand
             values.py, answers.py, messages.py,                 forward.py, backward.py, link.py: the three graphs
             uses.py: all of them                   scene.py     the nodes, edges and notes of a picture
svg.py       a scene on the page                    still.py     the same for a page without a kernel
words.py     the card and the table                 formulas.py  a formula with its symbols, and with its numbers
markup.py    matrices and tables as HTML            frames.py    what a walk shows, and when
live.py      the widget, with graph.js, which walks: it shows all of this as of a stage, and asks nobody
"""

from .backward import backward_scene
from .forward import forward_scene
from .frames import frames_of
from .link import link_scene
from .live import LiveGraph
from .quantity import Quantity
from .scene import Edge, Frame, Node, Note, Scene
from .still import draw_graph
from .svg import svg
from .words import HELP, cards_html, table_html

__all__ = [
    "HELP",
    "Edge",
    "Frame",
    "LiveGraph",
    "Node",
    "Note",
    "Quantity",
    "Scene",
    "backward_scene",
    "cards_html",
    "draw_graph",
    "forward_scene",
    "frames_of",
    "link_scene",
    "svg",
    "table_html",
]
