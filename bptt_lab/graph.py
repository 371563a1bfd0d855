"""The computation graph as a layout: pure functions turn a Trace and a Backward into nodes, edges and their places.

    forward_scene    Fig. 7-5   values, left to right
    backward_scene   Fig. 7-6   gradients, right to left
    link_scene       Fig. 7-7   one step back, from h^(t) to h^(t-1)

A scene knows nothing of how it is drawn. Lengths are CSS pixels, y points down. It shows the first sequence of several.
"""

from typing import NamedTuple

import numpy as np

from bptt_core import mse_loss_derivative

from .wording import numbers

COLUMN = 140  # one step
HALF = COLUMN / 4  # from the middle of a column to the middle of each half
THIRD = 44  # from term to term below a column
DENSE = 70  # from node to node behind the last column
MOST_COLUMNS = 5  # with more steps the middle folds into one column
WIDTH = MOST_COLUMNS * COLUMN + 3 * DENSE
FORWARD_HEIGHT, BACKWARD_HEIGHT, LINK_HEIGHT = 456, 376, 290
HEAD, TOP, MIDDLE, LOW, BOTTOM = 22, 84, 204, 318, 410  # the rows
ANY_LINES = 3  # a node shows at most so many rows of its value


class Node(NamedTuple):
    key: str  # as in the code: "h[2]"
    label: str  # in TeX
    kind: str  # given, value, local, gradient, total or fold
    value: np.ndarray  # all that the node holds
    lines: tuple  # what is shown of it
    shape: str
    x: float
    y: float
    width: float
    height: float


class Edge(NamedTuple):
    kind: str  # forward, backward, or factor: a number that a message is multiplied by
    label: str  # in TeX
    start: tuple  # (x, y)
    end: tuple
    share: float  # how far along the label stands, 0 to 1


class Note(NamedTuple):
    text: str
    x: float
    y: float


class Scene(NamedTuple):
    width: float
    height: float
    nodes: list
    edges: list
    notes: list

    def node(self, key) -> Node:
        return next(node for node in self.nodes if node.key == key)


def forward_scene(trace, Y, loss, years) -> Scene:
    """Fig. 7-5 for this net: at each node its value and its shape.

    trace, Y, loss : of one forward pass
    years          : (T+1,), a heading for each column
    """
    W, U, b, V, c = trace.params
    picture = _Picture(WIDTH, FORWARD_HEIGHT)
    before = None
    for t, x in _columns(len(trace.x)):
        if t is None:
            picture.fold(x, len(trace.x))
            picture.join("forward", before, "fold", "$U$")
            before = "fold"
            continue
        left, right = x - HALF, x + HALF
        h_prev = trace.h[t - 1] if t > 0 else trace.h_init
        picture.heading(x, t, years)
        picture.add(f"x[{t}]", f"$x^{{({t})}}$", "given", trace.x[t], right, BOTTOM)
        picture.add(f"W @ x[{t}]", f"$W x^{{({t})}}$", "value", W @ trace.x[t], right, LOW)
        picture.add(f"b[{t}]", "$b$", "given", b, left, LOW)
        picture.add(f"U @ h[{t - 1}]", f"$U h^{{({t - 1})}}$", "value", U @ h_prev, left, MIDDLE)
        picture.add(f"h_hat[{t}]", rf"$\hat{{h}}^{{({t})}}$", "value", trace.h_hat[t], right, MIDDLE)
        picture.add(f"h[{t}]", f"$h^{{({t})}}$", "value", trace.h[t], right, TOP)
        if t == 0:
            picture.add("h_init", "$h^{(-1)}$", "given", trace.h_init, left, TOP)
            before = "h_init"
        picture.join("forward", before, f"U @ h[{t - 1}]", "$U$")
        picture.join("forward", f"U @ h[{t - 1}]", f"h_hat[{t}]")
        picture.join("forward", f"x[{t}]", f"W @ x[{t}]", "$W$")
        picture.join("forward", f"W @ x[{t}]", f"h_hat[{t}]", "$+$")
        picture.join("forward", f"b[{t}]", f"h_hat[{t}]", "$+$")
        picture.join("forward", f"h_hat[{t}]", f"h[{t}]", "$f$")
        before = f"h[{t}]"
    dense = x + HALF + DENSE
    picture.notes.append(Note("dense layer and loss", dense + DENSE, HEAD))
    picture.add("y_hat", r"$\hat{y}$", "value", trace.y_hat, dense, TOP)
    picture.add("y", "$y^{(T)}$", "value", trace.y, dense + DENSE, TOP)
    picture.add("loss", "$L$", "value", np.array([[loss]]), dense + 2 * DENSE, TOP)
    picture.add("c", "$c$", "given", c, dense - 12, MIDDLE, width=40)
    picture.add("V", "$V$", "given", V, dense + 70, MIDDLE, shown=V[:1], width=116)
    picture.add("Y", "$Y^{(T)}$", "given", Y, dense + 2 * DENSE, LOW)
    picture.join("forward", before, "y_hat")
    picture.join("forward", "V", "y_hat", r"$\times$")
    picture.join("forward", "c", "y_hat", "$+$")
    picture.join("forward", "y_hat", "y")
    picture.notes.append(Note("$g$", dense + DENSE / 2, TOP - 12))
    picture.join("forward", "y", "loss")
    picture.join("forward", "Y", "loss")
    return picture.scene()


def backward_scene(trace, back, Y, terms, years, row=0) -> Scene:
    """Fig. 7-6 for this net: at each node its gradient, and below each column its terms of 7.7, 7.8 and 7.9.

    trace, back, Y : of one backward pass
    terms          : step_terms(trace, back)
    years          : (T+1,), a heading for each column
    row            : the row of dU that is shown, one for each hidden unit
    """
    picture = _Picture(WIDTH, BACKWARD_HEIGHT)
    after = None  # what receives the message of a column: the state of the column before it
    for t, x in _columns(len(trace.x)):
        if t is None:
            picture.fold(x, len(trace.x))
            picture.join("backward", "fold", after, "${}^t U$")
            after = "fold"
            continue
        left, right = x - HALF, x + HALF
        picture.heading(x, t, years)
        picture.add(f"dh[{t}]", f"$dh^{{({t})}}$", "gradient", back.dh[t], right, TOP)
        f_prime = trace.activation.df(trace.h_hat[t])
        picture.add(f"f'(h_hat[{t}])", rf"$f'(\hat{{h}}^{{({t})}})$", "local", f_prime, left, MIDDLE + 8)
        picture.add(f"delta[{t}]", rf"$\delta^{{({t})}}$", "gradient", back.delta[t], right, MIDDLE)
        picture.join("backward", f"dh[{t}]", f"delta[{t}]", "$f'$")
        picture.join("factor", f"f'(h_hat[{t}])", f"delta[{t}]")
        _terms(picture, t, [term[t] for term in terms[:3]], x, row)
        for name, local in (("dU", f"${{}}^t h^{{({t - 1})}}$"), ("dW", f"${{}}^t x^{{({t})}}$"), ("db", "$1$")):
            picture.join("backward", f"delta[{t}]", f"{name}[{t}]", local, share=0.7, from_above=True)
        if after:
            picture.join("backward", f"delta[{t}]", after, "${}^t U$")
        after = f"dh[{t}]"
    dense = x + COLUMN / 2 + 1.5 * DENSE
    picture.notes.append(Note("loss and dense layer", dense, HEAD))
    picture.notes.append(Note("sums over $t$", dense, LOW - 48))
    picture.add("dy", "$y - Y$", "gradient", mse_loss_derivative(trace.y, Y), dense - HALF, TOP)
    picture.add("loss", "$L$", "value", np.array([[back.loss]]), dense + HALF, TOP)
    picture.join("backward", "loss", "dy")
    picture.join("backward", "dy", after, "${}^t V$")
    picture.add("dV", "$dV$", "total", back.grads.dV, dense - 30, MIDDLE, shown=back.grads.dV[:1], width=116)
    picture.add("dc", "$dc$", "total", back.grads.dc, dense + 62, MIDDLE, width=44)
    picture.join("backward", "dy", "dV", "${}^t h^{(T)}$")
    picture.join("backward", "dy", "dc", "$1$")
    _terms(picture, None, back.grads[:3], dense, row)
    return picture.scene()


def link_scene(trace, back, t, sent=True) -> Scene:
    """Fig. 7-7 for this net: h^(t-1) to h^(t) above, the message back from dh^(t) to dh^(t-1) below.

    t    : from T down to 0; below 0 stands h^(-1)
    sent : False before the message has left dh^(t): what it will become is not shown yet
    """
    picture = _Picture(WIDTH, LINK_HEIGHT)
    U = trace.params.U
    h_prev, dh_prev = (trace.h[t - 1], back.dh[t - 1]) if t > 0 else (trace.h_init, back.dh_init)
    places = (90, 290, 500, 660, 820)
    top, low = 80, 226
    picture.notes.append(Note("forward: solid lines", places[0], HEAD))
    picture.notes.append(Note("backward: dashed lines", places[0], low - 58))
    f_prime = trace.activation.df(trace.h_hat[t])
    for key, label, kind, value, x, y in (
        (f"h[{t - 1}]", f"$h^{{({t - 1})}}$", "value", h_prev, places[0], top),
        ("U", "$U$", "local", U, places[1], top),
        (f"h_hat[{t}]", rf"$\hat{{h}}^{{({t})}}$", "value", trace.h_hat[t], places[2], top),
        (f"h[{t}]", f"$h^{{({t})}}$", "value", trace.h[t], places[4], top),
        (f"dh[{t - 1}]", f"$dh^{{({t - 1})}}$", "gradient", dh_prev, places[0], low),
        ("U.T", "${}^t U$", "local", U.T, places[1], low),
        (f"delta[{t}]", rf"$\delta^{{({t})}}$", "gradient", back.delta[t], places[2], low),
        (f"f'(h_hat[{t}])", rf"$f'(\hat{{h}}^{{({t})}})$", "local", f_prime, places[3], low),
        (f"dh[{t}]", f"$dh^{{({t})}}$", "gradient", back.dh[t], places[4], low),
    ):
        matrix = key in ("U", "U.T")
        picture.add(key, label, kind, value, x, y, shown=value if matrix else None, width=140 if matrix else 60)
        if not sent and key in (f"dh[{t - 1}]", f"delta[{t}]"):
            picture.hide(key)
    picture.join("forward", f"h[{t - 1}]", "U")
    picture.join("forward", "U", f"h_hat[{t}]", f"$+\\, W x^{{({t})}} + b$")
    picture.join("forward", f"h_hat[{t}]", f"h[{t}]", "$f$")
    picture.join("backward", f"dh[{t}]", f"f'(h_hat[{t}])")
    picture.join("backward", f"f'(h_hat[{t}])", f"delta[{t}]")
    picture.join("backward", f"delta[{t}]", "U.T")
    picture.join("backward", "U.T", f"dh[{t - 1}]")
    return picture.scene()


def _columns(steps):
    """Which steps stand in which column, left to right: (t, x) for each, and (None, x) for the folded middle."""
    shown = list(range(steps)) if steps <= MOST_COLUMNS else [0, 1, None, steps - 2, steps - 1]
    left = (MOST_COLUMNS - len(shown)) * COLUMN / 2  # few columns stand in the middle of the picture
    return [(t, left + (i + 0.5) * COLUMN) for i, t in enumerate(shown)]


def _terms(picture, t, arrays, x, row):
    """dU, dW and db side by side: the terms of step t, or the sums if t is None."""
    dW, dU, db = arrays
    kind, key, index = ("total", "", "") if t is None else ("gradient", f"[{t}]", f"_{{{t}}}")
    for name, value, shown, place in (
        ("dU", dU, dU[row][:, None], x - THIRD),
        ("dW", dW, None, x),
        ("db", db, None, x + THIRD),
    ):
        part = f"row {row + 1} of {len(dU)}" if name == "dU" else ""
        picture.add(name + key, f"${name}{index}$", kind, value, place, LOW, shown=shown, width=THIRD - 3, part=part)


class _Picture:
    """Nodes are added, then joined by their keys."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.nodes, self.edges, self.notes = {}, [], []

    def add(self, key, label, kind, value, x, y, shown=None, width=56, part=""):
        """A node. `shown` is the part of `value` whose numbers are written, and `part` its name."""
        shown = value[:, :1] if shown is None else shown
        lines = numbers(shown[:ANY_LINES] if len(shown) <= ANY_LINES else shown[: ANY_LINES - 1])
        if len(shown) > ANY_LINES:
            lines.append("⋮")
        height = 33 + 12 * len(lines)
        shape = part or f"({value.shape[0]}, {value.shape[1]})"
        self.nodes[key] = Node(key, label, kind, value, tuple(lines), shape, x, y, width, height)

    def hide(self, key):
        self.nodes[key] = self.nodes[key]._replace(value=np.zeros((0, 0)), lines=("?",))

    def fold(self, x, steps):
        """The one column that stands for t = 2 ... T-2."""
        T = steps - 1
        text = f"$t = 2$ … ${T - 2}$\n{steps - 4} more,\nthe same\n$W$, $U$, $b$"
        self.notes.append(Note(text, x, TOP + 8))
        self.nodes["fold"] = Node("fold", "", "fold", np.zeros((0, 0)), (), "", x, TOP + 8, COLUMN * 0.7, 90)

    def heading(self, x, t, years):
        self.notes.append(Note(f"$t = {t}$\n{years[t]}", x, HEAD))

    def join(self, kind, start, end, label="", share=0.5, from_above=False):
        """An arrow, to the middle of the upper rim if it comes `from_above`. At `share` of its way stands the label."""
        a, b = self.nodes[start], self.nodes[end]
        if from_above:
            b = b._replace(y=b.y - b.height / 2, width=0, height=0)
        self.edges.append(Edge(kind, label, _rim(a, b), _rim(b, a), share))

    def scene(self):
        return Scene(self.width, self.height, list(self.nodes.values()), self.edges, self.notes)


def _rim(node, other):
    """Where the line from the middle of `node` to the middle of `other` leaves the box of `node`."""
    dx, dy = other.x - node.x, other.y - node.y
    share = min(s for s in (abs(node.width / 2 / dx) if dx else np.inf, abs(node.height / 2 / dy) if dy else np.inf))
    return node.x + share * dx, node.y + share * dy
