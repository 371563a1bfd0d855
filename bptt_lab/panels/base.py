"""What every panel is made of: controls, one picture that is kept and changed in place, and words with its numbers.

The picture is a matplotlib figure drawn off screen. What moves in it is `animated`: when a control changes, the still
part is restored from a copy, the moving artists are drawn over it, and the image goes to the page as one PNG.
"""

import io
from base64 import b64encode
from html import escape
from threading import RLock

import ipywidgets as widgets
import matplotlib
import numpy as np
from PIL import Image

from bptt_core import ACTIVATIONS

from ..data import T_MAX
from ..figures import STYLE, new_figure
from ..graph import WIDTH  # of every picture, so that a graph fits
from ..wording import plain


class Panel(widgets.VBox):
    """Controls above, the picture, and below it the same numbers in words.

    A panel of its own says three things:
        controls()       its sliders and menus, by name
        build(figure)    draw everything once; what moves is animated
        update(**values) set the artists to the controls' values; return the words, in HTML
    """

    height = 320  # of the picture, in CSS pixels

    def __init__(self):
        self._lock = RLock()  # callbacks come from more than one thread
        self.inputs = self.controls()
        self._start = {name: control.value for name, control in self.inputs.items()}
        self.figure = new_figure(WIDTH, self.height)
        with matplotlib.rc_context(STYLE):
            self.build(self.figure)
        self._still = self._limits = None
        self.picture = widgets.Image(format="png", width=WIDTH, height=self.height)
        self.picture.layout = widgets.Layout(width=f"{WIDTH}px", height=f"{self.height}px", flex="0 0 auto")
        self.words = widgets.HTML(layout=widgets.Layout(min_height="4.5em"))
        self.alert = widgets.HTML()
        reset = widgets.Button(description="Reset", tooltip="Set the controls back to where they began")
        reset.on_click(lambda _: self.reset())
        row = widgets.Layout(flex_flow="row wrap", align_items="center")
        super().__init__(
            [widgets.Box([*self.inputs.values(), reset], layout=row), self.alert, self.picture, self.words]
        )
        for part, name in ((self, "panel"), (self.picture, "picture"), (self.words, "words"), (self.alert, "alert")):
            part.add_class(f"bptt-{name}")  # by these a style sheet, or a test in a browser, finds them
        self.refresh()
        for control in self.inputs.values():
            control.observe(lambda _: self.refresh(), "value")

    def controls(self) -> dict:
        raise NotImplementedError

    def build(self, figure):
        raise NotImplementedError

    def update(self, **values) -> str:
        raise NotImplementedError

    def refresh(self):
        """Bring picture and words to the controls' values. An error is shown in the panel, and raised on."""
        with self._lock:
            try:
                words = self.update(**{name: control.value for name, control in self.inputs.items()})
                png = self._paint()
            except Exception as error:
                self.alert.value = f'<div role="alert">{escape(f"{type(error).__name__}: {error}")}</div>'
                raise
            self.alert.value = ""
            self.picture.value = png
            self.words.value = words

    def reset(self):
        for name, control in self.inputs.items():
            control.value = self._start[name]

    def _paint(self) -> bytes:
        """The picture as PNG. The still part is drawn anew only when an axis has changed its limits."""
        canvas = self.figure.canvas
        limits = [(ax.get_xlim(), ax.get_ylim()) for ax in self.figure.axes]
        if limits != self._limits:
            canvas.draw()  # leaves out what is animated
            self._still = canvas.copy_from_bbox(self.figure.bbox)
            self._limits = limits
        canvas.restore_region(self._still)
        for ax in self.figure.axes:
            moving = [artist for artist in ax.get_children() if artist.get_animated() and artist.get_visible()]
            for artist in sorted(moving, key=lambda artist: artist.get_zorder()):
                ax.draw_artist(artist)
        return _png(Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3].copy()), compress_level=1)

    def __repr__(self):
        return f"{type(self).__name__}\n{plain(self.words.value)}"

    def _repr_mimebundle_(self, **kwargs):
        """A still picture and the words beside the live widget: for a page without a kernel, and for the tests."""
        bundle = super()._repr_mimebundle_(**kwargs)
        # it is stored with the notebook, so rather small than quick: 256 colours are a third of the bytes
        still = _png(Image.open(io.BytesIO(self.picture.value)).quantize(256), compress_level=9)
        return {**bundle, "text/plain": repr(self), "image/png": b64encode(still).decode()}


def _png(image, compress_level) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "png", compress_level=compress_level)
    return buffer.getvalue()


def slider(label, value, low, high, step=1):
    """A slider for whole numbers or, with a step below 1, for decimals. It reacts while it is dragged."""
    kind = widgets.IntSlider if step == 1 else widgets.FloatSlider
    return kind(value, min=low, max=high, step=step, description=label, **_labelled(300))


def steps_slider(T=4):
    return slider("T", T, 0, T_MAX)


def menu(label, options, value):
    """options : names, or pairs of a name and a value"""
    return widgets.Dropdown(options=options, value=value, description=label, **_labelled(230))


def activation_menu(value="tanh"):
    return menu("activation f", list(ACTIVATIONS), value)


def _labelled(width):
    return {"style": {"description_width": "initial"}, "layout": widgets.Layout(width=f"{width}px")}
