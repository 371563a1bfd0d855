"""What our own widgets have in common."""

from pathlib import Path

import anywidget
import traitlets

LOADED = (Path(__file__).parent / "loaded.js").read_text(encoding="utf-8")  # what the JavaScript of each begins with


class PageWidget(anywidget.AnyWidget):
    """A widget that hears what Python says on a slow computer too."""

    loaded = traitlets.Bool().tag(sync=True)  # set in the page
