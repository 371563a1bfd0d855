"""A chart on the page: a matplotlib figure that is built once, and whose moving part alone is drawn anew.

Both parts are drawn by matplotlib as SVG: what stands still once for each set of axis limits, what is `animated` at
each change. That takes a few milliseconds and a few kilobytes, a small part of what a PNG of the whole picture takes.
Plain text stays text, which the page sets: to draw its letters would take longer than all the rest.
"""

import io
import re
from pathlib import Path
from typing import ClassVar

import matplotlib
import traitlets
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.spines import Spine
from matplotlib.text import Text, TextToPath
from PIL import Image

from ..look import LINE_SPACING, PALE, STYLE, WIDTH, css
from .paper import new_figure, picture_of
from .widget import LOADED, PageWidget

HERE = Path(__file__).parent
ENLARGE = (HERE / "enlarge.js").read_text(encoding="utf-8")  # what the JavaScript of every picture begins with
DRAWN = (Line2D, Patch, Text, Collection, AxesImage)
UNIT = 72  # of matplotlib's SVG: so many to an inch
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
POWER_SIZE = 10.5  # points, of a power of ten: its exponent is smaller, and must be read too
REMEMBERED = 8  # still parts of a chart: a slider often comes back
# the ids of groups, which every figure has, and a style for each element there is; chart.css says it for charts alone
NOT_FOR_A_PAGE = re.compile(r'(?<=<g) id="[^"]*"|<style.*?</style>', re.DOTALL)
HASHED = re.compile(r"(?<=[\"#])[a-zA-Z][0-9a-f]{10}(?=[\")])")  # an id that RendererSVG made


class LiveChart(PageWidget):
    """Two layers of SVG, one above the other."""

    _esm = LOADED + ENLARGE + (HERE / "chart.js").read_text(encoding="utf-8")
    _css = css((HERE / "chart.css").read_text(encoding="utf-8"))

    behind = traitlets.Unicode().tag(sync=True)
    moving = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)  # CSS pixels


class PageRenderer(RendererSVG):
    """matplotlib's SVG, but for plain text, whose letters it leaves to the page."""

    ANCHORS: ClassVar = {"left": "start", "center": "middle", "right": "end"}
    MIDDLE = 0.36  # from the middle of a letter to its baseline, in font sizes, as matplotlib has it
    LETTERS = TextToPath()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._text2path = self.LETTERS  # it remembers formulas: one of its own would parse each power of ten again

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath or angle:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        else:
            self._write(s, x, y, prop.get_size(), gc.get_rgb(), "start")

    def draw_label(self, label):
        """A plain, upright label without matplotlib's layout, which measures each letter."""
        lines, size = label.get_text().split("\n"), label.get_fontsize()
        spacing = LINE_SPACING if len(lines) > 1 else 0.8
        more = (len(lines) - 1) * spacing
        first = {"top": self.MIDDLE + spacing / 2, "center": self.MIDDLE - more / 2, "baseline": -more}[label.get_va()]
        x, y = label.get_transform().transform(label.get_position())
        for i, line in enumerate(lines):
            baseline = self.height - y + (first + i * spacing) * size
            self._write(line, x, baseline, size, label.get_color(), self.ANCHORS[label.get_ha()])

    def _write(self, line, x, y, size, color, anchor):
        place = {"x": f"{x:.2f}", "y": f"{y:.2f}", "text-anchor": anchor}
        self.writer.element("text", line, attrib={**place, "font-size": f"{size:g}", "fill": to_hex(color)})


class Chart:
    remembered = REMEMBERED

    def __init__(self, height, build):
        """height : CSS pixels.  build(figure) : draws everything once; what moves is animated"""
        self.height = height
        self.figure = new_figure(WIDTH, height)
        self.figure.dpi = UNIT
        with matplotlib.rc_context(STYLE):
            build(self.figure)
        for ax in self.figure.axes:  # new limits may ask for more ticks, long after the style is gone
            ax.tick_params(which="both", grid_color=PALE)
            for axis in (ax.xaxis, ax.yaxis):
                size = POWER_SIZE if axis.get_scale() == "log" else STYLE["font.size"]
                axis.set_tick_params(which="both", labelsize=size)
        self._behind = {}  # limits and ticks of the axes -> what stands still, drawn with them
        self.widget = LiveChart(height=height)

    def paint(self):
        """Send the figure, as it is now, to the page: both layers in one message, so that they always agree."""
        limits = tuple(_limits(ax) for ax in self.figure.axes)
        if limits not in self._behind:
            while len(self._behind) >= self.remembered:
                self._behind.pop(next(iter(self._behind)))  # the oldest
            self._behind[limits] = self._svg("behind", [self.figure])  # leaves out what is animated
        moving = self._svg("moving", (artist for ax in self.figure.axes for artist in _moving(ax)))
        with self.widget.hold_sync():
            self.widget.behind, self.widget.moving = self._behind[limits], moving

    def settle(self):
        """From now on `changed` counts."""
        for artist in _standing(self.figure):
            artist.stale = False

    def changed(self) -> list:
        """What is drawn once for all, and was changed or added since `settle`."""
        return [artist for artist in _standing(self.figure) if artist.stale]

    def still(self) -> Image.Image:
        """The whole picture as pixels, for a page without a kernel."""
        return picture_of(self.figure)

    def _svg(self, layer, artists) -> str:
        """The artists as SVG, with ids that no other chart of the page has."""
        page = io.StringIO()
        renderer = PageRenderer(*self.figure.get_size_inches() * UNIT, page, metadata=NO_METADATA)
        for artist in artists:
            if isinstance(artist, Text):
                renderer.draw_label(artist)
            else:
                artist.draw(renderer)
        renderer.finalize()
        drawn = page.getvalue()
        drawn = NOT_FOR_A_PAGE.sub("", drawn[drawn.index("<svg") :])
        names = {}
        return HASHED.sub(
            lambda found: names.setdefault(found[0], f"{layer}{len(names)}-{self.widget.model_id}"), drawn
        )


def _limits(ax):
    """What the still part of axes depends on; new ticks are new objects."""
    ticks = ((axis.get_major_locator(), axis.get_major_formatter()) for axis in (ax.xaxis, ax.yaxis))
    return ax.get_xlim(), ax.get_ylim(), *ticks


def _standing(artist):
    """Lines, patches, texts and images that are not animated. Ticks and spines follow the limits."""
    parts = [artist.label] if isinstance(artist, Axis) else artist.get_children()
    for part in parts:
        if isinstance(part, DRAWN) and not isinstance(part, Spine) and not part.get_animated():
            yield part
        yield from _standing(part)


def _moving(ax):
    moving = [artist for artist in ax.get_children() if artist.get_animated() and artist.get_visible()]
    return sorted(moving, key=lambda artist: artist.get_zorder())
