"""Figures without pyplot, and pictures as pixels: what a page without a kernel shows."""

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from ..look import GREY, NOTE_HEIGHT, PIXELS_PER_INCH, SHARPNESS


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
