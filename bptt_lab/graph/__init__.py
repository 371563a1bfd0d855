"""The live computation graph.

quantity.py  what a place of a pass says of itself  layout.py    where the rows and columns stand
             values.py, answers.py, messages.py,                 forward.py, backward.py, link.py: the three graphs
             uses.py: all of them                   scene.py     the nodes, edges and notes of a picture
svg.py       a scene on the page                    still.py     the same for a page without a kernel
words.py     the card and the table                 formulas.py  a formula with its symbols, and with its numbers
markup.py    matrices and tables as HTML            live.py      the widget, with graph.js and graph.css
"""

from .backward import backward_scene
from .forward import forward_scene
from .link import link_scene
from .live import LiveGraph
from .quantity import Quantity
from .scene import Edge, Node, Note, Scene
from .still import draw_graph
from .svg import svg, whole
from .words import HELP, card_html, table_html

__all__ = [
    "HELP",
    "Edge",
    "LiveGraph",
    "Node",
    "Note",
    "Quantity",
    "Scene",
    "backward_scene",
    "card_html",
    "draw_graph",
    "forward_scene",
    "link_scene",
    "svg",
    "table_html",
    "whole",
]
