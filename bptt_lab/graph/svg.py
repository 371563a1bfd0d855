"""What a walk shows as an SVG string: each part carries the stage from which it is computed.

graph.js shows it as of a stage: what is not computed by then is a pale outline without numbers; what that stage has
just computed is marked. Each node and edge can be chosen: it is a button with a name. The colours are in graph.css.
"""

import re
from html import escape
from math import hypot

from ..symbols import spoken, svg_text
from .markup import flat
from .scene import Edge, label_width

ON_LINE = 11  # the font size of a label that stands on a line
HEAD_LENGTH, HEAD_WIDTH = 8, 7  # of an arrow's head


def svg(frames, unit=0) -> str:
    """All that a walk shows: one scene, or one after the other in the same place.

    frames : of one size
    unit   : the hidden unit whose numbers stand out
    """
    scene, drawn = frames[0].scene, "".join(_frame(frame, unit) for frame in frames)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {scene.width} {scene.height}" width="{scene.width}" '
        f'height="{scene.height}" role="group" aria-label="{escape(scene.name)}">'
        f'<rect class="paper" width="100%" height="100%"/>{drawn}</svg>'
    )


def _frame(frame, unit):
    drawn = "".join((_edge if isinstance(part, Edge) else _node)(part, start, unit) for part, start in frame.parts)
    notes = "".join(_note(note) for note in frame.scene.notes)
    name = escape(frame.scene.name)
    return f'<g class="frame" data-first="{frame.first}" data-last="{frame.last}" data-name="{name}">{drawn}{notes}</g>'


def _node(node, start, unit):
    if node.round:
        box = f'<circle class="box" cx="{node.x:.1f}" cy="{node.y:.1f}" r="{node.width / 2}"/>'
    else:
        left, size = node.x - node.width / 2, f'width="{node.width:.1f}" height="{node.height}"'
        box = f'<rect class="box" x="{left:.1f}" y="{node.top:.1f}" {size} rx="5"/>'
    texts = "".join(_texts(node, unit))
    what = spoken(node.label) or "steps in between"
    if node.round:
        what += f": {node.quantity.name}"
    return _button(node, start, box + texts, _node_in_words(node, what), f"{what}: not computed yet")


def _texts(node, unit):
    """What is written in a node, the question mark too that stands there until it is computed."""
    rows = iter(node.rows)
    for n, (name, text, y, size) in enumerate(text for text in node.texts if text[1]):
        if name == "line":
            if n == 1:
                yield _text("unknown", node.x, y, "?", size)
            name += " chosen" * (len(node.rows) > 1 and next(rows) == unit)
        yield _text(name, node.x, y, svg_text(text, size) if name == "label" else escape(text), size)


def _node_in_words(node, what):
    if not node.lines:
        return what
    column = node.value[:, node.column : node.column + 1]
    return f"{what}, shape {node.shape}: {flat(column, node.first_row).replace(';', ',')}"


def _edge(edge, start, unit):
    # what is this line's alone: messages may leave a node on one trunk, values may arrive on one
    own = _points(edge.points[:2] if edge.kind == "forward" else edge.points[-2:])
    line = f'<polyline class="line" points="{_points(edge.points)}"/>'
    lines = f'<polyline class="reach" points="{own}"/>{line}{_head(edge)}'
    label = _label_on_line(edge) if edge.label else ""
    words = f"{'factor' if edge.kind == 'factor' else edge.kind + ' line'} from {edge.start} to {edge.end}"
    words += f", by {spoken(edge.label)}" if edge.label else ""
    return _button(edge, start, lines + label, words, words)


def _head(edge):
    """An arrow's head, drawn: a marker would need an id, and a page may hold several graphs."""
    (x0, y0), (x1, y1) = edge.points[-2:]
    length = hypot(x1 - x0, y1 - y0)
    along, aside = min(HEAD_LENGTH / length, 1), HEAD_WIDTH / 2 / length
    back_x, back_y = x1 - along * (x1 - x0), y1 - along * (y1 - y0)
    across_x, across_y = -aside * (y1 - y0), aside * (x1 - x0)
    corners = ((x1, y1), (back_x + across_x, back_y + across_y), (back_x - across_x, back_y - across_y))
    return f'<polygon class="head" points="{_points(corners)}"/>'


def _points(points):
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _label_on_line(edge):
    """The label, on a piece of paper that hides the line below it."""
    x, y = edge.place
    width = 3 + ON_LINE * label_width(edge.label)
    under = f'<rect class="under" x="{x - width / 2:.1f}" y="{y - 7:.1f}" width="{width:.1f}" height="14"/>'
    return under + _text("label", x, y + 4, svg_text(edge.label, ON_LINE), ON_LINE)


def _button(part, start, inside, words, waiting):
    """A part with what graph.js needs, to show it as of a stage.

    start : the stage from which it is computed.  words, waiting : its name then, and before
    """
    kind = "edge" if isinstance(part, Edge) else "node"
    return (
        f'<g class="{kind} {part.kind}" data-key="{escape(part.key)}" data-card="{escape(part.about.key)}" '
        f'data-from="{start}" data-words="{escape(words)}" data-waiting="{escape(waiting)}" role="button" '
        f'tabindex="-1" aria-label="{escape(words)}">{inside}</g>'
    )


def _note(note):
    lines = re.sub(r"\\?(\$)", lambda found: "$" * (len(found[0]) - 1), note.text).split("\n")
    top = note.y - 7 * (len(lines) - 1) + 4
    return "".join(_text("note", note.x, top + 14 * n, escape(line)) for n, line in enumerate(lines))


def _text(name, x, y, inside, size=None):
    font = f' font-size="{size:.1f}"' if size else ""
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}"{font}>{inside}</text>'
