"""What a panel says of itself."""

from pathlib import Path

import traitlets

from ..look import css
from .widget import LOADED, PageWidget

HERE = Path(__file__).parent


class Notice(PageWidget):
    """What a panel says of itself: an error, or that it is asleep. It also gives the controls their spoken names."""

    _esm = LOADED + "".join((HERE / name).read_text(encoding="utf-8") for name in ("keep.js", "panel.js"))
    _css = css((HERE / "panel.css").read_text(encoding="utf-8"))

    alert = traitlets.Unicode().tag(sync=True)  # HTML
    unnamed = traitlets.Int().tag(sync=True)  # how many sliders and players come without a name
