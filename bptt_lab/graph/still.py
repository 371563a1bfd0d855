"""A scene drawn with matplotlib, for a page without a kernel: the twin of svg.py."""

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

LINE = 12  # from line to line, in a node
POINT = 72 / PIXELS_PER_INCH  # font sizes of a scene are in pixels, matplotlib's in points
EDGES = {"forward": (FORWARD, FORWARD_TEXT), "backward": (BACKWARD, BACKWARD_TEXT), "factor": (FACTOR, SMALL_PRINT)}
MONOSPACED = {"family": ["monospace", "DejaVu Sans"]}  # the second has the mark of what is folded


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
    left, top = node.x - node.width / 2, node.y - node.height / 2
    look = {**NODE_LOOKS[node.kind], "zorder": 2}
    centred = {"ha": "center", "va": "center", "zorder": 3}
    if node.kind == "operation":
        circle = ax.add_patch(Circle((node.x, node.y), node.width / 2, **look))
        return [circle, ax.text(node.x, node.y, _tex(node.label), fontsize=12 * POINT, **centred)]
    style = "round,pad=0,rounding_size=5"
    drawn = [ax.add_patch(FancyBboxPatch((left, top), node.width, node.height, boxstyle=style, **look))]
    drawn.append(ax.text(node.x, top + 11, _tex(node.label), fontsize=node.label_size * POINT, **centred))
    for y, line in _lines(node) if computed else [(node.y + 5, "?")]:
        drawn.append(ax.text(node.x, y, line, fontsize=node.number_size * POINT, **MONOSPACED, **centred))
    shape = node.shape if computed else ""
    drawn.append(
        ax.text(node.x, top + node.height - 7, shape, fontsize=node.shape_size * POINT, color=SMALL_PRINT, **centred)
    )
    return drawn


def _lines(node):
    """What is shown of the value, and its y: as one text, unless a mark of another font would push the lines apart."""
    if "⋮" not in node.lines:
        return [(node.y + 5, "\n".join(node.lines))] if node.lines else []
    top = node.y + 4 - LINE * (len(node.lines) - 1) / 2
    return [(top + LINE * n, line) for n, line in enumerate(node.lines)]


def _draw_edge(ax, edge, computed):
    look, ink = EDGES[edge.kind]
    way = Path(edge.points)
    arrow = ax.add_patch(FancyArrowPatch(path=way, arrowstyle="-|>", mutation_scale=8, zorder=1, **look))
    if not edge.label:
        return [arrow]
    paper = {"boxstyle": "round,pad=0.1", "fc": WHITE, "ec": "none"}
    centred = {"ha": "center", "va": "center", "color": ink, "bbox": paper, "zorder": 1.5}
    return [arrow, ax.text(*edge.place, _tex(edge.label), fontsize=11 * POINT, **centred)]


def _tex(symbol):
    return f"${symbol}$" if symbol else ""
