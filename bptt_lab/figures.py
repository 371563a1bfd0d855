"""matplotlib: the look that all pictures share, axes that fit every slider, and a graph drawn from its layout.

Pictures are measured in CSS pixels, so that a figure and its place on the page have one size.
"""

import io
from itertools import zip_longest

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from PIL import Image

from .graph.scene import SHAPE_SIZE

# Okabe and Ito's palette: told apart by colour-blind readers too. A marker or a dash always says the same.
BLACK, GREY, PALE = "#000000", "#767676", "#E8E8E8"
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
UNIT_STYLES = (  # hidden unit 0, 1, 2
    {"color": BLUE, "marker": "o"},
    {"color": ORANGE, "marker": "s"},
    {"color": GREEN, "marker": "^"},
)
FORWARD = {"color": BLUE, "linestyle": "-"}
BACKWARD = {"color": VERMILLION, "linestyle": "--"}
FACTOR = {"color": GREY, "linestyle": ":"}

PIXELS_PER_INCH = 96  # a CSS pixel is 1/96 inch
LINE_SPACING = 1.4  # of labels with two lines, in font sizes
SHARPNESS = 1.5  # of a stored picture: image pixels per CSS pixel
NOTE_HEIGHT = 36  # image pixels
LEAST_WIDTH = 845  # CSS pixels: the pictures are drawn for 910, and at this width no number is below 9 pixels
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


def picture_of(figure) -> Image.Image:
    """A figure as pixels, what is animated in it too."""
    page = io.BytesIO()
    figure.savefig(page, format="png", dpi=PIXELS_PER_INCH * SHARPNESS)
    return Image.open(page).convert("RGB")


def png(image, compress_level) -> bytes:
    """A PIL image as the bytes of a PNG. Level 1 is quick, level 9 small."""
    buffer = io.BytesIO()
    image.save(buffer, "png", compress_level=compress_level)
    return buffer.getvalue()


def with_note(image, note) -> Image.Image:
    """The image, with a line of small print below it."""
    strip = placeholder((image.width, NOTE_HEIGHT), note)
    page = Image.new("RGB", (image.width, image.height + NOTE_HEIGHT), "white")
    page.paste(image, (0, 0))
    page.paste(strip, (0, image.height))
    return page


def placeholder(size, text) -> Image.Image:
    """White paper of that many image pixels with a text in its middle."""
    width, height = (pixels / SHARPNESS for pixels in size)
    figure = new_figure(width, height)
    figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=9, color=GREY, linespacing=1.8)
    return picture_of(figure).resize(size)


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
            ax.text(
                0,
                -0.03,
                "",
                transform=below,
                ha="center",
                va="top",
                fontsize=9,
                linespacing=LINE_SPACING,
                animated=True,
            )
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
                label.set_text(f"t = {t}\n{years[t]}")
        return centres, width


NODE_LOOKS = {  # kind of node -> how its box looks
    "given": {"ec": GREY, "fc": "#F4F4F4"},
    "value": {"ec": BLUE, "fc": "#EAF4FB"},
    "operation": {"ec": BLUE, "fc": "#EAF4FB"},
    "local": {"ec": GREY, "fc": "#FFFFFF"},
    "fold": {"ec": "#B8B8B8", "fc": "#FFFFFF", "ls": ":"},
    "gradient": {"ec": VERMILLION, "fc": "#FDF0E7", "ls": (0, (4, 2))},
    "total": {"ec": VERMILLION, "fc": "#FBD9C3"},
}
POINT = 72 / PIXELS_PER_INCH  # font sizes of a scene are in pixels, matplotlib's in points
MONOSPACED = {"family": "monospace"}


def draw_graph(ax, scene, stage=None):
    """Draw a scene of bptt_lab.graph into axes that span its canvas. Returns the artists, in order.

    stage : what is not computed by then is left pale and empty; everything is there unless given
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
        return [circle, ax.text(node.x, node.y, node.label, fontsize=12 * POINT, **centred)]
    style = "round,pad=0,rounding_size=5"
    drawn = [ax.add_patch(FancyBboxPatch((left, top), node.width, node.height, boxstyle=style, **look))]
    drawn.append(ax.text(node.x, top + 11, node.label, fontsize=node.label_size * POINT, **centred))
    lines = "\n".join(node.lines) if computed else "?"
    drawn.append(ax.text(node.x, node.y + 5, lines, fontsize=node.number_size * POINT, **MONOSPACED, **centred))
    shape = node.shape if computed else ""
    drawn.append(ax.text(node.x, top + node.height - 7, shape, fontsize=SHAPE_SIZE * POINT, color=GREY, **centred))
    return drawn


def _draw_edge(ax, edge, computed):
    look = {"forward": FORWARD, "backward": BACKWARD, "factor": FACTOR}[edge.kind]
    way = Path(edge.points)
    arrow = ax.add_patch(FancyArrowPatch(path=way, arrowstyle="-|>", mutation_scale=8, zorder=1, **look))
    if not edge.label:
        return [arrow]
    paper = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none"}
    centred = {"ha": "center", "va": "center", "color": look["color"], "bbox": paper, "zorder": 1.5}
    return [arrow, ax.text(*edge.place, edge.label, fontsize=11 * POINT, **centred)]
