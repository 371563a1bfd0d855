"""The three graphs of the section for one run of a net: where each quantity stands.

    forward_scene    Fig. 7-5   values, left to right
    backward_scene   Fig. 7-6   gradients, right to left
    link_scene       Fig. 7-7   one step back, from h^(t) to h^(t-1)

Pure functions, which show the first of several sequences. If not all steps fit, the middle ones fold into one column.
"""

from ..symbols import at
from . import messages, uses, values
from .quantity import U_T, V_T
from .scene import WIDTH, Scene, SceneBuilder

HEIGHT, LINK_HEIGHT = 456, 290
MOST_COLUMNS = 8  # T = 7 is the last that is drawn in full: with more steps the numbers would be too small
KEPT = 3  # columns on either side of the fold
DENSE = 174  # the width of the dense layer and the loss, right of the last column
WIDEST = 140  # the width of a column, at most
HEAD, TOP, MIDDLE, LOW, BOTTOM = 22, 84, 212, 325, 413  # the y of each row
SIGN = 6  # from a term's box to the middle of the sign after it
TERMS = {"dU": 304, "dW": 371, "db": 424}  # the y of the terms, and of their sums


def forward_scene(run) -> Scene:
    """Fig. 7-5 for this net: at each node its value and its shape. The stages are the columns, then the dense layer."""
    columns, half, width = _columns(len(run.trace.x))
    graph = SceneBuilder("forward", f"The forward graph, Fig. 7-5, for T = {len(run.trace.x) - 1}", HEIGHT)
    before = values.h(run, -1)
    for stage, (t, middle) in enumerate(columns, start=1):
        if t is None:
            before = _fold(graph, run, "forward", before, middle, width + half, stage)
            continue
        left, right = middle - half, middle + half
        _heading(graph, middle, t, run.labels)
        if t == 0:
            graph.add(before, left, TOP, width=width)
        x, b = values.x(run, t), uses.b(run, t)
        Wx, Uh, h_hat = values.Wx(run, t), values.Uh(run, t), values.h_hat(run, t)
        f, h = values.f(run, t), values.h(run, t)
        graph.add(x, right, BOTTOM, width=width)
        graph.add(Wx, right, LOW, width=width, stage=stage)
        graph.add(Uh, left, MIDDLE, width=width, stage=stage)
        graph.add(b, left, LOW, width=width)
        graph.add(h_hat, right, MIDDLE, width=width, stage=stage)
        graph.operation(f, right, (TOP + MIDDLE) / 2, stage)
        graph.add(h, right, TOP, width=width, stage=stage)
        graph.join("forward", x, Wx, uses.W(run, t), "W")
        graph.join("forward", before, Uh, uses.U(run, t), "U")
        graph.join("forward", Wx, h_hat, Wx, "+")
        graph.join("forward", Uh, h_hat, Uh)
        graph.join("forward", b, h_hat, b, "+")
        graph.join("forward", h_hat, f)
        graph.join("forward", f, h)
        before = h
    _dense_layer(graph, run, before, stage + 1)
    return graph.scene(stages=stage + 1)


def _dense_layer(graph, run, last, stage):
    left = WIDTH - DENSE
    places = [left + share * DENSE for share in (0.2, 0.53, 0.85)]
    V, c, Y = uses.V(run), uses.c(run), values.Y(run)
    y_hat, y, loss = values.y_hat(run), values.y(run), values.loss(run)
    graph.note("dense layer and loss", left + DENSE / 2, HEAD)
    graph.add(V, left + 100, LOW, width=126, shown=V.value[:1])
    graph.add(c, left + 30, MIDDLE, width=46)
    graph.add(y_hat, places[0], TOP, width=46, stage=stage)
    graph.add(y, places[1], TOP, width=46, stage=stage)
    graph.add(Y, places[2], MIDDLE, width=46)
    graph.add(loss, places[2], TOP, width=46, stage=stage)
    graph.join("forward", last, y_hat)
    graph.join("forward", V, y_hat, V, r"\times")
    graph.join("forward", c, y_hat, c, "+")
    graph.join("forward", y_hat, y)
    graph.note("$g$", (places[0] + places[1]) / 2, TOP - 12)
    graph.join("forward", y, loss)
    graph.join("forward", Y, loss, Y)


def backward_scene(run, unit=0) -> Scene:
    """Fig. 7-6 for this net: at each node its gradient, and below each column its terms of 7.7, 7.8 and 7.9.

    unit : the hidden unit whose row of the terms and sums is shown
    The stages: the dense layer's message, then column by column from T back to 0, then the sums.
    """
    columns, half, width = _columns(len(run.trace.x))
    graph = SceneBuilder("backward", f"The backward graph, Fig. 7-6, for T = {len(run.trace.x) - 1}", HEIGHT)
    after = _loss_and_dense_layer(graph, run)
    for stage, (t, middle) in enumerate(reversed(columns), start=1):
        label = V_T if stage == 1 else U_T if after.kind != "fold" else ""
        if t is None:
            after = _fold(graph, run, "backward", after, middle, width + half, stage, label)
            continue
        left, right = middle - half, middle + half
        _heading(graph, middle, t, run.labels)
        dh, f_prime, delta = messages.dh(run, t), messages.f_prime(run, t), messages.delta(run, t)
        graph.add(dh, right, TOP, width=width, stage=stage)
        graph.add(f_prime, left, MIDDLE - 8, width=width)
        graph.add(delta, right, MIDDLE - 8, width=width, stage=stage + 1)
        graph.join("backward", after, dh, dh, label)
        graph.join("backward", dh, delta, delta, "f'")
        graph.join("factor", f_prime, delta, f_prime)
        _terms(graph, run, t, delta, right, width, unit, stage + 1)
        after = delta
    _sums(graph, run, WIDTH - DENSE / 2, unit, stage + 2)
    return graph.scene(stages=stage + 2)


def _loss_and_dense_layer(graph, run):
    """The nodes behind the last column; returns the quantity from which the message leaves."""
    left = WIDTH - DENSE
    loss, dy = values.loss(run), messages.dy(run)
    dV, dc = uses.dense_gradient(run, "dV"), uses.dense_gradient(run, "dc")
    graph.note("loss and dense layer", left + DENSE / 2, HEAD)
    graph.add(loss, left + 0.8 * DENSE, TOP, width=46)
    graph.add(dy, left + 0.35 * DENSE, TOP, width=50, stage=1)
    graph.add(dV, left + 63, MIDDLE - 8, width=124, shown=dV.value[:1], stage=1)
    graph.add(dc, left + 151, MIDDLE - 8, width=42, stage=1)
    graph.join("backward", loss, dy)
    graph.join("backward", dy, dV, dV, uses.transposed("h^{(T)}"))
    graph.join("backward", dy, dc, dc, "1")
    return dy


def _fold(graph, run, kind, neighbour, x, width, stage, label=""):
    """The column of the steps that do not fit, joined to the one before it; returns its quantity."""
    fold = values.fold(MOST_COLUMNS)
    graph.fold(fold, x, TOP + 4, KEPT, len(run.trace.x) - KEPT - 1, width, stage)
    graph.join(kind, neighbour, fold, fold, label)
    return fold


def _terms(graph, run, t, delta, x, width, unit, stage):
    """The terms of step t below each other. A line runs down beside them from delta, and turns off to each."""
    trunk = graph.nodes[delta.key]
    bus = x - width / 2 - 9
    turn = trunk.y + trunk.height / 2 + 12
    factors = {"dU": uses.transposed(at("h", t - 1)), "dW": uses.transposed(at("x", t)), "db": "1"}
    for grad, factor in factors.items():
        term, y = uses.term(run, t, grad), TERMS[grad]
        _row(graph, term, unit, x, y, width, stage)
        way = ((trunk.x, turn - 12), (trunk.x, turn), (bus, turn), (bus, y))
        graph.join("backward", delta, term, term, factor, way=way, place=(bus - 17, y))
        graph.note("+" if t < len(run.trace.x) - 1 else "=", x + width / 2 + SIGN, y)


def _sums(graph, run, x, unit, stage):
    graph.note(r"sums over $t$", x, TERMS["dU"] - 46)
    for grad, y in TERMS.items():
        _row(graph, uses.total(run, grad), unit, x, y, 56, stage)


def _row(graph, quantity, unit, x, y, width, stage):
    """A node that shows one row of its matrix, written downwards."""
    shown = quantity.value[unit][:, None]
    graph.add(quantity, x, y, width=width, stage=stage, shown=shown, rows=(), shape=f"row {unit}")


def link_scene(run, t) -> Scene:
    """Fig. 7-7 for this net: h^(t-1) to h^(t) above, the message back from dh^(t) to dh^(t-1) below.

    t : from T down to 0; below 0 stands h^(-1)
    At stage 0 the message has not left dh^(t) yet, at stage 1 it has.
    """
    graph = SceneBuilder("link", f"One link, Fig. 7-7, from t = {t} back to t = {t - 1}", LINK_HEIGHT)
    places, top, low = (90, 290, 500, 660, 820), 80, 226
    graph.note("forward: solid lines", places[0], HEAD)
    graph.note("backward: dashed lines", places[0], low - 58)
    before, U, h_hat, h = values.h(run, t - 1), uses.U(run, t), values.h_hat(run, t), values.h(run, t)
    graph.add(before, places[0], top, width=60)
    graph.add(U, places[1], top, width=140, shown=U.value)
    graph.add(h_hat, places[2], top, width=60)
    graph.add(h, places[4], top, width=60)
    graph.join("forward", before, U)
    graph.join("forward", U, h_hat, h_hat, f"+ W {at('x', t)} + b")
    graph.join("forward", h_hat, h, h, "f")
    dh, f_prime, delta = messages.dh(run, t), messages.f_prime(run, t), messages.delta(run, t)
    U_T, dh_before = messages.U_T(run, t), messages.dh(run, t - 1)
    graph.add(dh, places[4], low, width=60)
    graph.add(f_prime, places[3], low, width=60)
    graph.add(delta, places[2], low, width=60, stage=1)
    graph.add(U_T, places[1], low, width=140, shown=U_T.value)
    graph.add(dh_before, places[0], low, width=60, stage=1)
    graph.join("backward", dh, f_prime)
    graph.join("backward", f_prime, delta)
    graph.join("backward", delta, U_T)
    graph.join("backward", U_T, dh_before)
    return graph.scene(stages=1, link=t)


def last_stage(mode, steps) -> int:
    """The stage that shows the whole pass over so many steps; in mode link, the number of links back to h^(-1)."""
    return steps if mode == "link" else len(_columns(steps)[0]) + {"forward": 2, "backward": 3}[mode]


def _columns(steps):
    """Returns (t, x) for each column, (None, x) for the fold; a quarter of a column's width; a node's width."""
    shown = list(range(steps))
    if steps > MOST_COLUMNS:
        shown[KEPT : steps - KEPT] = [None]
    pitch = min(WIDEST, (WIDTH - DENSE) / len(shown))
    left = WIDTH - DENSE - pitch * len(shown)  # free space, when there are few columns
    columns = [(t, left + (i + 0.5) * pitch) for i, t in enumerate(shown)]
    half = pitch / 4  # from the middle of a column to the middle of each half
    return columns, half, min(56, 2 * half - 5)


def _heading(graph, x, t, labels):
    graph.note(f"$t = {t}$\n{labels[t]}", x, HEAD)
