"""What every panel is made of: controls, pictures that are kept and changed in place, and words with their numbers."""

from base64 import b64encode
from functools import partial
from html import escape
from threading import RLock

import ipywidgets as widgets
from PIL import Image

from ..symbols import plain
from .chart import Chart
from .contract import TRAITS, check_adjusted, check_controls, check_updated, moved_by_update
from .controls import comes_unnamed
from .notice import Notice
from .paper import placeholder, png, with_note
from .versions import Shown

STILL = "A still picture. Run this page to move it: Run \N{BLACK RIGHT-POINTING SMALL TRIANGLE} Run All Cells."
GUESS = "Run this page to guess: Run \N{BLACK RIGHT-POINTING SMALL TRIANGLE} Run All Cells."
UNSEEN = "The picture opens after your guess."
WAITING = "The controls, and the words that belong here, open after your guess."


class Panel(Shown, widgets.VBox):
    """Controls above, the pictures, and below them the same numbers in words.

    A panel declares, in methods of these names:
        controls()        its sliders and menus, {name: widget}; each has a description
        build(figure)     everything, drawn once; an artist that `update` changes has animated=True
        adjust(**values)  controls that follow others, {name: {"max": 5}}; nothing else may move a control
        update(**values)  sets the artists, and limits or ticks of axes, to the values; returns the words, in HTML
    The values are those of all controls, by name.

    Raises ValueError or TypeError, while the panel is made, that names the panel and what it has forgotten.
    """

    height = 320  # of the picture, in CSS pixels
    words_height = "5em"  # kept free for the words: what is below does not move

    def __init__(self):
        self._lock = RLock()  # callbacks come from more than one thread
        self._refreshing = self._updating = self.held = self.unseen = False
        self.said = ""  # the words, in HTML, held back or not
        self.asked = None  # the questions that the panel waits for, a widget
        self.inputs = self.controls()
        check_controls(self)
        self.pictures = self.make_pictures()
        self.charts = [picture for picture in self.pictures if isinstance(picture, Chart)]
        self.words = widgets.HTML(layout=widgets.Layout(min_height=self.words_height))
        self._controls = self._control_row()
        self.notice = Notice(unnamed=sum(map(comes_unnamed, self._controls.children)))
        parts = [self._controls, self.notice, *(picture.widget for picture in self.pictures), self.words]
        self._room = widgets.Box(parts)
        super().__init__([self._room])
        for part, name in ((self, "panel"), (self._room, "room"), (self._controls, "controls"), (self.words, "words")):
            part.add_class(f"bptt-{name}")  # by these panel.css, or a test in a browser, finds them
        for name, control in self.inputs.items():
            control.observe(partial(self._moved, name), TRAITS)
        self.refresh()
        self.start = self._values()  # where its controls begin

    def controls(self) -> dict:
        raise NotImplementedError

    def build(self, figure):
        raise NotImplementedError

    def adjust(self, **values) -> dict:
        return {}

    def update(self, **values) -> str:
        raise NotImplementedError

    def make_pictures(self) -> list:
        """Each with a `widget`, `paint()` to bring it up to date, and `still()`, a PIL image of it."""
        self.chart = Chart(self.height, self.build)
        return [self.chart]

    def refresh(self):
        """Bring pictures and words to the controls' values. An error is shown in the panel, and raised on."""
        with self._lock:
            if self._refreshing:  # adjust has moved a control
                return
            self._refreshing = True
            try:
                words = self._update(self._adjust())
                for picture in self.pictures:
                    picture.paint()
            except Exception as error:
                self.notice.alert = f'<div role="alert">{escape(f"{type(error).__name__}: {error}")}</div>'
                raise
            finally:
                self._refreshing = self._updating = False
            self.notice.alert = ""
            self.said = words
            self._show_words()

    def _moved(self, name, change):
        """Somebody has moved a control: the reader, another thread, `adjust`; or `update`, which must not."""
        with self._lock:  # only the thread that is updating comes in while it does
            if self._updating:
                raise moved_by_update(self, name)
            if change.name == "value":
                self.refresh()

    def _values(self):
        return {name: control.value for name, control in self.inputs.items()}

    def _adjust(self):
        """The controls' values, after those that follow others have followed."""
        values = self._values()
        changes = self.adjust(**values)
        check_adjusted(self, changes)
        for name, traits in changes.items():
            for trait, value in traits.items():
                setattr(self.inputs[name], trait, value)
        return values | {name: self.inputs[name].value for name in changes}  # the others may have moved on by now

    def _update(self, values):
        for chart in self.charts:
            chart.settle()
        self._updating = True
        words = self.update(**values)
        self._updating = False
        check_updated(self, words)
        return words

    def _show_words(self):
        self.words.value = shown_as(WAITING if self.held else self.said)

    def reset(self):
        for name, control in self.inputs.items():
            control.value = self.start[name]

    def wait_for(self, asked, unseen):
        """Show a widget above the panel, and wait until `hold(False)`.  unseen : the pictures wait too"""
        self.asked = asked
        self.children = (asked, *self.children)
        self.hold(unseen=unseen)

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
        picture = with_note(self.still(), STILL)
        shown = placeholder(picture.size, f"{UNSEEN}\n{GUESS}") if self.unseen else picture
        asks = {"asks": True} if self.held else {}
        hidden = {"picture": _stored(picture)} if self.unseen else {}
        metadata = {"bptt": asks | hidden} if asks else {}
        return {**self.view(), "text/plain": repr(self), "image/png": _stored(shown)}, metadata


def shown_as(words):
    """The words as the page has them. Three lines fit: nothing moves."""
    return f'<div style="line-height: 1.45">{words}</div>'


def _stored(picture):
    """For a notebook: rather small than quick. 256 colours are a third of the bytes."""
    return b64encode(png(picture.quantize(256), compress_level=9)).decode()


def _parts_of(widget):
    """The widget, all widgets in it, and each one's layout and style."""
    for child in getattr(widget, "children", ()):
        yield from _parts_of(child)
    yield from (getattr(widget, name) for name in ("layout", "style") if widget.has_trait(name))
    yield widget
