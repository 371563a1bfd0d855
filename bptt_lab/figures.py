"""matplotlib: the look that all pictures share, axes that fit every slider, and a graph drawn from its layout.

Pictures are measured in CSS pixels, so that a figure and its place on the page have one size.
"""

from itertools import zip_longest

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

# Okabe and Ito's palette: told apart by colour-blind readers too. A marker or a dash always says the same.
BLACK, GREY, PALE = "#000000", "#767676", "#E8E8E8"
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
UNIT_STYLES = (  # hidden unit 1, 2, 3
    {"color": BLUE, "marker": "o"},
    {"color": ORANGE, "marker": "s"},
    {"color": GREEN, "marker": "^"},
)
FORWARD = {"color": BLUE, "linestyle": "-"}
BACKWARD = {"color": VERMILLION, "linestyle": "--"}
FACTOR = {"color": GREY, "linestyle": ":"}

PIXELS_PER_INCH = 96  # a CSS pixel is 1/96 inch
SHARPNESS = 1.5  # image pixels per CSS pixel
STYLE = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": PALE,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.markersize": 5,
}


def new_figure(width, height) -> Figure:
    """A white figure of that many CSS pixels, with a canvas of its own and no pyplot."""
    figure = Figure((width / PIXELS_PER_INCH, height / PIXELS_PER_INCH), dpi=PIXELS_PER_INCH * SHARPNESS)
    FigureCanvasAgg(figure)
    return figure


def round_up(size) -> float:
    """The next of 1, 1.5, 2, 3, 5, 7, 10, 15 ... that holds `size`."""
    if not np.isfinite(size) or size <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(size))
    return float(next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= size * (1 - 1e-12)))


def fit_height(ax, values):
    """Limits for `values` and 0 that change only in large steps, so that a moving slider does not shake the axis."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    below, above = -values.min(initial=0), values.max(initial=0)
    least = 0.1 * max(below, above)  # so that no bar of 0 lies on the rim
    ax.set_ylim(-round_up(1.05 * max(below, least)), round_up(1.05 * max(above, least)))


def fit_log_height(ax, values):
    """Limits on a scale of powers of ten: whole powers, at least from 0.1 to 10."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values) & (values > 0)]
    powers = np.log10(values) if values.size else np.zeros(1)
    ax.set_ylim(10.0 ** min(np.floor(powers.min()), -1), 10.0 ** max(np.ceil(powers.max()), 1))


class StepAxis:
    """An x axis of steps t = 0 ... T, each with its year, in T+1 slots that always fill the width.

    The labels are artists that move, so the axis itself stays as it is for every T.
    """

    LABELS = 9  # at most so many labels, else they touch

    def __init__(self, ax, free=0.0):
        """free : the share of the width to keep free on the right"""
        self.free = free
        ax.set_xlim(0, 1)
        ax.set_xticks([])
        ax.grid(visible=False, axis="x")
        below = ax.get_xaxis_transform()
        self.labels = [
            ax.text(0, -0.03, "", transform=below, ha="center", va="top", fontsize=9, linespacing=1.4, animated=True)
            for _ in range(self.LABELS)
        ]

    def place(self, years):
        """Write the labels; return the slots' centres and their width."""
        steps = len(years)
        width = (1 - self.free) / steps
        centres = (np.arange(steps) + 0.5) * width
        stride = -(-steps // self.LABELS)
        shown = range((steps - 1) % stride, steps, stride)  # T always has its label
        for label, t in zip_longest(self.labels, shown):
            label.set_visible(t is not None)
            if t is not None:
                label.set_x(centres[t])
                label.set_text(f"$t={t}$\n{years[t]}")
        return centres, width


NODE_COLOURS = {  # kind of node -> edge, face
    "given": (GREY, "#F4F4F4"),
    "value": (BLUE, "#EAF4FB"),
    "local": (GREY, "#FFFFFF"),
    "fold": (PALE, "#FFFFFF"),
    "gradient": (VERMILLION, "#FDF0E7"),
    "total": (VERMILLION, "#FBD9C3"),
}


def draw_graph(ax, scene):
    """Draw a graph's layout (graph.Scene) into axes that span its canvas. Returns the artists, in order."""
    ax.set_axis_off()
    ax.set_xlim(0, scene.width)
    ax.set_ylim(scene.height, 0)  # y points down, as on a page
    artists = []
    for edge in scene.edges:
        artists += _draw_edge(ax, edge)
    for node in scene.nodes:
        artists += _draw_node(ax, node)
    for note in scene.notes:
        artists.append(ax.text(note.x, note.y, note.text, ha="center", va="center", fontsize=8.5, linespacing=1.4))
    return artists


def _draw_node(ax, node):
    edge, face = NODE_COLOURS[node.kind]
    corner = (node.x - node.width / 2, node.y - node.height / 2)
    style = "round,pad=0,rounding_size=5"
    box = ax.add_patch(FancyBboxPatch(corner, node.width, node.height, boxstyle=style, ec=edge, fc=face, zorder=2))
    centred = {"ha": "center", "va": "center", "zorder": 3}
    label = ax.text(node.x, corner[1] + 11, node.label, fontsize=8.5, **centred)
    lines = ax.text(node.x, node.y + 5, "\n".join(node.lines), fontsize=7, family="monospace", **centred)
    shape = ax.text(node.x, corner[1] + node.height - 7, node.shape, fontsize=5.5, color=GREY, **centred)
    return [box, label, lines, shape]


def _draw_edge(ax, edge):
    look = {"forward": FORWARD, "backward": BACKWARD, "factor": FACTOR}[edge.kind]
    arrow = ax.add_patch(
        FancyArrowPatch(
            edge.start, edge.end, arrowstyle="-|>", mutation_scale=8, shrinkA=0, shrinkB=0, zorder=1, **look
        )
    )
    if not edge.label:
        return [arrow]
    paper = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none"}
    place = np.add(edge.start, edge.share * np.subtract(edge.end, edge.start))
    label = ax.text(
        *place, edge.label, ha="center", va="center", fontsize=7.5, color=look["color"], bbox=paper, zorder=1.5
    )
    return [arrow, label]
