"""The usual way to turn a slider in a notebook: interact, and a new figure each time. In the kernel, beside a panel."""

import ipywidgets as widgets
import matplotlib
import matplotlib.pyplot as plt

from bptt_lab.graph.still import draw_graph
from bptt_lab.look import PIXELS_PER_INCH, STYLE, WIDTH
from bptt_lab.panel import Chart


def at(panel, **values):
    """The panel with these values set."""
    for name, value in values.items():
        panel.inputs[name].value = value
    return panel


def usual(panel, label):
    """The panel's pictures by interact and pyplot, over one of its sliders. The panel itself is never shown."""
    name, control = next((name, control) for name, control in panel.inputs.items() if control.description == label)
    for other in panel.inputs.values():
        other.unobserve_all("value")
    slider = type(control)(control.value, min=control.min, max=control.max, step=control.step, description=label)

    def draw(value):
        values = {name: control.value for name, control in panel.inputs.items()}
        _draw(panel, **values | {name: value})
        plt.show()

    return widgets.interactive(draw, value=slider).add_class("usual")


def _draw(panel, **values):
    """New figures of the panel's pictures: the same size in inches, with the resolution that a notebook gives them."""
    with matplotlib.rc_context(STYLE):
        figures = [plt.figure(figsize=_inches(picture.height)) for picture in panel.pictures]
        for figure, picture in zip(figures, panel.pictures, strict=True):
            if isinstance(picture, Chart):
                panel.build(figure)
        panel.update(**values)
        for figure, picture in zip(figures, panel.pictures, strict=True):
            if not isinstance(picture, Chart):
                draw_graph(figure.add_axes((0, 0, 1, 1)), picture.scene, picture.stage)
            for artist in figure.findobj():
                artist.set_animated(False)


def _inches(height):
    return WIDTH / PIXELS_PER_INCH, height / PIXELS_PER_INCH
