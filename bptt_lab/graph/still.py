"""A scene drawn with matplotlib, for a page without a kernel: the twin of svg.py."""

import re

from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from ..look import (
    BACKWARD,
    BACKWARD_TEXT,
    FACTOR,
    FORWARD,
    FORWARD_TEXT,
    LINE_SPACING,
    NODE_LOOKS,
    PIXELS_PER_INCH,
    SMALL_PRINT,
    WHITE,
)

POINT = 72 / PIXELS_PER_INCH  # font sizes of a scene are in pixels, matplotlib's in points
EDGES = {"forward": (FORWARD, FORWARD_TEXT), "backward": (BACKWARD, BACKWARD_TEXT), "factor": (FACTOR, SMALL_PRINT)}
HATTED = re.compile(r"(\\hat\{\w\})")
CENTRED = {"ha": "center", "zorder": 3}
TEXTS = {  # of a node
    "label": {},
    "line": {"family": ["monospace", "DejaVu Sans"]},  # the second has the mark of what is folded
    "shape": {"color": SMALL_PRINT},
}


def draw_graph(ax, scene, stage=None):
    """Draw a scene of bptt_lab.graph into axes that span its canvas. Returns the artists, in order.

    stage : what is not computed by then is left pale and empty; unless given, everything is computed
    """
    ax.set_axis_off()
    ax.set_xlim(0, scene.width)
    ax.set_ylim(scene.height, 0)  # y points down, as on a page
    known = [stage is None or part.stage <= stage for part in scene.parts]
    artists = []
    for part, computed in zip(scene.parts, known, strict=True):
        drawn = (_draw_edge if hasattr(part, "points") else _draw_node)(ax, part, computed)
        for artist in drawn:
            artist.set_alpha(None if computed else 0.35)
        artists += drawn
    for note in scene.notes:
        artists.append(
            ax.text(note.x, note.y, note.text, ha="center", va="center", fontsize=8.5, linespacing=LINE_SPACING)
        )
    return artists


def _draw_node(ax, node, computed):
    look = {**NODE_LOOKS[node.kind], "zorder": 2}
    if node.round:
        box = Circle((node.x, node.y), node.width / 2, **look)
    else:
        corner = node.x - node.width / 2, node.top
        box = FancyBboxPatch(corner, node.width, node.height, boxstyle="round,pad=0,rounding_size=5", **look)
    drawn = [ax.add_patch(box)]
    for n, (name, text, y, size) in enumerate(node.texts):
        written = _tex(text) if name == "label" else text if computed else "?" * (n == 1 and name == "line")
        drawn.append(ax.text(node.x, y, written, fontsize=size * POINT, **CENTRED, **TEXTS[name]))
    return drawn


def _draw_edge(ax, edge, computed):
    look, ink = EDGES[edge.kind]
    way = Path(edge.points)
    arrow = ax.add_patch(FancyArrowPatch(path=way, arrowstyle="-|>", mutation_scale=8, zorder=1, **look))
    if not edge.label:
        return [arrow]
    paper = {"boxstyle": "round,pad=0.1", "fc": WHITE, "ec": "none"}
    x, y = edge.place
    look = {**CENTRED, "color": ink, "bbox": paper, "zorder": 1.5}
    return [arrow, ax.text(x, y + 4, _tex(edge.label), fontsize=11 * POINT, **look)]


def _tex(symbol):
    """The symbol for matplotlib, which would raise what stands beside a hat above it."""
    return "$" + HATTED.sub(r"\1{}", symbol) + "$" if symbol else ""
