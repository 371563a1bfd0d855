"""Sliders and menus as every panel has them: one width, and a label that is read aloud."""

import ipywidgets as widgets

from bptt_core import ACTIVATIONS


def slider(label, value, low, high, step=1):
    """A slider for whole numbers or, with a step that is a float, for decimals. It reacts while it is dragged."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    return kind(value, min=low, max=high, step=step, description=label, **_labelled(280))


def menu(label, options, value):
    """options : names, or pairs of a name and a value"""
    return widgets.Dropdown(options=options, value=value, description=label, **_labelled(220))


def numbered(label, size):
    """A menu of the numbers 0, 1 ... below `size`."""
    return menu(label, [(str(i), i) for i in range(size)], 0)


def activation_menu(value="tanh"):
    """The known activations by name; before them `value`, if it is an Activation of the reader's own."""
    names = list(ACTIVATIONS)
    own = [] if value in names else [(value.name + ", your own" * (value.name in names), value)]
    return menu("activation f", [*own, *zip(names, names, strict=True)] if own else names, value)


def comes_unnamed(control) -> bool:
    """Whether ipywidgets gives it no name that a screen reader could say: panel.js does."""
    return isinstance(control, widgets.IntSlider | widgets.FloatSlider | widgets.Play)


def _labelled(width):
    return {"style": {"description_width": "initial"}, "layout": widgets.Layout(width=f"{width}px")}
