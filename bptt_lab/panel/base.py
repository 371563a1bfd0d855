"""What every panel is made of: controls, pictures that are kept and changed in place, and words with their numbers."""

from base64 import b64encode
from html import escape
from pathlib import Path
from threading import RLock

import anywidget
import ipywidgets as widgets
import traitlets
from PIL import Image

from bptt_core import ACTIVATIONS

from ..data import T_MAX
from ..look import LEAST_WIDTH
from ..symbols import plain
from .chart import Chart
from .paper import placeholder, png, with_note

HERE = Path(__file__).parent
STILL = "A still picture. Run this page to move it: Run \N{BLACK RIGHT-POINTING SMALL TRIANGLE} Run All Cells."
GUESS = "Run this page to guess: Run \N{BLACK RIGHT-POINTING SMALL TRIANGLE} Run All Cells."
UNSEEN = "The picture opens after your guess."
WAITING = "The controls, and the words that belong here, open after your guess."


class Notice(anywidget.AnyWidget):
    """What a panel says of itself: an error, or that it is asleep. It also gives the controls their spoken names."""

    _esm = "".join((HERE / name).read_text(encoding="utf-8") for name in ("keep.js", "panel.js"))
    _css = (HERE / "panel.css").read_text(encoding="utf-8").replace("LEAST_WIDTH", f"{LEAST_WIDTH}px")

    alert = traitlets.Unicode().tag(sync=True)  # HTML
    unnamed = traitlets.Int().tag(sync=True)  # how many sliders and players come without a name


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
        self._refreshing = self.held = self.unseen = False
        self.said = ""  # the words, in HTML, held back or not
        self.inputs = self.controls()
        self.pictures = self.make_pictures()
        self.words = widgets.HTML(layout=widgets.Layout(min_height=self.words_height))
        self._controls = self._control_row()
        self.notice = Notice(unnamed=sum(map(_comes_unnamed, self._controls.children)))
        parts = [self._controls, self.notice, *(picture.widget for picture in self.pictures), self.words]
        self._room = widgets.Box(parts)
        super().__init__([self._room])
        for part, name in ((self, "panel"), (self._room, "room"), (self._controls, "controls"), (self.words, "words")):
            part.add_class(f"bptt-{name}")  # by these panel.css, or a test in a browser, finds them
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
                self.notice.alert = f'<div role="alert">{escape(f"{type(error).__name__}: {error}")}</div>'
                raise
            finally:
                self._refreshing = False
            self.notice.alert = ""
            self.said = words
            self._show_words()

    def _show_words(self):
        shown = WAITING if self.held else self.said
        self.words.value = f'<div style="line-height: 1.45">{shown}</div>'  # three lines fit: nothing moves

    def reset(self):
        for name, control in self.inputs.items():
            control.value = self._start[name]

    def hold(self, held=True, unseen=False):
        """Whether the controls and the words wait, for the reader to predict first. They keep their place.

        unseen : the pictures too
        """
        self.held, self.unseen = held, held and unseen
        for control in self._controls.children:
            control.disabled = held
        self._room.add_class("bptt-unseen") if self.unseen else self._room.remove_class("bptt-unseen")
        self._show_words()

    def close(self):
        """Close all that the panel is made of too: each part keeps its pictures for as long as it is open."""
        for part in list(_parts_of(self)):
            widgets.Widget.close(part)

    def _control_row(self):
        reset = widgets.Button(description="Reset", tooltip="Set the controls back to where they began")
        reset.layout.width = "80px"
        reset.on_click(lambda _: self.reset())
        return widgets.Box([*self.control_widgets(), reset])

    def control_widgets(self):
        return list(self.inputs.values())

    def __repr__(self):
        return f"{type(self).__name__}\n{plain(self.said)}"

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
        """A still picture and the words beside the live widget: for a page without a kernel, and for the tests.

        The metadata tell a page to read what waits for the reader's guess.
        """
        bundle = super()._repr_mimebundle_(**kwargs)
        picture = with_note(self.still(), STILL)
        shown = placeholder(picture.size, f"{UNSEEN}\n{GUESS}") if self.unseen else picture
        asks = {"asks": True} if self.held else {}
        hidden = {"picture": _stored(picture)} if self.unseen else {}
        metadata = {"bptt": asks | hidden} if asks else {}
        return {**bundle, "text/plain": repr(self), "image/png": _stored(shown)}, metadata


def _stored(picture):
    """For a notebook: rather small than quick. 256 colours are a third of the bytes."""
    return b64encode(png(picture.quantize(256), compress_level=9)).decode()


def _comes_unnamed(control):
    return isinstance(control, widgets.IntSlider | widgets.FloatSlider | widgets.Play)


def _parts_of(widget):
    """The widget, all widgets in it, and each one's layout and style."""
    for child in getattr(widget, "children", ()):
        yield from _parts_of(child)
    yield from (getattr(widget, name) for name in ("layout", "style") if widget.has_trait(name))
    yield widget


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
