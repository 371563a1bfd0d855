"""A panel at one position of its controls: its words, and what its pictures' JavaScript takes from their models."""

import traitlets
from ipywidgets import Widget

from bptt_site.lights import marked_text

from .states import walk_of

# what a reader does, and not what is shown; cards and the table are asked for later
SESSION = {"edition", "complete", "chosen", "reached", "table_open", "held", "cards", "table"}
SESSION |= {"slider", "player", "beside", "layout", "tabbable", "tooltip"}


def shown(panel, name) -> dict:
    """All that the panel shows now. Ids in a picture are named after `name`, not after a widget's own."""
    return {
        "words": marked_text(panel.words.value),
        "pictures": [traits_of(p.widget, f"{name}-{n}") for n, p in _numbered(panel)],
    }


def traits_of(widget, name) -> dict:
    """The traits that a page shows, by their names."""
    found = {}
    for trait in sorted(widget.traits(sync=True)):
        if not trait.startswith("_") and trait not in SESSION:
            value = getattr(widget, trait)
            if not isinstance(value, Widget | traitlets.HasTraits):
                found[trait] = value.replace(widget.model_id, name) if isinstance(value, str) else value
    return found | {"words": list(map(marked_text, found["words"]))} if "words" in found else found


def at(panel, values, name):
    """(what the panel shows, its cards or None) with its controls at these values: {name of a control: value}.

    Where a picture changes with the stages of a graph's walk too, `stages` has what it shows at each.
    """
    for control, value in values.items():
        panel.inputs[control].value = value
    stayed = {control: panel.inputs[control].value for control in values}
    if stayed != values:
        raise ValueError(f"{type(panel).__name__}: the controls must stay where they are set, {values}; got {stayed}")
    whole, walk = shown(panel, name), walk_of(panel)
    if walk is not None and panel.charts:
        whole["stages"] = list(_stages(panel, walk, name))
    graph = next((picture for picture in panel.pictures if hasattr(picture, "cards_and_table")), None)
    return whole, graph and graph.cards_and_table()


def make_ready(panel):
    """Open it, put it where it begins, and let it keep what stands still in its charts for all states."""
    panel.hold(False)
    panel.reset()
    for chart in panel.charts:
        chart.remembered = 10_000


def _stages(panel, walk, name):
    """For each stage what the pictures show that the walk changes: {number of the picture: its traits}."""
    for stage in range(walk.max + 1):
        walk.value = stage
        yield {str(n): traits_of(p.widget, f"{name}-{n}") for n, p in _numbered(panel) if p in panel.charts}


def _numbered(panel):
    return list(enumerate(panel.pictures))
