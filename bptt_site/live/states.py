"""At which positions of its controls a panel is recorded. A page's controls then offer exactly these.

A menu has all its options, a slider all its positions, as long as they make at most MOST states together. If they make
more, the finest slider is thinned, and again: one for whole numbers keeps the small ones, where a picture changes most,
another every second position, every fifth, every tenth and so on: a slider in steps of 0.05 keeps 0.25, 0.5 and 1.
Where it begins and where it ends stays. A slider whose end follows another control stays whole. What is not offered:

    python -m benchmarks.live_pages
"""

from itertools import product
from math import ceil, log2
from typing import NamedTuple

import ipywidgets as widgets

MOST = 1024  # states of a panel
MOST_OF_GRAPHS = 600  # one is as large as ten of a chart
MOST_OF_WALKS = 200  # of graphs that draw each step of a walk anew: one is as large as four of a graph
DENSE = 8  # whole numbers up to here are all kept at first
SHORT = {"activation": "f"}  # what a control is called in an address, where that is not its name


class Control(NamedTuple):
    """A control of the page."""

    name: str
    key: str  # in an address
    label: str
    kind: str  # "slider" or "menu"
    values: list  # at its positions, from the first to the last
    texts: list  # what it shows there
    start: int  # the position at which it begins
    step: float
    of: int  # how many positions the panel's own control has
    weight: int = 0  # how much text is new when it moves one position on
    walks: bool = False  # whether it is the slider of a graph's stages, which the graph's JavaScript shows
    begins: bool = False  # whether a graph's walk begins afresh when it is moved
    follows: str | None = None  # the control that its end follows
    ends: list | None = None  # its last position, for each position of that control


def controls_of(panel) -> list:
    """The Controls of a panel, thinned, with those that follow others. The panel is where it began, then as before."""
    walk, inputs = walk_of(panel), panel.inputs
    found = {name: whole(name, control) for name, control in inputs.items() if control is not walk}
    ends = {name: by for name in found if (by := _ends(panel, name, found))}
    for name, (_, last) in ends.items():
        found[name] = whole(name, inputs[name], max(last.values()))
    found = thinned(found, ends, _most(panel))
    for name, (by, last) in ends.items():
        places = [found[name].values.index(last[value]) for value in found[by].values]
        found[name] = found[name]._replace(follows=by, ends=places)
    if walk:
        found = {name: control._replace(begins=_begins(panel, walk, control)) for name, control in found.items()}
        name = next(name for name, control in inputs.items() if control is walk)
        found[name] = whole(name, walk)._replace(walks=True)
    return [found[name] for name in inputs]


def _most(panel):
    """How many states there may be."""
    frames = max(len(getattr(picture, "frames", ())) for picture in panel.pictures)
    return MOST_OF_WALKS if frames > 1 else MOST_OF_GRAPHS if frames else MOST


def walk_of(panel):
    """The slider that a graph's JavaScript moves itself, or None."""
    return next((slider for picture in panel.pictures if (slider := getattr(picture.widget, "slider", None))), None)


def whole(name, control, end=None) -> Control:
    """A control with every position.  end : of a slider, where another control moves it"""
    key = SHORT.get(name, name)
    if isinstance(control, widgets.Dropdown):
        pairs = zip(control._options_labels, control._options_values, strict=True)
        texts, values = map(list, zip(*pairs, strict=True))
        return Control(name, key, control.description, "menu", values, texts, control.index, 1, len(values))
    if not isinstance(control, widgets.IntSlider | widgets.FloatSlider):
        raise TypeError(f"a control must be a slider or a menu, to be recorded; {name!r} is a {type(control).__name__}")
    end = control.max if end is None else end
    count = round((end - control.min) / control.step) + 1
    values = [control.min + control.step * n for n in range(count)]
    if isinstance(control, widgets.FloatSlider):
        values = [control.min, *(round(value, 12) for value in values[1:-1]), end]
    start = min(range(count), key=lambda n: abs(values[n] - control.value))
    texts = [format(value, control.readout_format) for value in values]
    return Control(name, key, control.description, "slider", values, texts, start, control.step, count)


def thinned(found, followers=(), most=MOST) -> dict:
    """The controls, with fewer positions of the finest sliders, until there are at most so many states."""
    wholes, found = found, dict(found)
    while states_at_most(found, followers) > most:
        fine = [name for name, control in found.items() if control.kind == "slider" and name not in followers]
        name = max(reversed(fine), key=lambda name: len(found[name].values), default=None)
        if name is None or len(found[name].values) <= 4:  # its ends, where it begins, and 0
            break  # menus alone: all of them
        found[name] = _with_fewer(wholes[name], len(found[name].values))
    return found


def states_at_most(found, followers=()) -> int:
    """How many states there are. A slider that follows another is on average half as long as at its longest."""
    count = 1
    for name, control in found.items():
        count *= (len(control.values) + 1) // 2 if name in followers else len(control.values)
    return count


def _with_fewer(control, many):
    """The control with fewer than so many positions."""
    rule = _small if all(isinstance(value, int) and value >= 0 for value in control.values) else _round
    kept = next(kept for kept in (rule(control, n) for n in range(20)) if len(kept) < many)
    return control._replace(
        values=[control.values[n] for n in kept],
        texts=[control.texts[n] for n in kept],
        start=kept.index(control.start),
    )


def _small(control, coarse):
    """Whole numbers: all up to DENSE, every second one up to twice that, every fourth up to four times; or coarser."""
    dense = DENSE / 2**coarse

    def is_kept(value):
        return value <= dense or value % 2 ** ceil(log2(value / dense)) == 0

    return _with_ends(control, is_kept)


def _round(control, coarse):
    """Decimals: the multiples of 1, 2, 5, 10, 20 ... steps; counted from where it begins, if that is none."""
    apart = (1, 2, 5)[coarse % 3] * 10 ** (coarse // 3)
    steps = [value / control.step for value in control.values]
    from_zero = all(abs(step - round(step)) < 1e-6 for step in steps)
    origin = 0 if from_zero else steps[control.start]
    return _with_ends(control, lambda value: round(value / control.step - origin) % apart == 0)


def _with_ends(control, is_kept):
    always = (0, control.start, len(control.values) - 1)
    return [n for n, value in enumerate(control.values) if n in always or is_kept(value)]


def _ends(panel, name, found):
    """(the control that moves its end, {that one's value: the end}), or None."""

    def end(values):
        return panel.adjust(**(panel.start | values)).get(name, {}).get("max")

    moved = {}
    for other, control in found.items():
        last = {value: end({other: value}) for value in control.values}
        if len(set(last.values())) > 1:
            moved[other] = last
    if len(moved) > 1:
        raise ValueError(f"a slider's end may follow one control; {name!r} follows {', '.join(moved)}")
    return next(iter(moved.items()), None)


def _begins(panel, walk, control):
    """Whether the walk begins afresh when that control is moved: from its second stage it goes elsewhere then."""
    if len(control.values) < 2:
        return False
    walk.value = min(1, walk.max)
    panel.inputs[control.name].value = control.values[control.start - 1]
    afresh = walk.value != min(1, walk.max)
    panel.reset()
    return afresh


def in_order(controls) -> list:
    """The controls without the walk, as states are numbered: what changes least is innermost, to share a piece."""
    return sorted((control for control in controls if not control.walks), key=lambda control: -control.weight)


def states(controls):
    """Yields (number, {name: value}) of each state that there is; a number counts those that there are not too."""
    order = in_order(controls)
    for number, places in enumerate(product(*(range(len(control.values)) for control in order))):
        at = {control.name: place for control, place in zip(order, places, strict=True)}
        if all(at[control.name] <= control.ends[at[control.follows]] for control in order if control.follows):
            yield number, {control.name: control.values[at[control.name]] for control in order}
