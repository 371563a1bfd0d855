"""What ipywidgets 7 and 8 do in different ways. Whatever else is used of them is the same in both."""

import ipywidgets as widgets
import traitlets

VIEW = "application/vnd.jupyter.widget-view+json"


class Player(widgets.Play):
    """A Play whose `playing` can be read and set. ipywidgets 7 calls it `_playing`.

    A page may have the JavaScript of 8 where Python has 7, as on Colab: so there both names are kept.
    """

    playing = traitlets.Bool().tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        if self.has_trait("_playing"):
            traitlets.link((self, "playing"), (self, "_playing"))


class Shown:
    """For a widget that has a _repr_mimebundle_ of its own, beside `view()`, the live widget."""

    _ipython_display_ = None  # of ipywidgets 7: it would show the live widget alone

    def view(self) -> dict:
        return {VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id}}
