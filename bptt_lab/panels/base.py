"""What every panel is made of: controls, pictures that are kept and changed in place, and words with their numbers."""

from base64 import b64encode
from html import escape
from threading import RLock

import ipywidgets as widgets
from PIL import Image

from bptt_core import ACTIVATIONS

from ..data import T_MAX
from ..figures import png
from ..wording import plain
from .chart import Chart


class Panel(widgets.VBox):
    """Controls above, the pictures, and below them the same numbers in words.

    A panel of its own says three things:
        controls()       its sliders and menus, by name
        build(figure)    draw everything once; what moves is animated
        update(**values) set the artists to the controls' values; return the words, in HTML
    """

    height = 320  # of the picture, in CSS pixels
    words_height = "5em"  # kept free for the words: what is below does not move

    def __init__(self):
        self._lock = RLock()  # callbacks come from more than one thread
        self._refreshing = self.held = False
        self.inputs = self.controls()
        self.pictures = self.make_pictures()
        self.words = widgets.HTML(layout=widgets.Layout(min_height=self.words_height))
        self.alert = widgets.HTML()
        self._controls = self._control_row()
        super().__init__([self._controls, self.alert, *(picture.widget for picture in self.pictures), self.words])
        for part, name in ((self, "panel"), (self.words, "words"), (self.alert, "alert")):
            part.add_class(f"bptt-{name}")  # by these a style sheet, or a test in a browser, finds them
        self.refresh()
        self._start = {name: control.value for name, control in self.inputs.items()}
        for control in self.inputs.values():
            control.observe(lambda _: self.refresh(), "value")

    def controls(self) -> dict:
        raise NotImplementedError

    def build(self, figure):
        raise NotImplementedError

    def update(self, **values) -> str:
        raise NotImplementedError

    def make_pictures(self) -> list:
        """Each with a `widget`, `paint()` to bring it up to date, and `still()`, a PIL image of it."""
        self.chart = Chart(self.height, self.build)
        return [self.chart]

    def refresh(self):
        """Bring pictures and words to the controls' values. An error is shown in the panel, and raised on."""
        with self._lock:
            if self._refreshing:  # update itself has moved a control
                return
            self._refreshing = True
            try:
                words = self.update(**{name: control.value for name, control in self.inputs.items()})
                for picture in self.pictures:
                    picture.paint()
            except Exception as error:
                self.alert.value = f'<div role="alert">{escape(f"{type(error).__name__}: {error}")}</div>'
                raise
            finally:
                self._refreshing = False
            self.alert.value = ""
            self.words.value = f'<div style="line-height: 1.45">{words}</div>'  # three lines fit: nothing moves

    def reset(self):
        for name, control in self.inputs.items():
            control.value = self._start[name]

    def hold(self, held=True, unseen=False):
        """Whether the controls wait and the words are hidden, for the reader to predict first. They keep their place.

        unseen : the pictures too
        """
        self.held = held
        for control in self._controls.children:
            control.disabled = held
        self.words.layout.visibility = "hidden" if held else "visible"
        for picture in self.pictures:
            picture.widget.layout.visibility = "hidden" if held and unseen else "visible"

    def _control_row(self):
        reset = widgets.Button(description="Reset", tooltip="Set the controls back to where they began")
        reset.layout.width = "80px"
        reset.on_click(lambda _: self.reset())
        layout = widgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="0 14px")
        return widgets.Box([*self.control_widgets(), reset], layout=layout)

    def control_widgets(self):
        return list(self.inputs.values())

    def __repr__(self):
        return f"{type(self).__name__}\n{plain(self.words.value)}"

    def still(self) -> Image.Image:
        """All pictures, one below the other."""
        stills = [picture.still() for picture in self.pictures]
        page = Image.new("RGB", (stills[0].width, sum(still.height for still in stills)), "white")
        top = 0
        for still in stills:
            page.paste(still, (0, top))
            top += still.height
        return page

    def _repr_mimebundle_(self, **kwargs):
        """A still picture and the words beside the live widget: for a page without a kernel, and for the tests."""
        bundle = super()._repr_mimebundle_(**kwargs)
        # it is stored with the notebook, so rather small than quick: 256 colours are a third of the bytes
        still = png(self.still().quantize(256), compress_level=9)
        return {**bundle, "text/plain": repr(self), "image/png": b64encode(still).decode()}


def slider(label, value, low, high, step=1):
    """A slider for whole numbers or, with a step that is a float, for decimals. It reacts while it is dragged."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    return kind(value, min=low, max=high, step=step, description=label, **_labelled(280))


def steps_slider(T=4):
    return slider("T", T, 0, T_MAX)


def menu(label, options, value):
    """options : names, or pairs of a name and a value"""
    return widgets.Dropdown(options=options, value=value, description=label, **_labelled(220))


def activation_menu(value="tanh"):
    return menu("activation f", list(ACTIVATIONS), value)


def _labelled(width):
    return {"style": {"description_width": "initial"}, "layout": widgets.Layout(width=f"{width}px")}
