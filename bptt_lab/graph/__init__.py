"""The live computation graph.

scene.py    what a graph consists of                layout.py    Figs. 7-5, 7-6 and 7-7 for one run of a net
cards.py    the card of each node and edge          values.py, messages.py, uses.py, facts.py: its parts
svg.py      a scene on a live page                  still.py     a scene on a page without a kernel
words.py    the card and the table                  formulas.py  a formula with its symbols, and with its numbers
markup.py   matrices and tables as HTML             live.py      the widget, with graph.js and graph.css
"""

from .cards import card
from .layout import HEIGHT, LINK_HEIGHT, backward_scene, forward_scene, link_scene
from .live import LiveGraph
from .scene import Edge, Node, Note, Scene
from .still import draw_graph
from .svg import svg, whole
from .words import HELP, card_html, table_html

__all__ = [
    "HEIGHT",
    "HELP",
    "LINK_HEIGHT",
    "Edge",
    "LiveGraph",
    "Node",
    "Note",
    "Scene",
    "backward_scene",
    "card",
    "card_html",
    "draw_graph",
    "forward_scene",
    "link_scene",
    "svg",
    "table_html",
    "whole",
]
