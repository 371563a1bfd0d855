"""The live computation graph.

quantity.py  what a place of a pass says of itself  layout.py    where it stands in Figs. 7-5, 7-6 and 7-7
             values.py, messages.py, uses.py: all   scene.py     the nodes, edges and notes of a picture
svg.py       a scene on the page                    still.py     the same for a page without a kernel
words.py     the card and the table                 formulas.py  a formula with its symbols, and with its numbers
markup.py    matrices and tables as HTML            live.py      the widget, with graph.js and graph.css
"""

from .layout import backward_scene, forward_scene, link_scene
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
