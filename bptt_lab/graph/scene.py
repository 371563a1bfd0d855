"""What a computation graph consists of: nodes, edges, notes, and when each of them is computed.

A scene knows nothing of how it is drawn: svg.py makes it a live picture, still.py a still one. Lengths are
in CSS pixels, and y points down. Labels are in the few commands of TeX that symbols.py reads.
"""

from typing import NamedTuple

import numpy as np

from ..look import WIDTH
from ..numbers import folded, numbers
from ..symbols import pieces, spoken
from .quantity import Quantity

LINES = 3  # a node shows at most so many rows of its value, and columns of a matrix
LINE = 12  # from line to line, in a node
ROUND = 22  # the width of an operation
CHARACTERS = 6  # the length of what numbers.number writes, at most, but for rare cases
CHARACTER = 0.602  # the width of a monospaced character, in font sizes
SHAPE_SIZE = 9.7  # the font size of a node's shape, at most
AIR = 5  # left and right of a number together, at least
NARROW, BROAD = "fijlt()[],'′1 ", "+−=×⊙W"  # letters of a symbol
OPERATIONS = ("operation", "passing")  # the kinds of quantities that are drawn round, without numbers


class Node(NamedTuple):
    """Where a quantity stands, and what is shown of it."""

    quantity: Quantity
    lines: tuple  # what is shown of its value
    rows: tuple  # the hidden unit that each line is of, if it is of one
    shape: str
    x: float
    y: float
    width: float
    height: float
    stage: int  # when the pass computes it; 0 is known from the start
    column: int = 0  # that is shown, of several

    @property
    def key(self):
        return self.quantity.key

    @property
    def label(self):
        return self.quantity.symbol

    @property
    def kind(self):
        return self.quantity.kind

    @property
    def value(self):
        return self.quantity.value

    @property
    def round(self):
        return self.kind in OPERATIONS

    @property
    def top(self):
        return self.y - self.height / 2

    @property
    def first_row(self):
        """The first row of value that is shown, where they are hidden units."""
        return next((i for i in self.rows if i is not None), 0)

    @property
    def about(self):
        """What its card tells of, as with an edge."""
        return self.quantity

    @property
    def number_size(self):
        """The font size that lets a number fit into the box, with more space around it where several share a line."""
        widest = max((len(line) for line in self.lines), default=0)
        most, air = (11.0, AIR) if widest <= CHARACTERS else (9.9, 2 * AIR)
        return min(most, (self.width - air) / (max(widest, CHARACTERS) * CHARACTER))

    @property
    def shape_size(self):
        wide = sum(0.64 if letter.isalnum() else 0.39 for letter in self.shape)
        return min(SHAPE_SIZE, (self.width - 2) / max(wide, 1))

    @property
    def label_size(self):
        return min(11.5, (self.width - 2 * AIR) / max(label_width(self.label), 1))

    @property
    def texts(self):
        """Its symbol, its lines and its shape: (what it is, text, the y of its foot, font size)."""
        if self.round:
            return [("label", self.label, self.y + 4, 12)]
        lines = [("line", line, self.top + 30 + LINE * n, self.number_size) for n, line in enumerate(self.lines)]
        foot = ("shape", self.shape, self.top + self.height - 6, self.shape_size)
        return [("label", self.label, self.top + 14, self.label_size), *lines, foot]


def label_width(tex):
    """How wide a symbol is, in font sizes; what is raised or lowered is smaller."""
    return sum(
        (0.36 if letter in NARROW else 0.85 if letter in BROAD else 0.62) * (0.72 if shift else 1)
        for part, shift in pieces(tex)
        for letter in part
    )


class Edge(NamedTuple):
    start: str  # the keys of the nodes that it joins
    end: str
    kind: str  # forward, backward, or factor: a number that a message is multiplied by
    label: str  # in TeX
    points: tuple  # of (x, y), from start to end
    place: tuple  # (x, y) of the label
    about: Quantity  # what its card tells of
    stage: int

    @property
    def key(self):
        return f"{self.start}>{self.end}"


class Note(NamedTuple):
    text: str  # in words, with symbols between dollars; a dollar that is meant is \\$
    x: float
    y: float


class Scene(NamedTuple):
    kind: str  # forward, backward or link
    name: str  # what it shows, in words
    width: float
    height: float
    parts: tuple  # nodes and edges, in the order in which the pass computes them
    notes: tuple
    stages: int  # the last stage; one more is the whole picture with nothing marked
    link: int | None = None  # in a scene of one link: the step that the message leaves
    sequence: int = 0  # whose numbers the nodes show

    @property
    def whole(self):
        """The stage at which everything is computed and nothing is marked."""
        return self.stages + 1

    @property
    def nodes(self):
        return [part for part in self.parts if isinstance(part, Node)]

    @property
    def edges(self):
        return [part for part in self.parts if isinstance(part, Edge)]

    def find(self, key):
        """The node or edge with that key, or None."""
        return next((part for part in self.parts if part.key == key), None)

    def node(self, key) -> Node:
        return next(node for node in self.nodes if node.key == key)


class Frame(NamedTuple):
    """A scene, and the stages of a walk at which it is shown. Those of its parts begin at `offset`."""

    scene: Scene
    first: int
    last: int
    offset: int = 0

    @property
    def parts(self):
        """Each part, and the stage of the walk from which it is computed."""
        return [(part, part.stage + self.offset) for part in self.scene.parts]


class SceneBuilder:
    """Quantities are given their places, then joined. Their boxes show the chosen unit and sequence."""

    def __init__(self, kind, name, height, unit=0, sequence=0):
        self.kind, self.name, self.height, self.unit, self.sequence = kind, name, height, unit, sequence
        self.nodes, self.edges, self.notes = {}, [], []

    def add(self, quantity, x, y, *, width, stage=0):
        """A node that shows the column of the sequence."""
        value = quantity.value
        column = min(self.sequence, value.shape[1] - 1)  # b and c have one for all
        rows = folded(len(value), LINES, self.unit if quantity.of_units else 0)
        self._box(quantity, value, rows, [column], x, y, width, stage, column=column)

    def matrix(self, quantity, x, y, *, width, stage=0):
        """A node that shows a weight or its gradient; the columns belong to hidden units."""
        value = quantity.value
        rows = folded(len(value), LINES, self.unit if quantity.of_units else 0)
        self._box(quantity, value, rows, folded(value.shape[1], LINES, self.unit), x, y, width, stage)

    def row(self, quantity, x, y, *, width, stage=0):
        """A node that shows the unit's row of its matrix, written downwards."""
        value = quantity.value[self.unit][:, None]
        rows = folded(len(value), LINES)
        self._box(quantity, value, rows, [0], x, y, width, stage, shape=f"row {self.unit}")

    def _box(self, quantity, value, rows, columns, x, y, width, stage, shape=None, column=0):
        """A node with these rows and columns of value; None marks those that are left out."""
        kept = numbers(value[np.ix_(*([i for i in places if i is not None] for places in (rows, columns)))])
        kept = iter([f"{'⋯ ' * (columns[0] is None)}{line}{' ⋯' * (columns[-1] is None)}" for line in kept])
        lines = ["⋮" if i is None else next(kept) for i in rows]
        if len(lines) == 1:
            lines = [lines[0].strip()]  # nothing stands below it, to be in line with
        units = tuple(rows) if quantity.of_units and not shape else ()
        shape = shape or str(value.shape)
        self._put(Node(quantity, tuple(lines), units, shape, x, y, width, height_of(len(lines)), stage, column))

    def operation(self, quantity, x, y, stage=0, sign=""):
        """A small round node: what is done, and no numbers. Returns what stands there.

        sign : of what makes the quantity, where it is not the quantity itself that is done
        """
        if sign:
            key, kind = f"{spoken(sign)} {quantity.key}", "operation" if quantity.kind == "value" else "passing"
            quantity = quantity._replace(key=key, symbol=sign, kind=kind, code=quantity.in_code)
        self._put(Node(quantity, (), (), "", x, y, ROUND, ROUND, stage))
        return quantity

    def fold(self, quantity, x, y, first, last, width, stage):
        """The one column that stands for the steps first ... last."""
        text = f"$t = {first}$\n⋮\n$t = {last}$\n{last - first + 1} more,\nthe same\n$W$, $U$, $b$"
        self.notes.append(Note(text, x, y))
        self._put(Node(quantity, (), (), "", x, y, width, 110, stage))

    def _put(self, node):
        self.nodes[node.key] = node

    def join(self, kind, start, end, about=None, label="", *, way=(), place=None):
        """An arrow between two quantities: straight, or along the points of `way`. It is about its end unless told.

        place : of the label; half way unless given
        """
        a, b = self.nodes[start.key], self.nodes[end.key]
        if way:
            points = (*way, _rim(b, way[-1]))
        elif b.kind == "fold" and b.x < a.x:  # to its side, clear of the box between them
            side = (b.x + b.width / 2, b.y)
            points = (_rim(a, side), side)
        else:
            points = (_rim(a, (b.x, b.y)), _rim(b, (a.x, a.y)))
        (x0, y0), (x1, y1) = points[-2:]
        place = place or ((x0 + x1) / 2, (y0 + y1) / 2)
        stage = max(a.stage, b.stage)
        self.edges.append(Edge(start.key, end.key, kind, label, points, place, about or end, stage))

    def note(self, text, x, y):
        self.notes.append(Note(text, x, y))

    def scene(self, stages, link=None):
        """The Scene. Each node comes after the edges that lead to it, so that the order is that of the pass."""
        leading = {key: [] for key in self.nodes}
        for edge in self.edges:
            leading[edge.end].append(edge)
        parts = (part for key, node in self.nodes.items() for part in (*leading[key], node))
        drawn = tuple(parts), tuple(self.notes)
        return Scene(self.kind, self.name, WIDTH, self.height, *drawn, stages, link, self.sequence)


def height_of(lines) -> int:
    """The height of a box with so many lines, or more that are folded."""
    return 35 + LINE * min(lines, LINES)


def _rim(node, towards):
    """Where the line from the middle of `node` to the point `towards` leaves the node."""
    dx, dy = towards[0] - node.x, towards[1] - node.y
    if node.round:
        share = node.width / 2 / np.hypot(dx, dy)
    else:
        reaches = [node.width / 2 / abs(dx)] if dx else []
        share = min([*reaches, node.height / 2 / abs(dy)] if dy else reaches)
    return float(node.x + share * dx), float(node.y + share * dy)
